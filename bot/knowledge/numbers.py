"""Plain numbers and calendar days that a text names, comparable across Korean, Japanese and English: 26만 = 26万 = 260,000."""

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta

from bot.knowledge import magnitudes

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
_START = re.compile(r"(?<![a-z0-9.,])\d")
_MONTH = rf"(?P<name>{'|'.join(_MONTHS)})[a-z]*\.?"
_NAMED = re.compile(rf"\b{_MONTH}")
# Each way to write a day, behind what is quickly found missing.
_DAYS = (
    (
        re.compile("[月월]"),
        re.compile(r"(?:(?P<year>\d{4})\s?[年년.\-/]\s?)?(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日일]"),
    ),
    (re.compile(r"20\d\d[.\-/]"), re.compile(r"(?P<year>\d{4})[.\-/](?P<month>\d{1,2})[.\-/](?P<day>\d{1,2})")),
    (
        _NAMED,
        re.compile(rf"\b{_MONTH}\s(?P<day>\d{{1,2}})\b(?!:)(?:(?:st|nd|rd|th)?,?\s(?P<year>20\d\d))?"),
    ),
    (
        _NAMED,
        re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s{_MONTH}\b(?:,?\s(?P<year>20\d\d))?"),
    ),
    (re.compile("[日일]"), re.compile(r"(?<![\d.,])(?P<day>\d{1,2})(?:일(?![간째본])|日(?![間本])|\s?日\()")),
    (re.compile("on the "), re.compile(r"\bon the (?P<day>\d{1,2})(?:st|nd|rd|th)\b")),
)
_WEEKDAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}
_WEEKDAY = re.compile(rf"(?<!next )(?<!every )(?<!coming )\b({'|'.join(_WEEKDAYS)})\b")
_IN_ADDRESS = re.compile(
    r"(?<!\d)(20[1-4]\d)(?:([/\-.])(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)"
    r"|(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d{1,3}(?!\d)))"
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
    for needed, pattern in _DAYS:
        for match in pattern.finditer(text) if needed.search(text) else ():
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            found = match.groupdict()
            month = _MONTHS[found["name"]] if found.get("name") else int(found["month"]) if found.get("month") else None
            day = int(found["day"])
            if 1 <= day <= 31 and (month is None or 1 <= month <= 12):
                taken.append(match.span())
                yield int(found["year"]) if found.get("year") else None, month, day


def weekdays(text: str, published: date) -> Iterator[date]:
    """The latest days up to ``published`` that English news in normalised ``text`` calls Monday, Tuesday …"""
    for match in _WEEKDAY.finditer(text):
        yield published - timedelta(days=(published.weekday() - _WEEKDAYS[match[1]]) % 7)


def day_of_address(url: str) -> date | None:
    """The day that many publishers write into an article's address: …/2026/11/23/…, …view/AKR20261123012345."""
    match = _IN_ADDRESS.search(url)
    try:
        return date(int(match[1]), int(match[3] or match[5]), int(match[4] or match[6])) if match else None
    except ValueError:
        return None
