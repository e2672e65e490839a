"""Several processes on one database at once: each thing is decided once, and nobody undoes what another one just did."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from bot.archive.search import Archive
from bot.model import DeliveryState, Reply, Slot, StoryDecision
from bot.store import Store
from bot.store.amendments import Step
from bot.store.jobs import Found
from bot.store.notices import Notice
from tests.builders import NOON, article
from tests.store.test_editions import CHANNEL, DAILY, MESSAGES, SLOT
from tests.store.test_editions import _edition as edition

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Ask = Callable[[Store, int], Awaitable[bool]]


@pytest.fixture
async def stores(database_url: str) -> AsyncIterator[list[Store]]:
    """What three processes have."""
    opened = [await Store.open(database_url) for _ in range(3)]
    yield opened
    for store in opened:
        await store.close()


async def winners(stores: list[Store], ask: Ask) -> int:
    """How many of twelve that ask at once are told yes."""
    return sum(await asyncio.gather(*(ask(stores[number % 3], number) for number in range(12))))


async def test_a_slot_is_planned_by_one(stores: list[Store]) -> None:
    await stores[0].editions.taken(SLOT)
    moved = replace(DAILY, channel=replace(CHANNEL, id="C2"))

    async def plan(store: Store, number: int) -> bool:
        made = edition("s1", "s2")
        return await store.editions.plan(SLOT, moved if number % 2 else DAILY, made, MESSAGES, NOON + timedelta(seconds=number))

    assert await winners(stores, plan) == 1
    [first, second] = await stores[1].deliveries.of_edition(SLOT.key)
    assert (first.channel, first.part, second.part) == (second.channel, 0, 1)


async def test_a_channel_is_told_a_story_once_however_many_would_tell_it(stores: list[Store]) -> None:
    async def alert(store: Store, number: int) -> bool:
        slot = Slot(f"daily{number}", date(2026, 11, 23), time(8), NOON, f"s1/{number}")
        return await store.editions.plan(slot, replace(DAILY, id=slot.subscription_id), edition("s1"), MESSAGES, NOON, {})

    assert await winners(stores, alert) == 1


async def test_a_job_an_event_a_notice_and_a_state_are_taken_by_one(stores: list[Store]) -> None:
    notice = Notice("n1", "slack", "T1", "U1", "daily", Reply("held"))
    for _ in range(3):
        await asyncio.gather(*(store.notices.add([notice], NOON) for store in stores))
    await stores[0].jobs.begun_at("daily", NOON - DAY)
    await stores[0].installations.begin("secret", NOON, NOON + HOUR)
    asked: list[Ask] = [
        lambda store, number: store.jobs.claim("daily", NOON + timedelta(seconds=number), DAY),
        lambda store, number: store.jobs.claim("never", NOON, DAY),
        lambda store, number: store.heard.first("slack", "T1", "E1", NOON + timedelta(seconds=number)),
        lambda store, number: store.notices.claim(notice, [], NOON, NOON + HOUR),
        lambda store, number: store.installations.finish("secret", NOON),
    ]
    assert [await winners(stores, one) for one in asked] == [1] * len(asked)
    assert not await stores[1].jobs.claim("never", NOON + DAY - HOUR, DAY)
    assert await stores[1].jobs.claim("never", NOON + DAY, DAY)


async def test_a_message_is_begun_by_one_and_never_before_the_one_that_it_follows(stores: list[Store]) -> None:
    await stores[0].editions.plan(SLOT, DAILY, edition("s1"), MESSAGES, NOON)
    first, second = [one.id for one in await stores[0].deliveries.of_edition(SLOT.key)]

    async def begin(store: Store, number: int) -> bool:
        assert not await store.deliveries.mark_sending(second, NOON, NOON + HOUR)
        return await store.deliveries.mark_sending(first, NOON, NOON + HOUR)

    assert await winners(stores, begin) == 1
    assert await winners(stores, lambda store, number: store.deliveries.claim(first, NOON + HOUR, NOON + 2 * HOUR)) == 1
    await stores[1].deliveries.mark_sent(first, "ts1")
    assert await winners(stores, lambda store, number: store.deliveries.mark_sending(second, NOON, NOON + HOUR)) == 1


async def test_what_is_begun_is_not_held_for_being_late(stores: list[Store]) -> None:
    slots = [replace(SLOT, day=SLOT.day + number * DAY) for number in range(8)]
    for slot in slots:
        await stores[0].editions.plan(slot, DAILY, edition(key=slot.key), MESSAGES[:1], NOON)
    ids = [(await stores[0].deliveries.of_edition(slot.key))[0].id for slot in slots]
    late = NOON + 2 * DAY
    begun: list[bool] = []

    async def begin(id: str) -> None:
        begun.append(await stores[1].deliveries.mark_sending(id, late, late))

    held, *_ = await asyncio.gather(stores[0].deliveries.expire(late), *(begin(id) for id in ids))
    counts = await stores[2].deliveries.counts()
    assert (counts.get("sending", 0), counts.get("held", 0)) == (sum(begun), len(held)) and sum(counts.values()) == len(ids)
    assert {one.state for one in held} <= {DeliveryState.HELD}


async def test_use_adds_up_from_everywhere(stores: list[Store]) -> None:
    async def use(store: Store, number: int) -> bool:
        await store.usage.add(SLOT.day, number, 1, 2, ("slack", "T1"))
        return True

    assert await winners(stores, use) == 12
    assert await stores[0].usage.used(SLOT.day, SLOT.day) == (66, 12, 24)
    assert await stores[0].usage.used_by("slack", "T1", SLOT.day) == 78


async def test_who_follows_the_articles_misses_none_whoever_adds_them(stores: list[Store]) -> None:
    """Numbers become known in their order: also where one that was given earlier is committed later."""
    follower, seen, done = stores[2], 0, asyncio.Event()
    found: list[str] = []

    async def follow() -> None:
        nonlocal seen
        while True:
            ending = done.is_set()
            for seq, one in await follower.articles.after(seen):
                seen = seq
                found.append(one.id)
            if ending:
                return

    async def add(store: Store, name: str) -> None:
        for number in range(12):
            async with store.transaction():
                await store.articles.add([article(f"{name}{number}-{place}") for place in range(3)])
                await store.feeds.memories(["a"])
            await store.articles.change([article(f"{name}{number}-0", title="정정")])

    following = asyncio.create_task(follow())
    await asyncio.gather(add(stores[0], "a"), add(stores[1], "b"), add(stores[0], "c"))
    done.set()
    await following
    assert set(found) == {f"{name}{number}-{place}" for name in "abc" for number in range(12) for place in range(3)}
    assert await stores[0].articles.extent() == (3 * 12 * 4, 3 * 12 * 3)


async def test_stories_have_the_times_of_their_articles_whoever_adds_them(stores: list[Store]) -> None:
    many = [article(f"a{number}", published=NOON + number * HOUR) for number in range(12)]
    await stores[0].articles.add(many)

    async def save(store: Store, number: int) -> bool:
        async with store.transaction():
            await store.stories.save([StoryDecision(many[number].id, "s1", True)], [many[number]], NOON)
        return True

    await winners(stores, save)
    assert len((await stores[1].stories.get(["s1"]))[0].articles) == 12
    assert [one.id for one in await stores[1].stories.open_window(NOON + 11 * HOUR)] == ["s1"]


async def test_who_is_suspended_while_feeds_yaml_is_followed_stays_so(stores: list[Store]) -> None:
    for attempt in range(4):
        subscription = replace(DAILY, id=f"daily{attempt}")
        await stores[0].subscriptions.sync([subscription])
        changed = replace(subscription, name="other")
        await asyncio.gather(
            *(store.subscriptions.sync([changed, replace(DAILY, id=f"new{attempt}")]) for store in stores),
            stores[1].subscriptions.suspend(subscription.id, "channel_not_found"),
            *(store.jobs.keep_findings([Found("disk", "full"), Found("clock", "off")], NOON) for store in stores),
        )
        states = {one.subscription.id: one.state for one in await stores[2].subscriptions.all()}
        assert states[f"new{attempt}"] == "active" and states[subscription.id] in ("suspended", "active")
        if states[subscription.id] == "active":  # suspended before it was changed: a change lets it try again
            assert await stores[0].subscriptions.get(subscription.id) == changed
        assert [one.what for one in await stores[0].jobs.findings()] == ["clock", "disk"]


async def test_an_edition_is_put_right_by_one(stores: list[Store]) -> None:
    await stores[0].editions.plan(SLOT, DAILY, edition("s1"), MESSAGES, NOON)
    [posted] = await stores[0].amendments.load([SLOT.key])

    async def amend(store: Store, number: int) -> bool:
        return await store.amendments.plan(posted, edition("s1"), ["x"], [Step(MESSAGES[0])], NOON)

    assert await winners(stores, amend) == 1
    assert len(await stores[1].deliveries.of_edition(SLOT.key)) == len(MESSAGES) + 1


async def test_every_process_finds_what_another_one_collected(stores: list[Store]) -> None:
    """Each has an index of its own, in memory."""
    archives = [Archive(store) for store in stores]
    for archive in archives:
        assert await archive.refresh() == 0
    await stores[0].articles.add([article("a1", "업스테이지, 도쿄 법인 설립"), article("a2", "다른 소식")])
    await stores[1].articles.change([article("a2", "ラピダス、試作を開始", language="ja")])
    for archive in archives:
        assert await archive.refresh() == 2
        assert [hit.article.id for hit in await archive.search("업스테이지 도쿄", now=NOON)] == ["a1"]
        assert [hit.article.id for hit in await archive.search("ラピダス", now=NOON)] == ["a2"]
        assert await archive.refresh() == 0
    late = Archive(stores[2])
    assert await late.refresh() == 2
    for archive in (*archives, late):
        await archive.close()
