"""Has new articles embedded, so that stories can be joined by meaning too: in batches, within a time limit.

An article that gets no vector is joined by what the words say, as without an embedder.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from bot import log
from bot.errors import ModelError
from bot.model import Article
from bot.ports import Embedder

BATCH = 64
TOGETHER = timedelta(seconds=30)
_LEAD = 300  # characters behind the title: the event is told at the top


async def vectors(embedder: Embedder, articles: Sequence[Article], limit: timedelta = TOGETHER) -> dict[str, tuple[float, ...]]:
    """By article id: the vectors that came within ``limit``; none of the batches after one that failed."""
    found: dict[str, tuple[float, ...]] = {}
    try:
        async with asyncio.timeout(limit.total_seconds()):
            for start in range(0, len(articles), BATCH):
                batch = articles[start : start + BATCH]
                made = await embedder.embed([article.text[: len(article.title) + 1 + _LEAD] for article in batch])
                found.update((article.id, vector) for article, vector in zip(batch, made, strict=True))
    except (ModelError, TimeoutError) as exc:
        log.warning("embedder.failed", reason=str(exc) or "late", articles=len(articles) - len(found))
    return found
