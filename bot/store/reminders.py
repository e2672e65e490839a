"""Deadlines that channels were reminded of: each once, and again only where it was moved."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import select

from bot.model import AheadDate, Channel
from bot.store.database import Database
from bot.store.schema import reminders


class Reminders:
    """What every channel was reminded of."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, channel: Channel) -> set[tuple[str, date]]:
        """Policy and day of each date that ``channel`` was reminded of."""
        return (await self.of_channels([channel])).get(channel, set())

    async def of_channels(self, channels: Collection[Channel]) -> dict[Channel, set[tuple[str, date]]]:
        """By channel: policy and day of each date that it was reminded of. One query, however many there are."""
        columns = [reminders.c[name] for name in ("platform", "workspace", "channel", "policy", "day")]
        query = select(*columns).where(self._database.among(reminders.c.channel, {one.id for one in channels}))
        found: dict[Channel, set[tuple[str, date]]] = {}
        async with self._database.read() as connection:
            for platform, workspace, id, policy, day in await connection.execute(query):
                found.setdefault(Channel(platform, id, workspace), set()).add((policy, day))
        return {channel: found[channel] for channel in channels if channel in found}

    async def mark(self, reminded: Sequence[tuple[Channel, AheadDate]], at: datetime) -> None:
        """Each channel is reminded of the date beside it."""
        rows = [(place.platform, place.workspace, place.id, one.policy, one.day, at) for place, one in reminded]
        if rows:
            async with self._database.write() as connection:
                await self._database.execute_rows(connection, self._database.insert_new(reminders), rows)
