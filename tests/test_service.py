"""The running bot as a process: it starts, says how it is, and ends within ten seconds."""

import asyncio
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter

import aiohttp
import pytest

from bot.metrics import Metrics
from bot.model import Channel
from bot.store import Store
from tests.builders import NOON, feed
from tests.feeds.servers import Server
from tests.platforms.slack.server import SlackServer

ROOT = Path(__file__).parents[1]
CANARY = "xoxb-canary-0123456789"


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@asynccontextmanager
async def bot(tmp_path: Path, **changes: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """`bot run` with one feed that nobody serves."""
    feeds = tmp_path / "feeds.yaml"
    feeds.write_text(
        "feeds:\n  - {id: silent, name: Silent, url: 'http://127.0.0.1:9/feed.xml', language: ko, country: KR, kind: press, tier: 2, time_zone: Asia/Seoul}\n",
        encoding="utf-8",
    )
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": f"sqlite:///{tmp_path}/bot.sqlite3",
        "BOT_FEEDS_FILE": str(feeds),
        "BOT_FETCH_ALLOW_LOOPBACK": "true",
        "BOT_LOG_FORMAT": "json",
        **changes,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", cwd=ROOT, env=environment, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def line_with(process: asyncio.subprocess.Process, word: str) -> str:
    """Read the log to the line that holds ``word``, and return all of it."""
    seen = ""
    assert process.stderr is not None
    async with asyncio.timeout(60):
        while word not in seen:
            line = (await process.stderr.readline()).decode()
            assert line, f"the bot ended: {seen}"
            seen += line
    return seen


async def ended(process: asyncio.subprocess.Process) -> tuple[int, float, str]:
    """Exit status, seconds from SIGTERM to the end, and the rest of the log."""
    began = perf_counter()
    process.send_signal(signal.SIGTERM)
    assert process.stderr is not None
    rest = (await process.stderr.read()).decode()
    return await process.wait(), perf_counter() - began, rest


async def test_it_says_how_it_is_and_ends_within_ten_seconds(tmp_path: Path) -> None:
    port = _free_port()
    async with bot(tmp_path, BOT_HTTP_PORT=str(port)) as process, aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http:
        await line_with(process, "run.finished")
        for path in ("/livez", "/readyz"):
            async with http.get(path) as answer:
                assert (answer.status, await answer.text()) == (200, "ok\n")
        async with http.get("/metrics") as answer:
            shown = await answer.text()
        assert answer.content_type == "text/plain"
        assert 'brief_feed_fetch_total{outcome="failed"} 1' in shown and "brief_feeds_failing 1" in shown
        status, seconds, _ = await ended(process)
    assert (status, seconds < 10) == (0, True)


async def test_a_feed_that_workspaces_added_is_polled_once(tmp_path: Path) -> None:
    async with Server() as server:
        store = await Store.open(f"sqlite:///{tmp_path}/bot.sqlite3")
        added = feed("added-1", server.url("/added.xml"))
        for workspace in ("T1", "T2"):
            await store.added_feeds.add(Channel("slack", "C1", workspace), added, "U1", NOON)
        await store.close()
        async with bot(tmp_path) as process:
            await line_with(process, "run.finished")
            await ended(process)
        assert [request.target for request in server.requests] == ["/added.xml"]


async def test_it_ends_in_time_with_slack_connected_and_no_token_is_ever_written(tmp_path: Path) -> None:
    async with SlackServer() as slack:
        slack.bot_token = CANARY
        changes = {"SLACK_BOT_TOKEN": CANARY, "SLACK_APP_TOKEN": slack.app_token, "SLACK_API_URL": slack.url}
        secrets = {"OPENAI_API_KEY": "sk-canary0123456789", "OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}
        async with bot(tmp_path, **changes, **secrets, BOT_LOG_LEVEL="DEBUG") as process:
            seen = await line_with(process, "slack.connected")
            status, seconds, rest = await ended(process)
    assert (status, seconds < 10) == (0, True)
    assert not re.search(r"canary|xapp-loopback", seen + rest)


def test_metrics_count_what_the_log_says() -> None:
    metrics = Metrics()
    metrics.note("info", "delivery.sent", {"platform": "slack", "delay": 2.5})
    metrics.note("info", "delivery.sent", {"platform": "slack", "delay": 1.5})
    metrics.note("warning", "delivery.unknown", {})
    metrics.note("info", "delivery.reconciled", {"result": "found"})
    metrics.note("warning", "slots.missed", {"missed": 3})
    metrics.note("error", "delivery.bug", {})
    shown = metrics.text([("brief_outbox_messages", (("state", 'o"dd'),), 2)])
    for line in (
        'brief_deliveries_total{outcome="sent",platform="slack"} 2',
        "brief_delivery_delay_seconds_sum 4",
        "brief_delivery_delay_seconds_count 2",
        "brief_delivery_ambiguous_total 1",
        'brief_reconcile_total{result="found"} 1',
        "brief_slots_missed_total 3",
        'brief_bugs_total{event="delivery.bug"} 1',
        'brief_outbox_messages{state="o\\"dd"} 2',
    ):
        assert line in shown.splitlines()
    assert shown.index("# TYPE brief_deliveries_total counter") < shown.index("brief_deliveries_total{")


@pytest.mark.parametrize("name", ["BOT_HTTP_PORT", "BOT_HTTP_HOST", "BOT_RETENTION_DAYS"])
def test_each_setting_of_operations_is_explained(name: str) -> None:
    assert f"`{name}`" in (ROOT / "docs/settings.md").read_text(encoding="utf-8")
