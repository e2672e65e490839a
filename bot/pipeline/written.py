"""Has the model do each piece of shared work once: for all channels and all processes, at the same moment and across restarts."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from bot.errors import BadOutput
from bot.model import Article
from bot.store import Store

REFUSED_FOR = timedelta(hours=1)  # for which what came out unusable is not asked for again
LEASE_SECONDS = 20.0  # a process that dies while it has something written holds up the others for so long
LOOK_SECONDS = 0.5  # how often it is looked whether another process has it ready


class Written:
    """What the model wrote, kept in ``store``, and what it is writing just now."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._name = secrets.token_hex(8)  # tells us from other processes
        self._underway: dict[str, asyncio.Task[Any]] = {}

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
        known = await self._known(key, at)
        if known is not None:
            return known
        async with self.alone(key):
            known = await self._known(key, at)  # another process may have had it written meanwhile
            if known is not None:
                return known
            try:
                data = await work()
            except BadOutput as exc:
                # It was paid for, and the next try would be too.
                refusal = {"until": (at + REFUSED_FOR).isoformat(), "reason": str(exc)}
                await self._store.writings.save({_refused(key): refusal}, "refused", at)
                raise
            await self._store.writings.save({key: data}, task, at)
            return data

    async def _known(self, key: str, at: datetime) -> Any:
        """What was written; None where nothing was yet. Raises what came out unusable a short while ago."""
        found = await self._store.writings.get([key, _refused(key)])
        refusal = found.get(_refused(key))
        if key not in found and refusal and at < datetime.fromisoformat(refusal["until"]):
            raise BadOutput(refusal["reason"])
        return found.get(key)

    @asynccontextmanager
    async def alone(self, what: str) -> AsyncIterator[None]:
        """No other process does the same while the block lasts; one that does is waited for."""
        leases, name = self._store.leases, f"writing/{what}"
        while (lease := await leases.take(name, self._name, LEASE_SECONDS)) is None:  # noqa: ASYNC110 of a process elsewhere
            await asyncio.sleep(LOOK_SECONDS)
        async with leases.kept(lease, LEASE_SECONDS):
            yield

    def _ended(self, key: str, done: "asyncio.Task[Any]") -> None:
        self._underway.pop(key, None)
        if not done.cancelled():
            done.exception()  # whoever waited was told; where nobody waits any more, nobody needs to know


def key_of(mark: str, language: str, articles: Sequence[Article], *more: str) -> str:
    """The key of what is written from ``articles``; ``mark`` is the writer's for the task: model and prompt."""
    parts = [mark, language, *more, *(f"{one.id}\n{one.published}\n{one.text}" for one in articles)]
    return blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


def _refused(key: str) -> str:
    return f"refused/{key}"
