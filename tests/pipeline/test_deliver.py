"""Nothing posted twice, nothing lost unseen, whatever the platform answers."""

import asyncio
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from time import perf_counter
from typing import Any

import pytest

from bot.errors import DeliveryError
from bot.model import Channel, Delivery, DeliveryState, Edition, Message, Reply, Slot, Subscription
from bot.pipeline.deliver import DeliveryReport, deliver_due, recover
from bot.store import Store
from tests.builders import NOON

CHANNEL = Channel("slack", "C1", "T1")
MINUTES = timedelta(minutes=1)
PARTS = 3


class Platform:
    """A chat platform: what was posted stays posted. ``faults``: by channel, raised once each; ``answers``: what finding gives."""

    platform = "slack"
    repeat_seconds = 0.0
    spacing = 0.0
    workspace_spacing = 0.0

    def __init__(self) -> None:
        self.posts: list[tuple[str, str, str | None]] = []
        self.times: list[float] = []
        self.faults: dict[str, list[Exception]] = {}
        self.answers: list[str | Exception | None] = []
        self.asked: list[tuple[str, datetime, str | None]] = []
        self.hangs = False

    def render(self, edition: Edition, subscription: Subscription | None = None) -> tuple[Message, ...]:
        return ()

    def render_note(self, reply: Reply, language: str) -> Message:
        return Message({"text": reply.title})

    async def edit(
        self, channel: Channel, message_id: str, message: Message, thread: str | None = None, delivery_id: str = ""
    ) -> None:
        raise AssertionError("nothing is edited here")

    async def tell(self, workspace: str, person: str, reply: Reply, notice_id: str, since: datetime | None = None) -> None:
        raise AssertionError("nobody is told here")

    async def send(self, channel: Channel, message: Message, delivery_id: str, thread: str | None) -> str:
        if self.faults.get(channel.id):
            raise self.faults[channel.id].pop(0)
        self.posts.append((channel.id, delivery_id, thread))
        self.times.append(perf_counter())
        if self.hangs:
            await asyncio.Event().wait()
        return f"ts-{len(self.posts)}"

    async def find(self, channel: Channel, delivery_id: str, since: datetime, thread: str | None) -> str | None:
        self.asked.append((delivery_id, since, thread))
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        return answer


async def _plan(store: Store, channel: Channel = CHANNEL, id: str = "daily", parts: int = PARTS) -> list[Delivery]:
    subscription = Subscription(id, channel, (time(8),))
    slot = Slot(id, date(2026, 11, 23), time(8), NOON)
    edition = Edition(slot.key, "ko", "Asia/Seoul", NOON, NOON, ())
    messages = [Message({"text": str(part)}, in_thread=part > 0) for part in range(parts)]
    await store.subscriptions.add(subscription)
    assert await store.editions.plan(slot, subscription, edition, messages, NOON)
    return await store.deliveries.of_edition(slot.key)


@pytest.fixture
async def store(database_url: str) -> Any:
    """A store with one edition of three parts for one channel."""
    opened = await Store.open(database_url)
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


async def test_two_processes_at_once_post_everything_once(store: Store, database_url: str) -> None:
    await _plan(store)
    platform, other = Platform(), await Store.open(database_url)

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


UNCLEAR = [DeliveryError("HTTP 503", posted=None), DeliveryError("HTTP 500", posted=None, permanent=True), RuntimeError("bug")]


async def _in_doubt(store: Store, platform: Platform) -> list[Delivery]:
    """The first part's outcome is unknown."""
    planned = await _plan(store)
    platform.faults["C1"] = [DeliveryError("HTTP 503", posted=None)]
    await deliver_due(store, {"slack": platform}, NOON)
    return planned


@pytest.mark.parametrize("fault", UNCLEAR)
async def test_after_an_unclear_outcome_nothing_is_sent_before_the_platform_has_settled(store: Store, fault: Exception) -> None:
    [first, *_] = await _plan(store)
    platform = Platform()
    platform.faults["C1"] = [fault]

    report = await deliver_due(store, {"slack": platform}, NOON)
    early = await deliver_due(store, {"slack": platform}, NOON + timedelta(seconds=59))
    assert (report, early) == (DeliveryReport(unknown=1), DeliveryReport())
    assert (await _states(store), platform.posts, platform.asked) == (["sending", "pending", "pending"], [], [])

    looked = await deliver_due(store, {"slack": platform}, NOON + timedelta(seconds=61))
    assert looked == DeliveryReport(retried=1)
    [(id, since, thread)] = platform.asked
    assert (id, thread) == (first.id, None) and NOON - 2 * MINUTES <= since < NOON
    assert (await deliver_due(store, {"slack": platform}, NOON + timedelta(seconds=66))).sent == 3
    assert len(await store.subscriptions.active()) == 1


async def test_what_is_found_in_the_history_is_sent_and_the_rest_goes_below_it(store: Store) -> None:
    platform = Platform()
    planned = await _in_doubt(store, platform)
    platform.answers = ["ts-early"]

    assert await deliver_due(store, {"slack": platform}, NOON + 2 * MINUTES) == DeliveryReport(sent=1, found=1)
    assert (await deliver_due(store, {"slack": platform}, NOON + 3 * MINUTES)).sent == 2
    assert platform.posts == [("C1", planned[1].id, "ts-early"), ("C1", planned[2].id, "ts-early")]


@pytest.mark.parametrize("repeat_seconds", [0.0, 60.0])
async def test_what_a_dead_process_had_begun_is_settled_at_once_where_it_is_there_and_else_in_its_time(
    store: Store, repeat_seconds: float
) -> None:
    planned, platform = await _plan(store), Platform()
    platform.repeat_seconds = repeat_seconds
    other = await _plan(store, Channel("slack", "C2", "T2"), "other")
    soon = NOON + timedelta(seconds=5)
    for one in (planned[0], other[0]):
        await store.deliveries.mark_sending(one.id, NOON, NOON + 2 * MINUTES)

    for answer in (None, DeliveryError("503"), "ts-7"):
        platform.answers = [answer]
        await recover(store, {"slack": platform}, soon, ["T1"])
        assert await _states(store) == ["sending" if answer != "ts-7" else "sent", "pending", "pending"]
    assert await _states(store, "other") == ["sending", "pending", "pending"]
    assert {id for id, _, _ in platform.asked} == {planned[0].id} and not platform.posts

    await deliver_due(store, {"slack": platform}, soon)
    assert platform.posts == [("C1", planned[1].id, "ts-7"), ("C1", planned[2].id, "ts-7")]
    await deliver_due(store, {"slack": platform}, NOON + 3 * MINUTES, only="settle")  # looked for again, and now it is known
    assert await _states(store, "other") == ["pending"] * 3


async def test_what_nobody_can_know_is_held_and_never_sent_again(store: Store) -> None:
    platform = Platform()
    await _in_doubt(store, platform)
    platform.answers = [DeliveryError("missing_scope", permanent=True)]

    report = await deliver_due(store, {"slack": platform}, NOON + 2 * MINUTES)
    later = await deliver_due(store, {"slack": platform}, NOON + timedelta(days=2))

    assert (report, later.sent, platform.posts) == (DeliveryReport(held=1), 0, [])
    assert (await _states(store))[0] == "held"
    reason = str((await store.deliveries.held())[0].error)
    assert "may have been posted (HTTP 503)" in reason and "missing_scope" in reason


async def test_a_history_that_cannot_be_read_now_is_read_again_later(store: Store) -> None:
    platform = Platform()
    await _in_doubt(store, platform)
    platform.answers = [DeliveryError("ratelimited", retry_after=90.0), RuntimeError("bug"), "ts-early"]

    for seconds in (120, 200, 215, 320):  # asked; too early; asked, and again after its lease
        assert (await deliver_due(store, {"slack": platform}, NOON + timedelta(seconds=seconds))).sent == 0
    assert len(platform.asked) == 2
    assert (await deliver_due(store, {"slack": platform}, NOON + timedelta(seconds=340))).found == 1
    assert platform.posts == []


async def test_a_platform_that_knows_a_repeat_is_asked_by_repeating(store: Store) -> None:
    [first, *_] = await _plan(store)
    platform = Platform()
    platform.repeat_seconds = 60.0
    platform.faults["C1"] = [
        DeliveryError("HTTP 503", posted=None),
        DeliveryError("rate limited"),
        DeliveryError("no access", permanent=True),
    ]

    for seconds in (0, 6, 12):  # a refusal of the repeat says nothing of the first attempt
        assert await deliver_due(store, {"slack": platform}, NOON + timedelta(seconds=seconds)) == DeliveryReport(unknown=1)
    assert await deliver_due(store, {"slack": platform}, NOON + timedelta(seconds=18)) == DeliveryReport(sent=1)
    assert (platform.posts, platform.asked) == ([("C1", first.id, None)], [])


async def test_after_its_window_a_repeat_is_not_tried_but_looked_for(store: Store) -> None:
    platform = Platform()
    platform.repeat_seconds = 60.0
    await _in_doubt(store, platform)

    late = await deliver_due(store, {"slack": platform}, NOON + timedelta(seconds=61))
    assert (late, platform.asked, platform.posts) == (DeliveryReport(retried=1), platform.asked, [])
    assert len(platform.asked) == 1


async def test_a_message_that_was_posted_and_then_deleted_by_a_person_stays_deleted(store: Store) -> None:
    await _plan(store)
    platform = Platform()
    platform.faults["C1"] = [DeliveryError("Unknown Message", posted=True)]

    assert await deliver_due(store, {"slack": platform}, NOON) == DeliveryReport(sent=3)
    assert not any(thread for _, _, thread in platform.posts) and len(platform.posts) == 2


async def test_a_platform_that_never_answers_is_ended_and_looked_into(store: Store) -> None:
    await _plan(store, parts=1)
    platform = Platform()
    platform.hangs = True

    assert await deliver_due(store, {"slack": platform}, NOON, send_limit=0.01) == DeliveryReport(unknown=1)
    platform.answers = ["ts-1"]
    assert (await deliver_due(store, {"slack": platform}, NOON + 10 * MINUTES)).found == 1
    assert len(platform.posts) == 1


async def test_messages_to_one_channel_keep_their_distance_and_channels_do_not_wait_for_each_other(store: Store) -> None:
    for name in ("C1", "C2", "C3"):
        await _plan(store, replace(CHANNEL, id=name), name)
    platform = Platform()
    platform.spacing = 0.1

    assert (await deliver_due(store, {"slack": platform}, NOON)).sent == 9
    assert {channel for channel, _, _ in platform.posts[:3]} == {"C1", "C2", "C3"}
    for name in ("C1", "C2", "C3"):
        times = [at for at, post in zip(platform.times, platform.posts, strict=True) if post[0] == name]
        assert all(after - before >= 0.1 for before, after in pairwise(times))


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


async def test_an_answer_that_comes_after_it_was_held_still_counts(store: Store) -> None:
    [first, *_] = await _plan(store)
    assert await store.deliveries.mark_sending(first.id, NOON, NOON + 2 * MINUTES)
    assert not await store.deliveries.mark_sending(first.id, NOON, NOON + 2 * MINUTES)
    await store.deliveries.mark_held(first.id, "nobody knows")

    await store.deliveries.mark_sent(first.id, "ts-1")

    assert (await _states(store))[0] == "sent"


async def test_one_in_doubt_is_looked_into_by_one_process_only(store: Store) -> None:
    [first, *_] = await _plan(store)
    await store.deliveries.mark_sending(first.id, NOON, NOON + 2 * MINUTES)
    later = NOON + 3 * MINUTES
    assert [await store.deliveries.claim(first.id, later, later + MINUTES) for _ in range(2)] == [True, False]


# ---- quiet hours, and one thing at a time ----


async def test_what_rests_is_left_alone_and_what_is_begun_goes_on(store: Store) -> None:
    planned, platform = await _plan(store), Platform()
    other = await _plan(store, Channel("slack", "C2", "T1"), id="other", parts=1)

    await deliver_due(store, {"slack": platform}, NOON, rests=lambda one: one.thread is None and one.channel.id == "C1")
    assert platform.posts == [("C2", other[0].id, None)]
    assert await _states(store) == ["pending"] * PARTS
    await deliver_due(store, {"slack": platform}, NOON)
    assert [posted[1] for posted in platform.posts[1:]] == [one.id for one in planned]


async def test_posting_and_settling_can_be_two_jobs(store: Store) -> None:
    await _plan(store, parts=1)
    platform = Platform()
    platform.faults["C1"] = [DeliveryError("no answer", posted=None)]
    platform.answers = ["found-1"]

    await deliver_due(store, {"slack": platform}, NOON, only="settle")
    assert await _states(store) == ["pending"]
    await deliver_due(store, {"slack": platform}, NOON, only="post")
    later = NOON + timedelta(minutes=10)
    await deliver_due(store, {"slack": platform}, later, only="post")
    assert await _states(store) == ["sending"] and platform.posts == []
    await deliver_due(store, {"slack": platform}, later, only="settle")
    assert await _states(store) == ["sent"]
