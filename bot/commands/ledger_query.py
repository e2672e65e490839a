"""Reads what is wanted of the ledger: countries, topics, uses of money, names and times, in any order and language."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.archive.ledger import Filter
from bot.commands.filters import COUNTRY_NAMES, topic_names
from bot.errors import UserError
from bot.knowledge import dates, register
from bot.knowledge.calendar_values import bounds
from bot.locales import t, wording
from bot.model import LANGUAGES, ROLES, Topic

FIRST_PERIOD = timedelta(days=30)
LONGEST_PERIOD = timedelta(days=1100)
_BACK = re.compile(
    r"(?:^|(?<=\s))(?:過去|直近|최근|지난)?(\d{1,3})\s?(d|w|m|y|days?|weeks?|months?|years?|일|주|개월|년|日間?|週間?|か月|ヶ月|年)"
    r"(?=\s|$|이후|동안|間)"
)
_DAYS = {
    "d": 1,
    "일": 1,
    "日": 1,
    "w": 7,
    "주": 7,
    "週": 7,
    "m": 30,
    "개": 30,
    "か": 30,
    "ヶ": 30,
    "y": 365,
    "년": 365,
    "年": 365,
}
_FILLER = frozenset(("since", "from", "last", "the", "이후", "부터", "以降", "から", "최근", "지난", "過去", "in", "on", "of"))


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the ledger a person wants, and since when."""

    wanted: Filter
    since: datetime


def read_asked(text: str, now: datetime, language: str) -> Asked:
    """What is wanted, such as "japan policy since March", "한국 투자 90일" or "Rapidus 2026"; thirty days without a time.

    Raises:
        UserError: naming the word that is none of these.
    """
    since, rest = _read_since(text, now)
    found: dict[str, str] = {}
    unknown: list[str] = []
    for word in rest.replace(",", " ").split():
        kind, value = _meaning(word.lower())
        if kind and kind not in found:
            found[kind] = value
        elif word.lower() not in _FILLER:
            unknown.append(word)
    if unknown:
        found["actor"] = _actor(" ".join(unknown), language)
    return Asked(Filter(**found), since)


def _meaning(word: str) -> tuple[str, str]:
    if topic := topic_names().get(word):
        return "topic", str(topic)
    if country := COUNTRY_NAMES.get(word):
        return "country", country
    role = _roles().get(word)
    return ("role", role) if role else ("", "")


def _roles() -> dict[str, str]:
    named = {wording.role_name(role, code).lower(): role for role in ROLES for code in LANGUAGES if wording.role_name(role, code)}
    return named | {role: role for role in ROLES}


def _actor(name: str, language: str) -> str:
    known = register.load().find(name)
    if not known:
        listed = ", ".join([*Topic, "korea", "japan"])
        raise UserError(
            t(
                language,
                "“{words}” is neither a country, a topic, a use of money, a name nor a time. Known: {known}",
                words=name,
                known=listed,
            )
        )
    return known[0].id


def _read_since(text: str, now: datetime) -> tuple[datetime, str]:
    """Since when, and the text without the words that said so."""
    back = _BACK.search(text)
    if back:
        days = int(back[1]) * _DAYS[back[2][0]]
        return now - min(timedelta(days=days), LONGEST_PERIOD), text[: back.start()] + " " + text[back.end() :]
    for one in dates.read_dates(text, now):
        span = bounds(one.value) if one.value else None
        if span and span[0] <= now.date():
            start = max(_midnight(span[0]), now - LONGEST_PERIOD)
            return start, f"{text[: one.start]} {text[one.end :]}"
    return now - FIRST_PERIOD, text


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
