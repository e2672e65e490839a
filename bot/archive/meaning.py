"""Search by meaning, where an embedding model is set up: the articles whose vectors are nearest to the query's.

It only adds: its ranking and that of the index are joined by reciprocal rank fusion, and without it the index stands alone.
"""

import asyncio
from collections.abc import Collection, Sequence

from bot import log
from bot.errors import ModelError
from bot.knowledge import vectors
from bot.knowledge.vectors import Vector
from bot.ports import Embedder
from bot.store import Store

PATIENCE = 2.0  # seconds for the query's vector: people are waiting
_RANKS = 60  # of reciprocal rank fusion, as in its paper (Cormack and others, 2009)
_LONGEST = 1000  # characters of a query
_AWAITED = 5000  # articles whose vector may still come


class Meanings:
    """The vectors of the stored articles, in memory; only those of one model."""

    def __init__(self, store: Store, embedder: Embedder) -> None:
        self._store, self._embedder = store, embedder
        self._vectors: dict[str, Vector] = {}
        self._awaited: dict[str, None] = {}

    async def refresh(self, changed: Collection[str]) -> None:
        """Take up the vectors of articles that are new or ``changed``, and those that have come since for earlier ones."""
        self._awaited.update(dict.fromkeys(changed))
        found = await self._store.vectors.of(list(self._awaited), self._embedder.name)
        self._vectors.update(await asyncio.to_thread(vectors.read, found))
        for article_id in found:
            del self._awaited[article_id]
        for article_id in list(self._awaited)[:-_AWAITED]:
            del self._awaited[article_id]

    async def nearest(self, text: str, count: int) -> list[str]:
        """The ids of the articles nearest to ``text``, the nearest first; none where the model fails or is slow."""
        if not self._vectors or not text.strip():
            return []
        try:
            async with asyncio.timeout(PATIENCE):
                (made,) = await self._embedder.embed([text[:_LONGEST]])
        except (ModelError, TimeoutError) as exc:
            log.warning("embedder.failed", reason=str(exc) or "late", query=True)
            return []
        if not any(made):
            return []
        return await asyncio.to_thread(self._nearest, Vector(made), count)

    def _nearest(self, vector: Vector, count: int) -> list[str]:
        return [article_id for article_id, cosine in vectors.nearest(vector, list(self._vectors.items()), count) if cosine > 0]


def fused(*rankings: Sequence[str]) -> dict[str, float]:
    """The ids of all ``rankings`` with their reciprocal-rank scores, best first."""
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, article_id in enumerate(ranking, 1):
            scores[article_id] = scores.get(article_id, 0.0) + 1 / (_RANKS + rank)
    return dict(sorted(scores.items(), key=lambda pair: (-pair[1], pair[0])))
