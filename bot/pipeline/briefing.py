"""Makes an edition: the period's stories, chosen by ``digest``, summarised by the model where there is one, and composed.

A story is summarised once a language for all channels, and again only when its articles change. A model that fails or is slow
costs nobody the edition: the extract stands in.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot import log
from bot.errors import ModelError
from bot.model import Channel, CitedSentence, Edition, EditionCounts, Feed, Filters, Source, Story, Summary
from bot.pipeline import digest, summaries
from bot.pipeline.taste import to_taste
from bot.pipeline.written import Written, key_of
from bot.ports import Writer
from bot.store import Store

WRITING_SECONDS = 120.0  # for all summaries of an edition together
AT_ONCE = 4
SOURCES_A_STORY = 6


class Briefer:
    """Composes editions from one store; ``writer`` is None where no model is set up."""

    def __init__(self, store: Store, writer: Writer | None = None) -> None:
        self._store = store
        self._writer = writer
        self._kept = Written(store)

    async def edition(
        self,
        *,
        key: str,
        since: datetime,
        until: datetime,
        language: str,
        time_zone: str = "Asia/Seoul",
        filters: Filters = digest.EVERYTHING,
        told_to: Channel | None = None,
        reader: Channel | None = None,
        watchlist: Collection[str] = (),
        feeds: Sequence[Feed] = (),
        sample: bool = False,
        delayed: bool = False,
        only: str = "",
    ) -> Edition:
        """The edition of [since, until). ``told_to``: leave out what this channel was told already, but for updates.

        ``reader``: where the edition is read, if not there; the votes of its workspace shift what is chosen. ``only``: the id of
        the one story that it may show.
        """
        stories: Sequence[Story] = await self._store.stories.touched_between(since, until)
        if place := told_to or reader:
            stories = await to_taste(self._store, place, stories, since, until)
        if only:
            stories = [story for story in stories if story.id == only]
        told = await self._store.editions.told(told_to) if told_to else None
        updates = await self._store.stories.updates([story.id for story in stories])
        chosen = await asyncio.to_thread(
            lambda: digest.select(
                stories, since=since, until=until, told=told, updates=updates, filters=filters, watchlist=watchlist
            )
        )
        written = await self._written([one.story for one in chosen], language, until)
        methods = {summary.method for summary in written.values()}
        return await asyncio.to_thread(
            digest.compose,
            chosen,
            written,
            key=key,
            language=language,
            time_zone=time_zone,
            since=since,
            until=until,
            counts=await self._counts(since, until, len(stories), feeds),
            method=methods.pop() if len(methods) == 1 else "extract",
            sample=sample,
            delayed=delayed,
            rates=await self._store.rates.known(),
        )

    async def _counts(self, since: datetime, until: datetime, stories: int, feeds: Sequence[Feed]) -> EditionCounts:
        articles, relevant = await self._store.articles.count(since, until)
        memories = await self._store.feeds.memories([feed.id for feed in feeds])
        return EditionCounts(articles, relevant, stories, sum(memory.failures > 0 for memory in memories.values()))

    # ---- summaries by the model ----

    async def _written(self, stories: Sequence[Story], language: str, at: datetime) -> dict[str, Summary]:
        """By story id, what the model wrote; a story that is not in it gets its extract."""
        if self._writer is None or not stories:
            return {}
        places = asyncio.Semaphore(AT_ONCE)
        tasks = {asyncio.create_task(self._summary(story, language, self._writer, places, at)): story.id for story in stories}
        done, late = await asyncio.wait(tasks, timeout=WRITING_SECONDS)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        made = {tasks[task]: task.result() for task in done if not _failed(task)}
        return {id: summary for id, summary in made.items() if summary}

    async def _summary(
        self, story: Story, language: str, writer: Writer, places: asyncio.Semaphore, at: datetime
    ) -> Summary | None:
        articles = sorted(summaries.ranked_articles(story, language)[:SOURCES_A_STORY], key=lambda one: one.id)

        async def write() -> dict[str, Any]:
            async with places:
                headline, sentences = await writer.summarize(articles, language)
            return {"headline": headline, "sentences": [[one.text, list(one.cites)] for one in sentences]}

        key = key_of(writer.mark("story-summary"), language, articles)
        try:
            data = await self._kept.once(key, "story-summary", write, at)
        except ModelError as exc:
            log.warning("summary.extracted", story=story.id, reason=str(exc))
            return None
        sources: tuple[Source, ...] = tuple(summaries.source(number, article) for number, article in enumerate(articles, 1))
        sentences = tuple(CitedSentence(text, tuple(cites)) for text, cites in data["sentences"])
        extract = summaries.extract(story, language)
        return replace(
            extract, headline=data["headline"] or extract.headline, sentences=sentences, sources=sources, method=writer.name
        )


def _failed(task: "asyncio.Task[Any]") -> bool:
    """Whether a summary ended in a bug: it is logged, and the extract stands in."""
    bug = task.exception()
    if bug:
        log.bug("summary.failed", bug)
    return bug is not None
