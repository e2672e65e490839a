"""Deadlines that channels were reminded of: each once, and again only where it was moved."""

from collections.abc import Sequence
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
        query = select(reminders.c.policy, reminders.c.day).where(
            reminders.c.platform == channel.platform,
            reminders.c.workspace == channel.workspace,
            reminders.c.channel == channel.id,
        )
        async with self._database.read() as connection:
            return {(policy, day) for policy, day in await connection.execute(query)}

    async def mark(self, channel: Channel, dates: Sequence[AheadDate], at: datetime) -> None:
        """``channel`` is reminded of ``dates``."""
        rows = [(channel.platform, channel.workspace, channel.id, one.policy, one.day, at) for one in dates]
        if rows:
            async with self._database.write() as connection:
                await self._database.execute_rows(connection, self._database.insert_new(reminders), rows)
