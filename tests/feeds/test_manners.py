import asyncio
import time

from bot.errors import FetchError
from bot.feeds.fetch import Client
from bot.feeds.manners import Manners


async def starts_at(manners: Manners, origins: list[str], stay: float = 0.0) -> dict[str, list[float]]:
    """When each visit to each origin began, in seconds, and how many were inside at most."""
    begun: dict[str, list[float]] = {}
    zero = time.perf_counter()

    async def visit(origin: str) -> None:
        async with manners.turn(origin):
            begun.setdefault(origin, []).append(time.perf_counter() - zero)
            await asyncio.sleep(stay)

    await asyncio.gather(*map(visit, origins))
    return begun


async def test_starts_are_apart_for_one_server_only() -> None:
    begun = await starts_at(Manners(per_host=2, pause=0.05), ["a"] * 4 + ["b", "c"])
    assert all(later - earlier >= 0.045 for earlier, later in zip(begun["a"], begun["a"][1:], strict=False))
    assert max(begun["b"][0], begun["c"][0]) < begun["a"][-1]


async def test_few_at_a_time() -> None:
    manners, inside, most = Manners(per_host=2, pause=0.0), 0, 0

    async def visit() -> None:
        nonlocal inside, most
        async with manners.turn("a"):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.001)
            inside -= 1

    await asyncio.gather(*(visit() for _ in range(20)))
    assert most == 2


async def test_a_failed_visit_gives_its_place_back() -> None:
    manners = Manners(per_host=1, pause=0.0)
    for _ in range(3):
        try:
            async with asyncio.timeout(0.001), manners.turn("a"):
                await asyncio.sleep(1)
        except TimeoutError:
            continue
    assert len((await starts_at(manners, ["a"]))["a"]) == 1


async def test_waiting_for_a_turn_is_not_part_of_the_deadline() -> None:
    asked: list[str] = []

    async def lookup(host: str, port: int) -> list[str]:
        asked.append(host)
        return []

    async with Client(user_agent="tests/1", lookup=lookup, per_host=1, pause=0.2, total=0.3) as client:
        results = await asyncio.gather(*(client.get(f"http://a.example/{n}") for n in range(4)), return_exceptions=True)
    assert len(asked) == 4
    assert all(isinstance(result, FetchError) and "resolved" in result.reason for result in results)


async def test_servers_are_forgotten_when_nobody_needs_them() -> None:
    manners = Manners(per_host=1, pause=0.0)
    async with manners.turn("kept"):
        for number in range(3_000):
            async with manners.turn(f"host-{number}"):
                pass
        assert len(manners) <= 1_001
        waiting = asyncio.create_task(starts_at(manners, ["kept"]))
        await asyncio.sleep(0)
        assert not waiting.done()
    assert len((await waiting)["kept"]) == 1
