"""What a calendar expression means on the day a text was published: the strings that bot.knowledge.dates gives back."""

import re
from collections.abc import Callable
from datetime import date, timedelta

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
SOON = 75  # days: a bare month or day ahead of the text and no farther is the coming one, else it is past


def day(year: int, month: int, number: int) -> str | None:
    """ISO date; None where the calendar has no such day."""
    try:
        return date(year, month, number).isoformat()
    except ValueError:
        return None


def month(year: int, number: int) -> str:
    return f"{year:04d}-{number:02d}"


def last_day(year: int, number: int) -> str:
    """The last day of a month."""
    return (date(year + number // 12, number % 12 + 1, 1) - timedelta(days=1)).isoformat()


class Reference:
    """The day a text was published; every reading is None where that day is needed and not known."""

    def __init__(self, today: date | None) -> None:
        self.today = today

    def year(self, offset: int) -> int | None:
        """올해, 昨年, next year."""
        return self.today.year + offset if self.today else None

    def fiscal_year(self, offset: int) -> str | None:
        """今年度: years that begin in April, named by the first one."""
        if self.today is None:
            return None
        return f"FY{self.today.year - (self.today.month < 4) + offset}"

    def full_year(self, short: int, reach: int) -> int | None:
        """'27 or 27年 in full, when it lies within ``reach`` years of the text."""
        year = 2000 + short
        return year if self.today is not None and abs(year - self.today.year) <= reach else None

    def months_away(self, offset: int) -> tuple[int, int] | None:
        """Year and month of 이달 (0), 先月 (-1), next month (1)."""
        if self.today is None:
            return None
        years, index = divmod(self.today.year * 12 + self.today.month - 1 + offset, 12)
        return years, index + 1

    def days_away(self, offset: int) -> str | None:
        """어제 (-1), today (0), 明日 (1)."""
        return (self.today + timedelta(days=offset)).isoformat() if self.today else None

    def week(self, offset: int) -> str | None:
        """Monday/Sunday of 지난주 (-1), this week (0), 来週 (1)."""
        if self.today is None:
            return None
        monday = self.today + timedelta(days=7 * offset - self.today.weekday())
        return f"{monday.isoformat()}/{(monday + timedelta(days=6)).isoformat()}"

    def weekday(self, number: int, *, ahead: bool = False) -> str | None:
        """The nearest such weekday (0 = Monday) within six days, today included, back in time unless ``ahead``."""
        if self.today is None:
            return None
        apart = (number - self.today.weekday()) % 7 if ahead else -((self.today.weekday() - number) % 7)
        return (self.today + timedelta(days=apart)).isoformat()

    def bare_day(self, number: int, *, ahead: bool = False) -> str | None:
        """A day without its month: the latest that is not after the text, or the next one where the text looks ahead."""
        if self.today is None or not 1 <= number <= 31:
            return None
        for offset in (0, 1, 2) if ahead else (0, -1, -2):
            found = self.months_away(offset)
            value = day(*found, number) if found else None
            if value and (value >= self.today.isoformat() if ahead else value <= self.today.isoformat()):
                return value
        return None

    def day_of_month(self, number: int, of: int, ahead: bool | None = None) -> str | None:
        """A day without its year, --MM-DD where the text's own year is unknown. ``ahead``: as the words around tell or None."""
        if day(2024, of, number) is None:
            return None
        if self.today is None:
            return f"--{of:02d}-{number:02d}"
        return day(self._near_year(of, number, ahead), of, number)

    def bare_month(self, number: int, ahead: bool | None = None) -> str | None:
        return month(self._near_year(number, 1, ahead), number) if self.today else None

    def _near_year(self, of: int, number: int, ahead: bool | None) -> int:
        today = self.today or date.min
        this_year = date(today.year, of, min(number, 28))
        if ahead is None:
            ahead = 0 < (this_year - today).days <= SOON or (this_year.replace(year=today.year + 1) - today).days <= SOON
        if ahead:
            return today.year if this_year >= today.replace(day=1) else today.year + 1
        return today.year if this_year <= today else today.year - 1

    def quarter_away(self, offset: int) -> str | None:
        """Last (-1), this (0) or next quarter."""
        away = self.months_away(3 * offset)
        return f"{away[0]}-Q{(away[1] + 2) // 3}" if away else None

    def period(self, letter: str, number: int, months: int, *, ahead: bool = False) -> str | None:
        """A quarter (Q, 3 months) or half (H, 6) without its year: the latest that has begun, or the next one where ``ahead``."""
        if self.today is None:
            return None
        begun = self.today.month > (number - 1) * months
        return f"{self.today.year + (ahead and begun) - (not ahead and not begun)}-{letter}{number}"


_QUARTER = re.compile(r"(?P<year>\d{4})-Q(?P<n>[1-4])")
_HALF = re.compile(r"(?P<year>\d{4})-H(?P<n>[12])")
_FISCAL = re.compile(r"FY(?P<year>\d{4})(?:-H(?P<n>[12]))?")
_FISCAL_END = re.compile(r"FYE(?P<year>\d{4})-(?P<month>\d{2})")
_SEASON = re.compile(r"(?P<year>\d{4})-(?P<season>spring|summer|autumn|winter)")
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "winter": (12, 14)}
_PLAIN = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2}))?")


def bounds(value: str, country: str | None = None) -> tuple[date, date] | None:
    """The first and last day of a date's value, such as 2027-03 or FY2030; None for one without a year.

    A fiscal year is Japan's, from April on, unless ``country`` is KR, whose budget year is the calendar's.
    """
    if "/" in value:
        ends = [bounds(part, country) for part in value.split("/")]
        return (ends[0][0], ends[-1][1]) if ends[0] and ends[-1] else None
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        exact = date.fromisoformat(value) if day(*map(int, value.split("-"))) else None
        return (exact, exact) if exact else None
    for pattern, months in _SPANS:
        found = pattern.fullmatch(value)
        if found:
            return _span(*months({name: text for name, text in found.groupdict().items() if text}, country))
    return None


def _span(year: int, first: int, last: int) -> tuple[date, date] | None:
    """From the first day of a month to the last of another, both counted from January of ``year``."""
    try:
        start = date(year + (first - 1) // 12, (first - 1) % 12 + 1, 1)
        return start, date(year + last // 12, last % 12 + 1, 1) - timedelta(days=1)
    except ValueError:
        return None


def _fiscal(found: dict[str, str], country: str | None) -> tuple[int, int, int]:
    start = 1 if country == "KR" else 4
    first = start + 6 * (found.get("n") == "2")
    return int(found["year"]), first, first + (5 if "n" in found else 11)


def _months(found: dict[str, str], country: str | None) -> tuple[int, int, int]:
    month = int(found.get("month", 0))
    return int(found["year"]), month or 1, month or 12


_SPANS: tuple[tuple[re.Pattern[str], Callable[[dict[str, str], str | None], tuple[int, int, int]]], ...] = (
    (_PLAIN, _months),
    (_QUARTER, lambda found, _: (int(found["year"]), 3 * int(found["n"]) - 2, 3 * int(found["n"]))),
    (_HALF, lambda found, _: (int(found["year"]), 6 * int(found["n"]) - 5, 6 * int(found["n"]))),
    (_FISCAL, _fiscal),
    (_FISCAL_END, lambda found, _: (int(found["year"]), int(found["month"]) - 11, int(found["month"]))),
    (_SEASON, lambda found, _: (int(found["year"]), *_SEASONS[found["season"]])),
)
