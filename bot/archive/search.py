"""Searches the archive: one ranking over all articles, newest first among equals, one hit a story."""

import asyncio
import math
from collections.abc import Sequence
from datetime import datetime

from bot.archive import index
from bot.archive.index import Index, Query
from bot.knowledge import language
from bot.model import Article, Passage
from bot.store import Store

_BATCH = 2_000
_POOL = 5  # hits that are ranked again for each one wanted
_RECENT_DAYS = 30.0
_RELEVANT = 1.5


class Archive:
    """The index beside its database. ``refresh`` before searching brings in what was collected since."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._index = Index()
        self._sequence = 0
        self._refreshing = asyncio.Lock()

    async def refresh(self) -> int:
        """Index what is new or changed since the last call; how many articles that were."""
        done = 0
        async with self._refreshing:
            while batch := await self._store.articles.after(self._sequence, _BATCH):
                await asyncio.to_thread(self._index.add, [article for _, article in batch])
                self._sequence = batch[-1][0]
                done += len(batch)
        return done

    async def search(
        self, text: str, *, now: datetime, limit: int = 10, languages: Sequence[str] = (), by_story: bool = True
    ) -> tuple[Passage, ...]:
        """The best passages for any text, best first; with ``by_story`` one for each story."""
        query = index.read_query(text)
        hits = await asyncio.to_thread(self._index.search, query, limit=limit * _POOL, languages=languages)
        ids = [article_id for article_id, _ in hits]
        articles = await self._store.articles.get(ids)
        relevances = await self._store.articles.relevance(ids)
        stories = await self._store.stories.of_articles(ids)
        scores = dict(hits)
        passages = []
        for article in articles:
            known = relevances.get(article.id)
            score = scores[article.id] * (_RELEVANT if known and known.relevant else 1.0) * _freshness(article, now)
            passages.append(Passage(article, passage(article, query), score, stories.get(article.id)))
        passages.sort(key=lambda found: (-found.score, found.article.id))
        return tuple(_one_a_story(passages) if by_story else passages)[:limit]


def _freshness(article: Article, now: datetime) -> float:
    if article.at is None:
        return 1.0
    days = max(0.0, (now - article.at).total_seconds() / 86_400)
    return 1.0 + 0.3 * math.exp(-days / _RECENT_DAYS)


def _one_a_story(passages: Sequence[Passage]) -> list[Passage]:
    seen: set[str] = set()
    kept = []
    for found in passages:
        name = found.story_id or found.article.id
        if name not in seen:
            seen.add(name)
            kept.append(found)
    return kept


def passage(article: Article, query: Query) -> str:
    """The sentence of ``article`` that says most of what ``query`` asks, word for word."""
    sentences = language.sentences(article.text) or [article.title]
    return max(sentences, key=lambda sentence: (index.coverage(query, [sentence]), -len(sentence)))
