"""What a language model wrote, by the hash of what it was asked: nothing is paid for twice, also after a restart."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.store.database import Database
from bot.store.schema import writings


class Writings:
    """Checked results of the model, as JSON data."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, keys: Collection[str]) -> dict[str, Any]:
        """By key: those of ``keys`` that were written already."""
        query = select(writings.c.key, writings.c.data).where(self._database.among(writings.c.key, keys))
        async with self._database.read() as connection:
            return {key: data for key, data in await connection.execute(query)}

    async def save(self, written: Mapping[str, Any], task: str, at: datetime) -> None:
        """Keep what was written, by key."""
        rows = [(key, task, data, at) for key, data in written.items()]
        async with self._database.write() as connection:
            await self._database.execute_rows(connection, self._database.upsert(writings), rows)
