"""Searches the archive: one ranking over all articles, the newer first among equals, one hit a story."""

import asyncio
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from bot.archive import passages
from bot.archive.index import Index
from bot.archive.meaning import Meanings, fused
from bot.archive.query import Group, Query, read_query
from bot.model import Article, Passage, Relevance
from bot.ports import Embedder
from bot.store import Store

_BATCH = 5_000
_POOL = 3  # hits that are looked at for each one wanted
_FRESH = 0.15  # what an article of today is worth more than an old one, as a share of its score
_FRESH_DAYS = 30.0
_EPOCH = date(1970, 1, 1)


class Archive:
    """The index beside its database. ``refresh`` before searching brings in what was collected since."""

    def __init__(self, store: Store, embedder: Embedder | None = None) -> None:
        self._store = store
        self._index = Index()
        self._meanings = Meanings(store, embedder) if embedder else None
        self._sequence = 0
        self._unjudged: set[str] = set()
        self._refreshing = asyncio.Lock()

    async def refresh(self) -> int:
        """Index what is new, changed or newly judged since the last call; how many articles are new or changed."""
        async with self._refreshing:
            await self._add_judged()
            changed: list[str] = []
            while batch := await self._store.articles.after(self._sequence, _BATCH):
                articles = [article for _, article in batch]
                judged = await self._store.articles.relevance([article.id for article in articles])
                await self._add(articles, judged)
                self._unjudged.update(article.id for article in articles if article.id not in judged)
                self._sequence = batch[-1][0]
                changed += [article.id for article in articles]
            if self._meanings:
                await self._meanings.refresh(changed)
        return len(changed)

    async def _add_judged(self) -> None:
        """An article may be indexed between being collected and being judged."""
        if self._unjudged:
            judged = await self._store.articles.relevance(self._unjudged)
            await self._add(await self._store.articles.get(list(judged)), judged)
            self._unjudged -= judged.keys()

    async def _add(self, articles: Sequence[Article], judged: Mapping[str, Relevance]) -> None:
        if articles:
            await asyncio.to_thread(self._index.add, articles, judged)

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
        return tuple(
            Passage(article, passages.best(article, query.groups).text, scores[article.id], stories.get(article.id))
            for article in articles
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
