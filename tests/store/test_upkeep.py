"""Copies, forgetting and retention: what stays, what goes, and that nothing is posted from an old copy."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.model import Channel, Delivery, DeliveryState, Edition, Message, Run, Slot, StoryDecision, Subscription
from bot.store import Store
from bot.store.schema import metadata
from tests.builders import NOON, article

DAY = timedelta(days=1)


async def plan(store: Store, channel: Channel, id: str, days_ago: int = 0) -> list[Delivery]:
    at = NOON - days_ago * DAY
    subscription = Subscription(id, channel, (at.time(),), "UTC")
    slot = Slot(id, at.date(), at.time(), at)
    await store.subscriptions.add(subscription)
    edition = Edition(slot.key, "ko", "UTC", at - DAY, at, ())
    assert await store.editions.plan(slot, subscription, edition, [Message({"text": "1"}), Message({"text": "2"})], at)
    return await store.deliveries.of_edition(slot.key)


HERE, THERE = Channel("slack", "C1", "T1"), Channel("slack", "C1", "T2")


async def test_a_backup_is_a_whole_database_and_overwrites_nothing(store: Store, tmp_path: Path) -> None:
    await store.articles.add([article("a1"), article("a2")])
    file = tmp_path / "copy.sqlite3"
    await store.upkeep.backup(file)
    await store.articles.add([article("a3")])

    with pytest.raises(StoreError, match="exists already"):
        await store.upkeep.backup(file)
    copy = await Store.open(f"sqlite:///{file}")
    assert (await copy.upkeep.damage(), (await copy.upkeep.counts())["articles"]) == ([], 2)
    await copy.close()


async def test_a_backup_that_cannot_be_written_says_so(store: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nowhere"):
        await store.upkeep.backup(tmp_path / "nowhere" / "copy.sqlite3")


async def test_what_is_not_sent_is_counted_by_its_state(store: Store) -> None:
    for number, channel in enumerate((HERE, THERE)):
        first, second = await plan(store, channel, f"s{number}")
        await store.deliveries.mark_sending(first.id, NOON, NOON)
        if number:
            await store.deliveries.mark_dead(first.id, "gone")
        else:
            await store.deliveries.mark_sent(first.id, "ts")
            await store.deliveries.mark_sending(second.id, NOON, NOON)
    await store.subscriptions.suspend("s1", "gone")

    assert await store.deliveries.unsent() == {"sending": 1, "dead": 2}
    assert await store.deliveries.counts() == {"sent": 1, "sending": 1, "dead": 2}
    assert await store.subscriptions.counts() == {"active": 1, "suspended": 1}


async def test_what_is_late_is_named_without_what_it_says(store: Store) -> None:
    first, second = await plan(store, HERE, "daily")
    await plan(store, THERE, "stopped")
    await store.subscriptions.suspend("stopped", "gone")

    due, late = await store.deliveries.due(NOON), await store.deliveries.late(NOON)
    assert [one.id for one in due] == [first.id, second.id] and due[0].message == Message({"text": "1"})
    assert late == [replace(one, message=Message({}, one.message.in_thread)) for one in due]


async def test_an_outbox_on_hold_posts_nothing_until_a_person_says_so(store: Store) -> None:
    first, second = await plan(store, HERE, "daily")
    await store.deliveries.mark_sending(first.id, NOON, NOON)

    assert await store.upkeep.hold_outbox("restored") == 2
    assert await store.deliveries.due(NOON) == await store.deliveries.in_doubt(NOON + DAY) == []

    await store.deliveries.release(first.id, NOON + 3 * DAY)
    assert await store.deliveries.expire(NOON + 3 * DAY) == []
    assert [one.id for one in await store.deliveries.due(NOON + 3 * DAY)] == [first.id]
    assert [one.id for one in await store.deliveries.held()] == [second.id]


async def test_a_workspace_is_forgotten_and_the_one_with_the_same_channel_id_is_not(store: Store) -> None:
    await plan(store, HERE, "ours")
    await plan(store, THERE, "theirs")
    await plan(store, replace(HERE, platform="discord"), "elsewhere")

    removed = await store.upkeep.forget("slack", "T1")

    assert {table: rows for table, rows in removed.items() if rows} == {"deliveries": 2, "editions": 1, "subscriptions": 1}
    named = {table.name for table in metadata.sorted_tables if {"workspace", "team", "guild"} & set(table.c.keys())}
    assert named == set(removed)
    assert {one.subscription.id for one in await store.subscriptions.all()} == {"theirs", "elsewhere"}
    assert await store.editions.last("ours") is None and await store.editions.last("theirs") is not None
    assert await store.editions.told_of({HERE}, ["s1"]) == {}


async def test_what_is_old_goes_and_what_the_bot_needs_stays(store: Store) -> None:
    old, new = [article(f"o{n}", first_seen=NOON - 100 * DAY) for n in range(3)], article("n1")
    await store.articles.add([*old, new], {1: "o0", 2: "n1"})
    decisions = [StoryDecision("o0", "old", joined=False), StoryDecision("n1", "new", joined=False)]
    await store.stories.save(decisions, [old[0], new], NOON - 100 * DAY)
    for subscription, days in (("daily", 100), ("daily", 50), ("weekly", 100)):
        for one in await plan(store, HERE, subscription, days):
            await store.deliveries.mark_sending(one.id, NOON, NOON)
            await store.deliveries.mark_sent(one.id, "ts")
    [open_one, _] = await plan(store, HERE, "daily", 70)

    removed = await store.upkeep.trim(NOON - 30 * DAY)

    assert removed == {"articles": 3, "stories": 0, "editions": 1, "runs": 0}
    assert [one.id for _, one in await store.articles.after(0)] == ["n1"]
    assert set(await store.articles.known([1, 2])) == {1, 2}  # an old entry that comes again is known, not news
    assert {slot.subscription_id for slot in (await store.editions.last_slots(["daily", "weekly"])).values()} == {
        "daily",
        "weekly",
    }
    assert [one.state for one in await store.deliveries.of_edition(open_one.edition_key)] == [DeliveryState.PENDING] * 2


async def test_old_rows_go_some_at_a_time_and_others_write_in_between(store: Store) -> None:
    for number in range(7):
        await store.articles.add([article(f"a{number}", first_seen=NOON - 9 * DAY)])
        await store.runs.save(Run(f"r{number}", NOON - 9 * DAY))
    kept: list[int] = []

    async def look() -> None:
        while not kept or kept[-1] > 1:
            kept.append((await store.articles.extent())[1])
            await store.runs.save(Run("new", NOON))

    looking = asyncio.create_task(look())
    removed = await store.upkeep.trim(NOON - DAY, at_once=2)
    await looking

    assert removed == {"articles": 6, "editions": 0, "runs": 7, "stories": 0}
    assert {3, 5} <= set(kept) and (await store.articles.extent())[1] == 1


async def test_the_newest_article_stays_however_old_it_is(store: Store) -> None:
    await store.articles.add([article("a1", first_seen=NOON - 9 * DAY), article("a2", first_seen=NOON - 9 * DAY)])
    [_, (last, _)] = await store.articles.after(0)

    await store.upkeep.trim(NOON)
    await store.articles.add([article("a3")])

    assert [(seq, one.id) for seq, one in await store.articles.after(0)] == [(last, "a2"), (last + 1, "a3")]
