"""Leases: one holder at a time, in the database's time, each new one under a higher number."""

import asyncio
from time import monotonic

from bot.store import Store


async def test_one_holder_at_a_time_and_each_new_one_under_a_higher_number(store: Store) -> None:
    first = await store.leases.take("shard/0", "a", 60)
    assert first is not None and await store.leases.holds(first)
    assert await store.leases.take("shard/0", "b", 60) is None
    again = await store.leases.take("shard/0", "a", 60)
    assert again is not None and again.number == first.number
    await store.leases.release(first)
    assert not await store.leases.holds(first)
    second = await store.leases.take("shard/0", "b", 60)
    assert second is not None and second.number > first.number
    assert await store.leases.held("shard/") == {"shard/0": "b"}


async def test_one_that_ended_cannot_be_renewed_and_its_number_is_not_used_again(store: Store) -> None:
    first = await store.leases.take("poll", "a", 60)
    assert first is not None and await store.leases.renew(first, 0.05)
    async with asyncio.timeout(5):
        while (second := await store.leases.take("poll", "b", 60)) is None:  # noqa: ASYNC110 - the database's clock rings no bell
            await asyncio.sleep(0.01)
    assert not await store.leases.renew(first, 60)
    await store.leases.release(first)
    assert await store.leases.holds(second)  # who held it before cannot give it back


async def test_it_is_kept_while_the_block_lasts_and_given_back_at_its_end(store: Store) -> None:
    lease = await store.leases.take("poll", "a", 0.4)
    assert lease is not None
    async with store.leases.kept(lease, 0.4) as lost:
        await asyncio.sleep(0.8)
        assert not lost.is_set() and await store.leases.take("poll", "b", 1) is None
    assert await store.leases.take("poll", "b", 1) is not None


async def test_who_lost_it_is_told_before_anybody_else_can_hold_it(store: Store) -> None:
    """The row is changed as a database would look after a time that the holder slept through."""
    lease = await store.leases.take("poll", "a", 2.0)
    assert lease is not None
    async with store.leases.kept(lease, 2.0) as lost:
        await store.leases.release(lease)
        began = monotonic()
        async with asyncio.timeout(5):
            await lost.wait()
        assert monotonic() - began < 1.5


async def test_many_at_once_make_one_holder(store: Store) -> None:
    found = await asyncio.gather(*(store.leases.take("one", f"p{number}", 60) for number in range(20)))
    assert sum(one is not None for one in found) == 1


async def test_old_ones_are_forgotten(store: Store) -> None:
    lease = await store.leases.take("old", "a", 60)
    assert lease is not None and await store.leases.tidy() == 0
    await store.leases.release(lease)
    assert await store.leases.tidy() == 1
