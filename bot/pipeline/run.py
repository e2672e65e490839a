"""One pass, as the tour tells it: feeds → entries → articles, and from there through the ``steps``, stored step by step.

The driver does the I/O and the pure steps decide. What one batch decided is committed before the next begins, so that a crash
loses nothing: articles without relevance are judged by the next run.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from time import perf_counter

from bot import log
from bot.model import Article, Feed, FeedMemory, FeedReading, Run
from bot.pipeline import collect
from bot.pipeline.steps import Steps, is_recent
from bot.pipeline.stories import cluster
from bot.ports import Embedder, FactFinder, FeedReader, Judge, StoryJudge
from bot.store import Store
from bot.store.leases import Lease

READINGS_A_BATCH = 64


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is, for a progress bar."""

    done: int
    total: int
    failed: int
    articles: int


class Pipeline:
    """Runs passes over one store. Only one pass runs at a time. What the model does is None where none is set up."""

    def __init__(
        self,
        store: Store,
        reader: FeedReader,
        judge: Judge | None = None,
        embedder: Embedder | None = None,
        story_judge: StoryJudge | None = None,
        finder: FactFinder | None = None,
    ) -> None:
        self._store = store
        self._reader = reader
        self._steps = Steps(store, judge, embedder, story_judge, finder)
        self._running = asyncio.Lock()

    async def run(
        self,
        feeds: Sequence[Feed],
        now: datetime,
        *,
        everything: bool = False,
        progress: Callable[[Progress], None] | None = None,
    ) -> Run:
        """Poll the feeds that are due (with ``everything`` all of them) and take what is new through the steps."""
        async with self._running:
            started = perf_counter()
            self._steps.begin()
            run = Run(id=secrets.token_hex(4), started=now)
            memories, due = await self._due(feeds, now, everything=everything)

            def seen(reading: FeedReading) -> None:
                nonlocal run
                run = _counted(run, reading)
                if progress:
                    progress(Progress(run.feeds, len(due), run.feeds_failed, run.articles))

            async for batch in _batches(self._reader.read_all(due, now), seen):
                new, changed, run = await self._keep(batch, memories, run, now)
                run = await self._steps.take([*new, *changed], run, now)
            run = await self._steps.catch_up(run, now)
            await self._steps.look_for_facts()
            return await self._ended(run, started)

    async def poll(self, feeds: Sequence[Feed], now: datetime) -> tuple[Run, list[str]]:
        """Poll the feeds that are due and keep what is new, for ``process`` to judge; also the ids of what changed.

        Several processes may do so at once, each for other feeds.
        """
        started = perf_counter()
        run = Run(id=secrets.token_hex(4), started=now)
        memories, due = await self._due(feeds, now)
        ids: list[str] = []

        def seen(reading: FeedReading) -> None:
            nonlocal run
            run = _counted(run, reading)

        async for batch in _batches(self._reader.read_all(due, now), seen):
            _, changed, run = await self._keep(batch, memories, run, now)
            ids += [article.id for article in changed]
        return await self._ended(run, started), ids

    async def process(self, changed: Collection[str], now: datetime, lease: Lease) -> Run:
        """Judge what ``poll`` kept, and ``changed`` articles again, and join it to stories: where ``lease`` is held.

        Raises:
            StoreError: another process has taken over.
        """
        async with self._running:
            started = perf_counter()
            self._steps.begin(lease)
            run = Run(id=secrets.token_hex(4), started=now)
            run = await self._steps.take(await self._store.articles.get(changed), run, now)
            run = await self._steps.catch_up(run, now)
            await self._steps.look_for_facts()
            run = replace(run, seconds=perf_counter() - started)
            log.event("run.processed", **{name: figure for name, figure in _figures(run).items() if "feed" not in name})
            return run

    async def _due(
        self, feeds: Sequence[Feed], now: datetime, *, everything: bool = False
    ) -> tuple[dict[str, FeedMemory], list[tuple[Feed, FeedMemory]]]:
        """What is known of all feeds, and the feeds to be polled now."""
        memories = await self._store.feeds.memories([feed.id for feed in feeds])
        due = [(feed, _remembered(feed, memories.get(feed.id))) for feed in feeds]
        if not everything:
            due = [(feed, memory) for feed, memory in due if memory.next_check is None or memory.next_check <= now]
        return memories, due

    async def _ended(self, run: Run, started: float) -> Run:
        run = replace(run, seconds=perf_counter() - started)
        if run.feeds:
            await self._store.runs.save(run)
        log.event("run.finished", **_figures(run))
        return run

    async def add(self, articles: Sequence[Article], now: datetime) -> Run:
        """Take articles that came from elsewhere (an import) through the steps behind collecting."""
        async with self._running:
            self._steps.begin()
            run = Run(id=secrets.token_hex(4), started=now)
            keys = {key: article.id for article in articles for key in collect.article_keys(article)}
            await self._store.articles.add(articles, keys)
            run = await self._steps.take(articles, replace(run, articles=len(articles)), now)
            return run

    async def join_old(self, articles: Sequence[Article], now: datetime) -> int:
        """Group the relevant ones of imported ``articles`` that are too old for the open stories; how many stories that made."""
        async with self._running:
            judged = await self._store.articles.relevance([article.id for article in articles])
            old = [one for one in articles if not is_recent(one, now) and one.id in judged and judged[one.id].relevant]
            decisions = await asyncio.to_thread(cluster, old)
            await self._store.stories.save(decisions, old, now)
            return sum(not decision.joined for decision in decisions)

    async def _keep(
        self, batch: Sequence[FeedReading], before: dict[str, FeedMemory], run: Run, now: datetime
    ) -> tuple[Sequence[Article], Sequence[Article], Run]:
        """Store what a batch of polls brought: the new articles and those that changed."""
        candidates = collect.identify(batch)
        async with self._store.transaction("collect"):  # two feeds may bring the same article to two processes
            known = await self._store.articles.known(candidates.keys)
            collected = collect.decide(candidates, known, before, now)
            await self._store.articles.add(collected.new, collected.keys)
            changed = await self._store.articles.change(collected.changed)
            await self._store.feeds.save(collected.memories)
        for reason in collected.reasons:
            log.event("collect.decided", run=run.id, reason=reason)
        run = replace(run, entries=run.entries + collected.entries, articles=run.articles + len(collected.new))
        return collected.new, changed, run


async def _batches(readings: AsyncIterator[FeedReading], seen: Callable[[FeedReading], None]) -> AsyncIterator[list[FeedReading]]:
    """The readings, some at a time; ``seen`` is told of each as it comes."""
    batch: list[FeedReading] = []
    async for reading in readings:
        seen(reading)
        batch.append(reading)
        if len(batch) >= READINGS_A_BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _remembered(feed: Feed, memory: FeedMemory | None) -> FeedMemory:
    """What is known of the feed; a feed that moved to another URL is polled at once and unconditionally."""
    if memory is None or memory.url not in ("", feed.url):
        return FeedMemory(feed.id, feed.url)
    return memory


def _counted(run: Run, reading: FeedReading) -> Run:
    errors = (*run.errors, f"{reading.feed.id}: {reading.error}") if reading.error else run.errors
    return replace(
        run,
        feeds=run.feeds + 1,
        feeds_failed=run.feeds_failed + bool(reading.error),
        unchanged=run.unchanged + (not reading.changed and not reading.error),
        errors=errors,
    )


def _figures(run: Run) -> dict[str, object]:
    names = ("id", "feeds", "feeds_failed", "unchanged", "entries", "articles", "relevant", "stories", "updates")
    return {name: getattr(run, name) for name in names} | {"seconds": round(run.seconds, 2)}
