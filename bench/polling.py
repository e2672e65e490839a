"""Polls many feeds from loopback into a new database: cold, not modified, and the same bodies without validators.

    python -m bench.polling [--feeds 2000] [--peer | --no-peer] [--peer-feeds 400] [--whole]

Beside it run, in processes of their own, the bare HTTP client (the floor) and lemon24/reader (the peer). One JSON line: seconds
of wall clock and of processor time for each phase, ratios to the peer, peak memory.
"""

import argparse
import asyncio
import functools
import gc
import importlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp

from bench.look_alikes import NOW, feeds
from bot.feeds.fetch import Client
from bot.feeds.reader import Reader
from bot.feeds.workers import ParserPool
from bot.model import Feed, FeedMemory, FeedReading
from bot.pipeline import collect
from bot.store import Store

ROOT = Path(__file__).parents[1]
BATCH = 64


@contextmanager
def served(count: int, *more: str) -> Iterator[str]:
    """The address of a server process; it ends with the block."""
    with subprocess.Popen(
        [sys.executable, "-m", "bench.look_alikes", str(count), *more],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout and server.stdin
        try:
            yield server.stdout.readline().strip()
        finally:
            server.stdin.close()
            server.wait(10)


async def timed(work: Callable[[], Awaitable[Any]]) -> dict[str, float]:
    """Seconds of wall clock, and of processor time of this process and the children that it has now (Linux)."""
    wall, cpu = time.perf_counter(), processor_time()
    await work()
    return {"seconds": round(time.perf_counter() - wall, 2), "cpu": round(processor_time() - cpu, 2)}


def processor_time() -> float:
    """Seconds that this process and its running children have used."""
    used = time.process_time()
    for child in Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split():
        fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        used += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return used


def peak_megabytes() -> dict[str, float]:
    """The most memory that this process, and the largest of its running children, ever had."""
    peaks = {"own": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "child": 0.0}
    for child in Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split():
        for line in Path(f"/proc/{child}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                peaks["child"] = max(peaks["child"], int(line.split()[1]) / 1024)
    return {name: round(value, 1) for name, value in peaks.items()}


@asynccontextmanager
async def opened(folder: str) -> AsyncIterator[tuple[Store, Reader]]:
    async with AsyncExitStack() as stack:
        store = await Store.open(f"sqlite:///{folder}/bench.db")
        stack.push_async_callback(store.close)
        client = await stack.enter_async_context(Client(user_agent="bench", allow_private=True))
        parsers = await stack.enter_async_context(ParserPool())
        gc.collect()  # as app.opened does
        gc.freeze()
        yield store, Reader(client, parsers)


async def ours(address: str, count: int, *, whole: bool) -> dict[str, Any]:
    """Our own path: into the store, or, with ``whole``, through relevance and stories as well."""
    with tempfile.TemporaryDirectory() as folder:
        async with opened(folder) as (store, reader):
            one_poll = whole_run(store, reader) if whole else functools.partial(poll, store, reader)
            result: dict[str, Any] = {}
            listed = feeds(address, count)
            for hours, phase in enumerate(("cold", "not_modified", "same_body")):
                now = NOW + timedelta(hours=hours)
                if phase == "same_body":
                    await forget_validators(store, listed)
                result[phase] = await timed(lambda now=now: one_poll(listed, now))
            result["articles"] = (await store.articles.count())[0]
            result["failing"] = sum(memory.failures > 0 for memory in await store.feeds.health())
            result["peak_mb"] = peak_megabytes()
        return result


async def forget_validators(store: Store, listed: Sequence[Feed]) -> None:
    """From now on every server answers 200 with the whole body, as many do."""
    memories = await store.feeds.memories([feed.id for feed in listed])
    await store.feeds.save([replace(memory, etag=None, last_modified=None) for memory in memories.values()])


def whole_run(store: Store, reader: Reader) -> Callable[[Sequence[Feed], datetime], Awaitable[Any]]:
    from bot.pipeline.run import Pipeline

    return functools.partial(Pipeline(store, reader).run, everything=True)


async def poll(store: Store, reader: Reader, listed: Sequence[Feed], now: datetime) -> None:
    """Poll into the store as pipeline/run.py does, without judging what came."""
    before = await store.feeds.memories([feed.id for feed in listed])
    due = [(feed, before.get(feed.id) or FeedMemory(feed.id)) for feed in listed]
    batch: list[FeedReading] = []
    async for reading in reader.read_all(due, now):
        batch.append(reading)
        if len(batch) == BATCH:
            await keep(store, batch, before, now)
            batch = []
    await keep(store, batch, before, now)


async def keep(store: Store, batch: Sequence[FeedReading], before: dict[str, FeedMemory], now: datetime) -> None:
    candidates = collect.identify(batch)
    known = await store.articles.known(candidates.keys)
    collected = collect.decide(candidates, known, before, now)
    async with store.transaction():
        await store.articles.add(collected.new, collected.keys)
        await store.articles.change(collected.changed)
        await store.feeds.save(collected.memories)


async def bare(address: str, count: int) -> dict[str, Any]:
    """The HTTP client alone, fetching and throwing away, then asking whether anything changed: what no poller can beat."""
    tags: dict[int, str] = {}

    async def fetch(waiting: Iterator[int]) -> None:
        for number in waiting:
            known = {"If-None-Match": tags[number]} if number in tags else {}
            async with session.get(f"{address}/{number}", headers=known) as response:
                await response.read()
                tags[number] = response.headers["ETag"]

    async def all_of_them() -> None:
        waiting = iter(range(count))
        await asyncio.gather(*(fetch(waiting) for _ in range(64)))

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as session:
        return {phase: await timed(all_of_them) for phase in ("cold", "not_modified")}


def peer(address: str, count: int) -> dict[str, Any]:
    """lemon24/reader in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "bench.polling", "--as-peer", address, "--feeds", str(count), "--folder", folder]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=600)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def as_peer(address: str, count: int, folder: str) -> dict[str, Any]:
    # The peer's copy of feedparser wants sgmllib3k, which is not installed; feedparser's own successor of it is the same module.
    sys.modules["sgmllib"] = importlib.import_module("feedparser_sgmllib")
    from reader import make_reader

    other = make_reader(f"{folder}/peer.db")
    result: dict[str, Any] = {"feeds": count}
    for number in range(count):
        other.add_feed(f"{address}/{number}")
    for phase in ("cold", "not_modified"):
        wall, cpu = time.perf_counter(), time.process_time()
        other.update_feeds(workers=10, scheduled=False)
        result[phase] = {"seconds": round(time.perf_counter() - wall, 2), "cpu": round(time.process_time() - cpu, 2)}
    result["articles"] = other.get_entry_counts().total
    result["peak_mb"] = peak_megabytes()["own"]
    other.close()
    return result


def ratio(own: dict[str, Any], other: dict[str, Any], count: int, phase: str) -> float:
    """How many times as long the peer takes for one feed."""
    return round(other[phase]["seconds"] / other["feeds"] / (own[phase]["seconds"] / count), 1)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--feeds", type=int, default=2000)
    options.add_argument("--peer", action=argparse.BooleanOptionalAction, default=True)
    options.add_argument("--peer-feeds", type=int, default=400, help="the peer polls so many of them; ratios are per feed")
    options.add_argument("--whole", action="store_true", help="with relevance and stories")
    options.add_argument("--as-peer", help=argparse.SUPPRESS)
    options.add_argument("--folder", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.as_peer:
        print(json.dumps(as_peer(given.as_peer, given.feeds, given.folder)))
        return
    with served(given.feeds) as address:
        result: dict[str, Any] = {"bench": "polling", "feeds": given.feeds, "whole": given.whole}
        result["bare_client"] = asyncio.run(bare(address, given.feeds))
        result["ours"] = asyncio.run(ours(address, given.feeds, whole=given.whole))
        if given.peer:
            result["peer"] = peer(address, min(given.feeds, given.peer_feeds))
            for phase in ("cold", "not_modified"):
                result[f"times_faster_{phase}"] = ratio(result["ours"], result["peer"], given.feeds, phase)
            result["times_faster_at_most"] = ratio(result["bare_client"], result["peer"], given.feeds, "not_modified")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
