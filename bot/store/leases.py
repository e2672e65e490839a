"""Leases: who alone does something at the moment, such as hold a shard of Discord's gateway or write a summary.

Taken, renewed and given back by compare-and-set, in the database's time: the clocks of machines do not matter. Every new holder
gets a higher number, by which what an older one still does can be told and refused.
"""

import asyncio
import os
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic

from sqlalchemy import ColumnElement, case, delete, select, update

from bot.errors import StoreError
from bot.store.database import Database
from bot.store.schema import leases
from bot.work import ended

RENEWALS = 3  # within the time of a lease


@dataclass(frozen=True, slots=True)
class Lease:
    """One that is held: ``number`` is higher than that of every holder before. ``asked``: when it was, on our monotonic clock."""

    name: str
    holder: str
    number: int
    asked: float = field(default=0.0, compare=False)


def process_name() -> str:
    """Tells this process from every other one, also from its own next life."""
    return f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}"


class Leases:
    """The leases of all processes on one database. ``holder`` names a process, or a part of it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._now = database.now()

    async def take(self, name: str, holder: str, seconds: float) -> Lease | None:
        """Hold ``name`` for so long; None where somebody else does. Who held it last keeps the number."""
        now, asked = self._now, monotonic()
        ours = leases.c.holder == holder
        fresh = self._database.insert(leases).values(name=name, holder=holder, until=now + seconds, number=1)
        taken = fresh.on_conflict_do_update(
            index_elements=["name"],
            set_={"holder": holder, "until": now + seconds, "number": leases.c.number + case((ours, 0), else_=1)},
            where=(leases.c.until <= now) | ours,
        )
        async with self._database.write() as connection:
            number = await connection.scalar(taken.returning(leases.c.number))
        return None if number is None else Lease(name, holder, number, asked)

    async def renew(self, lease: Lease, seconds: float) -> bool:
        """Hold it for so long from now on. False where it ended: somebody else may hold it."""
        async with self._database.write() as connection:
            kept = update(leases).where(self._held(lease)).values(until=self._now + seconds)
            return bool((await connection.execute(kept)).rowcount)

    async def release(self, lease: Lease) -> None:
        """Give it back, so that others need not wait for its end."""
        async with self._database.write() as connection:
            await connection.execute(update(leases).where(self._held(lease)).values(until=0.0))

    async def holds(self, lease: Lease) -> bool:
        """Whether it is still held. Within a transaction that writes, nobody else can take it before that ends."""
        query = select(leases.c.number).where(self._held(lease))
        async with self._database.read() as connection:
            return await connection.scalar(query.with_for_update()) is not None

    async def held(self, prefix: str) -> dict[str, str]:
        """By name: who holds each lease that begins with ``prefix``."""
        query = select(leases.c.name, leases.c.holder).where(leases.c.until > self._now, leases.c.name.startswith(prefix))
        async with self._database.read() as connection:
            return {name: holder for name, holder in await connection.execute(query)}

    async def tidy(self, days: float = 1.0) -> int:
        """Forget leases that ended so long ago; how many."""
        async with self._database.write() as connection:
            old = delete(leases).where(leases.c.until < self._now - days * 86_400.0)
            return int((await connection.execute(old)).rowcount)

    @asynccontextmanager
    async def kept(self, lease: Lease, seconds: float) -> AsyncIterator[asyncio.Event]:
        """Renew ``lease`` while the block lasts, then give it back. The event is set when it can no longer be relied on.

        That is before it ends, for whoever waits for it takes it at that moment: a renewal in time is all that keeps it.
        """
        lost = asyncio.Event()
        keeper = asyncio.create_task(self._keep(lease, seconds, lost))
        try:
            yield lost
        finally:
            await ended([keeper])
            with suppress(StoreError):  # it ends by itself
                await self.release(lease)

    async def _keep(self, lease: Lease, seconds: float, lost: asyncio.Event) -> None:
        pause = seconds / (RENEWALS + 1)
        good_until = lease.asked + seconds - pause
        try:
            while (left := good_until - monotonic()) > 0:
                await asyncio.sleep(min(pause, left))
                asked = monotonic()
                with suppress(StoreError, TimeoutError):  # tried again, as long as there is time
                    async with asyncio.timeout(max(0.0, good_until - asked)):
                        if not await self.renew(lease, seconds):
                            return
                    good_until = asked + seconds - pause
        finally:
            lost.set()

    def _held(self, lease: Lease) -> ColumnElement[bool]:
        ours = (leases.c.name == lease.name) & (leases.c.holder == lease.holder) & (leases.c.number == lease.number)
        return ours & (leases.c.until > self._now)
