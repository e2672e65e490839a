"""Turns that all processes on one database share."""

import asyncio
import time

import pytest

from bot.pipeline.pace import Share
from bot.store import Store


async def test_everybody_gets_turns_of_their_own_one_behind_the_other(store: Store) -> None:
    first = await store.turns.take("discord", 10, 50.0)
    second = await store.turns.take("discord", 10, 50.0)
    third = await store.turns.take("discord", 1, 50.0)
    assert first == 0.0
    assert (second, third) == (pytest.approx(500.0, abs=50), pytest.approx(1000.0, abs=50))
    assert await store.turns.take("elsewhere", 1, 50.0) == 0.0


async def test_turns_that_nobody_took_are_gone(store: Store) -> None:
    await store.turns.take("discord", 1, 0.01)
    await asyncio.sleep(0.05)
    assert await store.turns.take("discord", 5, 2.0) == 0.0
    assert await store.turns.take("discord", 1, 2.0) > 5.0


async def test_two_processes_together_are_no_faster_than_one(store: Store) -> None:
    began = time.monotonic()
    shares = [Share(store.turns, "discord", 0.01) for _ in range(2)]
    await asyncio.gather(*(share.turn() for _ in range(20) for share in shares))
    assert 0.38 <= time.monotonic() - began < 4


async def test_only_a_few_are_about_to_send_and_nobody_waits_longer_than_wanted(store: Store) -> None:
    share = Share(store.turns, "discord", 0.01)
    entered = [await share.enter(time.monotonic() + 0.01) for _ in range(60)]
    assert entered == [True] * 25 + [False] * 35
    waiting = asyncio.create_task(share.enter(time.monotonic() + 9))
    await asyncio.sleep(0)
    assert not waiting.done()
    share.leave()
    assert await waiting


async def test_turns_that_a_held_up_process_missed_are_not_used_in_a_burst(store: Store) -> None:
    spacing = 0.02
    share = Share(store.turns, "discord", spacing)
    waiting = [asyncio.create_task(share.turn()) for _ in range(20)]
    await waiting[0]
    time.sleep(0.3)  # noqa: ASYNC251 the loop stands still: fifteen turns go by
    used: list[float] = []
    for one in waiting[1:]:
        one.add_done_callback(lambda _: used.append(time.monotonic()))
    await asyncio.gather(*waiting)
    within = max(sum(start <= at < start + 0.1 for at in used) for start in used)
    assert within <= (0.1 + 0.1) / spacing + 1, "what was due while it stood still, up to a tenth of a second, and what is due"
