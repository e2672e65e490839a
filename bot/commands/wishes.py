"""What is typed behind ``subscribe``, as values of its form: "09:00 weekdays japanese", "매일 오전 9시 정책", "topics=policy".

Every field can be given as KEY=VALUE, so that a subscription can be made in words alone; ``write`` makes such words.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence

from bot.commands import names, times
from bot.commands.filled import FIELDS
from bot.commands.filters import COUNTRY_NAMES, topic_names
from bot.errors import UserError
from bot.locales import t

_PAIR = re.compile(r"(?<!\S)([A-Za-z_]+)=(\"[^\"]*\"|\S*)")
_RANGE = re.compile(r"(?:quiet|방해\s?금지|조용히|静かに|通知オフ)?\s*(\S*\d\S*)\s*(?:[-–~〜]|부터|から)\s*(\S*\d\S*)")
_CLOCK = re.compile(
    r"(?i)(?<![\w:=.])(?:(?:오전|오후|午前|午後|am|pm)\s?)?(?:[01]?\d|2[0-4])"
    r"(?:\s?[시時](?:\s?[0-5]?\d\s?[분分]|\s?반|半)?|:[0-5]\d(?:\s?[ap]\.?m\.?)?|\s?[ap]\.?m\.?)(?:에|に)?(?![\w:])"
)
_ALIASES = {
    "zone": "time_zone", "tz": "time_zone", "timezone": "time_zone", "days": "weekdays", "time": "times", "at": "times",
    "lang": "language", "topic": "topics", "country": "countries", "names": "entities", "entity": "entities",
    "score": "min_score", "min": "min_score", "holiday": "holidays", "alert": "alerts", "rest": "cooldown",
}  # fmt: skip
_LISTS = frozenset(("weekdays", "topics", "countries", "holidays"))
_LANGUAGES = {
    word: code
    for code, words in {
        "ko": "ko korean 한국어 한국어로 韓国語 韓国語で",
        "ja": "ja japanese 일본어 일본어로 日本語 日本語で",
        "en": "en english 영어 영어로 英語 英語で",
    }.items()
    for word in words.split()
}
_SILENT = frozenset(("in", "at", "on", "and", "every", "the", "에", "に", "で", "매주", "毎週", "from", "to", ","))
MOST_WORDS = 60

Found = dict[str, list[str]]


def read(text: str, language: str) -> dict[str, tuple[str, ...]]:
    """Values of the fields that ``text`` speaks of. Raises UserError naming a word that says nothing."""
    found: Found = {}
    rest = _PAIR.sub(lambda pair: _take_pair(pair, found, FIELDS, language), _typed(text))
    rest = _RANGE.sub(lambda period: _take_period(period, found), rest)
    rest = _CLOCK.sub(lambda at: _take_time(at, found), rest)
    words = [word.strip(",;、") for word in rest.replace("every day", "daily").split()][:MOST_WORDS]
    at = 0
    while at < len(words):
        at += _take_words(words[at:], found, language)
    return _values(found)


def pairs(text: str, fields: Sequence[str], language: str) -> dict[str, tuple[str, ...]]:
    """Values of ``fields`` that are given as KEY=VALUE. Raises UserError for anything else."""
    found: Found = {}
    rest = _PAIR.sub(lambda pair: _take_pair(pair, found, fields, language), _typed(text)).split()
    if rest:
        raise UserError(_unknown(rest[0], fields, language))
    return _values(found)


def _typed(text: str) -> str:
    """In one width, with straight quotation marks: keyboards and chats make others of them."""
    return re.sub("[“”„‟＂]", '"', unicodedata.normalize("NFKC", text))


def _values(found: Found) -> dict[str, tuple[str, ...]]:
    return {key: tuple(values) if key in _LISTS else (", ".join(values),) for key, values in found.items()}


def write(values: Mapping[str, tuple[str, ...]]) -> str:
    """Words that ``read`` takes for these values."""
    shown = {key: ",".join(value) if key in _LISTS else ", ".join(value) for key, value in values.items()}
    return " ".join(f'{key}="{value}"' if re.search(r"\s", value) else f"{key}={value}" for key, value in shown.items())


def _unknown(word: str, fields: Sequence[str], language: str) -> str:
    known = ", ".join(fields)
    return t(language, "“{word}” is nothing that can be set. Give KEY=VALUE with: {known}", word=word, known=known)


def _take_pair(pair: re.Match[str], found: Found, fields: Sequence[str], language: str) -> str:
    key = _ALIASES.get(pair[1].lower(), pair[1].lower())
    if key not in fields:
        raise UserError(_unknown(pair[1], fields, language))
    value = pair[2].strip('"')
    found[key] = [part for part in value.split(",") if part] if key in _LISTS else [value] if value else []
    return " "


def _take_period(period: re.Match[str], found: Found) -> str:
    said = f"{period[1]}-{period[2]}"
    try:
        times.read_period(said)
    except ValueError:
        return period[0]
    found["quiet"] = [said]
    return " "


def _take_time(at: re.Match[str], found: Found) -> str:
    found.setdefault("times", []).append(at[0].rstrip("에に").strip())
    return " "


def _take_words(words: list[str], found: Found, language: str) -> int:
    """Note what the first of ``words`` says, or the first few together; how many were used."""
    if not words[0] or words[0].lower() in _SILENT:
        return 1
    for reader in (_language, _days, _zone, _topic, _country):
        if taken := reader(words[0], language):
            key, values = taken
            found.setdefault(key, []).extend(values)
            return 1
    for count in range(min(len(words), 8), 0, -1):
        if names.meant(name := " ".join(words[:count])):
            found.setdefault("entities", []).append(name)
            return count
    raise UserError(
        t(
            language,
            "“{word}” is not understood. Give times, weekdays, language, topics, countries or names, or KEY=VALUE with: {known}",
            word=words[0],
            known=", ".join(FIELDS),
        )
    )


Taken = tuple[str, list[str]] | None


def _language(word: str, language: str) -> Taken:
    code = _LANGUAGES.get(times.plain(word))
    return ("language", [code]) if code else None


def _days(word: str, language: str) -> Taken:
    return _if_read("weekdays", word, lambda text: [times.DAYS[day] for day in sorted(times.read_weekdays(text))])


def _zone(word: str, language: str) -> Taken:
    return _if_read("time_zone", word, lambda text: [times.read_zone(text)])


def _if_read(key: str, word: str, reader: Callable[[str], list[str]]) -> Taken:
    try:
        return key, reader(word)
    except ValueError:
        return None


def _topic(word: str, language: str) -> Taken:
    topic = topic_names().get(times.plain(word))
    return ("topics", [topic.value]) if topic else None


def _country(word: str, language: str) -> Taken:
    code = COUNTRY_NAMES.get(times.plain(word))
    return ("countries", [code]) if code else None
