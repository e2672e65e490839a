"""Parsing in child processes: the same answers, and no feed that delays another or takes a child down for good."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import ParseError
from bot.feeds.parse import ParsedFeed, parse
from bot.feeds.workers import FAST, SLOW, ParserPool
from tests.builders import feed
from tests.feeds.servers import MOST_LAG

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data" / "feeds"


def read_file(name: str) -> bytes:
    return (DATA / name).read_bytes()


GOOD = read_file("ko-naive-dates.xml")
# Read fast in half a second; then feedparser looks for the missing links, for 10 s and more.
COSTLY = b"<rss><channel><title>x</title>" + b"<item><title>costly</title></item>" * 40_000 + b"</channel></rss>"
HOPELESS = b"<rss><channel>" + b"<a>" * 300_000


@pytest.fixture
async def pool() -> AsyncIterator[ParserPool]:
    async with ParserPool(slow=replace(SLOW, wall=2.0, cpu=1)) as pool:
        yield pool


@pytest.mark.parametrize("name", sorted(path.name for path in DATA.iterdir()))
async def test_a_child_reads_what_we_would_read(pool: ParserPool, name: str) -> None:
    body = read_file(name)
    here = parse(body, feed(), content_type="text/xml", now=NOW)
    assert await pool.parse(body, feed(), content_type="text/xml", now=NOW) == here


async def test_no_feed_is_a_parse_error_with_the_url(pool: ParserPool) -> None:
    with pytest.raises(ParseError, match=r"https://a\.example/rss: this is a web page, not a feed"):
        await pool.parse(b"<!DOCTYPE html><html>", feed(url="https://a.example/rss"), now=NOW)


async def test_a_costly_feed_ends_soon_and_delays_no_other(pool: ParserPool) -> None:
    await pool.parse(GOOD, feed(), now=NOW)
    costly = [asyncio.create_task(pool.parse(body, feed(), now=NOW)) for body in (COSTLY, HOPELESS)]
    started = time.monotonic()
    for _ in range(50):
        await pool.parse(GOOD, feed(), now=NOW)
    assert not all(task.done() for task in costly), "the feeds are not costly: this test proves nothing"
    assert time.monotonic() - started < 5
    read, hopeless = await asyncio.gather(*costly, return_exceptions=True)
    assert time.monotonic() - started < 15
    assert isinstance(read, ParsedFeed) and len(read.entries) == 500 and read.parser == "fast"  # what was read fast survives
    assert isinstance(hopeless, ParseError) and "too hard" in hopeless.reason
    assert (await pool.parse(read_file("nested.xml"), feed(), now=NOW)).entries  # the slow lane lives again


async def test_the_event_loop_is_never_blocked(pool: ParserPool) -> None:
    await pool.parse(GOOD, feed(), now=NOW)
    lags: list[float] = []

    async def watch() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.005)
            lags.append(time.perf_counter() - before - 0.005)

    watcher = asyncio.create_task(watch())
    big = b"<rss><channel>" + b"<item><title>x</title><link>http://a/b</link></item>" * 20_000 + b"</channel></rss>"
    await asyncio.gather(*(pool.parse(body, feed(), now=NOW) for body in (COSTLY, big, GOOD)), return_exceptions=True)
    watcher.cancel()
    assert sorted(lags)[int(len(lags) * 0.99)] < MOST_LAG


async def test_memory_is_bounded() -> None:
    async with ParserPool(fast=replace(FAST, wall=10.0, memory=256_000_000), slow=replace(SLOW, cpu=1, wall=3.0)) as pool:
        with pytest.raises(ParseError):
            await pool.parse(b"<rss><channel>" + b"<a/>" * 2_400_000, feed(), now=NOW)
        assert (await pool.parse(GOOD, feed(), now=NOW)).entries


async def test_a_killed_child_is_replaced() -> None:
    async with ParserPool(fast=replace(FAST, children=1)) as pool:
        await pool.parse(GOOD, feed(), now=NOW)
        (child,) = children_of(os.getpid())
        os.kill(child, signal.SIGKILL)
        assert len((await pool.parse(GOOD, feed(), now=NOW)).entries) == 2  # the slow lane stands in
        assert (await pool.parse(GOOD, feed(), now=NOW)).parser == "fast"


async def test_a_cancelled_job_gives_no_answer_to_the_next_one() -> None:
    async with ParserPool(fast=replace(FAST, children=1)) as pool:
        await pool.parse(GOOD, feed(), now=NOW)
        task = asyncio.create_task(pool.parse(GOOD, feed(), now=NOW))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        other = await pool.parse(read_file("google-news.xml"), feed(), now=NOW)
        assert other.entries[0].outlet == "가상경제"


async def test_children_end_with_the_pool_and_hold_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "made-up")
    async with ParserPool() as pool:
        await pool.parse(GOOD, feed(), now=NOW)
        children = children_of(os.getpid())
        assert children and b"SLACK" not in environment(children[0])
    assert not set(children) & set(children_of(os.getpid()))


def test_children_die_with_the_parent() -> None:
    program = """
import asyncio, sys
from tests.feeds.test_workers import COSTLY, GOOD, NOW, children_of, feed, ParserPool
import os
async def main():
    pool = ParserPool()
    await pool.parse(GOOD, feed(), now=NOW)
    asyncio.create_task(pool.parse(COSTLY, feed(), now=NOW))
    while len(children_of(os.getpid())) < 2:
        await asyncio.sleep(0.05)
    print(*children_of(os.getpid()), flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        children = [int(word) for word in parent.stdout.readline().split()]
        parent.kill()
    assert len(children) >= 2
    deadline = time.monotonic() + 5
    while any(is_running(child) for child in children) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not [child for child in children if is_running(child)]


def children_of(process: int) -> list[int]:
    """The processes that ``process`` started and that still run."""
    found = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [int(child) for child in found if is_running(int(child))]


def environment(process: int) -> bytes:
    return Path(f"/proc/{process}/environ").read_bytes()


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False
