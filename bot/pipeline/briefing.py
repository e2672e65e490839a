"""Makes an edition: the period's stories, chosen by ``digest``, summarised by the model where there is one, and composed.

A story is summarised once a language for all channels, and again only when its articles change. A model that fails or is slow
costs nobody the edition: the extract stands in.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from bot import log
from bot.errors import ModelError
from bot.model import Channel, Edition, EditionCounts, Feed, Filters, Source, Story, Summary
from bot.pipeline import digest, summaries
from bot.pipeline.taste import to_taste
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
    ) -> Edition:
        """The edition of [since, until). ``told_to``: leave out what this channel was told already, but for updates.

        ``reader``: where the edition is read, if not there; the votes of its workspace shift what is chosen.
        """
        stories: Sequence[Story] = await self._store.stories.touched_between(since, until)
        if place := told_to or reader:
            stories = await to_taste(self._store, place, stories, since, until)
        told = await self._store.editions.told(told_to) if told_to else None
        updates = await self._store.stories.updates([story.id for story in stories])
        chosen = await asyncio.to_thread(
            lambda: digest.select(
                stories, since=since, until=until, told=told, updates=updates, filters=filters, watchlist=watchlist
            )
        )
        written = await self._written([one.story for one in chosen], language)
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
        )

    async def _counts(self, since: datetime, until: datetime, stories: int, feeds: Sequence[Feed]) -> EditionCounts:
        articles, relevant = await self._store.articles.count(since, until)
        memories = await self._store.feeds.memories([feed.id for feed in feeds])
        return EditionCounts(articles, relevant, stories, sum(memory.failures > 0 for memory in memories.values()))

    # ---- summaries by the model ----

    async def _written(self, stories: Sequence[Story], language: str) -> dict[str, Summary]:
        """By story id, what the model wrote; a story that is not in it gets its extract."""
        if self._writer is None or not stories:
            return {}
        kept = await self._store.summaries.get(stories, language, self._writer.name)
        missing = [story for story in stories if story.id not in kept]
        places = asyncio.Semaphore(AT_ONCE)
        tasks = [asyncio.create_task(self._write(story, language, self._writer, places)) for story in missing]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=WRITING_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        made = [task.result() if not task.cancelled() else None for task in tasks]
        new = [(story, summary) for story, summary in zip(missing, made, strict=True) if summary]
        await self._store.summaries.save(new)
        return kept | {story.id: summary for story, summary in new}

    async def _write(self, story: Story, language: str, writer: Writer, places: asyncio.Semaphore) -> Summary | None:
        articles = summaries.ranked_articles(story, language)[:SOURCES_A_STORY]
        async with places:
            try:
                headline, sentences = await writer.summarize(articles, language)
            except ModelError as exc:
                log.warning("summary.extracted", story=story.id, reason=str(exc))
                return None
        sources: tuple[Source, ...] = tuple(summaries.source(number, article) for number, article in enumerate(articles, 1))
        extract = summaries.extract(story, language)
        return replace(extract, headline=headline or extract.headline, sentences=sentences, sources=sources, method=writer.name)
