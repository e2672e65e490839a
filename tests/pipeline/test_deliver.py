"""Nothing posted twice, nothing lost unseen: faults of the platform, and a crash at every step."""

import asyncio
import shutil
from copy import copy
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from bot.errors import DeliveryError
from bot.model import Channel, Delivery, DeliveryState, Edition, Message, Slot, Subscription
from bot.pipeline.deliver import DeliveryReport, deliver_due
from bot.store import Store
from tests.builders import NOON

CHANNEL = Channel("slack", "C1", "T1")
MINUTES = timedelta(minutes=1)
PARTS = 3


class Crash(BaseException):
    """The process ends here."""


class Fuse:
    """Crashes at the n-th step of everything that passes through it; never when ``at`` is 0."""

    def __init__(self, at: int = 0) -> None:
        self.at = at
        self.steps = 0

    def step(self) -> None:
        self.steps += 1
        if self.steps == self.at:
            raise Crash


class Brittle:
    """A store, or one of its nouns, whose every call has a step of the fuse before and behind it."""

    def __init__(self, inner: Any, fuse: Fuse) -> None:
        self._inner = inner
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name == "transaction":
            return found
        if not callable(found):
            return Brittle(found, self._fuse)

        async def call(*args: Any, **kwargs: Any) -> Any:
            self._fuse.step()
            result = await found(*args, **kwargs)
            self._fuse.step()
            return result

        return call


class Platform:
    """A chat platform outside the crash domain: what was posted stays posted. ``faults``: by delivery id, raised once each."""

    platform = "slack"

    def __init__(self, fuse: Fuse | None = None) -> None:
        self.posts: list[tuple[str, str, str | None]] = []
        self.faults: dict[str, list[Exception]] = {}
        self.fuse = fuse or Fuse()
        self.hangs = False

    def render(self, edition: Edition) -> tuple[Message, ...]:
        return ()

    async def send(self, channel: Channel, message: Message, delivery_id: str, thread: str | None) -> str:
        self.fuse.step()
        if self.faults.get(channel.id):
            raise self.faults[channel.id].pop(0)
        self.posts.append((channel.id, delivery_id, thread))
        if self.hangs:
            await asyncio.Event().wait()
        self.fuse.step()
        return f"ts-{len(self.posts)}"


async def _plan(store: Store, channel: Channel = CHANNEL, id: str = "daily", parts: int = PARTS) -> list[Delivery]:
    subscription = Subscription(id, channel, (time(8),))
    slot = Slot(id, date(2026, 11, 23), time(8), NOON)
    edition = Edition(slot.key, "ko", "Asia/Seoul", NOON, NOON, ())
    messages = [Message({"text": str(part)}, in_thread=part > 0) for part in range(parts)]
    await store.subscriptions.add(subscription)
    assert await store.editions.plan(slot, subscription, edition, messages, NOON)
    return await store.deliveries.of_edition(slot.key)


@pytest.fixture
async def store(tmp_path: Path) -> Any:
    """A store with one edition of three parts for one channel."""
    opened = await Store.open(f"sqlite:///{tmp_path}/bot.db")
    yield opened
    await opened.close()


async def _states(store: Store, id: str = "daily") -> list[str]:
    return [delivery.state.value for delivery in await store.deliveries.of_edition(f"{id}/2026-11-23/08:00")]


# ---- the good day ----


async def test_the_parts_go_in_order_and_the_later_ones_below_the_first(store: Store) -> None:
    planned, platform = await _plan(store), Platform()

    report = await deliver_due(store, {"slack": platform}, NOON)

    assert platform.posts == [("C1", planned[0].id, None), ("C1", planned[1].id, "ts-1"), ("C1", planned[2].id, "ts-1")]
    assert report == DeliveryReport(sent=3)
    sent = await store.deliveries.of_edition(planned[0].edition_key)
    assert [(one.state, one.attempts, one.external_id) for one in sent] == [(DeliveryState.SENT, 1, f"ts-{n}") for n in (1, 2, 3)]
    assert await deliver_due(store, {"slack": platform}, NOON + MINUTES) == DeliveryReport()


async def test_two_processes_at_once_post_everything_once(store: Store, tmp_path: Path) -> None:
    await _plan(store)
    platform, other = Platform(), await Store.open(f"sqlite:///{tmp_path}/bot.db")

    await asyncio.gather(*(deliver_due(one, {"slack": platform}, NOON) for one in (store, other)))
    await deliver_due(other, {"slack": platform}, NOON)
    await other.close()

    ids = [id for _, id, _ in platform.posts]
    assert len(ids) == len(set(ids)) == PARTS


# ---- faults ----


async def test_a_temporary_error_waits_and_keeps_the_order(store: Store) -> None:
    await _plan(store)
    platform = Platform()
    platform.faults["C1"] = [
        DeliveryError("rate_limited", retry_after=90.0),
        DeliveryError("no route"),
        DeliveryError("no route"),
    ]

    first = await deliver_due(store, {"slack": platform}, NOON)
    early = await deliver_due(store, {"slack": platform}, NOON + timedelta(seconds=80))
    assert (first, early) == (DeliveryReport(retried=1), DeliveryReport())
    assert await _states(store) == ["pending"] * 3

    again = await deliver_due(store, {"slack": platform}, NOON + 2 * MINUTES)  # second attempt: wait a minute
    early = await deliver_due(store, {"slack": platform}, NOON + 2 * MINUTES + timedelta(seconds=50))
    third = await deliver_due(store, {"slack": platform}, NOON + 4 * MINUTES)  # third attempt: wait two
    early_too = await deliver_due(store, {"slack": platform}, NOON + 5 * MINUTES)
    assert [again, early, third, early_too] == [DeliveryReport(retried=1), DeliveryReport()] * 2
    assert (await deliver_due(store, {"slack": platform}, NOON + 7 * MINUTES)).sent == 3


async def test_a_failing_later_part_waits_for_itself_only_and_still_goes_below_the_first(store: Store) -> None:
    planned, platform = await _plan(store), Platform()

    class Limited(Platform):
        async def send(self, channel: Channel, message: Message, delivery_id: str, thread: str | None) -> str:
            if delivery_id == planned[1].id and not self.hangs:
                self.hangs = True
                raise DeliveryError("rate_limited", retry_after=10.0)
            return await platform.send(channel, message, delivery_id, thread)

    limited = Limited()
    await deliver_due(store, {"slack": limited}, NOON)
    assert await _states(store) == ["sent", "pending", "pending"]
    await deliver_due(store, {"slack": limited}, NOON + MINUTES)

    assert [(id, thread) for _, id, thread in platform.posts] == [
        (planned[0].id, None),
        (planned[1].id, "ts-1"),
        (planned[2].id, "ts-1"),
    ]


@pytest.mark.parametrize(
    "fault", [DeliveryError("HTTP 503", posted=None), DeliveryError("HTTP 500", posted=None, permanent=True), RuntimeError("bug")]
)
async def test_an_unclear_outcome_is_held_and_never_sent_again(store: Store, fault: Exception) -> None:
    await _plan(store)
    platform = Platform()
    platform.faults["C1"] = [fault]

    report = await deliver_due(store, {"slack": platform}, NOON)
    later = await deliver_due(store, {"slack": platform}, NOON + timedelta(days=2))

    assert report == DeliveryReport(held=1)
    assert platform.posts == []
    assert later.sent == 0
    assert (await _states(store))[0] == "held"
    assert len(await store.subscriptions.active()) == 1
    assert str(fault) in str((await store.deliveries.held())[0].error) or "RuntimeError" in str(
        (await store.deliveries.held())[0].error
    )


async def test_a_platform_that_never_answers_is_ended_and_held(store: Store) -> None:
    await _plan(store)
    platform = Platform()
    platform.hangs = True

    assert await deliver_due(store, {"slack": platform}, NOON, send_limit=0.01) == DeliveryReport(held=1)
    platform.hangs = False
    await deliver_due(store, {"slack": platform}, NOON + 10 * MINUTES)
    assert len(platform.posts) == 1


async def test_a_permanent_error_suspends_the_subscription_with_the_reason_and_keeps_it(store: Store) -> None:
    await _plan(store)
    await _plan(store, replace(CHANNEL, id="C2"), "other")
    platform = Platform()
    platform.faults["C1"] = [DeliveryError("is_archived", permanent=True)]

    report = await deliver_due(store, {"slack": platform}, NOON)

    assert report == DeliveryReport(sent=3, dead=1, suspended={"daily": "is_archived"})
    assert await _states(store) == ["dead"] * 3
    assert await _states(store, "other") == ["sent"] * 3
    standing = {one.subscription.id: (one.state, one.reason) for one in await store.subscriptions.all()}
    assert standing == {"daily": ("suspended", "is_archived"), "other": ("active", None)}


async def test_what_waits_for_a_paused_subscription_or_an_absent_platform_is_not_lost(store: Store) -> None:
    await _plan(store)
    platform = Platform()
    assert await deliver_due(store, {}, NOON) == DeliveryReport(waiting=3)
    await store.subscriptions.pause("daily", "paused by U1")
    assert await deliver_due(store, {"slack": platform}, NOON) == DeliveryReport()
    await store.subscriptions.resume("daily")

    assert (await deliver_due(store, {"slack": platform}, NOON + timedelta(hours=3))).sent == 3


async def test_after_a_long_downtime_old_messages_are_held_instead_of_flooding(store: Store) -> None:
    await _plan(store)
    platform = Platform()

    report = await deliver_due(store, {"slack": platform}, NOON + timedelta(hours=25))

    assert (report.held, report.sent, platform.posts) == (3, 0, [])
    assert {delivery.error for delivery in await store.deliveries.held()} == {"could not be posted within 24 hours"}


async def test_an_answer_that_comes_after_the_lease_still_counts(store: Store) -> None:
    [first, *_] = await _plan(store)
    assert await store.deliveries.mark_sending(first.id, NOON)
    assert not await store.deliveries.mark_sending(first.id, NOON)
    assert [one.id for one in await store.deliveries.recover(NOON + 3 * MINUTES)] == [first.id]

    await store.deliveries.mark_sent(first.id, "ts-1")

    assert (await _states(store))[0] == "sent"


# ---- crashes ----


async def _live(path: Path, platform: Platform, fuse: Fuse, now: datetime) -> bool:
    """One life of the process; True when it ended without a crash."""
    store, platform.fuse = await Store.open(f"sqlite:///{path}"), fuse
    try:
        await deliver_due(cast(Store, Brittle(store, fuse)), {"slack": platform}, now)
    except Crash:
        return False
    finally:
        await store.close()
    return True


async def _rest(path: Path, platform: Platform, story: object) -> None:
    """Live on without crashes. Then nothing is posted twice, everything in order, and what is not posted is seen to be held."""
    store, platform.fuse = await Store.open(f"sqlite:///{path}"), Fuse()
    for minutes in (10, 15):
        await deliver_due(store, {"slack": platform}, NOON + minutes * MINUTES)
    deliveries = await store.deliveries.of_edition("daily/2026-11-23/08:00")
    await store.close()
    posted = [id for _, id, _ in platform.posts]
    states = [delivery.state for delivery in deliveries]
    assert posted == [delivery.id for delivery in deliveries][: len(posted)], story
    assert DeliveryState.SENDING not in states, story
    for place, delivery in enumerate(deliveries):
        if delivery.state is DeliveryState.SENT:
            assert delivery.id in posted, story
        else:
            assert DeliveryState.HELD in states[: place + 1], story


@pytest.fixture
async def template(tmp_path: Path) -> Path:
    """A database file with one planned edition of two parts."""
    path = tmp_path / "template.db"
    store = await Store.open(f"sqlite:///{path}")
    await _plan(store, parts=2)
    await store.close()
    return path


async def test_a_crash_at_any_step_and_at_any_step_of_the_recovery(template: Path, tmp_path: Path) -> None:
    singles = pairs = 0
    once, twice = tmp_path / "once.db", tmp_path / "twice.db"
    for first in range(1, 100):
        shutil.copy(template, once)
        platform = Platform()
        if await _live(once, platform, Fuse(first), NOON):
            break
        singles += 1
        for second in range(1, 100):
            shutil.copy(once, twice)
            again = copy(platform)
            again.posts = list(platform.posts)
            ended = await _live(twice, again, Fuse(second), NOON + 5 * MINUTES)
            await _rest(twice, again, (first, second))
            if ended:
                break
            pairs += 1
    assert singles == 4 + 6 * 2  # two calls before the parts; three, with a step before and behind, for each part
    assert pairs > 100


async def test_a_crash_while_planning_leaves_the_slot_free_or_all_planned(tmp_path: Path) -> None:
    for at in range(1, 100):
        path = tmp_path / f"plan-{at}.db"
        store, fuse = await Store.open(f"sqlite:///{path}"), Fuse(at)
        try:
            await _plan(cast(Store, Brittle(store, fuse)))
        except Crash:
            planned = await _states(store)
            assert planned in ([], ["pending"] * PARTS)
        else:
            assert fuse.steps < at
            await store.close()
            return
        await store.close()


async def test_a_crash_between_death_and_suspension_leaves_neither(template: Path, tmp_path: Path) -> None:
    outcomes = set()
    for at in range(1, 30):
        path = tmp_path / f"dead-{at}.db"
        shutil.copy(template, path)
        platform = Platform()
        platform.faults["C1"] = [DeliveryError("is_archived", permanent=True)]
        await _live(path, platform, Fuse(at), NOON)
        store = await Store.open(f"sqlite:///{path}")
        outcomes.add(((await _states(store))[0], (await store.subscriptions.all())[0].state))
        await store.close()
    assert outcomes == {("pending", "active"), ("sending", "active"), ("dead", "suspended")}
