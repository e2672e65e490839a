"""What each channel follows: names of the register, and terms as people typed them."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, select

from bot.model import Channel
from bot.store.database import Database
from bot.store.schema import watchlist


class Watched(NamedTuple):
    """``name``: id of an entity of the register, or else a term. Both are what Briefer's watchlist takes."""

    name: str
    entity: bool


class Watchlist:
    """The watchlists of all channels."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, channel: Channel, watched: Watched, person: str, at: datetime) -> None:
        """Put something on a channel's list; what is there already stays as it was."""
        row = (channel.platform, channel.workspace, channel.id, watched.name, watched.entity, person, at)
        async with self._database.write() as connection:
            await self._database.execute_rows(connection, self._database.insert_new(watchlist), [row])

    async def remove(self, channel: Channel, name: str) -> bool:
        """Take something off a channel's list; False where it was not on it."""
        gone = delete(watchlist).where(_of(channel), watchlist.c.name == name)
        async with self._database.write() as connection:
            return bool((await connection.execute(gone)).rowcount)

    async def of_channel(self, channel: Channel) -> list[Watched]:
        """A channel's list, the oldest first."""
        query = select(watchlist.c.name, watchlist.c.entity).where(_of(channel)).order_by(watchlist.c.at, watchlist.c.name)
        async with self._database.read() as connection:
            return [Watched(*row) for row in await connection.execute(query)]

    async def names(self, channel: Channel) -> tuple[str, ...]:
        """What an edition for this channel prefers."""
        return tuple(one.name for one in await self.of_channel(channel))

    async def of_workspace(self, platform: str, workspace: str) -> dict[str, list[Watched]]:
        """By channel id: the lists of a workspace."""
        ours = (watchlist.c.platform == platform) & (watchlist.c.workspace == workspace)
        query = select(watchlist.c.channel, watchlist.c.name, watchlist.c.entity).where(ours)
        found: dict[str, list[Watched]] = {}
        async with self._database.read() as connection:
            for channel, name, entity in await connection.execute(query.order_by(watchlist.c.at, watchlist.c.name)):
                found.setdefault(channel, []).append(Watched(name, entity))
        return found

    async def of_channels(self, channels: Collection[Channel]) -> dict[Channel, tuple[str, ...]]:
        """By channel: what it follows, for all that follow anything. One query, however many there are."""
        query = select(watchlist.c.platform, watchlist.c.workspace, watchlist.c.channel, watchlist.c.name)
        found: dict[Channel, tuple[str, ...]] = {}
        ids = self._database.among(watchlist.c.channel, {channel.id for channel in channels})
        async with self._database.read() as connection:
            for platform, workspace, id, name in await connection.execute(query.where(ids).order_by(watchlist.c.at)):
                channel = Channel(platform, id, workspace)
                if channel in channels:
                    found[channel] = (*found.get(channel, ()), name)
        return found


def _of(channel: Channel) -> ColumnElement[bool]:
    return (
        (watchlist.c.platform == channel.platform)
        & (watchlist.c.workspace == channel.workspace)
        & (watchlist.c.channel == channel.id)
    )
