"""The running bot as a process: it starts, says how it is, and ends within ten seconds."""

import asyncio
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter

import aiohttp
import pytest
from aiohttp import web

from bot import log
from bot.config import Settings
from bot.metrics import Metrics
from bot.model import Channel
from bot.ping import ping
from bot.store import Store
from tests.builders import NOON, feed
from tests.feeds.servers import Server
from tests.measured import coverage
from tests.platforms.slack.server import SlackServer

ROOT = Path(__file__).parents[1]
CANARY = "xoxb-canary-0123456789"


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@asynccontextmanager
async def bot(tmp_path: Path, *arguments: str, **changes: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """`bot run` with one feed that nobody serves."""
    feeds = tmp_path / "feeds.yaml"
    feeds.write_text(
        "feeds:\n  - {id: silent, name: Silent, url: 'http://127.0.0.1:9/feed.xml', language: ko, country: KR, kind: press, tier: 2, time_zone: Asia/Seoul}\n",
        encoding="utf-8",
    )
    environment = {
        "PATH": os.environ["PATH"],
        **coverage(),
        "DATABASE_URL": f"sqlite:///{tmp_path}/bot.sqlite3",
        "BOT_FEEDS_FILE": str(feeds),
        "BOT_FETCH_ALLOW_LOOPBACK": "true",
        "BOT_LOG_FORMAT": "json",
        **changes,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", *arguments, cwd=ROOT, env=environment, stderr=asyncio.subprocess.PIPE
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


async def test_web_and_worker_are_two_processes_on_one_database(tmp_path: Path) -> None:
    port = str(_free_port())
    async with (
        bot(tmp_path, "--only", "web", BOT_HTTP_PORT=port) as page,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http,
    ):
        begun = await line_with(page, "service.ready")
        async with http.get("/livez") as answer:
            assert answer.status == 200
        async with http.get("/readyz") as answer:
            assert (answer.status, await answer.text()) == (200, "ok\nno worker has run on this database yet\n")
        # The worker beside it: the port is taken, and it does not want it.
        async with bot(tmp_path, "--only", "worker", BOT_HTTP_PORT=port) as worker:
            await line_with(worker, "run.finished")
            async with asyncio.timeout(20):
                while await _text(http, "/readyz") != "ok\n":  # noqa: ASYNC110 another process makes all well
                    await asyncio.sleep(0.1)
            async with http.get("/metrics") as answer:
                assert "brief_feeds_failing 1" in await answer.text()
            status, seconds, _ = await ended(worker)
            assert (status, seconds < 10) == (0, True)
        status, seconds, rest = await ended(page)
    assert (status, seconds < 10) == (0, True)
    assert "run.finished" not in begun + rest  # it polls nothing


async def _text(http: aiohttp.ClientSession, path: str) -> str:
    async with http.get(path) as answer:
        return await answer.text()


async def test_a_web_process_without_a_port_says_what_is_missing(tmp_path: Path) -> None:
    async with bot(tmp_path, "--only", "web") as process:
        assert process.stderr is not None
        told = (await process.stderr.read()).decode()
        assert await process.wait() == 2
    assert told == "bot: BOT_HTTP_PORT: missing, expected the port that `bot run --only web` listens on\n"


async def test_it_can_be_stopped_while_it_starts(tmp_path: Path) -> None:
    """A model's server that never answers holds up the start, not the end."""
    silent = await asyncio.start_server(lambda *_: asyncio.sleep(60), "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    async with bot(tmp_path, OPENAI_BASE_URL=f"http://127.0.0.1:{port}/v1", BOT_LOG_LEVEL="DEBUG") as process:
        async with asyncio.timeout(60):
            while not (tmp_path / "bot.sqlite3").exists():  # noqa: ASYNC110 another process makes it
                await asyncio.sleep(0.05)
        status, seconds, _ = await ended(process)
    silent.close()
    assert (status, seconds < 10) == (0, True)


async def test_the_ping_url_is_fetched_and_never_written(tmp_path: Path) -> None:
    pings: list[str] = []

    async def show(request: web.Request) -> web.Response:
        pings.append(request.path)
        return web.Response(status=500 if len(pings) == 2 else 200)

    runner = web.AppRunner(_any_path(show))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/secret-check"
    lines: list[tuple[str, object]] = []
    stop = log.listen(lambda level, name, fields: lines.append((name, fields)))
    await ping(url)
    await ping(url)
    await runner.cleanup()
    await ping(url)
    stop()
    assert pings == ["/secret-check"] * 2
    assert [name for name, _ in lines] == ["ping.failed"] * 2 and "secret-check" not in str(lines)
    assert "secret" not in repr(Settings(ping_url=url))


def _any_path(handler: Callable[[web.Request], Awaitable[web.Response]]) -> web.Application:
    app = web.Application()
    app.router.add_get("/{path:.*}", handler)
    return app


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


@pytest.mark.parametrize("name", ["BOT_HTTP_PORT", "BOT_HTTP_HOST", "BOT_RETENTION_DAYS", "BOT_BACKUP_DIR", "BOT_PING_URL"])
def test_each_setting_of_operations_is_explained(name: str) -> None:
    assert f"`{name}`" in (ROOT / "docs/settings.md").read_text(encoding="utf-8")
