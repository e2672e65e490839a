"""Has the model do each piece of shared work once: for all channels, for two that ask at the same moment, and across restarts."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any

from bot.errors import BadOutput
from bot.model import Article
from bot.store import Store

REFUSED_FOR = 3_600.0  # seconds for which what came out unusable is not asked for again
REFUSED_AT_MOST = 1_000


class Written:
    """What the model wrote, kept in ``store``, and what it is writing just now."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._underway: dict[str, asyncio.Task[Any]] = {}
        self._refused: dict[str, tuple[float, BadOutput]] = {}

    async def get(self, keys: Sequence[str]) -> dict[str, Any]:
        """By key: what was written already."""
        return await self._store.writings.get(keys) if keys else {}

    async def keep(self, written: Mapping[str, Any], task: str, at: datetime) -> None:
        """Keep what was written elsewhere, by key."""
        await self._store.writings.save(written, task, at)

    async def once(self, key: str, task: str, work: Callable[[], Awaitable[Any]], at: datetime) -> Any:
        """The JSON data that ``work`` makes; where somebody else waits for the same already, what they get.

        Who stops waiting does not stop the work: it is paid for, and the next edition finds it. Raises what ``work`` raises.
        """
        self._check(key)
        if key not in self._underway:
            running = asyncio.create_task(self._do(key, task, work, at))
            self._underway[key] = running
            running.add_done_callback(lambda done: self._ended(key, done))
        return await asyncio.shield(self._underway[key])

    async def close(self) -> None:
        """End what is still under way."""
        running = list(self._underway.values())
        for one in running:
            one.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _do(self, key: str, task: str, work: Callable[[], Awaitable[Any]], at: datetime) -> Any:
        known = await self._store.writings.get([key])
        if key in known:
            return known[key]
        try:
            data = await work()
        except BadOutput as exc:
            self._refuse(key, exc)
            raise
        await self._store.writings.save({key: data}, task, at)
        return data

    def _check(self, key: str) -> None:
        """Raise what the same work raised a short while ago: it was paid for, and the next try would be too."""
        until, error = self._refused.get(key, (0.0, None))
        if error and asyncio.get_running_loop().time() < until:
            raise BadOutput(str(error))

    def _refuse(self, key: str, error: BadOutput) -> None:
        while len(self._refused) >= REFUSED_AT_MOST:
            del self._refused[next(iter(self._refused))]
        self._refused[key] = (asyncio.get_running_loop().time() + REFUSED_FOR, error)

    def _ended(self, key: str, done: "asyncio.Task[Any]") -> None:
        self._underway.pop(key, None)
        if not done.cancelled():
            done.exception()  # whoever waited was told; where nobody waits any more, nobody needs to know


def key_of(mark: str, language: str, articles: Sequence[Article], *more: str) -> str:
    """The key of what is written from ``articles``; ``mark`` is the writer's for the task: model and prompt."""
    parts = [mark, language, *more, *(f"{one.id}\n{one.published}\n{one.text}" for one in articles)]
    return blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()
