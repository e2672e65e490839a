"""Numbers and days mean the same in three languages; weekdays and addresses tell the day where a text is silent."""

from datetime import date

import pytest

from bot.knowledge import numbers


@pytest.mark.parametrize(
    ("text", "value"),
    [("gpu 26만장", 260_000), ("26万個", 260_000), ("260,000 chips", 260_000), ("1.5 billion users", 1.5e9), ("3조원", 3e12)],
)
def test_numbers_are_comparable_across_languages(text: str, value: float) -> None:
    assert list(numbers.numbers(text)) == [value]


@pytest.mark.parametrize("text", ["gpt4 모델", "v2.1beta", "인공지능"])
def test_a_number_inside_a_name_is_none(text: str) -> None:
    assert 4.0 not in list(numbers.numbers(text)) and 2.1 not in list(numbers.numbers(text))


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2026년 11월 23일 발표", [(2026, 11, 23)]),
        ("11月23日に発表", [(None, 11, 23)]),
        ("said on nov. 23, 2026", [(2026, 11, 23)]),
        ("on 23 november", [(None, 11, 23)]),
        ("2026-11-23 기준", [(2026, 11, 23)]),
        ("23일 밝혔다", [(None, None, 23)]),
        ("23日、東京で", [(None, None, 23)]),
        ("on the 23rd in seoul", [(None, None, 23)]),
        ("23일간 열린다", []),
        ("13月45日", []),
    ],
)
def test_days_are_read_with_what_is_said_of_them(text: str, days: list[tuple[int | None, int | None, int]]) -> None:
    assert list(numbers.days(text)) == days


def test_a_day_that_two_patterns_match_counts_once() -> None:
    assert list(numbers.days("11월 3일과 11월 5일")) == [(None, 11, 3), (None, 11, 5)]


def test_a_weekday_is_the_last_one_up_to_publication() -> None:
    tuesday = date(2026, 11, 24)
    assert list(numbers.weekdays("said on monday, a day after sunday", tuesday)) == [date(2026, 11, 23), date(2026, 11, 22)]
    assert list(numbers.weekdays("said tuesday", tuesday)) == [tuesday]
    assert list(numbers.weekdays("opens next monday, as every friday", tuesday)) == []


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://example.com/2026/11/23/office", date(2026, 11, 23)),
        ("https://example.com/view/AKR20261123012300003", date(2026, 11, 23)),
        ("https://example.com/20261123000304", date(2026, 11, 23)),
        ("https://example.com/news-2026-11-23.html", date(2026, 11, 23)),
        ("https://example.com/2026/11/2345678", None),
        ("https://example.com/2026/02/31/x", None),
        ("https://example.com/id/120261123", None),
        ("", None),
    ],
)
def test_an_address_tells_its_day(url: str, day: date | None) -> None:
    assert numbers.day_of_address(url) == day
