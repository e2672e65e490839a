"""Results that many readers share."""

import asyncio

import pytest

from bot.platforms.web.shelf import MOST, Shelf


class Work:
    """Counts how often it is done; waits where told to."""

    def __init__(self) -> None:
        self.done = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self) -> int:
        await self.gate.wait()
        self.done += 1
        return self.done


class World:
    def __init__(self) -> None:
        self.mark = 0
        self.time = 0.0
        self.asked = 0
        self.shelf = Shelf(self.look, timer=lambda: self.time)

    async def look(self) -> int:
        self.asked += 1
        return self.mark


async def test_a_result_stands_until_something_changes() -> None:
    world, work = World(), Work()
    assert [await world.shelf.get("a", work) for _ in range(3)] == [1, 1, 1]
    world.mark, world.time = 1, 2.0
    assert await world.shelf.get("a", work) == 2
    world.time = 2.0 + 301
    assert await world.shelf.get("a", work) == 3
    assert await world.shelf.get("b", work) == 4


async def test_whether_something_changed_is_asked_once_a_second() -> None:
    world, work = World(), Work()
    for at in (0.0, 0.3, 0.9, 1.0, 1.5):
        world.time = at
        await world.shelf.get("a", work)
    assert world.asked == 2


async def test_who_comes_together_waits_for_one() -> None:
    world, work = World(), Work()
    work.gate.clear()
    first = asyncio.create_task(world.shelf.get("a", work))
    others = [asyncio.create_task(world.shelf.get("a", work)) for _ in range(5)]
    await asyncio.sleep(0)
    first.cancel()  # a browser that went away takes nothing from the others
    work.gate.set()
    assert await asyncio.gather(*others) == [1] * 5


async def test_an_old_result_is_shown_while_the_next_is_made() -> None:
    world, work = World(), Work()
    await world.shelf.get("a", work, patient=60)
    world.mark, world.time = 1, 5.0
    work.gate.clear()
    assert await world.shelf.get("a", work, patient=60) == 1
    work.gate.set()
    await asyncio.sleep(0.01)
    assert await world.shelf.get("a", work, patient=60) == 2


async def test_a_failure_is_not_kept() -> None:
    world = World()
    tries = []

    async def fails() -> None:
        tries.append(1)
        raise ValueError

    for _ in range(2):
        with pytest.raises(ValueError):
            await world.shelf.get("a", fails)
    assert len(tries) == 2


async def test_what_was_not_asked_for_long_goes_first() -> None:
    world, work = World(), Work()
    for number in range(MOST):
        await world.shelf.get(number, work)
    await world.shelf.get(0, work)
    await world.shelf.get("one more", work)
    done = work.done
    await world.shelf.get(0, work)
    assert work.done == done
    await world.shelf.get(1, work)
    assert work.done == done + 1


async def test_results_may_weigh_so_much_together() -> None:
    world = World()
    shelf = Shelf(world.look, most=10, weigh=len, timer=lambda: world.time)
    made: list[str] = []

    async def get(key: str, value: str) -> None:
        async def make() -> str:
            made.append(key)
            return value

        await shelf.get(key, make)

    for key, value in (("a", "4444"), ("b", "333"), ("a", ""), ("c", "4444")):
        await get(key, value)
    await get("a", "4444")  # "b" went: it was asked for longest ago
    assert made == ["a", "b", "c"]
    await get("b", "333")
    assert made == ["a", "b", "c", "b"]
    world.time = 400.0
    await get("b", "22")  # made anew, it weighs but once
    await get("d", "88888888")
    await get("b", "22")
    assert made == ["a", "b", "c", "b", "b", "d"]
    await get("e", "too much for it")
    await get("e", "too much for it")
    assert made[6:] == ["e", "e"]


async def test_closing_ends_what_is_being_made() -> None:
    world, work = World(), Work()
    work.gate.clear()
    asked = asyncio.create_task(world.shelf.get("a", work))
    await asyncio.sleep(0.01)
    await world.shelf.close()
    with pytest.raises(asyncio.CancelledError):
        await asked
