"""Feeds that workspaces added beside those of feeds.yaml: each workspace has its own, and what two added is polled once."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, select

from bot.model import Channel, Feed
from bot.store import codec
from bot.store.database import Database
from bot.store.schema import added_feeds


class AddedFeed(NamedTuple):
    """A feed, and who added it when."""

    feed: Feed
    person: str
    at: datetime


class AddedFeeds:
    """The added feeds of all workspaces. Of a ``place`` only platform and workspace count."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, place: Channel, feed: Feed, person: str, at: datetime) -> None:
        """Keep a feed for a workspace; one with the same id is replaced."""
        row = (place.platform, place.workspace, feed.id, person, at, codec.dump(feed))
        async with self._database.write() as connection:
            await self._database.execute_rows(connection, self._database.upsert(added_feeds), [row])

    async def remove(self, place: Channel, feed_id: str) -> bool:
        """Forget a feed of a workspace; False where it has none with this id. Other workspaces keep theirs."""
        gone = delete(added_feeds).where(_in(place), added_feeds.c.feed_id == feed_id)
        async with self._database.write() as connection:
            return bool((await connection.execute(gone)).rowcount)

    async def of_workspace(self, place: Channel) -> list[AddedFeed]:
        """What a workspace added, the oldest first."""
        query = select(added_feeds.c.data, added_feeds.c.person, added_feeds.c.at).where(_in(place))
        async with self._database.read() as connection:
            rows = await connection.execute(query.order_by(added_feeds.c.at, added_feeds.c.feed_id))
            return [AddedFeed(codec.load(Feed, data), person, at) for data, person, at in rows]

    async def all(self) -> list[Feed]:
        """Every added feed once: what is polled."""
        query = select(added_feeds.c.feed_id, added_feeds.c.data).order_by(added_feeds.c.at, added_feeds.c.feed_id)
        async with self._database.read() as connection:
            once = {feed_id: data for feed_id, data in await connection.execute(query)}
        return [codec.load(Feed, data) for data in once.values()]


def _in(place: Channel) -> ColumnElement[bool]:
    return (added_feeds.c.platform == place.platform) & (added_feeds.c.workspace == place.workspace)
