"""Close calls between stories: which pairs a judge is asked about, and what its verdicts and failures change."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import ModelUnavailable
from bot.model import Article
from bot.pipeline import same_story
from bot.pipeline.run import Pipeline
from bot.pipeline.stories import Doubt, StoryWindow
from bot.store import Store
from tests.builders import NOON, article
from tests.fakes import NoFeeds

LATER = NOON + timedelta(hours=5)
FIRST = article("a", "리벨리온, 일본에 첫 해외 법인", summary="AI 반도체 기업 리벨리온이 도쿄에 첫 해외 법인을 세웠다.")
SAME = article(
    "b", "Rebellions sets up Japan unit", summary="The AI chip startup Rebellions said it had set up a unit in Tokyo.",
    language="en", published=LATER, outlet="Korea Times",
)  # fmt: skip
OPENED = article("c", "업스테이지, 도쿄 법인 설립", summary="업스테이지가 도쿄에 법인을 세우고 일본 시장에 진출했다.")
HIRING = article("d", "업스테이지, 일본 영업 인력 채용", summary="업스테이지가 일본에서 영업 인력을 뽑는다.", published=LATER,
                 outlet="Hankyung")  # fmt: skip
OTHER = article(
    "e", "소프트뱅크, 홋카이도에 데이터센터 착공", summary="소프트뱅크가 도마코마이에서 착공식을 열었다.", outlet="Nikkei"
)


@dataclass
class FixedStoryJudge:
    """Says the same of every pair; with ``down`` nothing, with ``slow`` nothing in time."""

    is_same: bool = True
    down: bool = False
    slow: bool = False
    name: str = "fake-model"
    asked: list[tuple[str, str]] = field(default_factory=list)

    async def same(self, first: Article, second: Article) -> tuple[bool, str]:
        self.asked.append((first.id, second.id))
        await (asyncio.Event().wait() if self.slow else asyncio.sleep(0))
        if self.down:
            raise ModelUnavailable("down")
        return self.is_same, "the same event" if self.is_same else "another event of the same names"


def stories(*articles: Article, verdicts: dict[Doubt, bool] | None = None, window: StoryWindow | None = None) -> list[str]:
    window = StoryWindow() if window is None else window
    return [made.story_id for made in window.assign_all(articles, None, verdicts)]


def test_close_calls_are_doubts_and_clear_ones_are_not() -> None:
    window = StoryWindow()
    assert window.doubts([FIRST, SAME, OTHER], None, 10) == [Doubt("a", "b")]
    assert window.doubts([FIRST, SAME, OPENED, HIRING], None, 10) == [Doubt("a", "b"), Doubt("c", "d")]  # the closest first
    assert window.doubts([FIRST, SAME, OPENED, HIRING], None, 1) == [Doubt("a", "b")]
    assert len(window) == 0


def test_a_report_on_an_open_story_is_a_doubt_too() -> None:
    window = StoryWindow()
    window.assign_all([FIRST])
    assert window.doubts([SAME, FIRST], None, 10) == [Doubt("b", "a")]


@pytest.mark.parametrize("together", [True, False])
def test_a_verdict_joins_and_keeps_apart_where_the_comparison_would_not(together: bool) -> None:
    for one, other, joined_without in ((FIRST, SAME, False), (OPENED, HIRING, True)):
        for is_same in (True, False):
            window = StoryWindow()
            verdict = {Doubt(other.id, one.id): is_same}
            if together:
                ids = stories(one, other, verdicts=verdict, window=window)
            else:
                ids = stories(one, window=window) + stories(other, verdicts=verdict, window=window)
            assert (len(set(ids)) == 1) is is_same
        assert (len(set(stories(one, other))) == 1) is joined_without


def test_a_verdict_holds_for_the_whole_open_story() -> None:
    window = StoryWindow()
    again = article("a2", FIRST.title, summary=FIRST.summary, outlet="Hankyung")
    assert len(set(stories(FIRST, again, window=window))) == 1
    (made,) = window.assign_all([SAME], None, {Doubt("b", "a"): True})
    assert made.joined


@pytest.fixture
async def store(tmp_path: Path) -> Store:
    return await Store.open(f"sqlite:///{tmp_path}/bot.sqlite3")


async def added(store: Store, judge: FixedStoryJudge | None) -> tuple[list[str | None], tuple[str, ...]]:
    pipeline = Pipeline(store, NoFeeds(), story_judge=judge)
    try:
        await pipeline.add([FIRST], NOON)
        await pipeline.add([SAME], LATER)
        where = [await store.stories.of_article(id) for id in ("a", "b")]
        return where, (await store.stories.reasons(["b"]))["b"]
    finally:
        await store.close()


async def test_a_run_asks_and_keeps_the_verdict_with_its_reason(store: Store) -> None:
    judge = FixedStoryJudge()
    where, reasons = await added(store, judge)
    assert judge.asked == [("a", "b")]
    assert where[0] == where[1]
    assert reasons[-1] == "fake-model on “리벨리온, 일본에 첫 해외 법인”: the same event"


@pytest.mark.parametrize("judge", [None, FixedStoryJudge(down=True), FixedStoryJudge(is_same=False)])
async def test_without_a_verdict_the_comparison_stands(store: Store, judge: FixedStoryJudge | None) -> None:
    where, _ = await added(store, judge)
    assert where[0] != where[1]


async def test_a_slow_judge_is_not_waited_for() -> None:
    judge = FixedStoryJudge(slow=True)
    known = {one.id: one for one in (FIRST, SAME)}
    assert await same_story.settled(judge, [Doubt("b", "a")], known, timedelta(seconds=0.05)) == {}
