"""A morning: thousands of briefings due at once, on loopback platforms that keep their rate limits; and many feeds polled.

    python -m bench.scale [--workspaces 2000] [--workers 1 2 4] [--on slack discord] [--no-limits] [--feeds 10000] [--sqlite]

Processes of `bot run` share a PostgreSQL of their own (or BOT_TEST_POSTGRES_URL); with --sqlite one process does all. One JSON
line: for each number of workers the time until the last message, messages a second, what was lost, doubled or out of order,
how often the platforms said "too fast", processor time and bytes a row. Exit status 1 where anything was lost, doubled or out of
order.
"""

import argparse
import asyncio
import json
import resource
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from bench import crowd, fleet, platforms, polling
from bot import clock
from bot.model import Delivery, Subscription
from bot.store import Store
from tests.postgres import Server
from tests.postgres import served as postgres

LONGEST = 1800.0  # seconds
LOOK = 0.5
TABLES = ("articles", "relevances", "identities", "editions", "deliveries", "told")


async def morning(
    database: str,
    workspaces: int,
    workers: int,
    *,
    limits: bool = True,
    on: Sequence[str] = crowd.PLATFORMS,
    stories: int = crowd.STORIES,
) -> dict[str, Any]:
    """Plant an archive and the subscriptions, all due now, and wait until everything is out. ``workers`` 0: one process alone."""
    kinds = ["schedule", *["worker"] * workers] if workers else [""]
    store = await Store.open(database)
    try:
        with tempfile.TemporaryDirectory() as folder:
            async with (
                platforms.served(limits=limits) as served,
                fleet.running(kinds, database, served, Path(folder)) as processes,
            ):
                now = clock.now()
                await crowd.fill(store, stories=stories, now=now)
                wanted = crowd.subscriptions(workspaces, _minute(now), on)
                own = resource.getrusage(resource.RUSAGE_SELF)
                async with store.transaction():
                    await crowd.settle(store, wanted, now)
                began = time.monotonic()
                left = await _settled(store, len(wanted))
                for process in processes:
                    process.measure()
                found = await _found(store, wanted, served)
    finally:
        await store.close()
    seconds = max((one.at for one in served.arrived), default=began) - began
    spent = resource.getrusage(resource.RUSAGE_SELF)
    return found | {
        "workers": workers,
        "unsettled": left,
        "seconds": round(seconds, 1),
        "first_after": round(min((one.at for one in served.arrived), default=began) - began, 1),
        "messages_a_second": round(len(served.arrived) / seconds, 1) if seconds else 0.0,
        "too_fast": dict(served.refused),
        "cpu": {
            "bot": [round(process.cpu, 1) for process in processes],
            "bench": round(spent.ru_utime + spent.ru_stime - own.ru_utime - own.ru_stime, 1),
        },
        "mb": [round(process.megabytes) for process in processes],
        "odd": [line for process in processes for line in process.odd][:5],
    }


def _minute(now: datetime) -> Any:
    """The local time of the slot that has just fallen due."""
    return now.astimezone(ZoneInfo("Asia/Seoul")).time().replace(second=0, microsecond=0)


async def _settled(store: Store, editions: int) -> int:
    """Wait until every edition is planned and every message sent; how many are not."""
    until = time.monotonic() + LONGEST
    while True:
        counts = await store.deliveries.counts()
        left = sum(count for state, count in counts.items() if state != "sent")
        planned = (await store.upkeep.counts())["editions"]
        if time.monotonic() > until or (not left and planned >= editions):
            return left + editions - planned
        await asyncio.sleep(LOOK)


async def _found(store: Store, wanted: Sequence[Subscription], served: platforms.Platforms) -> dict[str, Any]:
    """What became of it, as the platforms saw it."""
    places = {one.delivery: number for number, one in enumerate(served.arrived)}
    parts: defaultdict[str, list[Delivery]] = defaultdict(list)
    slots = await store.editions.last_slots([one.id for one in wanted])
    for one in await store.deliveries.of_editions([slot.key for slot in slots.values()]):
        parts[one.edition_key].append(one)
    planned = [one for some in parts.values() for one in some]
    order = [[places[one.id] for one in some if one.id in places] for some in parts.values()]
    return {
        "editions": len(slots),
        "messages": len(planned),
        "lost": sum(one.id not in places for one in planned),
        "doubled": sum(served.repeated.values()),
        "out_of_order": sum(some != sorted(some) for some in order),
        "misplaced": sum(_is_misplaced(some, served, places) for some in parts.values()),
    }


def _is_misplaced(some: Sequence[Delivery], served: platforms.Platforms, places: dict[str, int]) -> bool:
    """Whether a later part stands elsewhere than below the first."""
    if any(one.id not in places for one in some):
        return False
    first, *rest = (served.arrived[places[one.id]] for one in some)
    return any(first.id not in (one.thread, one.channel) for one in rest)


def bytes_a_row(database: str) -> dict[str, int]:
    """By table: bytes that a row takes on disk, with its indices."""
    with psycopg.connect(database) as connection:
        connection.execute("ANALYZE")
        sizes = {}
        for table in TABLES:
            row = connection.execute(f"SELECT pg_total_relation_size('{table}'), count(*) FROM {table}").fetchone()  # noqa: S608
            assert row
            sizes[table] = round(row[0] / max(row[1], 1))
    return sizes


def feeds(count: int) -> dict[str, Any]:
    """``count`` feeds polled into SQLite by one process, cold and again; judging and joining are jobs of their own."""
    with polling.served(count) as address:
        found = asyncio.run(polling.ours(address, count, whole=False))
    speed = {f"a_second_{name}": round(count / found[name]["seconds"]) for name in ("cold", "not_modified", "same_body")}
    return {"feeds": count, **speed, **found}


@contextmanager
def databases(*, sqlite: bool) -> Iterator[Callable[[], str]]:
    """Gives a new database at each call."""
    if sqlite:
        with tempfile.TemporaryDirectory() as folder:
            numbers = iter(range(1000))
            yield lambda: f"sqlite:///{folder}/{next(numbers)}.sqlite3"
        return
    with postgres() as server:
        yield lambda: _fresh(server)


def _fresh(server: Server) -> str:
    return server.fresh()


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--workspaces", type=int, default=2000, help=f"with {crowd.A_WORKSPACE} subscriptions each")
    options.add_argument("--workers", type=int, nargs="*", default=[1, 2, 4])
    options.add_argument(
        "--on", nargs="+", choices=crowd.PLATFORMS, default=list(crowd.PLATFORMS), help="Slack alone: no limit of a whole bot"
    )
    options.add_argument("--limits", action=argparse.BooleanOptionalAction, default=True)
    options.add_argument("--feeds", type=int, default=10_000)
    options.add_argument("--sqlite", action="store_true", help="one process alone")
    given = options.parse_args()
    result: dict[str, Any] = {"bench": "scale", "workspaces": given.workspaces, "on": given.on, "limits": given.limits}
    with databases(sqlite=given.sqlite) as fresh:
        runs = []
        for workers in [0] if given.sqlite else given.workers:
            database = fresh()
            runs.append(asyncio.run(morning(database, given.workspaces, workers, limits=given.limits, on=given.on)))
            if not given.sqlite:
                runs[-1]["bytes_a_row"] = bytes_a_row(database)
    result["mornings"] = runs
    if runs:
        slowest = runs[0]["messages_a_second"] or 1.0
        result["ratios"] = {str(run["workers"]): round(run["messages_a_second"] / slowest, 2) for run in runs}
    if given.feeds:
        result["feeds"] = feeds(given.feeds)
    print(json.dumps(result))
    return int(any(run[name] for run in runs for name in ("lost", "doubled", "out_of_order", "misplaced", "unsettled")))


if __name__ == "__main__":
    sys.exit(main())
