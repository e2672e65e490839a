"""The limits of platforms are kept ahead of time, and what they ask for is remembered across restarts."""

from collections.abc import AsyncIterator
from datetime import date, time, timedelta
from itertools import pairwise
from time import monotonic

import pytest

from bot.errors import DeliveryError
from bot.model import Channel, Edition, Message, Slot, Subscription
from bot.pipeline.deliver import deliver_due
from bot.pipeline.pace import Pace
from bot.platforms.slack.send import SlackMessenger
from bot.store import Store
from tests.builders import NOON
from tests.pipeline.chat import Chat

SECOND = timedelta(seconds=1)


class Timed(Chat):
    """Notes when it was asked to post, and where."""

    def __init__(self, platform: str = "slack") -> None:
        super().__init__(platform, NOON)
        self.asked: list[tuple[float, str, str]] = []
        self.limited: list[str] = []

    async def send(self, channel: Channel, message: Message, delivery_id: str, thread: str | None) -> str:
        self.asked.append((monotonic(), channel.workspace, channel.id))
        if channel.id in self.limited:
            self.limited.remove(channel.id)
            raise DeliveryError("429", retry_after=90.0)
        return await super().send(channel, message, delivery_id, thread)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    opened = await Store.open(database_url)
    yield opened
    await opened.close()


async def _plan(store: Store, channel: str, workspace: str = "T1", parts: int = 1, day: int = 23) -> None:
    subscription = Subscription(f"{workspace}{channel}", Channel("slack", channel, workspace), (time(8),))
    slot = Slot(subscription.id, date(2026, 11, day), time(8), NOON)
    await store.subscriptions.add(subscription)
    messages = [Message({"text": str(part)}, in_thread=part > 0) for part in range(parts)]
    await store.editions.plan(slot, subscription, Edition(slot.key, "en", "UTC", NOON, NOON, ()), messages, NOON)


async def test_a_workspace_gets_its_messages_at_a_distance_whatever_the_channel_and_others_do_not_wait(store: Store) -> None:
    for workspace in ("T1", "T2"):
        for number in range(5):
            await _plan(store, f"C{number}", workspace)
    chat = Timed()
    chat.workspace_spacing = 0.1
    await deliver_due(store, {"slack": chat}, NOON)

    assert len(chat.asked) == 10
    for workspace in ("T1", "T2"):
        times = sorted(at for at, where, _ in chat.asked if where == workspace)
        assert times[-1] - times[0] >= 0.25  # of 0.4: a busy machine may begin a message late
    assert {where for _, where, _ in sorted(chat.asked)[:2]} == {"T1", "T2"}


async def test_passes_keep_the_distance_between_them(store: Store) -> None:
    chat, pace = Timed(), Pace()
    chat.spacing = 0.2
    for day in (23, 24, 25):
        await _plan(store, "C1", day=day)
        await deliver_due(store, {"slack": chat}, NOON, pace=pace)

    times = [at for at, _, _ in chat.asked]
    assert len(times) == 3 and all(later - earlier >= 0.2 for earlier, later in pairwise(times))


async def test_a_pass_ends_in_time_and_the_next_one_goes_on(store: Store) -> None:
    for number in range(20):
        await _plan(store, f"C{number}")
    chat, pace = Timed(), Pace()
    chat.workspace_spacing = 10.0
    report = await deliver_due(store, {"slack": chat}, NOON, pace=pace, pass_seconds=0.3)
    assert (report.sent, (await store.deliveries.counts())["pending"]) == (1, 19)


async def test_what_a_platform_asks_for_holds_for_the_whole_workspace_and_across_a_restart(
    store: Store, database_url: str
) -> None:
    for number in range(4):
        await _plan(store, f"C{number}", parts=2)
    await _plan(store, "C9", "T2")
    chat = Timed()
    chat.workspace_spacing, chat.limited = 0.001, ["C0"]
    await deliver_due(store, {"slack": chat}, NOON)
    asked = len(chat.asked)
    assert ("T2", "C9") in {(where, channel) for _, where, channel in chat.asked}

    other = await Store.open(database_url)  # a new process knows only what is written
    await deliver_due(other, {"slack": chat}, NOON + 60 * SECOND)
    assert len(chat.asked) == asked
    await deliver_due(other, {"slack": chat}, NOON + 95 * SECOND)
    await other.close()
    assert (await store.deliveries.counts()) == {"sent": 9}


async def test_where_each_channel_is_limited_for_itself_the_others_go_on(store: Store) -> None:
    for number in range(4):
        await _plan(store, f"C{number}", parts=2)
    chat = Timed()
    chat.limited = ["C0"]
    await deliver_due(store, {"slack": chat}, NOON)
    assert (await store.deliveries.counts()) == {"sent": 6, "pending": 2}
    await _plan(store, "C0", day=24)
    await deliver_due(store, {"slack": chat}, NOON + 60 * SECOND)
    assert (await store.deliveries.counts()) == {"sent": 6, "pending": 3}
    await deliver_due(store, {"slack": chat}, NOON + 95 * SECOND)
    assert (await store.deliveries.counts()) == {"sent": 9}


def test_slack_is_asked_for_no_more_than_it_allows() -> None:
    assert SlackMessenger.spacing >= 1.0 and 60 / SlackMessenger.workspace_spacing <= 300


async def test_places_that_are_long_past_are_forgotten() -> None:
    now = [0.0]
    pace, chat = Pace(lambda: now[0]), Timed()
    for number in range(10_001):
        assert await pace.turn(chat, Channel("slack", f"C{number}", "T1"), 100.0)
        now[0] += 0.001
    assert len(pace._free) < 100
