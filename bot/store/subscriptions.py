"""Who gets a digest. A subscription that cannot be served is suspended with the reason and never deleted.

Following feeds.yaml locks "subscriptions" and the rows that come from it: what is suspended meanwhile stays so.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import ColumnElement, Text, cast, delete, func, select, update

from bot.model import Channel, DeliveryState, Subscription
from bot.store import codec
from bot.store.database import Database
from bot.store.schema import deliveries, editions, subscriptions

_GONE = "no longer in feeds.yaml"
LEFT = "the bot was removed from the workspace"


@dataclass(frozen=True, slots=True)
class Standing:
    """A subscription with its state: active, paused (by a person, or gone from feeds.yaml) or suspended (its channel refuses us).

    ``origin`` says who may change it: feeds.yaml (file) or the people in the channel (chat).
    """

    subscription: Subscription
    origin: str
    state: str
    reason: str | None


class Subscriptions:
    """The subscriptions and their states."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def sync(self, wanted: Sequence[Subscription]) -> None:
        """Make the subscriptions of feeds.yaml those ``wanted``: new ones created, changed ones updated, missing ones paused.

        One that is suspended stays so until its definition changes or somebody resumes it. Those made in chat are not touched.
        """
        async with self._database.write() as connection:
            await self._database.lock("subscriptions")
            ids = select(subscriptions.c.id).where(subscriptions.c.origin == "file").order_by(subscriptions.c.id)
            await connection.execute(ids.with_for_update())
            standing = {found.subscription.id: found for found in await self.all()}
            ours = {id: found for id, found in standing.items() if found.origin == "file"}
            asked = {one.id: one for one in wanted if one.id not in standing or one.id in ours}
            rows = [_synced(subscription, ours.get(id)) for id, subscription in asked.items()]
            rows += [_left_out(found) for id, found in ours.items() if id not in asked and found.state == "active"]
            await self._put([row for row in rows if row != standing.get(row.subscription.id)])

    async def add(self, subscription: Subscription) -> None:
        """Keep a subscription made in chat, or change it; it becomes active."""
        await self._put([Standing(subscription, "chat", "active", None)])

    async def _put(self, standings: Sequence[Standing]) -> None:
        if not standings:
            return
        async with self._database.write() as connection:
            await self._database.execute_rows(connection, self._database.upsert(subscriptions), [_row(one) for one in standings])

    async def active(self) -> list[Subscription]:
        """Those to serve."""
        return [found.subscription for found in await self._select(subscriptions.c.state == "active")]

    async def active_in(self, platform: str, workspaces: Collection[str]) -> list[Subscription]:
        """Those to serve in some workspaces."""
        there = (subscriptions.c.platform == platform) & self._database.among(subscriptions.c.workspace, workspaces)
        return [found.subscription for found in await self._select(there & (subscriptions.c.state == "active"))]

    async def active_of(self, ids: Collection[str]) -> list[Subscription]:
        """Those of ``ids`` to serve."""
        ours = self._database.among(subscriptions.c.id, ids)
        return [found.subscription for found in await self._select(ours & (subscriptions.c.state == "active"))]

    async def all(self) -> list[Standing]:
        """Every subscription with its state and, where it is not active, the reason."""
        return await self._select(subscriptions.c.id.is_not(None))

    async def counts(self) -> dict[str, int]:
        """How many subscriptions are in each state."""
        query = select(subscriptions.c.state, func.count()).group_by(subscriptions.c.state)
        async with self._database.read() as connection:
            return {state: count for state, count in await connection.execute(query)}

    async def of_channel(self, channel: Channel) -> list[Standing]:
        """The subscriptions of one channel."""
        return await self._select(
            (subscriptions.c.platform == channel.platform)
            & (subscriptions.c.workspace == channel.workspace)
            & (subscriptions.c.channel == channel.id)
        )

    async def of_workspace(self, platform: str, workspace: str) -> list[Standing]:
        """The subscriptions of one workspace."""
        return await self._select((subscriptions.c.platform == platform) & (subscriptions.c.workspace == workspace))

    async def remove(self, subscription: Subscription) -> None:
        """Forget a subscription; what it had not yet posted is not posted any more. What its channel was told stays known."""
        channel = subscription.channel
        keys = select(editions.c.key).where(
            editions.c.subscription_id == subscription.id,
            editions.c.platform == channel.platform,
            editions.c.workspace == channel.workspace,
        )
        waiting = deliveries.c.edition_key.in_(keys) & (deliveries.c.state == DeliveryState.PENDING.value)
        gone = (
            (subscriptions.c.id == subscription.id)
            & (subscriptions.c.platform == channel.platform)
            & (subscriptions.c.workspace == channel.workspace)
        )
        async with self._database.write() as connection:
            dropped = update(deliveries).where(waiting)
            await connection.execute(dropped.values(state=DeliveryState.DEAD.value, error="unsubscribed"))
            await connection.execute(delete(subscriptions).where(gone))

    async def leave(self, platform: str, workspace: str) -> None:
        """Serve nothing in a workspace that the bot was removed from."""
        await self._set_left(platform, workspace, "active", "suspended", LEFT)

    async def come_back(self, platform: str, workspace: str) -> None:
        """Serve again what ``leave`` had stopped."""
        await self._set_left(platform, workspace, "suspended", "active", None)

    async def _set_left(self, platform: str, workspace: str, before: str, after: str, reason: str | None) -> None:
        ours = (subscriptions.c.platform == platform) & (subscriptions.c.workspace == workspace)
        which = ours & (subscriptions.c.state == before)
        if reason is None:
            which &= subscriptions.c.reason == LEFT
        async with self._database.write() as connection:
            await connection.execute(update(subscriptions).where(which).values(state=after, reason=reason))

    async def get(self, id: str) -> Subscription | None:
        """One subscription, whatever its state."""
        return next((found.subscription for found in await self._select(subscriptions.c.id == id)), None)

    async def suspend(self, id: str, reason: str) -> bool:
        """Stop serving a subscription whose channel refuses us. False where it was suspended already, or is gone."""
        async with self._database.write() as connection:
            served = update(subscriptions).where(subscriptions.c.id == id, subscriptions.c.state != "suspended")
            return bool((await connection.execute(served.values(state="suspended", reason=reason))).rowcount)

    async def pause(self, id: str, reason: str) -> None:
        """Stop serving a subscription because a person wants so."""
        await self._set_state(id, "paused", reason)

    async def resume(self, id: str) -> None:
        """Serve a subscription again."""
        await self._set_state(id, "active", None)

    async def _set_state(self, id: str, state: str, reason: str | None) -> None:
        async with self._database.write() as connection:
            await connection.execute(update(subscriptions).where(subscriptions.c.id == id).values(state=state, reason=reason))

    async def _select(self, condition: ColumnElement[bool]) -> list[Standing]:
        query = select(cast(subscriptions.c.data, Text), subscriptions.c.origin, subscriptions.c.state, subscriptions.c.reason)
        async with self._database.read() as connection:
            rows = await connection.execute(query.where(condition).order_by(subscriptions.c.id))
            return [Standing(_loaded(row[0]), *row[1:]) for row in rows]


@lru_cache(maxsize=50_000)  # the clock asks for all of them four times a minute
def _loaded(data: str) -> Subscription:
    return codec.load(Subscription, json.loads(data))


def _synced(wanted: Subscription, before: Standing | None) -> Standing:
    if before is None or before.reason == _GONE or (before.state == "suspended" and before.subscription != wanted):
        return Standing(wanted, "file", "active", None)
    return Standing(wanted, "file", before.state, before.reason)


def _left_out(before: Standing) -> Standing:
    return Standing(before.subscription, "file", "paused", _GONE)


def _row(standing: Standing) -> tuple[object, ...]:
    subscription, channel = standing.subscription, standing.subscription.channel
    place = (channel.platform, channel.workspace, channel.id)
    return (subscription.id, *place, standing.origin, standing.state, standing.reason, codec.dump(subscription))
