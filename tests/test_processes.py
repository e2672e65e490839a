"""The kinds of `bot run` as real processes on a real PostgreSQL: together they do what one does alone."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import aiohttp
import psycopg
import pytest

from bot.model import Channel, Subscription
from bot.store import Store
from tests.platforms.discord.server import SmallDiscord
from tests.platforms.discord.server import running as discord_running
from tests.platforms.slack.server import SlackServer

ROOT = Path(__file__).parents[1]
FEED = {"id": "f", "name": "F", "url": "http://127.0.0.1:9/", "language": "ko", "country": "KR", "kind": "press", "tier": 2}
PLACE = Channel("discord", "700000000000000001", "800000000000000001")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Process:
    """One of them; ``lines`` is its log so far, ``probe`` where it is asked how it is."""

    def __init__(self, process: asyncio.subprocess.Process, probe: str) -> None:
        self.process = process
        self.probe = probe
        self.lines: list[dict[str, object]] = []

    async def read(self) -> None:
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.lines.append(json.loads(line) if line.startswith(b"{") else {"event": line.decode()})

    def said(self, event: str) -> list[dict[str, object]]:
        return [line for line in self.lines if line["event"] == event]

    async def stop(self) -> tuple[int, float]:
        """Exit status, and seconds from SIGTERM."""
        began = monotonic()
        self.process.send_signal(signal.SIGTERM)
        return await self.process.wait(), monotonic() - began


@asynccontextmanager
async def processes(kinds: list[str], environment: dict[str, str]) -> AsyncIterator[dict[str, Process]]:
    async with AsyncExitStack() as stack:
        found: dict[str, Process] = {}
        for kind in kinds:
            own = {"BOT_PROBE_PORT": str(_free_port())} if kind == "worker" else {}
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "run", "--only", kind),
                cwd=ROOT,
                env=environment | own,
                stderr=asyncio.subprocess.PIPE,
            )
            one = found[kind] = Process(process, own.get("BOT_PROBE_PORT", ""))
            reading = asyncio.create_task(one.read())
            stack.push_async_callback(_ended, process, reading)
        yield found


async def _ended(process: asyncio.subprocess.Process, reading: "asyncio.Task[None]") -> None:
    if process.returncode is None:
        process.kill()
    await process.wait()
    await reading


async def until(truth: Callable[[], object], seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while not truth():  # noqa: ASYNC110 other processes bring it about
            await asyncio.sleep(0.05)


async def _text(http: aiohttp.ClientSession, port: str, path: str) -> str:
    async with http.get(f"http://127.0.0.1:{port}{path}") as answer:
        return await answer.text()


def _due(id: str, channel: Channel) -> Subscription:
    at = datetime.now(UTC).time().replace(second=0, microsecond=0)
    return Subscription(id, channel, (at,), "UTC", "en", frozenset(range(7)))


def _environment(folder: Path, database: str, discord: SmallDiscord) -> dict[str, str]:
    (folder / "feeds.yaml").write_text(json.dumps({"feeds": [FEED | {"time_zone": "Asia/Seoul", "enabled": False}]}))
    return {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database,
        "BOT_FEEDS_FILE": str(folder / "feeds.yaml"),
        "BOT_LOG_FORMAT": "json",
        "BOT_RATES_URL": "off",
        "DISCORD_TOKEN": discord.token,
        "DISCORD_API_URL": discord.url,
    }


@pytest.mark.timeout(240)
async def test_five_kinds_of_process_post_once_answer_and_end_in_time(postgres_url: str, tmp_path: Path) -> None:
    port = str(_free_port())
    store = await Store.open(postgres_url)
    async with SlackServer() as slack, discord_running() as discord, aiohttp.ClientSession() as http:
        environment = _environment(tmp_path, postgres_url, discord) | {
            "BOT_HTTP_PORT": port,
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": slack.url,
        }
        slack_channel = next(iter(slack.rooms))
        async with processes(["web", "slack", "discord", "worker", "schedule"], environment) as found:
            await until(lambda: all(one.said("service.ready") for one in found.values()))
            await store.subscriptions.add(_due("s", Channel("slack", slack_channel, slack.team)))
            await store.subscriptions.add(_due("d", PLACE))
            await until(lambda: slack.rooms[slack_channel].messages and discord.messages)
            # Who listens does not post, and who posts does not listen.
            await until(lambda: len(found["worker"].said("delivery.sent")) == 2)  # the log tells of it a moment later
            assert found["worker"].said("edition.planned")
            await until(lambda: found["slack"].said("slack.connected") and discord.gateway.identified.is_set())
            assert found["discord"].said("discord.shard.taken") and not found["worker"].said("slack.connected")
            ack = await slack.command("help")
            await slack.until(lambda: slack.shown(ack), 30)
            assert await _text(http, found["worker"].probe, "/livez") == "ok\n"
            assert "brief_jobs" in await _text(http, found["worker"].probe, "/metrics")
            async with asyncio.timeout(60):
                while await _text(http, port, "/readyz") != "ok\n":  # noqa: ASYNC110 the workers make all well
                    await asyncio.sleep(0.2)
            ends = dict(zip(found, await asyncio.gather(*(one.stop() for one in found.values())), strict=True))
            bugs = [line for one in found.values() for line in one.lines if line.get("level") == "error"]
    assert {kind: status for kind, (status, _) in ends.items()} == dict.fromkeys(ends, 0)
    assert max(seconds for _, seconds in ends.values()) < 10
    assert bugs == []
    assert len(discord.messages) == len({nonce for _, nonce in discord.messages})
    counts = await store.deliveries.counts()
    assert set(counts) == {"sent"} and await store.leases.held("discord/shard/") == {}
    await store.close()


@pytest.mark.timeout(120)
async def test_the_shard_of_a_killed_process_is_taken_over_and_people_are_answered(postgres_url: str, tmp_path: Path) -> None:
    taken = "discord.shard.taken"
    async with discord_running() as discord:
        environment = _environment(tmp_path, postgres_url, discord)
        async with processes(["discord"], environment) as one, processes(["discord"], environment) as two:
            both = [one["discord"], two["discord"]]
            await until(lambda: discord.gateway.identified.is_set() and all(process.said("service.ready") for process in both))
            holder, other = both if both[0].said(taken) else both[::-1]
            discord.gateway.identified.clear()
            assert not other.said(taken)
            holder.process.kill()
            assert await holder.process.wait() == -signal.SIGKILL
            with psycopg.connect(postgres_url, autocommit=True) as connection:
                connection.execute("UPDATE leases SET until = until - 14")  # so much later: most of the twenty seconds
            await until(discord.gateway.identified.is_set, 30)
            assert [line["number"] for line in (*holder.said(taken), *other.said(taken))] == [1, 2]
            assert [said["shard"] for said in discord.gateway.identifies] == [[0, 1], [0, 1]]
            asked = await discord.command("help")
            async with asyncio.timeout(10):
                await asked.acknowledged.wait()
