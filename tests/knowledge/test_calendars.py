"""The holidays of Korea and Japan against the lists that their governments published."""

import subprocess
import sys
from datetime import date, timedelta

import pytest

from bot.knowledge.calendars import holiday, is_working_day

OFFICIAL = {
    ("KR", 2024): "1/1 2/9 2/10 2/11 2/12 3/1 4/10 5/5 5/6 5/15 6/6 8/15 9/16 9/17 9/18 10/1 10/3 10/9 12/25",
    ("KR", 2025): "1/1 1/27 1/28 1/29 1/30 3/1 3/3 5/5 5/6 6/3 6/6 8/15 10/3 10/5 10/6 10/7 10/8 10/9 12/25",
    ("KR", 2026): "1/1 2/16 2/17 2/18 3/1 3/2 5/1 5/5 5/24 5/25 6/3 6/6 7/17 8/15 8/17 9/24 9/25 9/26 10/3 10/5 10/9 12/25",
    ("JP", 2024): "1/1 1/8 2/11 2/12 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/15 8/11 8/12 9/16 9/22 9/23 10/14 11/3 11/4 11/23",
    ("JP", 2025): "1/1 1/13 2/11 2/23 2/24 3/20 4/29 5/3 5/4 5/5 5/6 7/21 8/11 9/15 9/23 10/13 11/3 11/23 11/24",
    ("JP", 2026): "1/1 1/12 2/11 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/20 8/11 9/21 9/22 9/23 10/12 11/3 11/23",
    ("JP", 2027): "1/1 1/11 2/11 2/23 3/21 3/22 4/29 5/3 5/4 5/5 7/19 8/11 9/20 9/23 10/11 11/3 11/23",
}


@pytest.mark.parametrize(("country", "year"), OFFICIAL)
def test_every_holiday_of_a_year_and_no_other_day(country: str, year: int) -> None:
    days = (date(year, 1, 1) + timedelta(days=number) for number in range(366))
    found = [f"{day.month}/{day.day}" for day in days if day.year == year and holiday(day, [country])]
    assert " ".join(found) == OFFICIAL[(country, year)]


def test_a_holiday_has_its_name_in_the_language_of_its_country_or_in_english() -> None:
    assert holiday(date(2026, 10, 9), ["KR"], "ko") == "한글날"
    assert holiday(date(2026, 11, 23), ["KR", "JP"], "ja") == "勤労感謝の日"
    assert holiday(date(2026, 11, 23), ["JP"], "ko") == "Labor Thanksgiving Day"
    assert holiday(date(2026, 11, 24), ["KR", "JP"], "ja") is None


def test_working_days_are_mondays_to_fridays_without_a_holiday() -> None:
    assert is_working_day(date(2026, 11, 23), ["KR"])
    assert not is_working_day(date(2026, 11, 23), ["KR", "JP"])
    assert not is_working_day(date(2026, 11, 22), [])


def test_who_asks_for_no_holidays_does_not_read_the_library() -> None:
    code = "import sys, bot.schedule, bot.knowledge.calendars; sys.exit('holidays' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
