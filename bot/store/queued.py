"""How the queue of jobs on a PostgreSQL server stands, in words for the operator; ``bot.queue`` is what works through it."""

from typing import NamedTuple

from sqlalchemy import text

from bot.store.database import Database
from bot.work import DEAD_SECONDS

NONE = "none: on SQLite a process does its jobs itself, on PostgreSQL the first one makes it"
LATE_SECONDS = 180.0  # a job waits for those before it, which take a minute and a half at most

_THERE = "SELECT to_regclass('procrastinate_jobs') IS NOT NULL AND to_regclass('procrastinate_workers') IS NOT NULL"
_LOOK = """
    WITH alive AS (SELECT id FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => :dead)),
         waits AS (
             SELECT greatest(job.scheduled_at, (SELECT max(at) FROM procrastinate_events WHERE job_id = job.id)) AS since
             FROM procrastinate_jobs job WHERE status = 'todo'
         )
    SELECT (SELECT count(*) FROM waits WHERE since <= now()) AS waiting,
           (SELECT coalesce(extract(epoch FROM now() - min(since)), 0) FROM waits WHERE since <= now()) AS oldest,
           count(*) AS running,
           count(*) FILTER (WHERE worker_id IS NULL OR worker_id NOT IN (SELECT id FROM alive)) AS stalled,
           (SELECT count(*) FROM alive) AS workers
    FROM procrastinate_jobs WHERE status = 'doing'
"""


class Queued(NamedTuple):
    """Jobs that wait, for how many seconds the oldest does, those that run, and of these the ones whose worker shows no sign of
    life; the workers that do: a process has one for each queue that it works through."""

    waiting: int
    oldest: float
    running: int
    stalled: int
    workers: int

    @property
    def words(self) -> str:
        """In one line."""
        waiting = f"{self.waiting:,} jobs wait" + (f", the oldest for {self.oldest:.0f} s" if self.waiting else "")
        stalled = f", {self.stalled:,} of them stalled" if self.stalled else ""
        return f"{waiting}; {self.running:,} run{stalled}; {self.workers:,} workers alive"

    @property
    def problem(self) -> str:
        """What is to be done about it; empty where all is well."""
        if not self.workers and (self.waiting or self.running):
            return "start `bot run --only worker`"
        if self.oldest > LATE_SECONDS:
            return "start more of `bot run --only worker`, and `--only schedule` where none runs"
        return ""


async def look(database: Database) -> Queued | None:
    """How it stands; None where no process has made its tables yet. Raises StoreError where the server cannot be asked."""
    async with database.read() as connection:
        if not await connection.scalar(text(_THERE)):
            return None
        found = (await connection.execute(text(_LOOK), {"dead": DEAD_SECONDS})).one()
    return Queued(found.waiting, float(found.oldest), found.running, found.stalled, found.workers)
