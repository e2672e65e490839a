"""Asks about many things side by side: so many at once, all within a time limit. What is not answered by then is left."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TypeVar

_Asked = TypeVar("_Asked")
_Answer = TypeVar("_Answer")


async def answers(
    asked: Sequence[_Asked], ask: Callable[[_Asked], Awaitable[_Answer | None]], *, at_once: int, limit: timedelta
) -> tuple[list[_Answer | None], int]:
    """What ``ask`` says to each, None where it came too late, and how many did. Ends them all where the caller is cancelled."""
    places = asyncio.Semaphore(at_once)

    async def in_turn(one: _Asked) -> _Answer | None:
        async with places:
            return await ask(one)

    tasks = [asyncio.create_task(in_turn(one)) for one in asked]
    if not tasks:
        return [], 0
    try:
        _, late = await asyncio.wait(tasks, timeout=limit.total_seconds())
    finally:
        for task in tasks:
            task.cancel()
    if late:
        await asyncio.wait(late)
    return [None if task.cancelled() else task.result() for task in tasks], len(late)
