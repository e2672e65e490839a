"""The ledger: one row an amount and story, nothing added twice, pledges and deeds apart, safe in a spreadsheet."""

import csv
import io
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.archive import ledger
from bot.archive.ledger import Filter
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


def built(*articles: Article, **stories: str) -> list[ledger.Row]:
    relevances = {one.id: RELEVANT for one in articles}
    return ledger.build(articles, extracted(*articles), relevances, stories, RATES)


def test_an_amount_told_in_two_currencies_by_two_outlets_is_one_row() -> None:
    (row,) = built(PLEDGE, SAME, a1="s1", a2="s1")
    assert (row.amount.value, row.amount.currency, row.amount.role) == (45 * 10**9, "JPY", "subsidy")
    assert [quote.outlet for quote in row.quotes] == ["ETNews", "Japan Times"]
    assert not row.rival


def test_totals_keep_pledges_and_deeds_apart_in_three_currencies() -> None:
    won, yen, dollars = ledger.totals(built(PLEDGE, SAME, DEED, a1="s1", a2="s1"))
    assert (yen.done, yen.planned, yen.left_out) == (15 * 10**9, 45 * 10**9, 0)
    assert (won.done, won.planned) == (150 * 10**9, 442_800_000_000)  # as the article itself converts
    assert (dollars.done, dollars.planned) == (100 * 10**6, 300 * 10**6)


def test_two_outlets_with_two_figures_stay_and_are_not_added() -> None:
    other = article("a4", "Japan plans data center subsidies of up to 60 billion yen", language="en", outlet="Nikkei Asia")
    rows = built(PLEDGE, other, a1="s1", a4="s1")
    assert [row.rival for row in rows] == [True, True]
    assert [(total.planned, total.left_out) for total in ledger.totals(rows)] == [(0, 2)] * 3


def test_revenue_and_vague_amounts_are_shown_but_not_added() -> None:
    rows = built(article("a5", "네이버 매출 3조원"), article("a6", "정부, AI에 수천억원 투자"))
    assert [(row.amount.role, row.amount.value) for row in rows] == [("revenue", 3 * 10**12), ("investment", None)]
    assert {total.left_out for total in ledger.totals(rows)} == {2}


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "\r=1"])
def test_no_cell_is_a_formula(name: str) -> None:
    (row,) = built(DEED)
    row.quotes[0] = ledger.Quote(name, name, name)
    cells = [cell for line in csv.reader(io.StringIO(ledger.as_csv([row]))) for cell in line]
    assert not [cell for cell in cells if cell.lstrip()[:1] in tuple("=+-@")]


async def test_rows_from_the_archive_by_country_topic_role_and_actor(tmp_path: Path) -> None:
    store = await Store.open(f"sqlite:///{tmp_path}/bot.db")
    articles = [PLEDGE, SAME, DEED]
    await store.articles.add(articles)
    await store.articles.save_relevance(
        {"a1": RELEVANT, "a2": RELEVANT, "a3": Relevance(0.9, True, (Topic.INVESTMENT,), ("JP",))}
    )
    decisions = [StoryDecision("a1", "s1", False), StoryDecision("a2", "s1", True), StoryDecision("a3", "s2", False)]
    await store.stories.save(decisions, articles, NOON)
    await store.facts.save(extracted(*articles))

    async def listed(**wanted: str) -> list[str]:
        found = await ledger.rows(store, NOON, NOON + timedelta(days=1), RATES, Filter(**wanted))
        return sorted(row.story for row in found)

    assert await listed() == ["s1", "s2"]
    assert await listed(country="KR") == []
    assert await listed(topic="investment") == await listed(role="funding_raised") == await listed(actor="Sakana AI") == ["s2"]
    assert await ledger.rows(store, NOON + timedelta(days=1), NOON + timedelta(days=2), RATES) == []
    await store.close()
