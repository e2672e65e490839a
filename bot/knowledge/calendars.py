"""Public holidays of Korea and Japan, substitute, bridging and election days included (door: holidays).

The calendars are those of the `holidays` library in the category "public": what the law makes a day off for everybody. A year is
worked out when it is first asked for.
"""

from collections.abc import Collection
from datetime import date
from functools import lru_cache

_OWN_LANGUAGE = {"KR": "ko", "JP": "ja"}


def holiday(day: date, countries: Collection[str], language: str = "en") -> str | None:
    """What is celebrated on ``day`` in one of ``countries`` (KR, JP), None: it is no holiday.

    Named in ``language`` where that is the country's own, otherwise in English.
    """
    return next((name for country in sorted(countries) if (name := _year(country, day.year, language).get(day))), None)


def is_working_day(day: date, countries: Collection[str]) -> bool:
    """Whether ``day`` is a Monday to Friday and no holiday in any of ``countries``."""
    return day.weekday() < 5 and holiday(day, countries) is None


@lru_cache(maxsize=256)
def _year(country: str, year: int, language: str) -> dict[date, str]:
    # Reading the library takes a fifth of a second, and most processes need no holidays.
    from holidays import country_holidays

    found = country_holidays(country, years=year, language=language if language == _OWN_LANGUAGE.get(country) else "en_US")
    return {day: name for day, name in found.items() if day.year == year}
