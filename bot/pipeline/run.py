"""One pass, as the tour tells it: feeds → entries → articles → relevance → stories and facts, stored step by step.

The driver does the I/O and the pure steps decide. What one batch decided is committed before the next begins, so that a crash
loses nothing: articles without relevance are judged by the next run.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import perf_counter

from bot import log
from bot.errors import StoreError
from bot.model import Article, Fact, Feed, FeedMemory, FeedReading, Relevance, Run, StoryDecision
from bot.pipeline import collect, doubts, fact_search, facts, meanings, relevance, same_story
from bot.pipeline.stories import StoryWindow, cluster
from bot.ports import Embedder, FactFinder, FeedReader, Judge, StoryJudge
from bot.store import Store
from bot.store.leases import Lease

OPEN_FOR = timedelta(days=7)
READINGS_A_BATCH = 64
JUDGED_AT_ONCE = 250
PRUNE_EVERY = 50


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
        self._judge_of_doubts = judge
        self._embedder = embedder
        self._story_judge = story_judge
        self._finder = finder
        self._pairs_left = 0
        self._kept: list[Article] = []  # relevant articles of this run
        self._embedder_failed = False  # in this run
        self._doubts_left = 0
        self._window: StoryWindow | None = None
        self._corrected = 0  # the number of the last correction that the window knows
        self._lease: Lease | None = None  # under which this process makes stories, where several could
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
            self._begin()
            run = Run(id=secrets.token_hex(4), started=now)
            memories, due = await self._due(feeds, now, everything=everything)

            def seen(reading: FeedReading) -> None:
                nonlocal run
                run = _counted(run, reading)
                if progress:
                    progress(Progress(run.feeds, len(due), run.feeds_failed, run.articles))

            async for batch in _batches(self._reader.read_all(due, now), seen):
                new, changed, run = await self._keep(batch, memories, run, now)
                run = await self._judge([*new, *changed], run, now)
            run = await self._catch_up(run, now)
            await self._look_for_facts()
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
            if self._lease != lease:  # another process has made stories since
                self._window = None
            self._lease = lease
            self._begin()
            run = Run(id=secrets.token_hex(4), started=now)
            run = await self._judge(await self._store.articles.get(changed), run, now)
            run = await self._catch_up(run, now)
            await self._look_for_facts()
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
            self._begin()
            run = Run(id=secrets.token_hex(4), started=now)
            keys = {key: article.id for article in articles for key in collect.article_keys(article)}
            await self._store.articles.add(articles, keys)
            run = await self._judge(articles, replace(run, articles=len(articles)), now)
            return run

    def _begin(self) -> None:
        """Servers that failed in the last run get another chance."""
        self._doubts_left = doubts.A_RUN
        self._pairs_left = same_story.A_RUN
        self._kept = []
        self._embedder_failed = False

    async def join_old(self, articles: Sequence[Article], now: datetime) -> int:
        """Group the relevant ones of imported ``articles`` that are too old for the open stories; how many stories that made."""
        async with self._running:
            judged = await self._store.articles.relevance([article.id for article in articles])
            old = [one for one in articles if not _is_recent(one, now) and one.id in judged and judged[one.id].relevant]
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

    async def _catch_up(self, run: Run, now: datetime) -> Run:
        """Judge what an earlier run stored but did not come to judge."""
        while left := await self._store.articles.unjudged():
            run = await self._judge(left, run, now)
        return run

    async def _judge(self, articles: Sequence[Article], run: Run, now: datetime) -> Run:
        for start in range(0, len(articles), JUDGED_AT_ONCE):
            some = articles[start : start + JUDGED_AT_ONCE]
            # Pure work of tens of milliseconds: off the loop, so that chats are answered meanwhile.
            judged = await asyncio.to_thread(_judged, some)
            by_id = {article.id: found for article, found in zip(some, judged, strict=True)}
            by_id |= await self._second_look(some, by_id)
            run = await self._join(some, by_id, run, now)
        return run

    async def _second_look(self, articles: Sequence[Article], judged: dict[str, Relevance]) -> dict[str, Relevance]:
        """The language model's verdicts on what the scorer is in doubt about: few a run, and none where it fails."""
        if self._judge_of_doubts is None:
            return {}
        asked = doubts.doubtful(articles, judged, self._doubts_left)
        settled = await doubts.settled(self._judge_of_doubts, asked, judged)
        # A server that failed or was late is left alone until the next run.
        self._doubts_left = self._doubts_left - len(asked) if len(settled) == len(asked) else 0
        return settled

    async def _join(self, articles: Sequence[Article], judged: dict[str, Relevance], run: Run, now: datetime) -> Run:
        """Give each relevant article its story and its facts; relevance, stories and facts are kept together."""
        relevant = [article for article in articles if judged[article.id].relevant]
        self._kept += (article for article in relevant if article.fresh)
        window = await self._open_window(now)
        placed = set(await self._store.stories.of_articles([article.id for article in relevant]))
        new = [article for article in _by_time(relevant) if article.id not in placed and _is_recent(article, now)]
        vectors = await self._vectors(new)
        decisions = await self._assign(window, new, vectors)
        extracted = await asyncio.to_thread(_extracted, relevant)
        try:
            decisions = await self._save(judged, extracted, vectors, decisions, new, now)
        except BaseException:
            self._window = None  # it holds what was not kept
            raise
        return replace(
            run,
            relevant=run.relevant + len(relevant),
            stories=run.stories + sum(not decision.joined for decision in decisions),
            updates=run.updates + sum(decision.update for decision in decisions),
        )

    async def _save(
        self,
        judged: dict[str, Relevance],
        extracted: dict[str, tuple[Fact, ...]],
        vectors: dict[str, tuple[float, ...]],
        decisions: Sequence[StoryDecision],
        new: Sequence[Article],
        now: datetime,
    ) -> list[StoryDecision]:
        """Keep together what was decided of a batch; the stories as they are after what editors did meanwhile."""
        async with self._store.transaction("stories"):
            if self._lease and not await self._store.leases.holds(self._lease):
                raise StoreError("another process makes stories now", passing=True)
            await self._store.articles.save_relevance(judged)
            await self._store.facts.save(extracted, now)
            if self._embedder:
                await self._store.vectors.save(vectors, self._embedder.name)
            # An editor may have merged stories while this batch was being decided.
            merged = await self._store.corrections.merged()
            decisions = [replace(made, story_id=merged.get(made.story_id, made.story_id)) for made in decisions]
            await self._store.stories.save(decisions, new, now)
        return decisions

    async def _look_for_facts(self) -> None:
        """What the language model reads in some of this run's articles beside the rules; the newest, for those are shown next."""
        if self._finder is None:
            return
        articles = _by_time(self._kept)[-fact_search.A_RUN :]
        known = await self._store.facts.of_articles([article.id for article in articles])
        await self._store.facts.save(await fact_search.more(self._finder, articles, known))

    async def _assign(
        self, window: StoryWindow, new: Sequence[Article], vectors: dict[str, tuple[float, ...]]
    ) -> list[StoryDecision]:
        """The story of each new article; where the comparison is in doubt, the language model has been asked."""
        if self._story_judge is None or not self._pairs_left:
            return await asyncio.to_thread(window.assign_all, new, vectors)
        found = await asyncio.to_thread(window.doubts, new, vectors, self._pairs_left)
        others = await self._store.articles.get([one.other_id for one in found])
        known = {article.id: article for article in (*others, *new)}
        settled = await same_story.settled(self._story_judge, found, known)
        # A server that failed or was late is left alone until the next run.
        self._pairs_left = self._pairs_left - len(found) if len(settled) == len(found) else 0
        verdicts = {one: is_same for one, (is_same, _) in settled.items()}
        decisions = await asyncio.to_thread(window.assign_all, new, vectors, verdicts)
        return same_story.told(decisions, settled)

    async def _vectors(self, articles: Sequence[Article]) -> dict[str, tuple[float, ...]]:
        """The embeddings of ``articles``, as far as there are any; a server that failed is left alone until the next run."""
        if self._embedder is None or self._embedder_failed:
            return {}
        found = await meanings.vectors(self._embedder, articles)
        self._embedder_failed = len(found) < len(articles)
        return found

    async def _open_window(self, now: datetime) -> StoryWindow:
        """The open stories as they are stored; read again where an editor moved articles."""
        corrected = await self._store.corrections.latest()
        if self._window is None or corrected != self._corrected:
            self._corrected = corrected
            stories = await self._store.stories.open_window(now - OPEN_FOR)
            ids = [article.id for story in stories for article in story.articles]
            vectors = await self._store.vectors.of(ids, self._embedder.name) if self._embedder else {}
            self._window = await asyncio.to_thread(StoryWindow, stories, vectors=vectors)
        self._window.prune(now - OPEN_FOR)
        return self._window


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


def _judged(articles: Sequence[Article]) -> list[Relevance]:
    return list(relevance.judge_many(articles))


def _extracted(articles: Sequence[Article]) -> dict[str, tuple[Fact, ...]]:
    return {article.id: facts.extract(article.text, article.language, article.at) for article in articles}


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


def _by_time(articles: Iterable[Article]) -> list[Article]:
    return sorted(articles, key=lambda article: (article.at is None, article.at, article.id))


def _is_recent(article: Article, now: datetime) -> bool:
    return article.at is None or article.at >= now - OPEN_FOR


def _figures(run: Run) -> dict[str, object]:
    names = ("id", "feeds", "feeds_failed", "unchanged", "entries", "articles", "relevant", "stories", "updates")
    return {name: getattr(run, name) for name in names} | {"seconds": round(run.seconds, 2)}
