"""What a workspace was sent, in lists."""

from dataclasses import replace
from datetime import time, timedelta

from sqlalchemy import event

from bot.model import Channel, Slot, Subscription
from bot.store import Store
from bot.store.issued import Telling
from tests.builders import NOON, edition, item

CHANNEL = Channel("slack", "C1", "T1")
DAILY = Subscription("daily", CHANNEL, (time(8),), name="Morning")


async def _issued(store: Store, subscription: Subscription, days: int) -> str:
    """The key of an edition that told of s1."""
    due = NOON + timedelta(days=days)
    slot = Slot(subscription.id, due.date(), time(8), due)
    assert await store.editions.plan(slot, subscription, edition(item("s1"), key=slot.key), [], due)
    return slot.key


async def test_the_editions_that_told_a_story_are_listed_without_being_read(store: Store) -> None:
    await store.subscriptions.add(DAILY)
    first, second = await _issued(store, DAILY, 0), await _issued(store, DAILY, 1)
    gone = await _issued(store, replace(DAILY, id="gone"), 2)
    await _issued(store, replace(DAILY, id="theirs", channel=replace(CHANNEL, workspace="T2")), 3)
    asked: list[str] = []
    engine = store._database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda _c, _u, sql, _v, _x, _m: asked.append(sql))
    found = await store.issued.telling(CHANNEL, "s1")
    assert [(one.key, one.name) for one in found] == [(gone, "gone"), (second, "Morning"), (first, "Morning")]
    assert found[1] == Telling(second, "Morning", "C1", NOON + timedelta(days=1))
    assert any("told" in sql for sql in asked) and not any("editions.data" in sql for sql in asked)
    assert await store.issued.telling(CHANNEL, "s1", 1) == found[:1]
    assert await store.issued.telling(CHANNEL, "s2") == []
