"""Makes an edition: the period's stories, chosen by ``digest``, written up by the model where there is one, and composed.

A model that fails or is slow costs nobody the edition: the extracts stand in, and the edition says why.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.model import Channel, Edition, EditionCounts, Feed, Filters, Story
from bot.pipeline import digest
from bot.pipeline.overriding import of_chosen, overridden
from bot.pipeline.scribe import Scribe, Work
from bot.pipeline.taste import to_taste
from bot.ports import Writer
from bot.store import Store
from bot.store.overrides import Override

WRITING_SECONDS = 120.0  # for all that is written of an edition together
ASKED_SECONDS = 45.0  # where a person waits for it
FINISHING = 0.25  # of that time, kept for what is written last


class Briefer:
    """Composes editions from one store; ``writer`` is None where no model is set up. ``seconds``: for writing one edition."""

    def __init__(self, store: Store, writer: Writer | None = None, *, seconds: float = WRITING_SECONDS) -> None:
        self._store = store
        self._scribe = Scribe(store, writer) if writer else None
        self._seconds = seconds

    async def close(self) -> None:
        """End what the model is still writing."""
        if self._scribe:
            await self._scribe.close()

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

        ``reader``: where the edition is read by a person who waits; the votes and corrections of that workspace, or that of
        ``told_to``, count. ``only``: the id of the one story that it may show.
        """
        stories: Sequence[Story] = await self._store.stories.touched_between(since, until)
        said: Mapping[str, Sequence[Override]] = {}
        if place := told_to or reader:
            stories, said = await overridden(self._store, place, await to_taste(self._store, place, stories, since, until))
        if only:
            stories = [story for story in stories if story.id == only]
        told = await self._store.editions.told(told_to) if told_to else None
        updates = await self._store.stories.updates([story.id for story in stories])
        chosen: Sequence[digest.Chosen] = await asyncio.to_thread(
            lambda: digest.select(
                stories, since=since, until=until, told=told, updates=updates, filters=filters, watchlist=watchlist
            )
        )
        chosen = of_chosen(chosen, said)
        shown = [one.story for one in chosen]
        seconds = min(self._seconds, ASKED_SECONDS) if reader else self._seconds
        end = asyncio.get_running_loop().time() + seconds
        work = await self._scribe.summarize(shown, language, until, end - FINISHING * seconds) if self._scribe else Work()
        edition = await asyncio.to_thread(
            digest.compose,
            chosen,
            work.summaries,
            key=key,
            language=language,
            time_zone=time_zone,
            since=since,
            until=until,
            counts=await self._counts(since, until, len(stories), feeds),
            method=self._scribe.name if self._scribe and work.summaries else "extract",
            sample=sample,
            delayed=delayed,
            rates=await self._store.rates.known(),
        )
        edition = replace(edition, fallback=work.fallback)
        return await self._scribe.finish(edition, shown, end) if self._scribe else edition

    async def _counts(self, since: datetime, until: datetime, stories: int, feeds: Sequence[Feed]) -> EditionCounts:
        articles, relevant = await self._store.articles.count(since, until)
        memories = await self._store.feeds.memories([feed.id for feed in feeds])
        return EditionCounts(articles, relevant, stories, sum(memory.failures > 0 for memory in memories.values()))
