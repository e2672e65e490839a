"""Polling and judging by several processes: each article once, stories by one process at a time."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

import pytest

from bot.errors import StoreError
from bot.model import Entry, Feed, FeedMemory, FeedReading
from bot.pipeline.run import Pipeline
from bot.store import Store
from bot.store.leases import Lease
from tests.builders import NOON, article, feed

SOON = NOON + timedelta(minutes=5)


class Feeds:
    """Gives every feed the same entries."""

    def __init__(self, *titles: str) -> None:
        self.titles = titles

    async def read_all(self, due: Sequence[tuple[Feed, FeedMemory]], now: datetime) -> AsyncIterator[FeedReading]:
        for one, memory in due:
            await asyncio.sleep(0)
            entries = tuple(Entry(title, f"http://127.0.0.1/{title}", title, published=now) for title in self.titles)
            yield FeedReading(one, memory, entries, changed=True)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    opened = await Store.open(database_url)
    yield opened
    await opened.close()


async def lease(store: Store, holder: str) -> Lease:
    found = await store.leases.take("process", holder, 60)
    assert found is not None
    return found


async def test_processes_that_read_the_same_feed_at_once_keep_its_news_once(store: Store) -> None:
    titles = [f"업스테이지 AI 도쿄 {number}호 법인 설립" for number in range(30)]
    pipelines = [Pipeline(store, Feeds(*titles)) for _ in range(4)]
    found = await asyncio.gather(*(one.poll([feed("f")], NOON) for one in pipelines))
    assert sum(run.articles for run, _ in found) == len(titles)
    assert (await store.articles.count())[0] == len(titles)
    assert len(await store.articles.unjudged()) == len(titles)  # that is left to whoever makes stories


async def test_stories_grow_on_whichever_process_goes_on_with_them(store: Store) -> None:
    """What the first process made, the second joins to; and the first again, though its own window is older."""
    first, second = Pipeline(store, Feeds()), Pipeline(store, Feeds())
    titles = ("업스테이지, 도쿄 법인 설립", "업스테이지 도쿄 법인 설립…일본 공략", "업스테이지, 일본 도쿄에 법인 설립")
    for number, (one, holder) in enumerate(((first, "a"), (second, "b"), (first, "a"))):
        held = await lease(store, holder)
        await store.articles.add([article(f"a{number}", titles[number], outlet=f"O{number}")])
        run = await one.process((), SOON, held)
        assert (run.relevant, run.stories) == (1, int(number == 0))
        await store.leases.release(held)
    (story,) = await store.stories.get([*{*(await store.stories.of_articles(["a0", "a1", "a2"])).values()}])
    assert len(story.articles) == 3


async def test_who_lost_the_lease_keeps_nothing_and_the_next_one_does_it(store: Store) -> None:
    await store.articles.add([article("a0")])
    slow, quick = Pipeline(store, Feeds()), Pipeline(store, Feeds())
    lost = await lease(store, "slow")
    await store.leases.release(lost)  # it was silent for too long
    held = await lease(store, "quick")
    with pytest.raises(StoreError, match="another process"):
        await slow.process((), SOON, lost)
    assert [one.id for one in await store.articles.unjudged()] == ["a0"]
    assert (await quick.process((), SOON, held)).stories == 1


async def test_what_changed_is_judged_again(store: Store) -> None:
    pipeline = Pipeline(store, Feeds())
    held = await lease(store, "a")
    await store.articles.add([article("a0", "주말 축구 결과", summary="홈팀이 이겼다.")])
    assert (await pipeline.process((), SOON, held)).relevant == 0
    await store.articles.change([article("a0", "업스테이지, 도쿄 AI 법인 설립", summary="일본에 진출한다.", fingerprint="2")])
    assert (await pipeline.process(["a0"], SOON, held)).relevant == 1
