"""The steps behind collecting: articles → relevance → stories and facts, some at a time, what one batch decided kept together.

The open stories are remembered from batch to batch; an editor's correction, another process or a failure has them read again.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.errors import StoreError
from bot.model import Article, Fact, Relevance, Run, StoryDecision
from bot.pipeline import doubts, fact_search, facts, meanings, relevance, same_story
from bot.pipeline.stories import StoryWindow
from bot.ports import Embedder, FactFinder, Judge, StoryJudge
from bot.store import Store
from bot.store.leases import Lease

OPEN_FOR = timedelta(days=7)
JUDGED_AT_ONCE = 250


class Steps:
    """Takes the articles of one run after the other. What the model does is None where none is set up."""

    def __init__(
        self,
        store: Store,
        judge: Judge | None,
        embedder: Embedder | None,
        story_judge: StoryJudge | None,
        finder: FactFinder | None,
    ) -> None:
        self._store = store
        self._judge_of_doubts = judge
        self._embedder = embedder
        self._story_judge = story_judge
        self._finder = finder
        self._window: StoryWindow | None = None
        self._corrected = 0  # the number of the last correction that the window knows
        self._lease: Lease | None = None
        self.begin()

    def begin(self, lease: Lease | None = None) -> None:
        """A new run begins. Servers that failed in the last one get another chance.

        ``lease``: under which this process makes stories, where several could; with another one than in the last run, another
        process may have made some since.
        """
        if self._lease != lease:
            self._window = None
        self._lease = lease
        self._doubts_left = doubts.A_RUN
        self._pairs_left = same_story.A_RUN
        self._kept: list[Article] = []  # relevant articles of this run
        self._embedder_failed = False

    async def take(self, articles: Sequence[Article], run: Run, now: datetime) -> Run:
        """Judge ``articles``, join them to stories and keep what they state. Raises StoreError where the lease was lost."""
        for start in range(0, len(articles), JUDGED_AT_ONCE):
            some = articles[start : start + JUDGED_AT_ONCE]
            # Pure work of tens of milliseconds: off the loop, so that chats are answered meanwhile.
            judged = await asyncio.to_thread(_judged, some)
            by_id = {article.id: found for article, found in zip(some, judged, strict=True)}
            by_id |= await self._second_look(some, by_id)
            run = await self._join(some, by_id, run, now)
        return run

    async def catch_up(self, run: Run, now: datetime) -> Run:
        """Take what an earlier run stored but did not come to judge."""
        while left := await self._store.articles.unjudged():
            run = await self.take(left, run, now)
        return run

    async def look_for_facts(self) -> None:
        """What the language model reads in some of this run's articles beside the rules; the newest, for those are shown next."""
        if self._finder is None:
            return
        articles = _by_time(self._kept)[-fact_search.A_RUN :]
        known = await self._store.facts.of_articles([article.id for article in articles])
        await self._store.facts.save(await fact_search.more(self._finder, articles, known))

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
        new = [article for article in _by_time(relevant) if article.id not in placed and is_recent(article, now)]
        vectors = await self._vectors(new)
        extracted = await asyncio.to_thread(_extracted, relevant)
        try:
            decisions = await self._assign(window, new, vectors)
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


def _judged(articles: Sequence[Article]) -> list[Relevance]:
    return list(relevance.judge_many(articles))


def _extracted(articles: Sequence[Article]) -> dict[str, tuple[Fact, ...]]:
    return {article.id: facts.extract(article.text, article.language, article.at) for article in articles}


def _by_time(articles: Iterable[Article]) -> list[Article]:
    return sorted(articles, key=lambda article: (article.at is None, article.at, article.id))


def is_recent(article: Article, now: datetime) -> bool:
    """Whether it may join an open story, or open one."""
    return article.at is None or article.at >= now - OPEN_FOR
