"""Days, times and places in words, as readers of each language write them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache

from babel import Locale
from babel.dates import get_day_names
from babel.lists import format_list

from bot.locales import t, wording


def weekday(day: int, language: str) -> str:
    """The name of a day; 0 is Monday."""
    return str(get_day_names("wide", locale=language)[day])


def weekdays(days: Collection[int], language: str) -> str:
    """Such as "Monday to Friday", "every day", "Mon, Wed"."""
    known = {
        frozenset(range(7)): t(language, "every day"),
        frozenset(range(5)): t(language, "Monday to Friday"),
        frozenset((5, 6)): t(language, "Saturdays and Sundays"),
    }
    if name := known.get(frozenset(days)):
        return name
    short = get_day_names("abbreviated", locale=language)
    return listed([str(short[day]) for day in sorted(days)], language)


def listed(items: Sequence[str], language: str) -> str:
    """Such as "a, b, and c"."""
    return format_list(list(items), locale=language) if items else ""


def moment(instant: datetime, zone: str, language: str) -> str:
    """Such as "Tue 24 Nov 2026 09:00 KST"."""
    return f"{wording.day(instant, zone, language)} {wording.zoned(instant, zone)}"


@cache
def language_name(code: str, language: str) -> str:
    """The name of a language in a language; its code where it has none."""
    return str(Locale.parse(language).languages.get(code, code))


def country_name(code: str, language: str) -> str:
    """What people call a country; its code where it has no name."""
    return {"KR": t(language, "Korea"), "JP": t(language, "Japan")}.get(code, code)
