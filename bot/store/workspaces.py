"""Workspaces: what each has set, and since when the bot is no longer in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import ColumnElement, select, update

from bot.model import Channel
from bot.store import codec
from bot.store.database import Database
from bot.store.schema import workspaces


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a workspace has set; what is empty follows the operator's settings.

    ``quiet``: as in Subscription, what new subscriptions begin with. ``managers``: persons who may manage beside the platform's
    admins.
    """

    language: str = ""
    time_zone: str = ""
    quiet: tuple[time, time] | None = None
    managers: tuple[str, ...] = ()


class Workspaces:
    """The workspaces. Of a ``place`` only platform and workspace count."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def preferences(self, place: Channel) -> Preferences:
        """What the workspace has set."""
        query = select(workspaces.c.data).where(_is(place.platform, place.workspace))
        async with self._database.read() as connection:
            data = await connection.scalar(query)
        return codec.load(Preferences, data) if data else Preferences()

    async def set(self, place: Channel, preferences: Preferences) -> None:
        """Keep what the workspace wants."""
        async with self._database.write() as connection:
            await self._known(place.platform, place.workspace)
            mine = update(workspaces).where(_is(place.platform, place.workspace))
            await connection.execute(mine.values(data=codec.dump(preferences)))

    async def left(self, platform: str, workspace: str, at: datetime) -> None:
        """Note that the bot was removed; where that is known already, the first time counts."""
        async with self._database.write() as connection:
            await self._known(platform, workspace)
            gone = update(workspaces).where(_is(platform, workspace), workspaces.c.left_at.is_(None))
            await connection.execute(gone.values(left_at=at))

    async def joined(self, platform: str, workspace: str) -> bool:
        """Note that the bot is there (again); True where it had left."""
        back = update(workspaces).where(_is(platform, workspace), workspaces.c.left_at.is_not(None)).values(left_at=None)
        async with self._database.write() as connection:
            return bool((await connection.execute(back)).rowcount)

    async def left_before(self, before: datetime) -> list[tuple[str, str]]:
        """Platform and workspace of those that the bot left before then and did not come back to."""
        query = select(workspaces.c.platform, workspaces.c.workspace).where(workspaces.c.left_at < before)
        async with self._database.read() as connection:
            return [(platform, workspace) for platform, workspace in await connection.execute(query)]

    async def _known(self, platform: str, workspace: str) -> None:
        nothing: Mapping[str, object] = {}
        async with self._database.write() as connection:
            row = (platform, workspace, nothing, None)
            await self._database.execute_rows(connection, self._database.insert_new(workspaces), [row])


def _is(platform: str, workspace: str) -> ColumnElement[bool]:
    return (workspaces.c.platform == platform) & (workspaces.c.workspace == workspace)
