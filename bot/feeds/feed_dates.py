"""Decides which instant a date string of a feed means. Strict: what can be read in two ways is None, not a guess.

General date libraries read ``2026.10.06 09:30`` as 1 November and Korean local times as UTC, without an error.
"""

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone, tzinfo

_OLDEST, _NEWEST = 1990, 2100
_OLDEST_TEXT, _NEWEST_TEXT = str(_OLDEST), str(_NEWEST)
_LONGEST = 100  # characters; no date is longer

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NUMBERS = {name.capitalize(): number for number, name in enumerate(_MONTHS, start=1)}
_FARTHEST = timedelta(hours=14)  # from UTC
_MONTH = rf"(?P<mon>{'|'.join(_MONTHS)})[a-z]{{0,6}}\.?"
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Tokens that mean one offset everywhere; CST, IST and BST do not, and count only where they are the feed's own zone.
_ZONES = {
    **dict.fromkeys(("z", "ut", "utc", "gmt"), 0.0),
    **dict.fromkeys(("kst", "jst"), 9.0),
    **{"hkt": 8.0, "sgt": 8.0, "awst": 8.0, "aest": 10.0, "aedt": 11.0, "nzst": 12.0, "nzdt": 13.0, "msk": 3.0},
    **{"wet": 0.0, "west": 1.0, "cet": 1.0, "cest": 2.0, "eet": 2.0, "eest": 3.0},
    **{"est": -5.0, "edt": -4.0, "cdt": -5.0, "mst": -7.0, "mdt": -6.0, "pst": -8.0, "pdt": -7.0, "hst": -10.0},
}
_ERAS = {"令和": 2018, "平成": 1988, "r": 2018}

_TIME = (
    r"(?:(?P<half>am|pm|오전|오후|午前|午後)\s?)?(?P<h>\d{1,2})(?::|시\s?|時\s?)(?:(?P<m>\d{2}|\d{1,2}(?=분|分))(?:분|分)?)?"
    r"(?:(?::|\s?(?=\d{1,2}[초秒]))(?P<s>\d{1,2})(?:[.,]\d{1,9})?[초秒]?)?(?:\s?(?P<half2>am|pm|a\.m\.|p\.m\.))?"
)
_ZONE = (
    r"(?:\s?(?P<zone>(?:gmt|utc)?\s?[+-]\d{1,2}(?::?\d{2})?|[a-z]{1,5}))?"
    r"(?:\s?\([a-z .가-힣ぁ-ヶ一-龠]{1,30}\)|\[[a-z/_]{1,40}\])?"
)
_DAY = r"(?P<d>\d{1,2})"
_YEAR = r"(?P<y>\d{4})"
# What most feeds write, in a form that is quick to read.
_RFC_822 = re.compile(r"[A-Z][a-z]{2}, (\d\d?) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) (?:([+-])(\d\d):?(\d\d)|GMT|Z)")
_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)?")
_SHAPES = tuple(
    re.compile(shape)
    for shape in (
        # 2026-10-06T09:30:00+09:00   2026.10.06 09:30   2026. 10. 6.   2026/10/6
        rf"{_YEAR}(?P<sep>[-./])\s?(?P<mo>\d{{1,2}})(?P=sep)\s?{_DAY}\.?(?:(?:t|,?\s)\s?{_TIME}{_ZONE}|z)?",
        # 2026년 5월 28일 오후 11:31:25   2026年10月6日 9時30分   令和8年8月19日
        rf"(?:{_YEAR}|(?P<era>令和|平成|r)\s?(?P<ey>\d{{1,2}}|元))\s?[년年.]\s?(?P<mo>\d{{1,2}})\s?[월月.]\s?{_DAY}\s?(?:[일日]|$)"
        rf"(?:\s?{_TIME}{_ZONE})?",
        # 20260921013544+0900   20260921T0135Z   20260921
        rf"{_YEAR}(?P<mo>\d{{2}})(?P<d>\d{{2}})(?:t?(?P<h>\d{{2}})(?P<m>\d{{2}})(?P<s>\d{{2}})?{_ZONE})?",
        # 20 Sep 2026 09:30:00 +0900   16 Jul 26   20-Sep-2026
        rf"{_DAY}[\s-]?{_MONTH}[\s-](?P<y>\d{{4}}|\d{{2}})(?:,?\s{_TIME}{_ZONE})?",
        # Sep 20, 2026 09:30 AM
        rf"{_MONTH}\s{_DAY}(?:st|nd|rd|th)?,?\s{_YEAR}(?:,?\s{_TIME}{_ZONE})?",
        # Sep 24 14:15:25 KST 2026
        rf"{_MONTH}\s{_DAY}\s{_TIME}{_ZONE}\s{_YEAR}",
        # 20 09 2026 09:30:00 +0900   25/12/2026
        rf"(?P<a>\d{{1,2}})(?P<sep>[\s./-])(?P<b>\d{{1,2}})(?P=sep){_YEAR}(?:,?\s{_TIME}{_ZONE})?",
    )
)
_WEEKDAY_BEFORE = re.compile(r"(?P<day>mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?\s?,?\s?(?=[\da-z])")
_WEEKDAY_INSIDE = re.compile(r"\s?\(?[월화수목금토일月火水木金土日]\)?(?:요일|曜日?)\)?|\s?\([월화수목금토일月火水木金土日]\)")


def read(raw: str | None, zone: tzinfo, now: datetime) -> datetime | None:
    """The instant that ``raw`` states, in UTC; without a zone it is a local time in ``zone``. Never later than ``now``.

    None for what is no date, could be two dates, or lies outside of 1990-2100.
    """
    if not raw:
        return None
    text = raw.strip()
    try:
        instant = _common(text, zone) or _uncommon(text, zone)
    except (ValueError, OverflowError):  # the 31st of June, an hour 25, the year 10000
        return None
    return min(instant, now) if instant else None


def _common(text: str, zone: tzinfo) -> datetime | None:
    """The instant of a text in one of the two standard forms; None for any other text, which then is read patiently."""
    if text[:1].isdigit() and _ISO.fullmatch(text):
        if not _OLDEST_TEXT <= text[:4] <= _NEWEST_TEXT or text[11:13] == "24":
            return None
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    found = _RFC_822.fullmatch(text)
    month = _MONTH_NUMBERS.get(found[2]) if found else None
    if not found or not month or not _OLDEST_TEXT <= found[3] <= _NEWEST_TEXT:
        return None
    day, year, hour, minute, second = map(int, found.group(1, 3, 4, 5, 6))
    ahead = timedelta(hours=int(found[8]), minutes=int(found[9])) if found[7] else timedelta()
    if hour > 23 or second > 59 or ahead > _FARTHEST:
        return None
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC) + (ahead if found[7] == "-" else -ahead)


def _uncommon(text: str, zone: tzinfo) -> datetime | None:
    text = " ".join(unicodedata.normalize("NFKC", text[:_LONGEST]).lower().split())
    text = _WEEKDAY_INSIDE.sub(" ", text).replace("  ", " ").strip()
    weekday = _WEEKDAY_BEFORE.match(text)
    rest = text[weekday.end() :] if weekday else text
    for shape in _SHAPES:
        found = shape.fullmatch(rest)
        if found:
            return _instant(found.groupdict(), zone, weekday["day"] if weekday else None)
    return None


def _instant(parts: dict[str, str | None], zone: tzinfo, weekday: str | None) -> datetime | None:
    year = _year(parts)
    day = _month_and_day(parts, year, weekday)
    if day is None or not _OLDEST <= year <= _NEWEST:
        return None
    hour = _hour(parts)
    seconds = min(int(parts.get("s") or 0), 59)
    local = datetime(year, *day, tzinfo=zone) + timedelta(hours=hour, minutes=_sixty(parts.get("m")), seconds=seconds)
    token = parts.get("zone")
    offset = _zone(token, local) if token else zone
    return local.replace(tzinfo=offset).astimezone(UTC) if offset else None


def _year(parts: dict[str, str | None]) -> int:
    era = parts.get("era")
    if era:
        stated = parts["ey"] or ""
        return _ERAS[era] + (1 if stated == "元" else int(stated))
    stated = parts["y"] or ""
    year = int(stated)
    return year if len(stated) > 2 else year + (2000 if year < 50 else 1900)  # RFC 2822, 4.3


def _month_and_day(parts: dict[str, str | None], year: int, weekday: str | None) -> tuple[int, int] | None:
    name = parts.get("mon")
    if name:
        return _MONTHS.index(name) + 1, int(parts["d"] or 0)
    if not parts.get("a"):
        return int(parts["mo"] or 0), int(parts["d"] or 0)
    first, second = int(parts["a"] or 0), int(parts["b"] or 0)
    readings = {(month, day) for month, day in ((second, first), (first, second)) if month <= 12}
    if weekday:
        readings = {reading for reading in readings if _falls_on(year, *reading, weekday)}
    return readings.pop() if len(readings) == 1 else None


def _falls_on(year: int, month: int, day: int, weekday: str) -> bool:
    try:
        return _WEEKDAYS[datetime(year, month, day, tzinfo=UTC).weekday()] == weekday
    except ValueError:
        return False


def _hour(parts: dict[str, str | None]) -> int:
    hour = int(parts.get("h") or 0)
    half = (parts.get("half") or parts.get("half2") or "").replace(".", "")
    if half and hour <= 12:
        return hour % 12 + (12 if half in ("pm", "오후", "午後") else 0)
    if hour > 24:
        raise ValueError(hour)
    return hour


def _sixty(text: str | None) -> int:
    minutes = int(text or 0)
    if minutes > 59:
        raise ValueError(minutes)
    return minutes


def _zone(token: str, local: datetime) -> tzinfo | None:
    """The offset that ``token`` names; ``local`` carries the feed's own zone, which decides what its own abbreviation means."""
    if (local.tzname() or "").lower() == token:
        return local.tzinfo
    if token in _ZONES:
        return timezone(timedelta(hours=_ZONES[token]))
    found = re.fullmatch(r"(?:gmt|utc)?\s?([+-])(\d{1,2}):?(\d{2})?", token)
    if not found:
        return None
    offset = timedelta(hours=int(found[2]), minutes=_sixty(found[3]))
    return timezone(-offset if found[1] == "-" else offset) if offset <= _FARTHEST else None
