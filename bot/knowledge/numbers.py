"""Plain numbers and calendar days that a text names, comparable across Korean, Japanese and English: 26만 = 26万 = 260,000."""

import calendar
import re
from collections.abc import Iterator

from bot.knowledge import magnitudes

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
_START = re.compile(r"(?<![a-z0-9.,])\d")
_MONTH = "(" + "|".join(_MONTHS) + r")[a-z]*\.?"
_DAYS = (
    re.compile(r"(?:(?P<year>\d{4})\s?[年년.\-/]\s?)?(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日일]"),
    re.compile(r"(?P<year>\d{4})[.\-/](?P<month>\d{1,2})[.\-/](?P<day>\d{1,2})"),
    re.compile(rf"\b{_MONTH.replace('(', '(?P<name>', 1)}\s(?P<day>\d{{1,2}})\b(?!:)(?:(?:st|nd|rd|th)?,?\s(?P<year>20\d\d))?"),
    re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s{_MONTH.replace('(', '(?P<name>', 1)}\b(?:,?\s(?P<year>20\d\d))?"),
    re.compile(r"(?<![\d.,])(?P<day>\d{1,2})(?:일(?![간째본])|日(?![間本])|\s?日\()"),
    re.compile(r"\bon the (?P<day>\d{1,2})(?:st|nd|rd|th)\b"),
)


def numbers(text: str) -> Iterator[float]:
    """The values of the numbers in normalised ``text``, with their units of ten thousands and millions."""
    end = 0
    for match in _START.finditer(text):
        if match.start() >= end:
            number = magnitudes.read(text, match.start())
            if number:
                end = number.end
                yield float(number.value)


def days(text: str) -> Iterator[tuple[int | None, int | None, int]]:
    """The calendar days in normalised ``text`` as (year, month, day), None for what the text does not say."""
    taken: list[tuple[int, int]] = []
    for pattern in _DAYS:
        for match in pattern.finditer(text):
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            found = match.groupdict()
            month = _MONTHS[found["name"]] if found.get("name") else int(found["month"]) if found.get("month") else None
            day = int(found["day"])
            if 1 <= day <= 31 and (month is None or 1 <= month <= 12):
                taken.append(match.span())
                yield int(found["year"]) if found.get("year") else None, month, day
