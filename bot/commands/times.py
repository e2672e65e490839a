"""Times of day, weekdays, quiet hours and time zones as people type them in three languages. A ValueError: it is none."""

import re
import unicodedata
import zoneinfo
from datetime import time
from functools import cache

_TIME = re.compile(
    r"(?P<half>오전|오후|午前|午後|am|pm)?\s*"
    r"(?:(?P<hour>[01]?\d|2[0-4])(?::(?P<minute>[0-5]\d))?\s*(?P<ampm>am|pm|a\.m\.|p\.m\.)?(?![\d:.])"
    r"|(?P<word>noon|midnight|정오|자정|正午))"
)
_KOREAN = re.compile(r"([01]?\d|2[0-4])\s?[시時]\s?(?:([0-5]?\d)\s?[분分]|(반|半))?")
_RANGE = re.compile(r"\s*(?:[-–~〜]|부터|から|to)\s*")
_WORDS = {"noon": time(12), "midnight": time(0), "정오": time(12), "자정": time(0), "正午": time(12)}
_AFTERNOON = frozenset(("pm", "p.m.", "오후", "午後"))
_MORNING = frozenset(("am", "a.m.", "오전", "午前"))

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LETTERS = ("월月", "화火", "수水", "목木", "금金", "토土", "일日")
_LETTER_OF = {letter: day for day, letters in enumerate(_LETTERS) for letter in letters}
_SETS = {
    "weekdays": range(5), "weekday": range(5), "평일": range(5), "平日": range(5),
    "daily": range(7), "everyday": range(7), "매일": range(7), "毎日": range(7),
    "weekends": (5, 6), "weekend": (5, 6), "주말": (5, 6), "週末": (5, 6),
}  # fmt: skip
_ZONES = {
    "kst": "Asia/Seoul", "seoul": "Asia/Seoul", "서울": "Asia/Seoul", "ソウル": "Asia/Seoul", "한국시간": "Asia/Seoul",
    "jst": "Asia/Tokyo", "tokyo": "Asia/Tokyo", "도쿄": "Asia/Tokyo", "東京": "Asia/Tokyo", "日本時間": "Asia/Tokyo",
    "gmt": "UTC", "et": "America/New_York", "pt": "America/Los_Angeles",
}  # fmt: skip


def plain(text: str) -> str:
    """``text`` in one width and case, without blanks around."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def read_time(text: str) -> time:
    """Such as 07:30, 7:30 pm, 9am, 오전 9시, 午後6時半, noon."""
    said = _KOREAN.sub(lambda found: f"{found[1]}:{'30' if found[3] else (found[2] or '0').zfill(2)}", plain(text))
    found = _TIME.fullmatch(said)
    if not found or (found["hour"] and not (found["minute"] or found["half"] or found["ampm"])):
        raise ValueError(text)
    if found["word"]:
        return _WORDS[found["word"]]
    return _on_the_clock(int(found["hour"]), int(found["minute"] or 0), found["ampm"] or found["half"] or "")


def _on_the_clock(hour: int, minute: int, half: str) -> time:
    if half and not 1 <= hour <= 12:
        raise ValueError(f"{hour} {half}")
    if half in _AFTERNOON:
        hour = hour % 12 + 12
    elif half in _MORNING:
        hour %= 12
    if hour == 24 and minute:
        raise ValueError(f"24:{minute}")
    return time(hour % 24, minute)


def read_times(text: str) -> tuple[time, ...]:
    """Times with commas, semicolons, "and" or lines between them; each once, the earliest first."""
    parts = [part for part in re.split(r"[,;、·\n]|\s(?:and|그리고|と)\s", plain(text)) if part.strip()]
    found: set[time] = set()
    for part in parts:
        try:
            found.add(read_time(part))
        except ValueError:
            found |= {read_time(one) for one in part.split()}
    return tuple(sorted(found))


def read_period(text: str) -> tuple[time, time]:
    """Such as 22:00-07:00: from and until."""
    ends = _RANGE.split(plain(text).removesuffix("まで").removesuffix("까지"))
    if len(ends) != 2:
        raise ValueError(text)
    start, end = read_time(ends[0]), read_time(ends[1])
    if start == end:
        raise ValueError(text)
    return start, end


def read_weekdays(text: str) -> frozenset[int]:
    """Such as mon-fri, weekdays, 월수금, 月〜金, 平日; 0 is Monday."""
    days: set[int] = set()
    for part in re.split(r"[,;、·/\s]+", re.sub(r"\s*([-–~〜])\s*", r"\1", plain(text).replace("every day", "daily"))):
        if part:
            days |= _days_of(part)
    return frozenset(days)


def _days_of(part: str) -> set[int]:
    if part in _SETS:
        return set(_SETS[part])
    ends = _RANGE.split(part)
    if len(ends) == 2 and all(ends):
        start, end = (_one_day(one) for one in ends)
        return {day % 7 for day in range(start, end + 1 if start <= end else end + 8)}
    letters = re.sub(r"요일|曜日?", "", part)
    if len(letters) > 1 and all(letter in _LETTER_OF for letter in letters):
        return {_LETTER_OF[letter] for letter in letters}
    return {_one_day(part)}


def _one_day(word: str) -> int:
    letter = re.sub(r"요일$|曜日?$", "", word)
    if letter in _LETTER_OF:
        return _LETTER_OF[letter]
    if re.fullmatch(r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:days?)?", word):
        return DAYS.index(word[:3])
    raise ValueError(word)


def read_zone(text: str) -> str:
    """The name of a time zone of the IANA list, from it or from a short name such as KST."""
    word = plain(text).replace(" ", "_")
    found = _ZONES.get(word.replace("_", "")) or _zones().get(word)
    if not found:
        raise ValueError(text)
    return found


@cache
def _zones() -> dict[str, str]:
    return {name.lower(): name for name in zoneinfo.available_timezones() if name not in ("localtime", "Factory")}


def show_period(period: tuple[time, time] | None) -> str:
    """As ``read_period`` reads it; empty for none."""
    return f"{period[0]:%H:%M}-{period[1]:%H:%M}" if period else ""
