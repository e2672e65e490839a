"""What is remembered of each feed between two polls."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from operator import attrgetter

from sqlalchemy import func, select

from bot.model import FeedMemory
from bot.store.database import Database
from bot.store.schema import feeds

_NAMES = tuple(field.name for field in fields(FeedMemory))
_values = attrgetter(*_NAMES)
_COLUMNS = [feeds.c[name] for name in _NAMES]


class Feeds:
    """The memories of the feeds."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def memories(self, feed_ids: Collection[str]) -> dict[str, FeedMemory]:
        """The memory of each feed that has one."""
        query = select(*_COLUMNS).where(self._database.among(feeds.c.feed_id, feed_ids))
        async with self._database.read() as connection:
            return {row[0]: FeedMemory(*row) for row in await connection.execute(query)}

    async def failing(self, feed_ids: Collection[str]) -> int:
        """How many of these feeds failed when they were polled last."""
        query = select(func.count()).where(feeds.c.failures > 0, self._database.among(feeds.c.feed_id, feed_ids))
        async with self._database.read() as connection:
            return await connection.scalar(query) or 0

    async def save(self, memories: Sequence[FeedMemory]) -> None:
        """Remember ``memories``, each in place of the feed's older one."""
        if not memories:
            return
        async with self._database.write() as connection:
            await self._database.execute_rows(connection, self._database.upsert(feeds), [_values(memory) for memory in memories])

    async def health(self) -> list[FeedMemory]:
        """Every feed that was ever polled, the worst first."""
        query = select(*_COLUMNS).order_by(feeds.c.failures.desc(), feeds.c.feed_id)
        async with self._database.read() as connection:
            return [FeedMemory(*row) for row in await connection.execute(query)]
