"""Megabytes that the bot takes: `bot run` at rest with both platforms, after 10,000 articles, and over a simulated day.

    python -m bench.memory [--articles 10000] [--hours 24]

What is counted is the proportional share of the process and its children (PSS, Linux). The day is simulated in a process of
its own: 80 feeds with a new item each every hour, polled when they are due, digests for 20 channels every hour, delivered;
8,000 articles were read before it, so that what may fill up, SQLite's page caches above all, is full.
One JSON line; exit status 1 above a limit, or where the last quarter of the day takes a twentieth more than the second.
"""

import argparse
import asyncio
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import aiohttp

from bench.chat import ROOT, SIDES, bot, feeds, processed, write_feeds
from bench.look_alikes import ENTRIES, NOW
from bench.look_alikes import feeds as look_alikes
from bench.polling import served
from bot import log
from bot.app import opened
from bot.config import Settings
from bot.model import Channel, Feed, Message, Subscription
from bot.pipeline.deliver import deliver_due
from bot.planning import plan_editions
from bot.platforms.slack import SlackMessenger

REST_LIMIT, FULL_LIMIT, GROWTH_LIMIT = 250, 400, 1.05
STEP = timedelta(minutes=5)
CHANNELS = 20
EVERY_HOUR, BEFORE = 80, 400  # feeds polled over the day, and those that were read before it: what may fill up is full then


def megabytes(pid: int) -> float:
    """The proportional share of memory of a process and all that it started."""
    total = 0.0
    with suppress(FileNotFoundError, ProcessLookupError):  # a child may end meanwhile
        rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        total += next(int(row.split()[1]) for row in rows if row.startswith("Pss:")) / 1024
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            total += megabytes(int(child))
    return total


async def settled(pid: int, seconds: float = 5.0) -> int:
    """The median of ten looks within ``seconds``."""
    looks = []
    for _ in range(10):
        await asyncio.sleep(seconds / 10)
        looks.append(megabytes(pid))
    return round(statistics.median(looks))


async def running(articles: int) -> dict[str, int]:
    """What `bot run` takes at rest, and after it has read ``articles`` articles."""
    count = articles // ENTRIES
    async with SIDES["slack"]() as slack, SIDES["discord"]() as discord:
        with tempfile.TemporaryDirectory() as name, feeds(count, recorded=False) as rows:
            folder = Path(name)
            write_feeds(folder, rows[:1])
            async with bot(folder, slack.environment | discord.environment) as process:
                await asyncio.gather(slack.connected(), discord.connected())
                rest = await settled(process.pid)
                write_feeds(folder, rows)
                run = await processed(process, count - 1)
                reading = asyncio.create_task(_drained(process))
                full = await settled(process.pid)
                reading.cancel()
    return {"rest": rest, "articles": run["articles"], "full": full}


async def _drained(process: asyncio.subprocess.Process) -> None:
    assert process.stderr
    async for _ in process.stderr:
        pass


class Anyone(SlackMessenger):
    """Slack as far as it is ours: what is posted is rendered, and taken by nobody."""

    spacing = workspace_spacing = 0.0  # a day passes in a minute

    def __init__(self) -> None:
        super().__init__("xoxb-none")
        self.posted = 0

    async def send(self, channel: Channel, message: Message, delivery_id: str, thread: str | None) -> str:
        self.posted += 1
        return f"{self.posted}.0"


def _hourly(number: int) -> Subscription:
    times = tuple(time(hour) for hour in range(24))
    return Subscription(f"s{number}", Channel("slack", f"C{number}", "T1"), times, language=("ko", "ja", "en")[number % 3])


async def day(folder: Path, address: str, hours: int) -> dict[str, Any]:
    """Megabytes at the end of each simulated hour, and what was done."""
    known: Sequence[Feed] = look_alikes(address, BEFORE)
    listed = known[:EVERY_HOUR]
    settings = replace(Settings(), database_url=f"sqlite:///{folder}/day.sqlite3", rates_url="")
    found, anyone = [], Anyone()
    messengers = {"slack": anyone}
    async with opened(settings, lambda: listed, loopback=True) as app, aiohttp.ClientSession() as session:
        await app.store.subscriptions.sync([_hourly(number) for number in range(CHANNELS)])
        await app.pipeline.run(known, NOW, everything=True)
        for hour in range(1, hours + 1):
            async with session.get(f"{address}/hour/{hour}") as answer:
                assert answer.status == 204
            for step in range(timedelta(hours=1) // STEP):
                now = NOW + timedelta(hours=hour) + step * STEP
                await app.pipeline.run(listed, now)
                await app.archive.refresh()
                await plan_editions(app, await app.store.subscriptions.active(), messengers, listed, now)
                await deliver_due(app.store, messengers, now)
            gc.collect()
            found.append(round(megabytes(os.getpid())))
        articles, relevant = await app.store.articles.count()
    return {"articles": articles, "relevant": relevant, "posted": anyone.posted, "megabytes": found}


def growth(found: Sequence[int]) -> float:
    """The last quarter of the day beside the second."""
    quarter = len(found) // 4
    return round(statistics.mean(found[-quarter:]) / statistics.mean(found[quarter : 2 * quarter]), 3)


def simulated(hours: int) -> dict[str, Any]:
    """The day in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.memory", "--as-day", "--hours", str(hours)], cwd=ROOT, check=True, stdout=subprocess.PIPE
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def as_day(hours: int) -> None:
    log.setup("ERROR", as_json=True)
    with served(BEFORE, "--hours") as address, tempfile.TemporaryDirectory() as folder:
        print(json.dumps(asyncio.run(day(Path(folder), address, hours))))


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--articles", type=int, default=10_000)
    options.add_argument("--hours", type=int, default=24, help="of the simulated day, at least four")
    options.add_argument("--as-day", action="store_true", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.as_day:
        as_day(given.hours)
        return 0
    found: dict[str, Any] = asyncio.run(running(given.articles))
    found["day"] = simulated(given.hours)
    found["growth"] = growth(found["day"]["megabytes"])
    limits = {"rest": REST_LIMIT, "full": FULL_LIMIT, "growth": GROWTH_LIMIT}
    print(json.dumps({"bench": "memory", **found, "limits": limits}))
    return int(any(found[name] > limit for name, limit in limits.items()))


if __name__ == "__main__":
    sys.exit(main())
