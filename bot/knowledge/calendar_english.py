"""Calendar expressions of English texts: Dec. 25, October 1, 2025, by March 2027, Q4, fiscal 2025, early 2030s, Sunday."""

import re
from collections.abc import Callable, Iterator

from bot.knowledge import calendar_values
from bot.knowledge.calendar_values import Reference

_Found = re.Match[str]
_MONTHS = {name: index for index, name in enumerate(calendar_values.MONTHS, 1)}
_WEEKDAYS = {name: index for index, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_OFFSETS = {"last": -1, "previous": -1, "past": -1, "this": 0, "current": 0, "next": 1, "coming": 1}
_NAME = (
    r"(?P<name>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|Jun(?:e)?|Jul(?:y)?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|"
    r"Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_YEAR = r"(?:19|20)\d\d"
_IN_FRONT = (
    r"(?:in|by|since|until|till|from|through|of|for|during|before|after|to|around|late|early|mid|"
    r"between|and|end|last|this|next|past|coming)"
)

_DATED = re.compile(
    rf"(?=[JFMASOND\d])(?:\b{_NAME} {_DAY}(?!\d|:|\.\d|"
    rf" ?(?:percent|%|million|billion|trillion|years?|months?|days?|people))(?:,? (?P<year>{_YEAR}))?"
    rf"|\b{_DAY.replace('day', 'first')} (?:of )?{_NAME.replace('name', 'after')}(?:,? (?P<later>{_YEAR}))?"
    rf"|\b{_NAME.replace('name', 'alone')},? (?P<of>{_YEAR}))(?![\d%])"
)
_MONTH = re.compile(rf"(?=[JFMASOND])(?<=[a-z-] ){_NAME}(?: (?:of )?(?P<when>last|this|next) year)?(?! ?\d)")
_BEFORE_MONTH = re.compile(rf"(?:^|[\s(])(?P<word>{_IN_FRONT})[ -]$", re.IGNORECASE)
_QUARTER = re.compile(
    rf"\b(?:(?P<early>{_YEAR}) )?(?:Q(?P<q>[1-4])|(?P<digit>[1-4])Q|H(?P<h>[12])|(?P<half>[12])H|"
    rf"(?P<which>first|second|third|fourth|1st|2nd|3rd|4th)[ -](?P<unit>quarter|half)|(?P<unsaid>last|this|next) quarter)\b"
    rf"(?:,? (?:of |of the year |in )?(?:FY ?|fiscal (?:year )?)?(?P<year>{_YEAR}|['’]\d\d)"
    rf"| of (?P<when>last|this|next) year)?(?! of )",
    re.IGNORECASE,
)
# As analysts write it: 2H26, 1Q 2027.
_COMPACT = re.compile(r"\b(?P<number>[1-4])(?P<letter>[QH])\s?(?:20)?(?P<short>[1-4]\d)\b(?![%.,]\d)")
_YEAR_END = re.compile(rf"\b(?:fiscal )?year (?:ending|ended)(?: in)? {_NAME}(?: \d\d?,?)? (?P<year>{_YEAR})", re.IGNORECASE)
_FISCAL = re.compile(rf"\b(?:fiscal(?: year)?|FY) ?(?P<year>{_YEAR}|\d\d)\b", re.IGNORECASE)
_FISCAL_WORD = re.compile(r"\b(?P<word>last|this|current|next|coming) fiscal year\b", re.IGNORECASE)
_BARE_YEAR = re.compile(
    rf"(?P<year>{_YEAR})(?P<s>s)?(?![\d,.]\d|[\w%/]|-\w{{3}}| (?:won|yen|dollars?|people|units|jobs|GPUs|chips|companies|"
    r"employees|workers|cars|students|Olympic|World|Asian))"
)
_BEFORE_YEAR = re.compile(rf"(?:^|\b(?:{_IN_FRONT}|year),? (?:the )?|[(] ?|\b(?P<part>mid|late|early)[ -])$", re.IGNORECASE)
_SEASON = re.compile(rf"\b(?P<season>spring|summer|autumn|fall|winter)(?: of)? (?P<year>{_YEAR})\b", re.IGNORECASE)
_RELATIVE = re.compile(
    r"\b(?:(?P<word>last|this|next|coming) (?P<unit>year|month|week)(?!-?end|ly|s\b)|"
    r"(?P<day>today|yesterday|tomorrow)(?!['’]s\b))\b",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    r"\b(?:(?P<word>last|this|next|coming) )?(?P<name>Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:day|sday|nesday|rsday|urday)?\b"
    r"(?!s|,? (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)| (?:Times|Journal|Mirror|Night))\.?"
)
_AHEAD = re.compile(r"\b(?:will|to be|set to|scheduled|due|plans? to|slated|upcoming)\b[^.!?\n]{0,60}$", re.IGNORECASE)


def read(text: str, today: Reference) -> Iterator[tuple[str | None, int, int]]:
    """Value, start and end of each expression, rule by rule: the caller sorts them."""
    lowered = text.lower()
    for clues, pattern, resolve in _RULES:
        if any(clue in lowered for clue in clues):
            for found in pattern.finditer(text):
                value = resolve(found, today)
                if value != "":
                    yield value, *_span(found)


def _span(found: _Found) -> tuple[int, int]:
    """The place of the expression itself: with early and late, without an abbreviation's stop."""
    start, end = found.span()
    if found.re is _BARE_YEAR:
        front = _BEFORE_YEAR.search(found.string, max(0, start - 10), start)
        start = front.start("part") if front and front["part"] else start
    return start, end - (found.re is _WEEKDAY and found[0].endswith("."))


def _bare_year(found: _Found, today: Reference) -> str:
    return found[0] if _BEFORE_YEAR.search(found.string, max(0, found.start() - 10), found.start()) else ""


def _dated(found: _Found, today: Reference) -> str | None:
    month = _MONTHS[(found["name"] or found["after"] or found["alone"])[:3].lower()]
    if found["of"]:
        return calendar_values.month(int(found["of"]), month)
    number, year = int(found["day"] or found["first"]), found["year"] or found["later"]
    if calendar_values.day(2024, month, number) is None:
        return ""
    return calendar_values.day(int(year), month, number) if year else today.day_of_month(number, month)


def _month(found: _Found, today: Reference) -> str | None:
    front = _BEFORE_MONTH.search(found.string, max(0, found.start() - 9), found.start())
    if not front:
        return ""
    if found["when"]:
        year = today.year(_OFFSETS[found["when"]])
        return calendar_values.month(year, _MONTHS[found["name"][:3].lower()]) if year else None
    ahead = {"last": False, "past": False, "next": True, "coming": True}.get(front["word"].lower())
    return today.bare_month(_MONTHS[found["name"][:3].lower()], ahead)


def _quarter(found: _Found, today: Reference) -> str | None:
    if found["unsaid"]:
        return today.quarter_away(_OFFSETS[found["unsaid"].lower()])
    halves = found["h"] or found["half"] or (found["unit"] or "").lower() == "half"
    number = int(found["q"] or found["digit"] or found["h"] or found["half"] or _ORDINALS[found["which"].lower()])
    if halves and number > 2:
        return ""
    letter, months = ("H", 6) if halves else ("Q", 3)
    said = found["year"] or found["early"]
    if found["when"]:
        year = today.year(_OFFSETS[found["when"].lower()])
        return f"{year}-{letter}{number}" if year else None
    if not said:
        return today.period(letter, number, months)
    return f"{2000 + int(said[1:]) if len(said) == 3 else said}-{letter}{number}"


def _compact(found: _Found, today: Reference) -> str | None:
    if found["letter"] == "H" and int(found["number"]) > 2:
        return ""
    return f"20{found['short']}-{found['letter']}{found['number']}"


def _fiscal(found: _Found, today: Reference) -> str | None:
    return f"FY{int(found['year']) % 100 + 2000}"


def _relative(found: _Found, today: Reference) -> str | None:
    if found["day"]:
        return today.days_away({"today": 0, "yesterday": -1, "tomorrow": 1}[found["day"].lower()])
    offset = _OFFSETS[found["word"].lower()]
    unit = found["unit"].lower()
    if unit == "week":
        return today.week(offset)
    if unit == "month":
        away = today.months_away(offset)
        return calendar_values.month(*away) if away else None
    year = today.year(offset)
    return str(year) if year else None


def _weekday(found: _Found, today: Reference) -> str | None:
    if len(found[0].strip(".")) <= 3 and not found[0].endswith("."):
        return ""
    word = (found["word"] or "").lower()
    ahead = word in ("next", "coming") or (
        not word and _AHEAD.search(found.string, max(0, found.start() - 70), found.start()) is not None
    )
    return today.weekday(_WEEKDAYS[found["name"].lower()], ahead=ahead)


_RULES: tuple[tuple[tuple[str, ...], re.Pattern[str], Callable[[_Found, Reference], str | None]], ...] = (
    (("year end",), _YEAR_END, lambda found, today: f"FYE{found['year']}-{_MONTHS[found['name'][:3].lower()]:02d}"),
    (calendar_values.MONTHS, _DATED, _dated),
    (calendar_values.MONTHS, _MONTH, _month),
    (("quarter", "half", "q1", "q2", "q3", "q4", "1q", "2q", "3q", "4q", "h1", "h2", "1h", "2h"), _QUARTER, _quarter),
    (("1q", "2q", "3q", "4q", "1h", "2h"), _COMPACT, _compact),
    (("fiscal", "fy"), _FISCAL, _fiscal),
    (("fiscal year",), _FISCAL_WORD, lambda found, today: today.fiscal_year(_OFFSETS[found["word"].lower()])),
    (("19", "20"), _BARE_YEAR, _bare_year),
    (
        ("spring ", "summer ", "autumn ", "fall ", "winter "),
        _SEASON,
        lambda found, today: f"{found['year']}-{found['season'].lower().replace('fall', 'autumn')}",
    ),
    ((" year", " month", " week", "today", "yesterday", "tomorrow"), _RELATIVE, _relative),
    (("day", "mon.", "tue.", "wed.", "thu.", "fri.", "sat.", "sun."), _WEEKDAY, _weekday),
)
