"""Editions: planned once a slot, with their messages frozen, and what each channel was told."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time

from sqlalchemy import delete, func, select, update

from bot.model import Channel, DeliveryState, Edition, Message, Slot, Subscription, Told
from bot.store import codec
from bot.store.database import Database
from bot.store.ids import short_id
from bot.store.reminders import Reminders
from bot.store.schema import deliveries, editions, story_articles, told


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
        channel = subscription.channel
        place = (channel.platform, channel.workspace, channel.id)
        async with self._database.write() as connection:
            if await self.taken(slot) or (told_before is not None and await self._told_meanwhile(edition, channel, told_before)):
                return False
            kind = "alert" if slot.alert else "digest"
            row = (slot.key, slot.subscription_id, *place, slot.day, slot.name, slot.due, now, codec.dump(edition), 0, None, kind)
            await self._database.execute_rows(connection, self._database.insert_new(editions), [row])
            await self._reminders.mark(channel, edition.ahead, now)
            items = await self._told_rows(slot.key, edition, channel, now)
            if items:
                await self._database.execute_rows(connection, self._database.insert_new(told), items)
            fresh = (DeliveryState.PENDING.value, 0, now, now, None, None, None, None, None, "post", None, None)
            parts = [
                (delivery_id(slot, channel, part), slot.key, part, *place, message.in_thread, dict(message.payload), *fresh)
                for part, message in enumerate(messages)
            ]
            if parts:
                await self._database.execute_rows(connection, self._database.insert_new(deliveries), parts)
        return True

    async def _told_meanwhile(self, edition: Edition, channel: Channel, before: Mapping[str, Told]) -> bool:
        told = await self.told(channel)
        return any(told.get(item.story_id) != before.get(item.story_id) for item in edition.items)

    async def _told_rows(self, key: str, edition: Edition, channel: Channel, now: datetime) -> list[tuple[object, ...]]:
        ids = [item.story_id for item in edition.items]
        query = select(story_articles.c.story_id, func.count()).group_by(story_articles.c.story_id)
        async with self._database.read() as connection:
            rows = await connection.execute(query.where(self._database.among(story_articles.c.story_id, ids)))
            counts = {story_id: count for story_id, count in rows}
        return [(key, id, channel.platform, channel.workspace, channel.id, now, counts.get(id, 0)) for id in dict.fromkeys(ids)]

    async def taken(self, slot: Slot) -> bool:
        """True when the slot has its edition."""
        async with self._database.read() as connection:
            return await connection.scalar(select(editions.c.key).where(editions.c.key == slot.key)) is not None

    async def told(self, channel: Channel) -> dict[str, Told]:
        """By story id: what ``channel`` was last told of it. An edition that the channel refused does not count."""
        first = (deliveries.c.edition_key == told.c.edition_key) & (deliveries.c.part == 0)
        query = (
            select(told.c.story_id, told.c.at, told.c.articles)
            .join(deliveries, first, isouter=True)
            .where(told.c.platform == channel.platform, told.c.workspace == channel.workspace, told.c.channel == channel.id)
            .where(func.coalesce(deliveries.c.state, "") != DeliveryState.DEAD.value)
            .order_by(told.c.at)
        )
        async with self._database.read() as connection:
            return {story_id: Told(at, count) for story_id, at, count in await connection.execute(query)}

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
        ours = self._database.among(editions.c.subscription_id, subscription_ids) & (editions.c.kind == "digest")
        latest = select(editions.c.subscription_id, func.max(editions.c.due).label("due")).where(ours)
        latest_of = latest.group_by(editions.c.subscription_id).subquery()
        is_latest = (editions.c.subscription_id == latest_of.c.subscription_id) & (editions.c.due == latest_of.c.due)
        query = (
            select(editions.c.subscription_id, editions.c.day, editions.c.hhmm, editions.c.due)
            .join(latest_of, is_latest)
            .where(editions.c.kind == "digest")
            .order_by(editions.c.day, editions.c.hhmm)
        )
        async with self._database.read() as connection:
            rows = await connection.execute(query)
            return {id: Slot(id, day, time.fromisoformat(hhmm), due) for id, day, hhmm, due in rows}


def delivery_id(slot: Slot, channel: Channel, part: int) -> str:
    """The same for the same message after any crash, other for any other; 24 characters, so that Discord takes it for a nonce."""
    return part_id(slot.key, channel, part)


def part_id(edition_key: str, channel: Channel, part: int) -> str:
    """The id of the delivery of an edition's part."""
    return short_id("|".join((channel.platform, channel.workspace, edition_key, channel.id, str(part))))
