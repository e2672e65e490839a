"""Which shards of Discord's gateway this process serves: as many as its share, each under a lease.

One shard has one holder. Who can no longer renew a lease stops serving before it ends; another process takes it then, under a
higher number. How many shards there are stays while any of them is served.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from bot import log
from bot.errors import StoreError
from bot.store.leases import Lease, Leases
from bot.work import ended

LEASE_SECONDS = 20.0
LOOK_SECONDS = 3.0
IDENTIFY_SECONDS = 5.5  # Discord wants 5 between two new sessions
_SHARD, _PROCESS, _IDENTIFY = "discord/shard/", "discord/process/", "discord/identify"

Serve = Callable[[int, int, Lease], Awaitable[None]]


class Shards:
    """The shards of one process. ``holder`` names it; ``recommended`` asks Discord how many there should be (OSError where it
    cannot be reached); ``serve`` serves one of so many until it is cancelled.
    """

    def __init__(
        self,
        leases: Leases,
        holder: str,
        recommended: Callable[[], Awaitable[int]],
        serve: Serve,
        *,
        lease_seconds: float = LEASE_SECONDS,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self._leases = leases
        self._holder = holder
        self._recommended = recommended
        self._serve = serve
        self._lease_seconds = lease_seconds
        self._look_seconds = look_seconds
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self.count = 0  # of all shards, as far as this process knows

    @property
    def served(self) -> list[int]:
        """The shards of this process."""
        return sorted(self._tasks)

    async def run(self) -> None:
        """Serve shards until cancelled; then give them back."""
        try:
            while True:
                try:
                    async with self._registered() as lost:
                        while not lost.is_set():
                            await self._look()
                            await asyncio.sleep(self._look_seconds)
                except (StoreError, OSError) as error:  # shards that are held end by themselves, before their leases do
                    log.warning("discord.shards.unknown", reason=str(error))
                await asyncio.sleep(self._look_seconds)
        finally:
            await self._end(list(self._tasks))

    @asynccontextmanager
    async def _registered(self) -> AsyncIterator[asyncio.Event]:
        """Others see that this process is there, and leave it its share."""
        lease = await self._leases.take(_PROCESS + self._holder, self._holder, self._lease_seconds)
        if lease is None:
            raise StoreError("another process has the same name", passing=True)
        async with self._leases.kept(lease, self._lease_seconds) as lost:
            yield lost

    async def _look(self) -> None:
        """Take what is free up to this process's share, give back what is beyond it."""
        taken = await self._leases.held(_SHARD)
        self.count = _count(taken) or await self._recommended()
        processes = len(await self._leases.held(_PROCESS))
        share = math.ceil(self.count / max(1, processes))
        await self._end([number for number, task in self._tasks.items() if task.done()])
        await self._end(self.served[share:])
        free = (number for number in range(self.count) if _name(number, self.count) not in taken and number not in self._tasks)
        for number in free:
            if len(self._tasks) >= share:
                return
            lease = await self._leases.take(_name(number, self.count), self._holder, self._lease_seconds)
            if lease:
                log.event("discord.shard.taken", shard=number, of=self.count, number=lease.number)
                self._tasks[number] = asyncio.create_task(self._hold(number, self.count, lease))

    async def _hold(self, number: int, count: int, lease: Lease) -> None:
        async with self._leases.kept(lease, self._lease_seconds) as lost:
            serving = asyncio.ensure_future(self._serve(number, count, lease))
            losing = asyncio.ensure_future(lost.wait())
            try:
                await asyncio.wait({serving, losing}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                await ended([serving, losing])
        log.event("discord.shard.left", shard=number, of=count, lost=lost.is_set())

    async def _end(self, numbers: list[int]) -> None:
        tasks = [self._tasks.pop(number) for number in numbers]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def identify(self) -> None:
        """Wait for this process's turn to open a new session."""
        while True:
            with suppress(StoreError):
                if await self._leases.take(_IDENTIFY, f"{self._holder}/{id(asyncio.current_task())}", IDENTIFY_SECONDS):
                    return
            await asyncio.sleep(self._look_seconds / 3)


def _name(number: int, count: int) -> str:
    return f"{_SHARD}{count}/{number}"


def _count(taken: dict[str, str]) -> int:
    """Of how many shards those that are served are."""
    return max((int(name.split("/")[2]) for name in taken), default=0)
