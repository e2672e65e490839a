"""Work as jobs: plain functions by name, put here and run at once in this process (``Inline``) or by any worker (``bot.queue``).

A job may run twice or be lost: what is to be done the database knows, and the next tick finds it again.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Protocol
from weakref import WeakValueDictionary

from bot import log

Function = Callable[..., Awaitable[object]]

AT_ONCE = 4  # jobs of one name in this process
PATIENCE = 10.0  # seconds for a task that was cancelled to end
DEAD_SECONDS = 4.0  # without a heartbeat a worker of the queue is dead, and its jobs are given to others


@dataclass(frozen=True, slots=True)
class Job:
    """``arguments`` are JSON. Of one ``lock`` no two run at once; of one ``once`` no second waits.

    ``queue``: who shares workers with whom, so that a platform that hangs holds up nothing else.
    """

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    lock: str = ""
    once: str = ""
    queue: str = "work"


def single(name: str, **arguments: Any) -> Job:
    """A job of which one runs and at most one more waits."""
    return Job(name, arguments, lock=name, once=name)


class Work(Protocol):
    """Takes jobs. ``lanes``: into how many parts work that touches many workspaces or feeds is cut."""

    lanes: int

    async def put(self, *jobs: Job) -> None:
        """Have the jobs run soon. One whose ``once`` already waits is dropped. Raises StoreError."""
        ...


def lane_of(lanes: int, *names: str) -> int:
    """The same for the same names in every process: 0 … lanes - 1."""
    if lanes == 1:
        return 0
    return int.from_bytes(blake2b("\0".join(names).encode(), digest_size=8).digest(), "big") % lanes


async def ended(tasks: Iterable["asyncio.Future[Any]"], patience: float = PATIENCE) -> None:
    """Cancel tasks and wait until all have ended, whatever came of them.

    Who has not after ``patience`` seconds is cancelled again: a library can lose a cancellation, as asyncio.wait_for of Python
    3.11 does where it comes together with what was waited for, and a task that never ends by itself would be waited for for ever.
    """
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=patience)


class Inline:
    """Runs jobs in this process, side by side as far as their locks let them; one that fails is logged."""

    lanes = 1

    def __init__(self) -> None:
        self.functions: Mapping[str, Function] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()  # of jobs that run or wait
        self._places: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(AT_ONCE))
        self._waiting: dict[str, asyncio.Task[None]] = {}  # by what of them waits once
        self._running: set[asyncio.Task[None]] = set()

    async def put(self, *jobs: Job) -> None:
        """Begin each job at once, or when what it has to wait for has ended."""
        for job in jobs:
            if job.once in self._waiting:
                continue
            task = asyncio.create_task(self._run(job))
            if job.once:
                self._waiting[job.once] = task
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def stop(self, grace: float) -> None:
        """Give running jobs ``grace`` seconds to end, then cancel them."""
        running = set(self._running)
        if not running:
            return
        _, late = await asyncio.wait(running, timeout=grace)
        await ended(late)

    async def _run(self, job: Job) -> None:
        lock = self._locks.setdefault(job.lock, asyncio.Lock()) if job.lock else asyncio.Lock()
        try:
            async with lock, self._places[job.name]:
                self._begun(job)
                await self.functions[job.name](**job.arguments)
        except asyncio.CancelledError:
            log.warning("job.cancelled", job=job.name)
        except Exception as error:  # noqa: BLE001 - edge of a job: it is logged, and the next tick finds again what is left
            log.bug("job.failed", error, job=job.name)
        finally:
            self._begun(job)

    def _begun(self, job: Job) -> None:
        """It waits no more: another one may."""
        if self._waiting.get(job.once) is asyncio.current_task():
            del self._waiting[job.once]
