"""The clock that runs jobs (door: apscheduler). It only ticks; what is due, and what was done already, the database knows."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, timedelta
from functools import partial

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot import clock, log
from bot.store import Store
from bot.work import ended

Job = Callable[[], Awaitable[object]]

LOOK_SECONDS = 600.0  # how often a daily job looks whether its day has come
RETRY = timedelta(hours=1)


class Scheduler:
    """Runs jobs at intervals, each at most once at a time; a job that fails is logged and runs again at its next time."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[object]] = set()
        # misfire_grace_time None: a busy loop delays a run, it does not skip it.
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._ticker = AsyncIOScheduler(timezone=UTC, job_defaults=defaults)

    def every(self, seconds: float, name: str, job: Job, *, at_once: bool = True) -> None:
        """Run ``job`` every ``seconds``, the first time at once or after the first interval."""
        first = {"next_run_time": clock.now()} if at_once else {}
        self._ticker.add_job(partial(self._run, name, job), "interval", seconds=seconds, id=name, name=name, **first)

    def daily(self, name: str, job: Job, store: Store) -> None:
        """Run ``job`` once a day, whichever process comes first and however often it is started; after a failure in an hour."""
        self.every(LOOK_SECONDS, name, partial(once_a_day, store, name, job), at_once=False)

    def start(self) -> None:
        """Begin, inside the running event loop."""
        self._ticker.start()

    async def stop(self, grace: float = 5.0) -> None:
        """Start nothing more, give running jobs ``grace`` seconds to end, then cancel them."""
        self._ticker.pause()
        running = set(self._running)
        if running:
            _, late = await asyncio.wait(running, timeout=grace)
            await ended(late)
        self._ticker.shutdown(wait=False)

    async def _run(self, name: str, job: Job) -> None:
        task = asyncio.ensure_future(job())
        self._running.add(task)
        try:
            await task
        except asyncio.CancelledError:
            log.warning("job.cancelled", job=name)
        except Exception as error:  # noqa: BLE001 - edge of a job: it is logged, and the next run comes
            log.bug("job.failed", error, job=name)
        finally:
            self._running.discard(task)


async def once_a_day(store: Store, name: str, job: Job) -> None:
    """Run ``job`` unless it was begun within a day; one that fails is due again in an hour."""
    now, day = clock.now(), timedelta(days=1)
    if not await store.jobs.claim(name, now, day):
        return
    try:
        await job()
    except BaseException:
        await store.jobs.begun_at(name, now - day + RETRY)
        raise
