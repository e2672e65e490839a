"""Rates: the nearest day that knows both currencies, and the bank's file read with care."""

from datetime import date
from decimal import Decimal

import pytest

from bot.errors import ParseError
from bot.knowledge import rates
from bot.knowledge.rates import DayRates, Rates

MONDAY, TUESDAY = date(2026, 11, 16), date(2026, 11, 17)
DAYS = Rates(
    [
        DayRates(MONDAY, {"EUR": Decimal(1), "USD": Decimal("1.10"), "JPY": Decimal(165), "KRW": Decimal(1650)}),
        DayRates(TUESDAY, {"EUR": Decimal(1), "USD": Decimal("1.20"), "JPY": Decimal(180)}),
    ]
)
FILE = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
  <gesmes:subject>Reference rates</gesmes:subject>
  <Cube><Cube time="2026-11-20">
    <Cube currency="USD" rate="1.1011"/><Cube currency="JPY" rate="166.05"/><Cube currency="KRW" rate="1622.4"/>
  </Cube></Cube>
</gesmes:Envelope>"""


def test_the_worked_example_converts_as_its_article_did() -> None:
    day = date(2025, 4, 2)
    won = rates.embedded().convert(Decimal(45 * 10**9), "JPY", "KRW", day)
    assert won is not None
    assert (round(won.value, -8), won.day) == (Decimal(442_800_000_000), day)
    dollars = rates.embedded().convert(Decimal(18_600_000_000), "USD", "KRW", day)
    assert dollars is not None
    assert round(dollars.value, -10) == Decimal(27_270_000_000_000)


def test_the_day_of_the_article_counts_and_is_told() -> None:
    late = DAYS.convert(Decimal(100), "USD", "JPY", date(2026, 12, 1))
    early = DAYS.convert(Decimal(100), "USD", "JPY", MONDAY)
    assert late is not None
    assert early is not None
    assert (late.value, late.day) == (Decimal(15000), TUESDAY)
    assert (early.value, early.day) == (Decimal(15000), MONDAY)


def test_a_day_without_the_currency_is_passed_over() -> None:
    won = DAYS.convert(Decimal(11), "USD", "KRW", TUESDAY)
    assert won is not None
    assert (won.value, won.day) == (Decimal(16500), MONDAY)


def test_nothing_is_converted_by_rates_of_another_time_or_of_nobody() -> None:
    assert DAYS.convert(Decimal(1), "USD", "JPY", date(2020, 1, 1)) is None
    assert DAYS.convert(Decimal(1), "USD", "XYZ", MONDAY) is None
    assert Rates([]).convert(Decimal(1), "USD", "JPY", MONDAY) is None


def test_all_other_currencies_at_once() -> None:
    assert [(one.currency, one.value) for one in DAYS.in_all(Decimal(11), "USD", MONDAY)] == [("KRW", 16500), ("JPY", 1650)]


def test_the_bank_s_file() -> None:
    (day,) = rates.read_ecb(FILE)
    assert (day.day, day.per_unit["EUR"], day.per_unit["KRW"]) == (date(2026, 11, 20), 1, Decimal("1622.4"))


@pytest.mark.parametrize(
    ("xml", "problem"),
    [
        ("<html>", "mismatched|no element"),
        ("<a/>", "no day"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "document type"),
        (FILE.replace("1622.4", "-3"), "no sensible rate for KRW"),
        (FILE.replace("1622.4", "NaN"), "no sensible rate for KRW"),
        (FILE.replace("1622.4", "many"), "unreadable rate"),
        (FILE.replace("2026-11-20", "today"), "unreadable rate"),
        ("<a>" + " " * 2_000_000 + "</a>", "too long"),
    ],
)
def test_what_is_no_rates_file_is_refused(xml: str, problem: str) -> None:
    with pytest.raises(ParseError, match=problem):
        rates.read_ecb(xml)
