"""Alerts: since when a channel gets them, and which it got."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, select

from bot.model import Channel
from bot.store.database import Database
from bot.store.schema import alerting, editions, told


class Alerted(NamedTuple):
    """One alert that a channel got: on which story, by which subscription, and when it was planned."""

    story_id: str
    subscription_id: str
    at: datetime


class Alerting:
    """The alerts of all channels."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def since(self, channels: Collection[Channel], now: datetime) -> dict[Channel, datetime]:
        """By channel: what became known before is no alert. A channel that is asked for the first time begins at ``now``."""
        columns = (alerting.c.platform, alerting.c.workspace, alerting.c.channel, alerting.c.since)
        ours = self._database.among(alerting.c.channel, [channel.id for channel in channels])
        async with self._database.write() as connection:
            rows = (await connection.execute(select(*columns).where(ours))).all()
            known = {Channel(platform, id, workspace): since for platform, workspace, id, since in rows}
            new = [(one.platform, one.workspace, one.id, now) for one in channels if one not in known]
            if new:
                await self._database.execute_rows(connection, self._database.insert_new(alerting), new)
        return {channel: known.get(channel, now) for channel in channels}

    async def last(self, channel: Channel) -> datetime | None:
        """When the channel's latest alert was planned."""
        query = select(editions.c.planned_at).where(editions.c.kind == "alert", _to(channel))
        async with self._database.read() as connection:
            found: datetime | None = await connection.scalar(query.order_by(editions.c.planned_at.desc()).limit(1))
            return found

    async def on_stories(self, channel: Channel, story_ids: Collection[str]) -> list[Alerted]:
        """The alerts on these stories that the channel got, the earliest first."""
        query = (
            select(told.c.story_id, editions.c.subscription_id, editions.c.planned_at)
            .join(editions, editions.c.key == told.c.edition_key)
            .where(editions.c.kind == "alert", _to(channel), self._database.among(told.c.story_id, story_ids))
            .order_by(editions.c.planned_at)
        )
        async with self._database.read() as connection:
            return [Alerted(*row) for row in await connection.execute(query)]


def _to(channel: Channel) -> ColumnElement[bool]:
    return (
        (editions.c.platform == channel.platform)
        & (editions.c.workspace == channel.workspace)
        & (editions.c.channel == channel.id)
    )
