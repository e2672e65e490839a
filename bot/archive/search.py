"""Searches the archive: one ranking over all articles, the newer first among equals, one hit a story."""

import asyncio
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from bot import log
from bot.archive import passages
from bot.archive.index import Index
from bot.archive.meaning import Meanings, fused
from bot.archive.query import Group, Query, read_query
from bot.model import Article, Passage, Relevance
from bot.ports import Embedder
from bot.store import Store

_BATCH = 5_000  # articles that are read at once
_LEEWAY = 10_000
_STALE = 1.1  # so many times the stored articles may be indexed: deleted ones do no harm, but cost places
_POOL = 3  # hits that are looked at for each one wanted
_FRESH = 0.15  # what an article of today is worth more than an old one, as a share of its score
_FRESH_DAYS = 30.0
_EPOCH = date(1970, 1, 1)


class Archive:
    """The index beside its database. ``refresh`` before searching brings in what was collected since."""

    def __init__(self, store: Store, embedder: Embedder | None = None, home: Path | None = None) -> None:
        """``home``: the folder where the index is kept; None keeps it in memory. Raises ArchiveError: it cannot be kept there."""
        self._store = store
        self._index = Index(home)
        self._meanings = Meanings(store, embedder) if embedder else None
        self._sequence: int | None = None  # of the last article that is indexed; None until this process has become its writer
        self._unjudged: dict[str, int] = {}
        self._refreshing = asyncio.Lock()

    async def refresh(self) -> int:
        """Index what is new, changed or newly judged since the last call; how many articles are new or changed.

        Where another process writes the same index, what that one has done by now is taken over.
        """
        async with self._refreshing:
            if not await asyncio.to_thread(self._index.claim):
                return 0
            if self._sequence is None:
                await self._take_up()
            await self._add_judged()
            changed: list[str] = []
            batch = await self._store.articles.after(self._sequence or 0, _BATCH)
            while batch:
                articles = [article for _, article in batch]
                judged = await self._store.articles.relevance([article.id for article in articles])
                self._unjudged.update({article.id: seq for seq, article in batch if article.id not in judged})
                self._sequence = batch[-1][0]
                batch = await self._store.articles.after(self._sequence, _BATCH)
                await self._add(articles, judged, more=bool(batch))
                changed += [article.id for article in articles]
            if self._meanings:
                await self._meanings.refresh(changed)
        return len(changed)

    async def close(self) -> None:
        """End writing, so that another process can."""
        async with self._refreshing:
            self._sequence = None
            self._index.close()

    async def rebuild(self) -> int:
        """Make the whole index anew from the database; how many articles it has. Raises ArchiveError where another writes it."""
        async with self._refreshing:
            await asyncio.to_thread(self._index.clear)
            self._sequence, self._unjudged = 0, {}
        await self.refresh()
        return self._index.articles

    async def _take_up(self) -> None:
        """Go on where the index on disk ends; one that holds what the database does not is made anew."""
        self._sequence, known = self._index.reached
        last, stored = await self._store.articles.extent()
        strange = known and not await self._store.articles.get([known])
        if strange or self._sequence > last or self._index.articles > stored * _STALE + _LEEWAY:
            log.event("index.rebuilt", indexed=self._index.articles, stored=stored)
            await asyncio.to_thread(self._index.clear)
            self._sequence = 0

    async def _add_judged(self) -> None:
        """An article may be indexed between being collected and being judged."""
        if self._unjudged:
            judged = await self._store.articles.relevance(self._unjudged.keys())
            self._unjudged = {id: seq for id, seq in self._unjudged.items() if id not in judged}
            await self._add(await self._store.articles.get(list(judged)), judged)

    async def _add(self, articles: Sequence[Article], judged: Mapping[str, Relevance], *, more: bool = False) -> None:
        if articles:
            # What waits to be judged is indexed again after a restart: only then it is known that it matters.
            done = min([self._sequence or 0, *(seq - 1 for seq in self._unjudged.values())])
            await asyncio.to_thread(self._index.add, articles, judged, done, more=more)

    async def search(
        self, text: str, *, now: datetime, limit: int = 10, languages: Sequence[str] = (), by_story: bool = True
    ) -> tuple[Passage, ...]:
        """The best passages for any text, best first; with ``by_story`` one for each story."""
        query = read_query(text)
        if languages:
            query = replace(query, only=replace(query.only, languages=tuple(languages)))
        hits = await self.ranked(query, now=now, limit=limit * _POOL if by_story else limit)
        stories = await self._store.stories.of_articles([article_id for article_id, _ in hits])
        if by_story:
            hits = _one_a_story(hits, stories)
        scores = dict(hits[:limit])
        articles = await self._store.articles.get(list(scores))
        texts = await asyncio.to_thread(lambda: [passages.best(article, query.groups).text for article in articles])
        return tuple(
            Passage(article, text, scores[article.id], stories.get(article.id))
            for article, text in zip(articles, texts, strict=True)
        )

    async def ranked(
        self, query: Query, *, now: datetime, limit: int, near: tuple[date, date] | None = None
    ) -> list[tuple[str, float]]:
        """Article ids and scores, best first; articles of the days ``near`` are likelier. Scores order one result only."""
        hits = await asyncio.to_thread(self._index.search, query, limit=limit + limit // 2 + 5, near=near)
        today = (now.date() - _EPOCH).days
        fresh = [(article_id, score * _freshness(day, today)) for article_id, score, day in hits]
        best = sorted(fresh, key=lambda hit: (-hit[1], hit[0]))[:limit]
        if self._meanings is None or not query.text:
            return best
        alike = await self._meanings.nearest(query.text, limit)
        allowed = await asyncio.to_thread(self._index.within, query, alike)
        together = fused([article_id for article_id, _ in best], [one for one in alike if one in allowed])
        return list(together.items())[:limit]

    async def articles(self, ids: Sequence[str]) -> list[Article]:
        """The articles with these ids, in their order."""
        return await self._store.articles.get(ids)

    def sharpened(self, groups: Sequence[Group]) -> tuple[Group, ...]:
        """``groups`` with the meanings only that were meant."""
        return self._index.sharpened(groups)

    def rarity(self, groups: Sequence[Group]) -> list[float]:
        """How telling each group of a query is in this archive, in nats."""
        return self._index.rarity(groups)


def _freshness(day: int, today: int) -> float:
    return 1.0 + _FRESH * math.exp(-max(0, today - day) / _FRESH_DAYS) if day else 1.0


def _one_a_story(hits: Sequence[tuple[str, float]], stories: Mapping[str, str]) -> list[tuple[str, float]]:
    seen: set[str] = set()
    kept = []
    for article_id, score in hits:
        name = stories.get(article_id, article_id)
        if name not in seen:
            seen.add(name)
            kept.append((article_id, score))
    return kept
