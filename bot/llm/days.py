"""Decides whether the days, months and years of a sentence stand in its sources, whatever the language and the calendar.

Days count as a whole (3 March is not in a text on 3 May and 26 March); what a text leaves unsaid, such as the year, may come
from elsewhere in it or from its day of publication.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from typing import NamedTuple

from bot.knowledge.dates import read_dates

_EAST = timezone(timedelta(hours=9))
_MONTHS = {
    name: number
    for number, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}
_ERAS = {"令和": 2018, "레이와": 2018, "平成": 1988, "헤이세이": 1988, "昭和": 1925, "쇼와": 1925, "大正": 1911, "明治": 1867}
_NAME = (
    r"(?P<name>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|"
    r"Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_BEFORE_MONTH = r"(?:in|by|since|until|till|from|to|early|late|mid|of|last|next|this|through|before|after|during|between|and|for)"
_COUNTED = r"(?:won|yen|dollars?|people|units|jobs|GPUs|chips|companies|employees|workers|students)"
_YEAR = r"(?:1[0-9]|20)\d\d"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<![\d.])(?P<y>{_YEAR})[.\-/]\s?(?P<m>1[0-2]|0?[1-9])[.\-/]\s?(?P<d>3[01]|[12]\d|0?[1-9])(?!\d)",
        rf"(?:(?P<era>{'|'.join(_ERAS)})\s?(?P<n>\d{{1,2}}|元)|(?<![\d,.])(?P<y>{_YEAR})|['’](?P<short>\d\d))\s?[年년](?:度|도(?![가-힣]))?"
        r"(?:\s?の?\s?(?P<m>1[0-2]|0?[1-9])\s?[月월](?![間額])(?:\s?(?P<d>3[01]|[12]\d|0?[1-9])\s?[日일])?)?",
        r"(?<![\d.,~])(?P<m>1[0-2]|0?[1-9])\s?[月월]\s?(?P<d>3[01]|[12]\d|0?[1-9])\s?[日일]",
        r"(?<![\d.,])(?P<m>1[0-2]|0?[1-9])\s?(?:月(?![間額])|월(?![요드급간]))",
        rf"\b{_NAME} (?P<d>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?\b(?![:.,]\d|%)(?:,? (?P<y>{_YEAR}))?",
        rf"\b(?P<d>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)? (?:of )?{_NAME}(?:,? (?P<y>{_YEAR}))?",
        rf"\b{_NAME},? (?:of )?(?P<y>{_YEAR})\b",
        rf"(?i:\b{_BEFORE_MONTH}[ -]){_NAME}",
        rf"\b(?:FY|fiscal(?: year)?|Fiscal(?: Year)?)\s?(?P<y>{_YEAR})\b",
        rf"(?<![\w$¥₩.,'’-])(?P<y>{_YEAR})s?(?![\w%]|[,.]\d| ?{_COUNTED})",
        r"\b[Oo]n the (?P<d>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)\b",
        r"(?<![\d.,])(?P<d>3[01]|[12]\d|0?[1-9])(?:\s?일(?!\s?(?:간|째|동안|만|이내|연속)|[가-힣]{3})|日(?![間目]|連続|以内|後))",
    )
)
_RANGE = re.compile(r"(?<!\d)(1[0-2]|[1-9])\s?[月월]?\s?(?:[~\-]|から|부터)\s?(1[0-2]|[1-9])\s?[月월]")
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_ORDINAL = re.compile(r"\b(?P<which>first|second|third|fourth)[ -](?P<unit>quarter|half)\b", re.IGNORECASE)
_SHORT_YEAR = re.compile(r"(?<![\d.,])([1-4]\d)[年년](?![間간])")
_VALUE = re.compile(r"(?P<fiscal>FYE?)?(?P<y>\d{4})?-{0,2}(?:(?P<m>\d\d)(?:-(?P<d>\d\d))?)?")
_PERIOD = re.compile(r"[QH]\d")
_PERIOD_WORD = re.compile(r"quarter|half|분기|반기|半期|四半期|[QH]\d|\d[QH]", re.IGNORECASE)


class Day(NamedTuple):
    """As much of a day as a text says."""

    year: int | None
    month: int | None = None
    day: int | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """A day at text[start:end]."""

    day: Day
    quote: str
    start: int
    end: int


@dataclass(slots=True)
class Told:
    """What sources say of days.

    ``periods``: quarters and halves (Q2, H1); ``today``: when they were published, in Seoul and Tokyo.
    """

    days: set[Day] = field(default_factory=set)
    periods: set[str] = field(default_factory=set)
    today: set[date] = field(default_factory=set)

    def add(self, text: str, mentions: Iterable[Mention], published: datetime | None) -> None:
        """Note what ``text`` says with its ``mentions``, and means by words such as 지난달 on the day it was published."""
        self.days |= {mention.day for mention in mentions}
        self.days |= {Day(2000 + int(short)) for short in _SHORT_YEAR.findall(text)}
        if published:
            local = published.astimezone(_EAST).date()
            self.today.add(local)
            self.days |= {Day(one.year, one.month, one.day) for one in (local, published.astimezone(UTC).date())}
        for found in read_dates(text, min(self.today, default=None)):
            self.periods |= set(_PERIOD.findall(found.value or ""))
            self.days |= set(_values(found.value))
        self.periods |= {_ordinal(match) for match in _ORDINAL.finditer(text)}
        for match in _RANGE.finditer(text):
            self.days |= {Day(None, int(match[1])), Day(None, int(match[2]))}
            self.periods.add(_period(match))

    def missing(self, text: str, mentions: Iterable[Mention]) -> Iterator[str]:
        """Those days of a sentence that no source says, in the sentence's words."""
        ranges = [match for match in _RANGE.finditer(text) if _period(match) in self.periods]
        for mention in mentions:
            inside = any(match.start() <= mention.start < match.end() for match in ranges)
            if not inside and not self._known(mention.day):
                yield mention.quote
        yield from (match.group() for match in _ORDINAL.finditer(text) if _ordinal(match) not in self.periods)
        readings = [read_dates(text, today) for today in sorted(self.today)] or [read_dates(text)]
        for same in zip(*readings, strict=False):
            if not any(self._means(found.value, found.quote) for found in same):
                yield same[0].quote

    def has_year(self, year: int) -> bool:
        """Whether any day of that year is told."""
        return any(told.year == year for told in self.days)

    def _means(self, value: str | None, quote: str) -> bool:
        """Whether a relative day or a period is known; digits of other days were compared already."""
        periods = _PERIOD.findall(value or "")
        if periods:
            return periods[0] in self.periods
        if value is None or "/" in value or any(char.isdigit() for char in quote):
            return True
        return all(self._known(day) for day in _values(value))

    def _known(self, said: Day) -> bool:
        years = {told.year for told in self.days}
        return any(_agrees(said, told, years) for told in self.days)


def mentions(text: str, taken: Sequence[tuple[int, int]]) -> list[Mention]:
    """The days that plain ``text`` names with digits or month names, outside of the spans ``taken``."""
    found: list[Mention] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            spans = (*taken, *((one.start, one.end) for one in found))
            if not any(low < match.end() and match.start() < high for low, high in spans):
                found.append(Mention(_day(match), match.group(), *match.span()))
    return found


def periods(text: str) -> list[tuple[int, int]]:
    """Where ``text`` names quarters and halves: their digits count nothing."""
    named = [(found.start, found.end) for found in read_dates(text) if _PERIOD_WORD.search(found.quote)]
    return named + [match.span() for match in _RANGE.finditer(text) if _period(match)]


def _ordinal(match: re.Match[str]) -> str:
    return f"{match['unit'][0].upper()}{_ORDINALS[match['which'].lower()]}"


def _period(match: re.Match[str]) -> str:
    """4〜6月 is the second quarter, 1〜6月 the first half; "" is neither."""
    first, last = int(match[1]), int(match[2])
    if last - first == 2 and last % 3 == 0:
        return f"Q{last // 3}"
    # Japanese fiscal years begin in April: 4〜9月 is a first half, too.
    return {(1, 6): "H1", (7, 12): "H2", (4, 9): "H1", (10, 3): "H2"}.get((first, last), "")


def _day(match: re.Match[str]) -> Day:
    found = match.groupdict()
    year = int(found["y"]) if found.get("y") else None
    if found.get("era"):
        year = _ERAS[found["era"]] + (1 if found["n"] == "元" else int(found["n"]))
    elif found.get("short"):
        year = 2000 + int(found["short"])
    month = _MONTHS[found["name"][:3].lower()] if found.get("name") else int(found["m"]) if found.get("m") else None
    return Day(year, month, int(found["d"]) if found.get("d") else None)


def _values(value: str | None) -> Iterator[Day]:
    """The days behind a value of ``read_dates``: 2026-11-23, FYE2027-03 (which is fiscal 2026), 2026-11-16/2026-11-22."""
    for part in (value or "").split("/"):
        match = _VALUE.match(part)
        if match and match.end():
            year = int(match["y"]) if match["y"] else None
            yield Day(year, *(int(match[key]) if match[key] else None for key in ("m", "d")))
            if match["fiscal"] and match["m"] and year:
                yield Day(year - 1)


def _agrees(said: Day, told: Day, years: set[int | None]) -> bool:
    """Whether ``told`` says all of ``said``; its year may stand elsewhere in the text."""
    if said.year is not None and said.year != told.year and not (told.year is None and said.year in years):
        return False
    return said.month in (None, told.month) and said.day in (None, told.day)
