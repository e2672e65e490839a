"""Facts that a model proposes: what the text bears out is kept beside those of the rules, everything else changes nothing."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.errors import BudgetSpent
from bot.model import Amount, Article, EventFact, Fact, Feed
from bot.pipeline import fact_search, facts
from bot.pipeline.run import Pipeline
from bot.store import Store
from tests.builders import NOON, article
from tests.fakes import NoFeeds

REPORT = article(
    "a",
    "업스테이지, 도쿄 법인 설립",
    summary="업스테이지가 도쿄에 법인을 세우고 450억엔을 투자한다. 업스테이지는 현지 영업 조직도 새로 꾸린다.",
)
TRUE = EventFact("hiring", "planned", ("업스테이지",), "현지 영업 조직도 새로 꾸린다", -1, -1)
INVENTED = (
    EventFact("hiring", "planned", ("삼성전자",), "현지 영업 조직도 새로 꾸린다", -1, -1),
    EventFact("acquisition", "announced", ("업스테이지",), "노무라와 합병한다", -1, -1),
    Amount(Decimal("45000000"), "JPY", "450억엔", -1, -1, role="investment"),
    Amount(Decimal("90000000000"), "JPY", "900억엔", -1, -1, role="investment"),
)


@dataclass
class FixedFinder:
    """Proposes the same for every article; nothing with ``spent``, nothing in time with ``slow``."""

    proposed: tuple[Fact, ...] = ()
    spent: bool = False
    slow: bool = False
    asked: int = 0

    async def propose(self, article: Article) -> tuple[Fact, ...]:
        self.asked += 1
        if self.slow:
            await asyncio.Event().wait()
        if self.spent:
            raise BudgetSpent("nothing left")
        return self.proposed


def known() -> tuple[Fact, ...]:
    return facts.extract(REPORT.text, REPORT.language, REPORT.at)


async def test_what_the_text_bears_out_comes_behind_the_known_facts() -> None:
    found = await fact_search.more(FixedFinder((*INVENTED, TRUE)), [REPORT], {"a": known()})
    assert found["a"][: len(known())] == known()
    (added,) = found["a"][len(known()) :]
    assert isinstance(added, EventFact) and added.type == "hiring" and added.quote == TRUE.quote
    assert REPORT.text[added.start : added.end] == added.quote


@pytest.mark.parametrize("finder", [FixedFinder(INVENTED), FixedFinder(spent=True), FixedFinder()])
async def test_anything_else_changes_nothing(finder: FixedFinder) -> None:
    assert await fact_search.more(finder, [REPORT], {"a": known()}) == {}


async def test_a_slow_model_is_not_waited_for() -> None:
    assert await fact_search.more(FixedFinder(slow=True), [REPORT], {}, timedelta(seconds=0.05)) == {}


async def test_a_run_asks_after_everything_else_about_the_relevant(tmp_path: Path) -> None:
    store = await Store.open(f"sqlite:///{tmp_path}/bot.sqlite3")
    finder = FixedFinder((TRUE,))
    try:
        pipeline = Pipeline(store, NoFeeds(), finder=finder)
        await store.articles.add([REPORT, article("b", "오늘의 날씨, 전국 맑음")], {1: "a", 2: "b"})
        no_feeds: list[Feed] = []
        await pipeline.run(no_feeds, NOON)
        assert finder.asked == 1
        kept = (await store.facts.of_articles(["a"]))["a"]
        assert [one.quote for one in kept if isinstance(one, EventFact)][-1] == TRUE.quote
        await pipeline.run(no_feeds, NOON)
        assert finder.asked == 1
    finally:
        await store.close()
