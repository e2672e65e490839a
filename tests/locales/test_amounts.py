"""Amounts as each language writes them, in briefings with the day of the rate; what is written reads back the same."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge import money
from bot.knowledge.rates import DayRates, Rates
from bot.locales import amounts, wording
from bot.model import AheadDate, Amount, Converted, Relevance, Story, Topic
from bot.pipeline import digest
from tests.builders import NOON, article, item

DAY = date(2026, 11, 20)
DOLLARS = Converted(Decimal(300_123_456), "USD", DAY)


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "¥45bn  ·  ₩442.8bn  ·  $300m (up to, subsidy; rate of 20 Nov 2026)"),
        ("ko", "450억 엔  ·  4,428억 원  ·  3억 달러 (최대, 보조금; 환율 기준일 2026년 11월 20일)"),
        ("ja", "450億円  ·  4,428億ウォン  ·  3億ドル (最大, 補助金; 2026年11月20日のレートで換算)"),
    ],
)
def test_a_briefing_shows_three_currencies_and_the_day_of_the_rate(language: str, line: str) -> None:
    assert wording.amounts_line(item(converted=(DOLLARS,)), language) == line


def test_without_a_rate_nothing_is_said_of_one() -> None:
    assert wording.amounts_line(item(), "en") == "¥45bn  ·  ₩442.8bn (up to, subsidy)"


def test_an_edition_converts_its_main_amounts_by_the_rate_of_the_article_s_day() -> None:
    days = [DayRates(NOON.date(), {"USD": Decimal(1), "KRW": Decimal(1500), "JPY": Decimal(150)})]
    pledge = article("a1", "일본 정부, 데이터센터에 최대 450억엔(약 4428억원) 보조금 지원 계획")
    story = Story("s1", (pledge,), (Relevance(0.9, True, (Topic.POLICY,), ("JP",)),))
    chosen = digest.select([story], since=NOON.replace(hour=0), until=NOON.replace(hour=23))
    made = digest.compose(chosen, {}, key="k", language="en", time_zone="Asia/Seoul", since=NOON, until=NOON, rates=Rates(days))
    assert made.items[0].converted == (Converted(Decimal(300_000_000), "USD", NOON.date()),)


@pytest.mark.parametrize(
    ("qualifier", "en", "ko", "ja"),
    [
        ("exact", "¥45bn", "450억 엔", "450億円"),
        ("about", "about ¥45bn", "약 450억 엔", "約450億円"),
        ("up_to", "up to ¥45bn", "최대 450억 엔", "最大450億円"),
        ("at_least", "at least ¥45bn", "450억 엔 이상", "450億円以上"),
        ("more_than", "over ¥45bn", "450억 엔 초과", "450億円超"),
    ],
)
def test_an_amount_with_its_qualifier(qualifier: str, en: str, ko: str, ja: str) -> None:
    amount = Amount(Decimal(45 * 10**9), "JPY", "", 0, 0, qualifier)
    assert [amounts.say(amount, language) for language in ("en", "ko", "ja")] == [en, ko, ja]


def test_a_range_and_a_vague_amount() -> None:
    low, high = Amount(Decimal(10**12), "KRW", "", 0, 0, "range_low"), Amount(Decimal(2 * 10**12), "KRW", "", 0, 0, "range_high")
    assert [amounts.say(high, language, low) for language in ("en", "ko", "ja")] == [
        "₩1tn–₩2tn",
        "1조 원~2조 원",
        "1兆ウォン～2兆ウォン",
    ]
    assert amounts.say(Amount(None, "KRW", "수천억원", 0, 4), "en") == "수천억원"


@given(
    st.integers(1, 9999),
    st.integers(4, 12),
    st.sampled_from(["KRW", "JPY", "USD", "EUR"]),
    st.sampled_from(["exact", "about", "up_to", "at_least", "more_than"]),
    st.sampled_from(["ko", "ja", "en"]),
)
def test_what_is_said_reads_back_with_its_qualifier(
    digits: int, power: int, currency: str, qualifier: str, language: str
) -> None:
    value = Decimal(digits).scaleb(power)
    said = amounts.say(Amount(value, currency, "", 0, 0, qualifier), language)
    sentence = {"ko": f"올해 {said} 규모다", "ja": f"今年は{said}を投じる", "en": f"It spends {said} this year"}[language]
    assert [(one.value, one.currency, one.qualifier) for one in money.read_amounts(sentence, language)] == [
        (value, currency, qualifier)
    ]


def test_dates_ahead_as_lines() -> None:
    law = AheadDate("law||x", "AI Basic Act", date(2027, 1, 22), "in_force", "2027-01-22", "KR")
    relief = AheadDate("tax||y", "Tax relief", date(2032, 12, 31), "until", "2032")
    assert wording.ahead_line(law, "en") == "22 Jan 2027 · AI Basic Act: comes into force (KR)"
    assert wording.ahead_line(law, "ko") == "2027년 1월 22일 · AI Basic Act: 시행 (KR)"
    assert wording.ahead_line(relief, "ja") == "2032 · Tax relief: 終了"
