"""The queue of jobs on PostgreSQL, which any number of workers share (door: procrastinate).

Locks keep two jobs of one name apart, retries repeat what failed, heartbeats tell the jobs of a worker that died, and a tick
comes once however many processes would give it.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from time import monotonic
from typing import Any

from procrastinate import App, BaseRetryStrategy, PsycopgConnector, RetryDecision
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, UniqueViolation
from procrastinate.jobs import Job as StoredJob
from procrastinate.jobs import Status
from procrastinate.schema import SchemaManager, migrations_path
from procrastinate.worker import Worker

from bot import log
from bot.errors import StoreError
from bot.store.engines import read_url
from bot.work import DEAD_SECONDS, PATIENCE, Function, Job, ended

LANES = 64
QUEUES: Mapping[str, int] = {"work": 8, "slack": 8, "discord": 8}  # jobs at once in one process
TICKS = "ticks"
LOOK_SECONDS = 0.5  # how often a worker that has nothing to do looks for a job
BEATS = 5  # in the time after which a worker is dead
GONE_SECONDS = 600.0  # only then its row is deleted: one that was merely slow goes on under its number
TICK_SECONDS = 5
_ATTEMPTS = 3
_POOL = 5  # connections of one process beside those of the store


class _Again(BaseRetryStrategy):
    """What failed is tried again soon, unless the next tick puts it again anyhow: then the same may be waiting already."""

    def get_retry_decision(self, *, exception: BaseException, job: StoredJob) -> RetryDecision | None:
        if job.queueing_lock or job.attempts + 1 >= _ATTEMPTS:
            return None
        return RetryDecision(retry_in={"seconds": 2 + 4 * job.attempts})


class Queue:
    """Puts jobs, and runs them where it is told to."""

    lanes = LANES

    def __init__(self, conninfo: str, dead_seconds: float) -> None:
        # Our own log says what becomes of jobs.
        logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
        self._connector = PsycopgConnector(conninfo=conninfo, min_size=1, max_size=_POOL, timeout=30.0)
        self._jobs, self._ticks = App(connector=self._connector), App(connector=self._connector)
        self._dead_seconds = dead_seconds
        self.lost: Callable[[str, Mapping[str, Any]], Awaitable[object]] | None = None  # told of each job whose worker died
        self.last_beat = monotonic()  # when the workers of this process last said in the database that they are alive

    @classmethod
    @asynccontextmanager
    async def opened(cls, database_url: str, dead_seconds: float = DEAD_SECONDS) -> AsyncIterator["Queue"]:
        """The queue in the database of the store, where its tables are made or brought up to date. Raises StoreError."""
        queue = cls(read_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False), dead_seconds)
        with _named_errors():
            await queue._connector.open_async()
        try:
            with _named_errors():
                await _prepare(queue._connector)
            yield queue
        finally:
            await queue._connector.close_async()

    async def put(self, *jobs: Job) -> None:
        """Give the jobs to whichever worker is free. Raises StoreError."""
        for job in jobs:
            made = self._jobs.configure_task(
                job.name,
                lock=job.lock or None,
                queueing_lock=job.once or None,
                queue=job.queue,
            )
            with suppress(AlreadyEnqueued), _named_errors():
                await made.defer_async(**job.arguments)

    @asynccontextmanager
    async def worked(self, functions: Mapping[str, Function], grace: float) -> AsyncIterator[None]:
        """Run jobs while the block lasts; those that run at its end get ``grace`` seconds."""
        for name, function in functions.items():
            self._jobs.task(name=name, retry=_Again())(_logged(name, function))
        works = {f"worker of {queue}": self._work(self._jobs, queue, at_once, grace) for queue, at_once in QUEUES.items()}
        async with _kept_up(works | {"rescue": self._rescue}, grace):
            yield

    @asynccontextmanager
    async def ticking(
        self, tick: Callable[[int], Awaitable[object]], grace: float, seconds: int = TICK_SECONDS
    ) -> AsyncIterator[None]:
        """Have ``tick`` called every few ``seconds`` while the block lasts, with the second since 1970: by one process of all."""
        name = "tick"

        async def run(timestamp: int) -> None:
            await tick(timestamp)

        task = self._ticks.task(name=name, lock=name, queueing_lock=name, queue=TICKS, retry=False)(_logged(name, run))
        self._ticks.periodic(cron=f"* * * * * */{seconds}")(task)
        async with _kept_up({"worker of ticks": self._work(self._ticks, TICKS, 1, grace), "rescue": self._rescue}, grace):
            yield

    def _work(self, app: App, queue: str, at_once: int, grace: float) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            worker = Worker(
                app,
                queues=[queue],
                name=queue,
                concurrency=at_once,
                fetch_job_polling_interval=LOOK_SECONDS,
                listen_notify=False,  # one connection less for each worker, and none that a pooler would have to hold
                delete_jobs="always",  # what was done the ledger knows
                shutdown_graceful_timeout=grace,
                install_signal_handlers=False,
                update_heartbeat_interval=3600.0,  # ours goes on where a database is away for a while
                stalled_worker_timeout=GONE_SECONDS,
            )
            async with _kept_up({"heartbeat": lambda: self._beat(worker)}):
                await worker.run()  # type: ignore[no-untyped-call]

        return run

    async def _beat(self, worker: Worker) -> None:
        while True:
            if worker.worker_id is not None:
                await self._jobs.job_manager.update_heartbeat(worker.worker_id)
                self.last_beat = monotonic()
            await asyncio.sleep(self._dead_seconds / BEATS)

    async def _rescue(self) -> None:
        """Give jobs whose worker has died to another. Several processes may do so at once."""
        manager = self._jobs.job_manager
        while True:
            for job in await manager.get_stalled_jobs(seconds_since_heartbeat=self._dead_seconds):
                with suppress(ConnectorException):  # somebody else was quicker
                    await self._give_on(job)
                    log.event("job.rescued", job=job.task_name)
                    if self.lost:
                        await self.lost(job.task_name, job.task_kwargs)
            await asyncio.sleep(self._dead_seconds / 3)

    async def _give_on(self, job: StoredJob) -> None:
        try:
            await self._jobs.job_manager.retry_job(job)
        except UniqueViolation:  # the same waits already, for the lock that this one still holds
            await self._jobs.job_manager.finish_job(job, Status.FAILED, delete_job=True)

    async def counts(self) -> dict[str, int]:
        """How many jobs wait and run, by state. Raises StoreError."""
        with _named_errors():
            rows = await self._connector.execute_query_all_async(
                "SELECT status::text AS state, count(*) AS jobs FROM procrastinate_jobs GROUP BY status"
            )
        return {row["state"]: row["jobs"] for row in rows}


def _logged(name: str, function: Function) -> Function:
    async def run(**arguments: Any) -> None:
        try:
            await function(**arguments)
        except asyncio.CancelledError:
            log.warning("job.cancelled", job=name)
            raise
        except Exception as error:
            log.bug("job.failed", error, job=name)
            raise

    return run


@asynccontextmanager
async def _kept_up(runs: Mapping[str, Callable[[], Awaitable[object]]], grace: float = 0.0) -> AsyncIterator[None]:
    """Runs all of them while the block lasts, each anew where it ends by itself, such as when the database was away.

    ``grace``: the seconds that one of them may take to end when it is cancelled.
    """

    async def forever(what: str, run: Callable[[], Awaitable[object]]) -> None:
        while True:
            try:
                await run()
            except Exception as error:  # noqa: BLE001 - edge of a worker: it goes on as soon as the database is back
                log.warning("queue.interrupted", what=what, reason=f"{type(error).__name__}: {error}")
            await asyncio.sleep(1.0)

    tasks = [asyncio.create_task(forever(what, run)) for what, run in runs.items()]
    try:
        yield
    finally:
        await ended(tasks, grace + PATIENCE)


@contextmanager
def _named_errors() -> Iterator[None]:
    """The library's errors as ours."""
    try:
        yield
    except ConnectorException as error:
        raise StoreError(f"the queue of jobs: {error.__cause__ or error}", passing=True) from error


# ---- tables ----

# Which version made them is kept with the table itself: it goes where the table goes.
_MADE_BY = "SELECT obj_description(one, 'pg_class'), one IS NOT NULL FROM to_regclass('procrastinate_jobs') AS one"


async def _prepare(connector: PsycopgConnector) -> None:
    """Make the library's tables, or bring them from the version that made them to the one installed. One process does it."""
    installed = version("procrastinate")
    async with connector.pool.connection() as connection, connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('procrastinate', 0))")
        made_by, exists = await (await connection.execute(_MADE_BY)).fetchone() or (None, None)
        if made_by == installed or (exists and made_by and _numbers(made_by) > _numbers(installed)):
            return
        steps = _steps(made_by or installed, installed) if exists else [SchemaManager.get_schema()]
        for step in steps:
            await connection.execute(step)
        await connection.execute(f"COMMENT ON TABLE procrastinate_jobs IS '{installed}'")
    log.event("queue.prepared", version=installed, before=made_by or "")


def _steps(made_by: str, installed: str) -> list[str]:
    """What the library's own files change from one of its versions to another."""
    files = sorted(Path(migrations_path).glob("*.sql"))
    wanted = [file for file in files if _numbers(made_by) < _numbers(file.name.split("_")[0]) <= _numbers(installed)]
    return [file.read_text(encoding="utf-8") for file in wanted]


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:3])
