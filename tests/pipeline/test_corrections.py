"""What an editor merged or split stays so: for reports that come later, for another process, and for channels that were told."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from bot.model import Article, Channel, Request, Slot, Story, Subscription
from bot.pipeline import corrections
from bot.pipeline.briefing import Briefer, Wanted
from bot.pipeline.run import Pipeline
from bot.store import Store
from bot.store.stories import Stories
from tests.builders import NOON, article
from tests.fakes import NoFeeds

HOUR = timedelta(hours=1)
EDITOR = Request("merge", "", Channel("slack", "C1", "T1"), "U1", "en", NOON + 2 * HOUR)
DAILY = Subscription("daily", Channel("slack", "C1", "T1"), (time(8),))
TOKYO = article(
    "tokyo", "업스테이지, 도쿄에 일본 법인 설립", summary="업스테이지가 도쿄에 법인을 세우고 일본 기업에 언어 모델을 판다."
)
TOKYO_2 = article(
    "tokyo2", "업스테이지 도쿄 법인 설립, 일본 시장 진출", outlet="연합뉴스", summary="업스테이지가 도쿄에 법인을 세웠다."
)
FUND = article(
    "fund", "정부, AI 데이터센터에 4500억원 지원 결정", summary="정부는 국내 AI 데이터센터 건설에 4500억원을 지원한다."
)
FUND_2 = article(
    "fund2", "AI 데이터센터에 4500억원 지원, 정부 결정", outlet="연합뉴스", summary="정부가 AI 데이터센터에 4500억원을 지원한다."
)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    opened = await Store.open(database_url)
    yield opened
    await opened.close()


async def story_of(store: Store, one: Article) -> Story:
    story_id = await store.stories.of_article(one.id)
    assert story_id is not None
    return (await store.stories.get([story_id]))[0]


def ids(story: Story) -> set[str]:
    return {one.id for one in story.articles}


async def test_without_corrections_the_machine_decides(store: Store) -> None:
    pipeline = Pipeline(store, NoFeeds())
    await pipeline.add([TOKYO, FUND], NOON)
    await pipeline.add([TOKYO_2, FUND_2], NOON + HOUR)
    assert ids(await story_of(store, TOKYO)) == {"tokyo", "tokyo2"}
    assert ids(await story_of(store, FUND)) == {"fund", "fund2"}


@pytest.mark.parametrize("restarted", [False, True])
async def test_merged_stories_stay_one_for_later_reports(store: Store, restarted: bool) -> None:
    pipeline = Pipeline(store, NoFeeds())
    await pipeline.add([TOKYO, FUND], NOON)
    kept, gone = await story_of(store, TOKYO), await story_of(store, FUND)
    await corrections.merge(store, kept, gone, EDITOR)
    pipeline = Pipeline(store, NoFeeds()) if restarted else pipeline
    await pipeline.add([TOKYO_2, FUND_2], NOON + 3 * HOUR)
    assert ids(await story_of(store, FUND_2)) == {"tokyo", "tokyo2", "fund", "fund2"}
    assert await store.stories.get([gone.id]) == []
    assert (await store.stories.reasons(["fund"]))["fund"][-1] == "merge by an editor"
    (made,) = await store.corrections.of_story(kept.id)
    assert (made.person, made.at, made.articles) == ("U1", NOON + 2 * HOUR, ("fund",))


class Interrupted(Stories):
    """Stories that an editor merges right after the run looked at the open ones."""

    def __init__(self, store: Store, merging: Callable[[], Awaitable[None]]) -> None:
        super().__init__(store.stories._database)
        self.merging: Callable[[], Awaitable[None]] | None = merging

    async def of_articles(self, article_ids: Collection[str]) -> dict[str, str]:
        merging, self.merging = self.merging, None
        if merging:
            await merging()
        return await super().of_articles(article_ids)


async def test_a_merge_while_a_batch_is_decided_wins(store: Store) -> None:
    pipeline = Pipeline(store, NoFeeds())
    await pipeline.add([TOKYO, FUND], NOON)
    kept, gone = await story_of(store, TOKYO), await story_of(store, FUND)
    store.stories = interrupted = Interrupted(store, lambda: corrections.merge(store, kept, gone, EDITOR))
    await pipeline.add([FUND_2], NOON + HOUR)
    assert interrupted.merging is None
    assert ids(await story_of(store, FUND_2)) == {"tokyo", "fund", "fund2"}


@pytest.mark.parametrize("opener", [True, False])
async def test_a_split_article_stays_out(store: Store, opener: bool) -> None:
    pipeline = Pipeline(store, NoFeeds())
    await pipeline.add([TOKYO, TOKYO_2], NOON)
    out, left = (TOKYO, TOKYO_2) if opener else (TOKYO_2, TOKYO)
    before = await story_of(store, out)
    own = await corrections.split(store, before, out, EDITOR)
    assert own != before.id and ids(await story_of(store, out)) == {out.id}
    changed = replace(out, summary=out.summary + " 다시 고쳐 씀.", fingerprint="new")
    await store.articles.change([changed])
    await pipeline.add([changed], NOON + 3 * HOUR)
    await Pipeline(store, NoFeeds()).add([changed, left], NOON + 4 * HOUR)
    assert ids(await story_of(store, out)) == {out.id} and ids(await story_of(store, left)) == {left.id}


async def test_what_was_split_can_be_merged_and_split_again(store: Store) -> None:
    await Pipeline(store, NoFeeds()).add([TOKYO, TOKYO_2], NOON)
    for hour in range(2):
        said = replace(EDITOR, at=NOON + hour * HOUR)
        await corrections.split(store, await story_of(store, TOKYO), TOKYO, said)
        assert ids(await story_of(store, TOKYO)) == {"tokyo"}
        await corrections.merge(store, await story_of(store, TOKYO), await story_of(store, TOKYO_2), said)
        assert ids(await story_of(store, TOKYO_2)) == {"tokyo", "tokyo2"}
    assert len(await store.corrections.of_story((await story_of(store, TOKYO)).id)) >= 2


async def test_a_channel_that_was_told_of_one_story_is_not_told_of_what_it_was_merged_into(store: Store) -> None:
    await Pipeline(store, NoFeeds()).add([TOKYO, FUND], NOON)
    kept, gone = await story_of(store, TOKYO), await story_of(store, FUND)
    briefer = Briefer(store)

    async def told_at(until: timedelta) -> list[str]:
        day = {"since": NOON - HOUR, "until": NOON + until}
        edition = await briefer.edition(Wanted(key="k", language="ko", told_to=DAILY.channel, **day))
        if edition.items:
            slot = Slot("daily", date(2026, 11, 23), time(8, int(until / HOUR)), NOON)
            await store.editions.plan(slot, DAILY, edition, [], NOON + until)
        return [item.story_id for item in edition.items]

    assert set(await told_at(HOUR)) == {kept.id, gone.id}
    await corrections.merge(store, kept, gone, EDITOR)
    assert await told_at(3 * HOUR) == []
