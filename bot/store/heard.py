"""Events of the chat platforms that were taken, so that a repetition is not answered again, whichever process it comes to."""

from datetime import datetime, timedelta

from bot.store.database import Database
from bot.store.schema import heard

KEPT = timedelta(hours=24)  # Slack repeats for minutes, and for hours where that is switched on


class Heard:
    """The events of the last day."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def first(self, platform: str, workspace: str, event: str, now: datetime) -> bool:
        """Whether ``event``, by its id, comes for the first time; it is taken by who is told so."""
        async with self._database.write() as connection:
            await self._database.sweep(connection, heard, heard.c.at < now - KEPT)
            row = {"platform": platform, "workspace": workspace, "event": event, "at": now}
            return bool((await connection.execute(self._database.insert_new(heard).values(row))).rowcount)
