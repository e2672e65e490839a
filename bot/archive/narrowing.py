"""What narrows a search: ``company:Upstage country:일본 topic:policy outlet:ETNews lang:ko since:2026-11 until:2026-11-20``.

The keys and most values may be said in Korean, Japanese or English. What cannot be read so is left to be words like any other.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, lru_cache

from bot.knowledge import language, register
from bot.knowledge.register import PLACE_KINDS
from bot.locales import wording
from bot.model import LANGUAGES, Topic

_MONTHS = 12
_PAIR = re.compile(r'(?<!\S)(\w{1,10})[:：](?:"([^"]+)"|([^\s"]+))')
_DAY = re.compile(r"(\d{4})(?:[-./](\d{1,2})(?:[-./](\d{1,2}))?)?")


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Every field that holds something must be met, by any one of what it holds. ``outlets``: each as its words.

    ``since`` and ``until``: days of publication, both included.
    """

    countries: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()
    outlets: tuple[tuple[str, ...], ...] = ()
    languages: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    @property
    def empty(self) -> bool:
        """Whether everything is wanted."""
        return self == EVERYTHING


EVERYTHING = Narrowing()


def read_narrowing(text: str) -> tuple[Narrowing, str]:
    """What narrows ``text``, and the text without it."""
    only = EVERYTHING
    rest = text
    for pair in _PAIR.finditer(text):
        read = _KEYS.get(pair[1].lower())
        narrower = read(only, (pair[2] or pair[3]).strip()) if read else None
        if narrower:
            only = narrower
            rest = rest.replace(pair.group(), " ", 1)
    return only, rest


# ---- one reader a key ----


def _country(so_far: Narrowing, value: str) -> Narrowing | None:
    found = [entity.country for entity in register.load().find(value) if entity.kind in PLACE_KINDS]
    return replace(so_far, countries=(*so_far.countries, found[0])) if found else None


def _topic(so_far: Narrowing, value: str) -> Narrowing | None:
    topic = _topics().get(value.lower())
    return replace(so_far, topics=(*so_far.topics, topic.value)) if topic else None


@cache
def _topics() -> dict[str, Topic]:
    spoken = {wording.topic_name(topic, code).lower(): topic for topic in Topic for code in LANGUAGES}
    return spoken | {topic.value: topic for topic in Topic}


def _company(so_far: Narrowing, value: str) -> Narrowing | None:
    found = register.load().find(value)
    return replace(so_far, companies=(*so_far.companies, found[0].id)) if found else None


def _outlet(so_far: Narrowing, value: str) -> Narrowing | None:
    words = outlet_words(value)
    return replace(so_far, outlets=(*so_far.outlets, words)) if words else None


@lru_cache(4096)  # articles name the same few hundred
def outlet_words(name: str) -> tuple[str, ...]:
    """An outlet's name as the words by which it is found."""
    return tuple(re.findall(r"\w+", language.normalise(name)))


def _language(so_far: Narrowing, value: str) -> Narrowing | None:
    code = _LANGUAGES.get(value.lower())
    return replace(so_far, languages=(*so_far.languages, code)) if code else None


def _since(so_far: Narrowing, value: str) -> Narrowing | None:
    days = _days(value)
    return replace(so_far, since=days[0]) if days else None


def _until(so_far: Narrowing, value: str) -> Narrowing | None:
    days = _days(value)
    return replace(so_far, until=days[1]) if days else None


def _days(text: str) -> tuple[date, date] | None:
    """First and last day of 2026, 2026-11 or 2026-11-23."""
    match = _DAY.fullmatch(text)
    if not match:
        return None
    year, month, day = (int(part) if part else 0 for part in match.groups())
    try:
        if day:
            return date(year, month, day), date(year, month, day)
        if month:
            return date(year, month, 1), date(year + month // _MONTHS, month % _MONTHS + 1, 1) - timedelta(days=1)
        return date(year, 1, 1), date(year, _MONTHS, 31)
    except (ValueError, OverflowError):
        return None


_LANGUAGES = {
    **{name: "ko" for name in ("ko", "korean", "한국어", "韓国語")},
    **{name: "ja" for name in ("ja", "japanese", "일본어", "日本語")},
    **{name: "en" for name in ("en", "english", "영어", "英語")},
}
_SPOKEN: dict[Callable[[Narrowing, str], Narrowing | None], tuple[str, ...]] = {
    _country: ("country", "국가", "나라", "国"),
    _topic: ("topic", "주제", "テーマ", "分野"),
    _company: ("company", "name", "회사", "기업", "会社", "企業"),
    _outlet: ("outlet", "매체", "언론사", "媒体"),
    _language: ("lang", "language", "언어", "言語"),
    _since: ("since", "from", "부터", "以降"),
    _until: ("until", "to", "까지", "以前"),
}
_KEYS = {key: read for read, keys in _SPOKEN.items() for key in keys}
