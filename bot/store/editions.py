"""Editions: planned once a slot, with their messages frozen, and what each channel was told.

Planning locks the channels and the subscriptions: what was planned and told is looked at and added to by one process at a time.
"""

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import Select, delete, func, select, update

from bot.model import Channel, DeliveryState, Edition, Message, Slot, Subscription, Told
from bot.store import codec
from bot.store.database import Database
from bot.store.ids import short_id
from bot.store.reminders import Reminders
from bot.store.schema import deliveries, editions, story_articles, told


@dataclass(frozen=True, slots=True)
class Planned:
    """An edition to be planned for ``slot``. ``told_before``: what its channel had been told of its stories when it was begun;
    None where that does not matter."""

    slot: Slot
    subscription: Subscription
    edition: Edition
    messages: Sequence[Message]
    told_before: Mapping[str, Told] | None = None

    @property
    def channel(self) -> Channel:
        """Where it will be posted."""
        return self.subscription.channel

    @property
    def story_ids(self) -> list[str]:
        """Its stories, each once."""
        return list(dict.fromkeys(item.story_id for item in self.edition.items))


class Editions:
    """The editions of all subscriptions."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._reminders = Reminders(database)

    async def plan(
        self,
        slot: Slot,
        subscription: Subscription,
        edition: Edition,
        messages: Sequence[Message],
        now: datetime,
        told_before: Mapping[str, Told] | None = None,
    ) -> bool:
        """Take ``slot`` and plan every message of its edition, all in one transaction; nothing can be changed afterwards.

        Returns False, and does nothing, when the slot was taken already: by another process or before a crash. So too where the
        channel was told one of the stories since the edition was begun, when it had been told ``told_before``.
        """
        return bool(await self.plan_all([Planned(slot, subscription, edition, messages, told_before)], now))

    async def plan_all(self, wanted: Sequence[Planned], now: datetime) -> set[str]:
        """``plan`` for editions of as many different channels, all in one transaction. Returns the keys of those planned."""
        async with self._database.write() as connection:
            places = {"told|" + "|".join(_place(one.channel)) for one in wanted}
            await self._database.lock(*places, *(f"slot|{one.slot.subscription_id}" for one in wanted))
            free = await self._free(wanted)
            rows, parts = await asyncio.to_thread(
                lambda: (_edition_rows(free, now), [row for one in free for row in _delivery_rows(one, now)])
            )
            told_rows = await self._told_rows(free, now)
            await self._reminders.mark([(one.channel, date) for one in free for date in one.edition.ahead], now)
            for table, some in ((editions, rows), (told, told_rows), (deliveries, parts)):
                if some:
                    await self._database.execute_rows(connection, self._database.insert_new(table), some)
        return {one.slot.key for one in free}

    async def _free(self, wanted: Sequence[Planned]) -> list[Planned]:
        """Those whose slot is not taken, and of whose stories their channel was told nothing meanwhile."""
        known = await self.taken_of([one.slot for one in wanted])
        told_now = await self.told_of(
            {one.channel for one in wanted}, {id for one in wanted if one.told_before is not None for id in one.story_ids}
        )
        return [one for one in wanted if one.slot.key not in known and _still_news(one, told_now.get(one.channel, {}))]

    async def _told_rows(self, planned: Sequence[Planned], now: datetime) -> list[tuple[object, ...]]:
        query = select(story_articles.c.story_id, func.count()).group_by(story_articles.c.story_id)
        ids = {id for one in planned for id in one.story_ids}
        async with self._database.read() as connection:
            rows = await connection.execute(query.where(self._database.among(story_articles.c.story_id, ids)))
            counts = {story_id: count for story_id, count in rows}
        return [(one.slot.key, id, *_place(one.channel), now, counts.get(id, 0)) for one in planned for id in one.story_ids]

    async def taken(self, slot: Slot) -> bool:
        """True when the slot has its edition."""
        return bool(await self.taken_of([slot]))

    async def taken_of(self, slots: Iterable[Slot]) -> set[str]:
        """The keys of those slots that have their edition."""
        query = select(editions.c.key).where(self._database.among(editions.c.key, [slot.key for slot in slots]))
        async with self._database.read() as connection:
            return set((await connection.scalars(query)).all())

    async def told_of(self, channels: Collection[Channel], story_ids: Collection[str]) -> dict[Channel, dict[str, Told]]:
        """By channel and story id: what it was last told of these stories. An edition that it refused does not count.

        One query, however many there are.
        """
        if not channels or not story_ids:
            return {}
        among = self._database.among
        query = _told().where(among(told.c.story_id, story_ids), among(told.c.channel, {one.id for one in channels}))
        found: dict[Channel, dict[str, Told]] = {}
        async with self._database.read() as connection:
            for platform, workspace, id, story_id, at, count in await connection.execute(query):
                found.setdefault(Channel(platform, id, workspace), {})[story_id] = Told(at, count)
        return {channel: found[channel] for channel in channels if channel in found}

    async def carry_told(self, story_id: str, other_id: str) -> None:
        """After ``other_id`` was merged into ``story_id``: who was told of one of them was told of all that they hold."""
        members = select(func.count()).select_from(story_articles).where(story_articles.c.story_id == story_id)
        ours = select(told.c.edition_key).where(told.c.story_id == story_id)
        async with self._database.write() as connection:
            theirs = told.c.story_id == other_id
            await connection.execute(update(told).where(theirs, told.c.edition_key.not_in(ours)).values(story_id=story_id))
            await connection.execute(delete(told).where(theirs))
            count = await connection.scalar(members)
            await connection.execute(update(told).where(told.c.story_id == story_id).values(articles=count))

    async def of_message(self, channel: Channel, external_id: str) -> Edition | None:
        """The edition of which a message in this workspace is a part, by the platform's id; None where it is none of ours."""
        query = (
            select(editions.c.data)
            .join(deliveries, deliveries.c.edition_key == editions.c.key)
            .where(deliveries.c.platform == channel.platform, deliveries.c.workspace == channel.workspace)
            .where(deliveries.c.external_id == external_id)
            .order_by((deliveries.c.channel == channel.id).desc())  # a thread may be a channel of its own
            .limit(1)
        )
        async with self._database.read() as connection:
            data = await connection.scalar(query)
        return codec.load(Edition, data) if data else None

    async def last(self, subscription_id: str) -> Edition | None:
        """The subscription's latest edition, alerts aside."""
        query = select(editions.c.data).where(editions.c.subscription_id == subscription_id, editions.c.kind == "digest")
        async with self._database.read() as connection:
            data = await connection.scalar(query.order_by(editions.c.due.desc(), editions.c.planned_at.desc()).limit(1))
        return codec.load(Edition, data) if data else None

    async def last_slot(self, subscription_id: str) -> Slot | None:
        """The latest slot of the subscription that was taken."""
        return (await self.last_slots([subscription_id])).get(subscription_id)

    async def last_slots(self, subscription_ids: Collection[str]) -> dict[str, Slot]:
        """By subscription: its latest slot of the clock that was taken."""
        # One step down the index for each, however many editions there are.
        wanted, its = self._database.listed(subscription_ids), editions.alias("its")
        newest = select(its.c.key).where(its.c.subscription_id == wanted.c.value, its.c.kind == "digest").correlate(wanted)
        latest = newest.order_by(its.c.due.desc(), its.c.day.desc(), its.c.hhmm.desc()).limit(1)
        columns = (editions.c.subscription_id, editions.c.day, editions.c.hhmm, editions.c.due)
        query = select(*columns).where(editions.c.key.in_(select(latest.scalar_subquery()).select_from(wanted)))
        async with self._database.read() as connection:
            rows = await connection.execute(query)
            return {id: Slot(id, day, time.fromisoformat(hhmm), due) for id, day, hhmm, due in rows}


def _told() -> Select[Any]:
    """What channels were told, in order of time, but for editions that they refused."""
    dead = (deliveries.c.part == 0) & (deliveries.c.state == DeliveryState.DEAD.value)
    refused = select(deliveries.c.id).where(deliveries.c.edition_key == told.c.edition_key, dead)
    columns = (told.c.platform, told.c.workspace, told.c.channel, told.c.story_id, told.c.at, told.c.articles)
    return select(*columns).where(~refused.exists()).order_by(told.c.at)


def _still_news(one: Planned, told_now: Mapping[str, Told]) -> bool:
    before = one.told_before
    return before is None or all(told_now.get(id) == before.get(id) for id in one.story_ids)


def _place(channel: Channel) -> tuple[str, str, str]:
    return channel.platform, channel.workspace, channel.id


def _edition_rows(planned: Sequence[Planned], now: datetime) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for one, content in zip(planned, codec.dump_all([one.edition for one in planned]), strict=True):
        slot, kind = one.slot, "alert" if one.slot.alert else "digest"
        named = (slot.key, slot.subscription_id, *_place(one.channel), slot.day, slot.name, slot.due, now)
        rows.append((*named, content, 0, None, kind))
    return rows


def _delivery_rows(one: Planned, now: datetime) -> Iterator[tuple[object, ...]]:
    fresh = (DeliveryState.PENDING.value, 0, now, now, None, None, None, None, None, "post", None, None)
    for part, message in enumerate(one.messages):
        id, shown = delivery_id(one.slot, one.channel, part), (message.in_thread, dict(message.payload))
        yield (id, one.slot.key, part, *_place(one.channel), *shown, *fresh)


def delivery_id(slot: Slot, channel: Channel, part: int) -> str:
    """The same for the same message after any crash, other for any other; 24 characters, so that Discord takes it for a nonce."""
    return part_id(slot.key, channel, part)


def part_id(edition_key: str, channel: Channel, part: int) -> str:
    """The id of the delivery of an edition's part."""
    return short_id("|".join((channel.platform, channel.workspace, edition_key, channel.id, str(part))))
