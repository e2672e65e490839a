"""The ledger: one row an amount and story, with its history and who contradicts it; what people ask of it."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.archive import ledger
from bot.archive.ledger import Filter
from bot.archive.ledger_rows import Row
from bot.knowledge.rates import DayRates, Rates
from bot.model import Article, Fact, Relevance, StoryDecision, Topic
from bot.pipeline import facts
from bot.store import Store
from tests.builders import NOON, article

RATES = Rates([DayRates(NOON.date(), {"USD": Decimal(1), "KRW": Decimal(1500), "JPY": Decimal(150)})])
PLEDGE = article("a1", "일본 정부, 데이터센터에 최대 450억엔(약 4428억원) 보조금 지원 계획", outlet="ETNews")
SAME = article("a2", "Japan plans data center subsidies of up to 45 billion yen", language="en", outlet="Japan Times")
DEED = article("a3", "Sakana AI raises $100 million in Series B round", language="en", outlet="TechCrunch")
RELEVANT = Relevance(0.9, True, (Topic.POLICY,), ("JP",))


def extracted(*articles: Article) -> dict[str, tuple[Fact, ...]]:
    return {one.id: facts.extract(one.text, one.language, one.at) for one in articles}


def built(*articles: Article, **stories: str) -> list[Row]:
    relevances = {one.id: RELEVANT for one in articles}
    return ledger.build(articles, extracted(*articles), relevances, stories, RATES)


def one_story(*articles: Article) -> list[Row]:
    return built(*articles, **{one.id: "s1" for one in articles})


# ---- rows ----


def test_an_amount_told_in_two_currencies_by_two_outlets_is_one_row() -> None:
    (row,) = one_story(PLEDGE, SAME)
    assert (row.amount.value, row.amount.currency, row.role) == (45 * 10**9, "JPY", "subsidy")
    assert row.outlets == ("ETNews", "Japan Times")
    assert [quote.text for quote in row.quotes] == ["최대 450억엔", "up to 45 billion yen"]
    assert row.rivals == []


def test_an_outlet_that_only_gives_the_converted_figure_tells_the_same_amount() -> None:
    (row,) = one_story(PLEDGE, article("a9", "일본, 데이터센터에 4428억원 보조금", outlet="Yonhap"))
    assert (row.amount.currency, row.outlets) == ("JPY", ("ETNews", "Yonhap"))


def test_what_an_article_converts_itself_stands_before_the_day_s_rate() -> None:
    (row,) = one_story(PLEDGE)
    shown = {one.currency: (one.value, one.reported, one.day) for one in row.converted}
    assert shown == {
        "KRW": (442_800_000_000, True, NOON.date()),
        "USD": (300_000_000, False, NOON.date()),
    }


def test_a_figure_that_stood_alone_before_its_original_is_the_same_amount() -> None:
    (row,) = one_story(
        article("a1", "일본, 데이터센터에 4428억원 보조금\n일본 정부가 데이터센터에 450억엔(약 4428억원)의 보조금을 준다.")
    )
    assert (row.amount.quote, len(row.quotes)) == ("4428억원", 2)
    assert {one.currency: one.value for one in row.converted if one.reported} == {"JPY": 45 * 10**9}


def test_a_range_is_one_row_from_its_low_to_its_high_end() -> None:
    (row,) = one_story(article("a1", "네이버, 일본 데이터센터에 1조~2조원 투자 검토"))
    assert row.low is not None
    assert (row.low.value, row.amount.value) == (10**12, 2 * 10**12)


def test_who_acts_and_how_far_it_is_come_from_the_event() -> None:
    (row,) = one_story(article("a1", "네이버, 일본에 데이터센터 건설 계획. 모두 2조원을 투자한다."))
    assert (row.actors[0], row.status) == ("NAVER", "planned")


def test_an_amount_whose_stage_most_reports_call_a_plan_is_one() -> None:
    plans = [article(f"p{n}", "네이버, 일본에 2조원 들여 데이터센터 건설 계획", outlet=f"o{n}") for n in range(2)]
    (row,) = one_story(article("d", "네이버, 일본에 2조원 데이터센터 착공", outlet="x"), *plans)
    assert (row.status, row.done) == ("planned", False)


# ---- conflicts and history ----


def test_two_outlets_with_two_figures_stay_and_name_each_other() -> None:
    other = article("a4", "Japan plans data center subsidies of 60 billion yen", language="en", outlet="Nikkei Asia")
    first = article("a1", "일본 정부, 데이터센터에 450억엔 보조금 지원 계획", outlet="ETNews")
    rows = one_story(first, other)
    assert [[rival.quote for rival in row.rivals] for row in rows] == [["60 billion yen"], ["450억엔"]]


def test_a_part_of_the_amount_is_no_rival() -> None:
    other = article(
        "a4", "Japan's 45 billion yen subsidy plan, of which 10 billion yen goes to Hokkaido", language="en", outlet="Kyodo"
    )
    assert not any(row.rivals for row in one_story(PLEDGE, other))


def test_a_later_figure_of_the_same_outlet_is_a_revision_with_its_history() -> None:
    first = article("a1", "일본 정부, 데이터센터에 450억엔 보조금 지원")
    later = article("a5", "일본 정부, 데이터센터에 600억엔 보조금 지원", published=NOON + timedelta(days=2))
    (row,) = one_story(first, later)
    (before,) = row.history
    assert (row.amount.quote, before.amount.quote, before.until) == ("600억엔", "450억엔", NOON + timedelta(days=2))
    assert (before.quotes[0].outlet, row.rivals) == ("ETNews", [])


def test_another_outlet_later_revises_where_it_says_that_it_was_changed() -> None:
    first = article("a1", "일본 정부, 데이터센터에 450억엔 보조금 지원")
    at = NOON + timedelta(days=2)
    raised = article("a5", "일본 정부, 데이터센터 보조금 당초보다 늘어난 600억엔 지원", outlet="Yonhap", published=at)
    (row,) = one_story(first, raised)
    assert [one.amount.quote for one in row.history] == ["450억엔"]


def test_revisions_of_revisions_keep_the_whole_history() -> None:
    days = [
        article(f"a{n}", f"일본 정부, 데이터센터에 {n}00억엔 보조금 지원", published=NOON + timedelta(days=n)) for n in (3, 4, 5)
    ]
    (row,) = one_story(*days)
    assert [one.amount.quote for one in row.history] == ["300억엔", "400억엔"]
    assert row.amount.quote == "500억엔"


# ---- out of the archive ----


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(f"sqlite:///{tmp_path}/bot.db")
    articles = [PLEDGE, SAME, DEED]
    await opened.articles.add(articles)
    investment = Relevance(0.9, True, (Topic.INVESTMENT,), ("JP",))
    await opened.articles.save_relevance({"a1": RELEVANT, "a2": RELEVANT, "a3": investment})
    decisions = [StoryDecision("a1", "s1", False), StoryDecision("a2", "s1", True), StoryDecision("a3", "s2", False)]
    await opened.stories.save(decisions, articles, NOON)
    await opened.facts.save(extracted(*articles), NOON)
    yield opened
    await opened.close()


async def test_rows_by_country_topic_role_and_actor(store: Store) -> None:
    async def listed(**wanted: str) -> list[str]:
        found = await ledger.rows(store, NOON, NOON + timedelta(days=1), Filter(**wanted))
        return sorted(row.story for row in found)

    assert await listed() == ["s1", "s2"]
    assert await listed(country="KR") == []
    assert await listed(topic="investment") == await listed(role="funding_raised") == await listed(actor="Sakana AI") == ["s2"]
    assert await ledger.rows(store, NOON + timedelta(days=1), NOON + timedelta(days=2)) == []


async def test_an_edited_article_s_former_figure_is_history(store: Store) -> None:
    edited = article("a3", "Sakana AI raises $120 million in Series B round", language="en", outlet="TechCrunch")
    await store.facts.save(extracted(edited), NOON + timedelta(hours=5))
    (row,) = [one for one in await ledger.rows(store, NOON, NOON + timedelta(days=1)) if one.story == "s2"]
    assert row.amount.value == 120_000_000
    assert [(one.amount.value, one.until) for one in row.history] == [(100_000_000, NOON + timedelta(hours=5))]


async def test_rates_of_the_store_convert(store: Store) -> None:
    day = NOON.date() - timedelta(days=1)
    await store.rates.save([DayRates(day, {"EUR": Decimal(1), "USD": Decimal(1), "KRW": Decimal(2000), "JPY": Decimal(100)})])
    (row,) = [one for one in await ledger.rows(store, NOON, NOON + timedelta(days=1)) if one.story == "s2"]
    assert {one.currency: (one.value, one.day) for one in row.converted} == {
        "KRW": (200_000_000_000, day),
        "JPY": (10_000_000_000, day),
    }
    assert day < date(2026, 11, 23)
