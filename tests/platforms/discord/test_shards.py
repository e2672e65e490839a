"""Shards of the gateway: each with one holder, shared among processes, taken over from one that is gone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

import pytest

from bot.platforms.discord.shards import Shards
from bot.store import Store
from bot.store.leases import Lease

LEASE, LOOK = 1.2, 0.1


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    opened = await Store.open(database_url)
    yield opened
    await opened.close()


class Process:
    """One process, which notes when it began and ended to serve a shard."""

    def __init__(self, store: Store, name: str, recommended: int = 4) -> None:
        self.store, self.name = store, name
        self.serving: dict[int, Lease] = {}
        self.ended: dict[int, float] = {}
        self.begun: dict[int, float] = {}
        self.shards = Shards(store.leases, name, self.recommend, self.serve, lease_seconds=LEASE, look_seconds=LOOK)
        self.recommended = recommended

    async def recommend(self) -> int:
        if not self.recommended:
            raise ConnectionError("Discord cannot be reached")
        return self.recommended

    async def serve(self, number: int, count: int, lease: Lease) -> None:
        self.serving[number], self.begun[number] = lease, monotonic()
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            del self.serving[number]
            self.ended[number] = monotonic()


@asynccontextmanager
async def running(process: Process) -> AsyncIterator[Process]:
    task = asyncio.create_task(process.shards.run())
    try:
        yield process
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(truth: object) -> None:
    async with asyncio.timeout(15):
        while not truth():  # type: ignore[operator]  # noqa: ASYNC110 several processes bring it about
            await asyncio.sleep(0.02)


async def test_one_process_serves_all_and_a_second_one_its_share(store: Store) -> None:
    async with running(Process(store, "a")) as first:
        await until(lambda: sorted(first.serving) == [0, 1, 2, 3])
        async with running(Process(store, "b")) as second:
            await until(lambda: len(first.serving) == len(second.serving) == 2)
            assert not set(first.serving) & set(second.serving)
            for number in second.serving:  # never two at once
                assert second.begun[number] > first.ended[number]
                assert second.serving[number].number > 1
        await until(lambda: sorted(first.serving) == [0, 1, 2, 3])  # what is given back is taken at once
    async with asyncio.timeout(10):
        while await store.leases.held("discord/shard/"):  # noqa: ASYNC110 the database knows when
            await asyncio.sleep(LOOK)


async def test_a_shard_whose_process_died_is_taken_over_when_its_lease_ends(store: Store) -> None:
    dead = await store.leases.take("discord/shard/1/0", "dead", LEASE)
    assert dead is not None
    async with running(Process(store, "b", recommended=1)) as other:
        began = monotonic()
        await until(lambda: 0 in other.serving)
        assert 0.5 < monotonic() - began < 10
        assert other.serving[0].number == dead.number + 1
        assert not await store.leases.holds(dead)


async def test_who_cannot_renew_stops_before_anybody_else_begins(store: Store) -> None:
    async with running(Process(store, "a", recommended=1)) as first:
        await until(lambda: 0 in first.serving)
        await store.leases.release(first.serving[0])  # as if the database had not heard of it for long
        other = await store.leases.take("discord/shard/1/0", "b", 60)
        assert other is not None
        await until(lambda: 0 not in first.serving)
        await asyncio.sleep(LOOK * 4)
        assert 0 not in first.serving


async def test_how_many_shards_there_are_stays_while_any_is_served(store: Store) -> None:
    async with running(Process(store, "a", recommended=2)) as first:
        await until(lambda: len(first.serving) == 2)
        async with running(Process(store, "b", recommended=16)) as second:
            await until(lambda: len(second.serving) == 1)
            assert second.shards.count == 2


async def test_it_waits_for_discord_and_tries_again(store: Store) -> None:
    async with running(Process(store, "a", recommended=0)) as process:
        await asyncio.sleep(LOOK * 3)
        assert not process.serving
        process.recommended = 1
        await until(lambda: 0 in process.serving)


async def test_sessions_begin_one_after_the_other(store: Store) -> None:
    one, two = (Process(store, name).shards for name in "ab")
    await one.identify()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(two.identify(), 0.5)
