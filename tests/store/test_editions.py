"""Subscriptions, editions planned once, what channels were told, and runs."""

from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import (
    Amount,
    Channel,
    DeliveryState,
    Edition,
    EditionCounts,
    EditionItem,
    Filters,
    Message,
    Run,
    Slot,
    StoryDecision,
    Subscription,
    Summary,
    Told,
    Topic,
)
from bot.store import Store, codec
from bot.store.editions import delivery_id
from tests.builders import NOON, article

CHANNEL = Channel("slack", "C1", "T1")
FILTERS = Filters(frozenset({Topic.POLICY, Topic.CHIPS}), frozenset({"JP"}), 0.5, ("반도체",), ())
DAILY = Subscription("daily", CHANNEL, (time(8), time(18, 30)), "Asia/Tokyo", "ja", frozenset({0, 1}), FILTERS)
SLOT = Slot("daily", date(2026, 11, 23), time(8), NOON)
MESSAGES = [Message({"text": "가"}), Message({"blocks": [{"type": "나"}]}, in_thread=True)]


def _edition(*story_ids: str, key: str = SLOT.key) -> Edition:
    amount = Amount(Decimal("45000000000"), "JPY", "最大450億円", 3, 9, "up_to", role="subsidy")
    items = tuple(
        EditionItem(id, Topic.POLICY, "new", Summary(id, "ja", "見出し", (), ()), (amount,), first_at=NOON) for id in story_ids
    )
    return Edition(key, "ja", "Asia/Tokyo", NOON - timedelta(days=1), NOON, items, counts=EditionCounts(3, 2, 1))


# ---- subscriptions ----


async def _states(store: Store) -> dict[str, Any]:
    return {found.subscription.id: (found.origin, found.state, found.reason) for found in await store.subscriptions.all()}


async def test_subscriptions_follow_the_file_and_those_of_the_chat_are_left_alone(store: Store) -> None:
    other, chat = replace(DAILY, id="other"), replace(DAILY, id="chat", language="ko")
    await store.subscriptions.add(chat)
    await store.subscriptions.sync([DAILY, other, replace(chat, language="en")])
    changed = replace(DAILY, language="en")
    await store.subscriptions.sync([changed])

    gone = ("file", "paused", "no longer in feeds.yaml")
    assert await store.subscriptions.active() == [chat, changed]
    assert await _states(store) == {"chat": ("chat", "active", None), "daily": ("file", "active", None), "other": gone}
    await store.subscriptions.sync([changed, other])
    assert (await _states(store))["other"] == ("file", "active", None)
    assert [found.subscription.id for found in await store.subscriptions.of_channel(CHANNEL)] == ["chat", "daily", "other"]
    assert await store.subscriptions.of_channel(replace(CHANNEL, workspace="T2")) == []


async def test_a_suspended_subscription_stays_so_until_it_is_changed_or_resumed(store: Store) -> None:
    await store.subscriptions.sync([DAILY])
    await store.subscriptions.suspend("daily", "channel_not_found")
    await store.subscriptions.sync([DAILY])
    assert await _states(store) == {"daily": ("file", "suspended", "channel_not_found")}
    assert await store.subscriptions.active() == []

    await store.subscriptions.sync([replace(DAILY, channel=replace(CHANNEL, id="C2"))])
    assert len(await store.subscriptions.active()) == 1

    await store.subscriptions.pause("daily", "paused by U1")
    await store.subscriptions.sync([DAILY])
    assert await _states(store) == {"daily": ("file", "paused", "paused by U1")}
    await store.subscriptions.resume("daily")
    assert await store.subscriptions.active() == [DAILY]


# ---- editions ----


async def test_a_slot_is_planned_once_with_its_messages_frozen(store: Store) -> None:
    assert await store.editions.last_slot("daily") is None
    assert await store.editions.plan(SLOT, DAILY, _edition("s1"), MESSAGES, NOON)
    moved = replace(SLOT, due=NOON + timedelta(hours=9))
    assert not await store.editions.plan(moved, DAILY, _edition("s2"), [Message({"text": "another"})], NOON)

    planned = await store.deliveries.of_edition(SLOT.key)
    assert [delivery.message for delivery in planned] == MESSAGES
    assert [delivery.channel for delivery in planned] == [CHANNEL] * 2
    assert {delivery.state for delivery in planned} == {DeliveryState.PENDING}
    assert await store.editions.taken(SLOT)
    assert not await store.editions.taken(replace(SLOT, at=time(18, 30)))
    assert await store.editions.last("daily") == _edition("s1")
    assert await store.editions.last_slot("daily") == SLOT
    evening = replace(SLOT, at=time(18, 30), due=NOON + timedelta(hours=10))
    await store.editions.plan(evening, DAILY, _edition(key=evening.key), MESSAGES, NOON)
    weekly = replace(SLOT, subscription_id="weekly")
    await store.editions.plan(weekly, replace(DAILY, id="weekly"), _edition(key=weekly.key), MESSAGES, NOON)
    assert await store.editions.last_slots(["daily", "none", "weekly"]) == {"daily": evening, "weekly": weekly}


async def test_a_plan_that_fails_takes_no_slot(store: Store) -> None:
    broken = Message({"text": object()})
    with pytest.raises(TypeError):
        await store.editions.plan(SLOT, DAILY, _edition("s1"), [broken], NOON)

    assert not await store.editions.taken(SLOT)
    assert await store.editions.told_of({CHANNEL}, ["s1"]) == {}


async def test_a_channel_remembers_what_it_was_told_last_and_of_how_many_articles(store: Store) -> None:
    await store.articles.add([article("a1"), article("a2")])
    await store.stories.save([StoryDecision("a1", "s1", False)], [article("a1")], NOON)
    await store.editions.plan(SLOT, DAILY, _edition("s1", "s2"), MESSAGES, NOON)
    await store.stories.save([StoryDecision("a2", "s1", True)], [article("a2")], NOON)
    later = replace(SLOT, at=time(18, 30), due=NOON + timedelta(hours=10))
    await store.editions.plan(later, DAILY, _edition("s1", key=later.key), MESSAGES, NOON + timedelta(hours=10))

    told = {"s1": Told(NOON + timedelta(hours=10), 2), "s2": Told(NOON, 0)}
    assert await store.editions.told_of({CHANNEL, replace(CHANNEL, workspace="T2")}, ["s1", "s2"]) == {CHANNEL: told}


async def test_what_a_channel_refused_it_was_not_told(store: Store) -> None:
    await store.editions.plan(SLOT, DAILY, _edition("s1"), MESSAGES, NOON)
    [first, _] = await store.deliveries.due(NOON)
    await store.deliveries.mark_sending(first.id, NOON, NOON)

    assert await store.deliveries.mark_dead(first.id, "channel_not_found") == "daily"
    assert await store.editions.told_of({CHANNEL}, ["s1"]) == {}
    assert [delivery.state for delivery in await store.deliveries.of_edition(SLOT.key)] == [DeliveryState.DEAD] * 2


def test_delivery_ids_are_the_same_after_a_restart_short_and_all_different() -> None:
    slots = [replace(SLOT, day=SLOT.day + timedelta(days=days)) for days in range(20)]
    channels = [CHANNEL, replace(CHANNEL, id="C2"), replace(CHANNEL, workspace="T2"), replace(CHANNEL, platform="discord")]
    ids = [delivery_id(slot, channel, part) for slot in slots for channel in channels for part in range(5)]

    assert delivery_id(SLOT, CHANNEL, 0) == "wcgcihw47rker59kuquvi3q3"
    assert len(set(ids)) == len(ids)
    assert {len(id) for id in ids} == {24}


# ---- runs and the codec ----


async def test_the_last_run_is_the_latest_started(store: Store) -> None:
    assert await store.runs.last() is None
    late = Run("r2", NOON, feeds=80, seconds=1.5, errors=("x: HTTP 404",))
    await store.runs.save(late)
    await store.runs.save(Run("r1", NOON - timedelta(hours=1)))

    assert await store.runs.last() == late


_subscriptions = st.builds(
    Subscription,
    id=st.text(),
    channel=st.builds(Channel, st.sampled_from(["slack", "discord"]), st.text(), st.text()),
    times=st.lists(st.times()).map(tuple),
    weekdays=st.frozensets(st.integers(0, 6)),
    filters=st.builds(Filters, st.frozensets(st.sampled_from(Topic)), st.frozensets(st.text()), st.floats(0, 1), st.just(("a",))),
)


@given(_subscriptions)
def test_what_is_dumped_is_loaded_again(subscription: Subscription) -> None:
    assert codec.load(Subscription, codec.dump(subscription)) == subscription


def test_an_edition_of_an_older_version_lacks_fields_and_may_have_others() -> None:
    data = codec.dump(_edition("s1"))
    del data["delayed"]

    assert codec.load(Edition, data | {"forgotten": 1}) == _edition("s1")
