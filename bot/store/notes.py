"""What a button or form has to find again and what does not fit into it: kept for some hours, for one workspace."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from bot.model import Channel
from bot.store.database import Database
from bot.store.schema import notes


class Notes:
    """JSON data by a key that nobody can guess, until it expires."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, place: Channel, data: Mapping[str, Any], until: datetime, now: datetime) -> str:
        """Keep ``data`` and return its key, which has 12 characters; what has expired goes at the same time."""
        key = secrets.token_urlsafe(9)
        row = {"platform": place.platform, "workspace": place.workspace, "key": key, "data": dict(data), "expires": until}
        async with self._database.write() as connection:
            await self._database.sweep(connection, notes, notes.c.expires < now)
            await connection.execute(insert(notes).values(row))
        return key

    async def get(self, place: Channel, key: str, now: datetime) -> Mapping[str, Any] | None:
        """The data that its workspace kept by this key; None where there is none any more."""
        query = select(notes.c.data).where(*_of(place, key), notes.c.expires >= now)
        async with self._database.read() as connection:
            found: Mapping[str, Any] | None = await connection.scalar(query)
            return found

    async def change(self, place: Channel, key: str, data: Mapping[str, Any]) -> None:
        """Put ``data`` in the place of what the key held."""
        async with self._database.write() as connection:
            await connection.execute(update(notes).where(*_of(place, key)).values(data=dict(data)))


def _of(place: Channel, key: str) -> tuple[Any, ...]:
    return notes.c.platform == place.platform, notes.c.workspace == place.workspace, notes.c.key == key
