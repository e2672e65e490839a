"""Reads the calendar expressions of a Korean, Japanese or English text and resolves them against the day it was published.

A day, month, quarter, half, year or fiscal year, absolute or relative; no durations, ages, clock times or vague words.
What the text and the reference together do not settle has no value: nothing is guessed.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone

from bot.knowledge import calendar_eastern, calendar_english, calendar_values
from bot.knowledge.calendar_values import Reference
from bot.knowledge.magnitudes import narrow
from bot.model import DateFact

_EAST = timezone(timedelta(hours=9))  # Seoul and Tokyo share it
_CJK = re.compile(r"[가-힣ぁ-んァ-ヶ一-龥]")
_LATIN = re.compile(r"[A-Za-z]{2}|\b[1-4][QH]|\b[QH][1-4]")


def read_dates(text: str, reference: datetime | date | None = None) -> tuple[DateFact, ...]:
    """The dates that ``text`` names, each distinct value once, in order of first mention.

    ``reference``: when it was published, as the outlet's local date or as an aware instant (read on Seoul and Tokyo's clock for
    texts in Korean and Japanese); None where nobody knows, then relative dates have no value.
    """
    plain = narrow(text)
    eastern = _CJK.search(plain) is not None
    today = Reference(_local(reference, eastern))
    found = [*_iso(plain), *(calendar_eastern.read(plain, today) if eastern else ())]
    if _LATIN.search(plain):
        found += calendar_english.read(plain, today)
    return tuple(_distinct(text, sorted(found, key=lambda one: (one[1], -one[2]))))


def _local(reference: datetime | date | None, eastern: bool) -> date | None:
    if isinstance(reference, datetime):
        return (reference.astimezone(_EAST) if eastern and reference.tzinfo else reference).date()
    return reference


def _distinct(text: str, found: list[tuple[str | None, int, int]]) -> Iterator[DateFact]:
    seen: set[str] = set()
    done = 0
    for value, start, end in found:
        if start < done:
            continue
        done = end
        quote = text[start:end]
        name = value or f"?{quote}"
        if name not in seen:
            seen.add(name)
            yield DateFact(value, quote, start, end)


_ISO = re.compile(
    r"(?<![\d/.\-])(?P<y>(?:19|20)\d\d)(?P<sep>[-./])(?P<m>0?[1-9]|1[0-2])(?P=sep)(?P<d>0?[1-9]|[12]\d|3[01])(?![\d/])"
)


def _iso(text: str) -> Iterator[tuple[str | None, int, int]]:
    for found in _ISO.finditer(text):
        value = calendar_values.day(int(found["y"]), int(found["m"]), int(found["d"]))
        if value:
            yield value, *found.span()
