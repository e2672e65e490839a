"""Makes an edition: the period's stories, chosen by ``digest``, written up by the model where there is one, and composed.

A model that fails or is slow costs nobody the edition: the extracts stand in, and the edition says why.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.knowledge.rates import Rates
from bot.model import Article, Channel, Edition, EditionCounts, Feed, Filters, Relevance, Story, Told
from bot.pipeline import digest
from bot.pipeline.overriding import Said, amounts_of, by_workspace, of_stories
from bot.pipeline.scribe import Scribe, Work
from bot.pipeline.taste import rejected, to_taste
from bot.ports import Writer
from bot.store import Store

WRITING_SECONDS = 120.0  # for all that is written of an edition together
ASKED_SECONDS = 45.0  # where a person waits for it
AHEAD_OF = timedelta(hours=24)  # what is looked at to write ahead
FINISHING = 0.25  # of that time, kept for what is written last


@dataclass(frozen=True, slots=True)
class News:
    """What happened in [since, until), read once for all who are told of it.

    ``rejected``: what votes may let in; ``voters``: the workspaces that voted; ``said``: what editors said, by workspace.
    """

    since: datetime
    until: datetime
    stories: Sequence[Story]
    updates: Collection[str]
    counts: EditionCounts
    rates: Rates
    rejected: Sequence[tuple[Article, Relevance]]
    voters: Collection[tuple[str, str]]
    said: Mapping[tuple[str, str], Said]

    def is_common(self, place: Channel) -> bool:
        """Whether this workspace sees the news as everybody does: without votes and corrections of its own."""
        workspace = (place.platform, place.workspace)
        return workspace not in self.voters and workspace not in self.said


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The edition of [since, until) that is wanted.

    ``told_to``: leave out what this channel was told already, but for updates; ``told``: what it was, where that was read before.
    ``reader``: where the edition is read by a person who waits; the votes and corrections of that workspace, or that of
    ``told_to``, count. ``only``: the id of the one story that it may show.
    """

    key: str = ""
    since: datetime
    until: datetime
    language: str
    time_zone: str = "Asia/Seoul"
    filters: Filters = digest.EVERYTHING
    watchlist: Sequence[str] = ()
    told_to: Channel | None = None
    told: Mapping[str, Told] | None = None
    reader: Channel | None = None
    only: str = ""
    sample: bool = False
    delayed: bool = False


class Briefer:
    """Composes editions from one store; ``writer`` is None where no model is set up. ``seconds``: for writing one edition.

    ``site``: the address of our pages, which its readers are pointed to.
    """

    def __init__(self, store: Store, writer: Writer | None = None, *, seconds: float = WRITING_SECONDS, site: str = "") -> None:
        self._store = store
        self._scribe = Scribe(store, writer) if writer else None
        self._seconds = seconds
        self._site = site

    async def close(self) -> None:
        """End what the model is still writing."""
        if self._scribe:
            await self._scribe.close()

    async def edition(
        self, wanted: Wanted, news: News | None = None, *, feeds: Sequence[Feed] = (), ends: float | None = None
    ) -> Edition:
        """The edition that is ``wanted``. ``news``: of its period, where they were read before; else ``feeds``: as in ``news()``;
        ``ends``: on the loop's clock, until when the model may write.
        """
        news = news or await self.news(wanted.since, wanted.until, feeds)
        stories, said = await self._as_wanted(news, wanted)
        told = await self._told(wanted, stories)
        chosen = await asyncio.to_thread(_chosen, wanted, news, stories, told, said)
        if self._scribe is None:
            return await asyncio.to_thread(self._composed, wanted, news, len(stories), chosen, Work())
        shown = [one.story for one in chosen]
        seconds = min(self._seconds, ASKED_SECONDS) if wanted.reader else self._seconds
        ends = asyncio.get_running_loop().time() + seconds if ends is None else ends
        work = await self._scribe.summarize(shown, wanted.language, wanted.until, ends - FINISHING * seconds)
        edition = await asyncio.to_thread(self._composed, wanted, news, len(stories), chosen, work)
        return await self._scribe.finish(edition, shown, ends)

    async def _told(self, wanted: Wanted, stories: Sequence[Story]) -> Mapping[str, Told] | None:
        if wanted.told is not None or wanted.told_to is None:
            return wanted.told
        told = await self._store.editions.told_of([wanted.told_to], [one.id for one in stories])
        return told.get(wanted.told_to)

    def _composed(self, wanted: Wanted, news: News, stories: int, chosen: Sequence[digest.Chosen], work: Work) -> Edition:
        edition = digest.compose(
            chosen,
            work.summaries,
            key=wanted.key,
            language=wanted.language,
            time_zone=wanted.time_zone,
            since=wanted.since,
            until=wanted.until,
            counts=replace(news.counts, stories=stories),
            method=self._scribe.name if self._scribe and work.summaries else "extract",
            sample=wanted.sample,
            delayed=wanted.delayed,
            rates=news.rates,
        )
        return replace(edition, fallback=work.fallback, site=self._site)

    async def news(self, since: datetime, until: datetime, feeds: Sequence[Feed] = ()) -> News:
        """What happened in [since, until), for any number of editions. ``feeds``: of which those that fail are counted."""
        store = self._store
        stories = await store.stories.touched_between(since, until)
        ids = [story.id for story in stories]
        voters = await store.feedback.voters()
        return News(
            since=since,
            until=until,
            stories=stories,
            updates=await store.stories.updates(ids),
            counts=await self._counts(since, until, len(stories), feeds),
            rates=await store.rates.known(),
            rejected=await rejected(store, since, until) if voters else (),
            voters=voters,
            said=await by_workspace(store, ids),
        )

    async def _as_wanted(self, news: News, wanted: Wanted) -> tuple[Sequence[Story], Said]:
        """The stories that it may show, as votes and editors of its workspace want them, and what the editors said."""
        place = wanted.told_to or wanted.reader
        stories, said = await self._as_seen(news, place) if place else (news.stories, {})
        return [one for one in stories if wanted.only in ("", one.id)], said

    async def _as_seen(self, news: News, place: Channel) -> tuple[Sequence[Story], Said]:
        if news.is_common(place):
            return news.stories, {}
        workspace = (place.platform, place.workspace)
        stories = news.stories
        if workspace in news.voters:
            stories = await to_taste(self._store, place, stories, news.rejected)
        known = {story.id for story in news.stories}
        said = dict(news.said.get(workspace, {}))
        if new := [story.id for story in stories if story.id not in known]:
            said |= await self._store.overrides.of_stories(new, place)
        return of_stories(stories, said), said

    async def to_write(self, now: datetime) -> list[str]:
        """Ids of the stories of the last day that most editions of now would show."""
        since = now - AHEAD_OF
        stories = await self._store.stories.touched_between(since, now)
        updates = await self._store.stories.updates([story.id for story in stories])
        chosen = await asyncio.to_thread(lambda: digest.select(stories, since=since, until=now, updates=updates))
        return [one.story.id for one in chosen]

    async def write_ahead(self, story_id: str, language: str, now: datetime) -> None:
        """Have a story summarised in ``language`` for the editions to come, unless that was done or no model is set up."""
        stories = await self._store.stories.get([story_id])
        if self._scribe and stories:
            await self._scribe.summarize(stories, language, now, self.deadline())

    def deadline(self) -> float:
        """Until when, on the loop's clock, the model may write what is begun now."""
        return asyncio.get_running_loop().time() + self._seconds

    async def _counts(self, since: datetime, until: datetime, stories: int, feeds: Sequence[Feed]) -> EditionCounts:
        articles, relevant = await self._store.articles.count(since, until)
        failing = await self._store.feeds.failing([feed.id for feed in feeds])
        return EditionCounts(articles, relevant, stories, failing)


def _chosen(
    wanted: Wanted, news: News, stories: Sequence[Story], told: Mapping[str, Told] | None, said: Said
) -> Sequence[digest.Chosen]:
    return digest.select(
        stories,
        since=wanted.since,
        until=wanted.until,
        told=told,
        updates=news.updates,
        filters=wanted.filters,
        watchlist=wanted.watchlist,
        amounts_of=amounts_of(said),
    )
