"""How soon people's commands are acknowledged while the bot is at its busiest: many at once, during the processing of all feeds.

    python -m bench.chat [--platform slack|discord] [--commands 50] [--feeds 80]

`bot run` is a process of its own; the chat platform and the feeds (recorded ones where ../shared has them, else look-alikes) are
on loopback. One JSON line: milliseconds to the acknowledgement, idle and busy, and the ratio of the busy p99 to the limit.
"""

import argparse
import asyncio
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Protocol

import yaml

from bench.look_alikes import feeds as look_alikes
from bot.commands.verbs import get
from tests.platforms.discord.server import SmallDiscord
from tests.platforms.discord.server import running as discord_server
from tests.platforms.slack.server import SlackServer

ROOT = Path(__file__).parents[1]
RECORDED = ROOT.parent / "shared" / "feeds" / "recorded"
LIMIT = 300.0  # milliseconds
WORDS = ("today", "ask Which Korean firms opened an office in Tokyo?", "search 업스테이지", "help", "feeds", "status", "week")
ZONES = {"ko": "Asia/Seoul", "ja": "Asia/Tokyo"}


class Side(Protocol):
    """A chat platform on loopback. ``environment``: by which the bot finds it."""

    environment: dict[str, str]

    async def connected(self) -> None:
        """Wait until the bot listens."""
        ...

    async def burst(self, texts: Sequence[str]) -> list[float]:
        """Say all of this at once, as so many people; seconds until each was acknowledged. Ends when all are answered."""
        ...


class SlackSide:
    """Slack by Socket Mode."""

    def __init__(self, server: SlackServer) -> None:
        self._server = server
        self.environment = {
            "SLACK_BOT_TOKEN": server.bot_token,
            "SLACK_APP_TOKEN": server.app_token,
            "SLACK_API_URL": server.url,
        }

    async def connected(self) -> None:
        await self._server.until(lambda: self._server.sockets, 60)

    async def burst(self, texts: Sequence[str]) -> list[float]:
        people = [f"U{number:04}" for number in range(len(texts))]
        self._server.people.update({person: {"is_admin": False} for person in people})
        said = zip(texts, people, strict=True)
        acks = await asyncio.gather(*(self._server.command(text, person=person) for text, person in said))
        await self._server.until(lambda: all(self._server.shown(ack) for ack in acks), 120)
        return [ack.seconds for ack in acks]


@asynccontextmanager
async def slack_side() -> AsyncIterator[Side]:
    """Slack, for as long as the block lasts."""
    async with SlackServer() as server:
        yield SlackSide(server)


class DiscordSide:
    """Discord by its gateway."""

    def __init__(self, server: SmallDiscord) -> None:
        self._server = server
        self.environment = {"DISCORD_TOKEN": server.token, "DISCORD_API_URL": server.url}

    async def connected(self) -> None:
        await asyncio.wait_for(self._server.gateway.identified.wait(), 60)

    async def burst(self, texts: Sequence[str]) -> list[float]:
        said = [await self._server.command(*_command(text)) for text in texts]
        await asyncio.wait_for(asyncio.gather(*(one.answered.wait() for one in said)), 120)
        return [one.acknowledged_at - one.told_at for one in said]


def _command(text: str) -> tuple[str, str, str]:
    verb, _, rest = text.partition(" ")
    return verb, get(verb).argument or "", rest


@asynccontextmanager
async def discord_side() -> AsyncIterator[Side]:
    """Discord, for as long as the block lasts."""
    async with discord_server() as server:
        server.judging = False  # takes longer than answering does
        yield DiscordSide(server)


SIDES: dict[str, Callable[[], AbstractAsyncContextManager[Side]]] = {"slack": slack_side, "discord": discord_side}


# ---- feeds ----


@contextmanager
def feeds(count: int, *, recorded: bool) -> Iterator[list[dict[str, Any]]]:
    """Rows of feeds.yaml for ``count`` feeds that a process of its own serves while the block lasts."""
    if recorded:
        arguments = ["-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", str(RECORDED)]
    else:
        arguments = ["-m", "bench.look_alikes", str(count)]
    with subprocess.Popen(
        [sys.executable, "-u", *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        assert server.stdout and server.stdin
        line = server.stdout.readline().strip()
        try:
            yield _recorded(int(line.split(" port ")[1].split()[0]), count) if recorded else _look_alikes(line, count)
        finally:
            server.terminate()


def _recorded(port: int, count: int) -> list[dict[str, Any]]:
    with (RECORDED / "manifest.csv").open(encoding="utf-8", newline="") as file:
        listed = list(csv.DictReader(file))[:count]
    return [row(f"r{n}", f"http://127.0.0.1:{port}/{one['filename']}", one["language"]) for n, one in enumerate(listed)]


def _look_alikes(address: str, count: int) -> list[dict[str, Any]]:
    return [row(feed.id, feed.url, feed.language) for feed in look_alikes(address, count)]


def row(id: str, url: str, language: str) -> dict[str, Any]:
    """A feed as feeds.yaml has it."""
    spoken = language if language in ("ko", "ja") else "en"
    found = {"id": id, "name": id, "url": url, "language": spoken, "country": "GLOBAL", "kind": "press", "tier": 2}
    return found | {"time_zone": ZONES.get(spoken, "UTC")}


# ---- the bot ----


@asynccontextmanager
async def bot(folder: Path, environment: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """`bot run`, with ``folder``/feeds.yaml, which it looks at every second."""
    settings = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": f"sqlite:///{folder}/bot.sqlite3",
        "BOT_FEEDS_FILE": str(folder / "feeds.yaml"),
        "BOT_FETCH_ALLOW_LOOPBACK": "true",
        "BOT_POLL_SECONDS": "1",
        "BOT_LOG_FORMAT": "json",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", cwd=ROOT, env=settings | environment, stderr=asyncio.subprocess.PIPE, limit=2**20
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def processed(process: asyncio.subprocess.Process, count: int) -> dict[str, Any]:
    """Read the log until a run over ``count`` feeds has ended; its line."""
    assert process.stderr
    async for line in process.stderr:
        found: dict[str, Any] = json.loads(line) if line.startswith(b"{") else {}
        if found.get("event") == "run.finished" and found["feeds"] >= count:
            return found
        if found.get("event") == "feeds.rejected":
            raise AssertionError(found["problem"])
    raise AssertionError("the bot ended")


def write_feeds(folder: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Replace feeds.yaml in one step."""
    draft = folder / "feeds.draft"
    draft.write_text(yaml.safe_dump({"feeds": list(rows)}), encoding="utf-8")
    draft.replace(folder / "feeds.yaml")


# ---- the measurement ----


async def measure(side: Side, folder: Path, rows: Sequence[dict[str, Any]], commands: int) -> dict[str, Any]:
    """Bursts of ``commands`` at once: three while nothing else happens, then as long as the feeds are being processed."""
    texts = [WORDS[number % len(WORDS)] for number in range(commands)]
    write_feeds(folder, rows[:1])
    async with bot(folder, side.environment) as process:
        await side.connected()
        await side.burst(texts[:7])  # what is loaded at the first use
        idle = [seconds for _ in range(3) for seconds in await side.burst(texts)]
        write_feeds(folder, rows)
        run = asyncio.create_task(processed(process, len(rows) - 1))
        began = time.perf_counter()
        busy: list[float] = []
        bursts = 0
        while not run.done():
            busy += await side.burst(texts)
            bursts += 1
        line = await run
    took = round(time.perf_counter() - began, 1)
    figures = {"bursts": bursts, "busy_seconds": took, "feeds": line["feeds"], "articles": line.get("new", line.get("articles"))}
    return figures | {"idle_ms": spread(idle), "busy_ms": spread(busy)}


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """Median, 99th of a hundred and the longest, in milliseconds."""
    ordered = sorted(1000 * one for one in seconds)
    at = {"p50": ordered[len(ordered) // 2], "p99": ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)], "max": ordered[-1]}
    return {name: round(value, 1) for name, value in at.items()}


async def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--platform", choices=sorted(SIDES), default="slack")
    parser.add_argument("--commands", type=int, default=50, help="at once")
    parser.add_argument("--feeds", type=int, default=80)
    options = parser.parse_args()
    recorded = RECORDED.is_dir()
    with tempfile.TemporaryDirectory() as name, feeds(options.feeds, recorded=recorded) as rows:
        async with SIDES[options.platform]() as side:
            found = await measure(side, Path(name), rows, options.commands)
    p99 = found["busy_ms"]["p99"]
    shown = {"bench": "chat", "platform": options.platform, "commands": options.commands, "recorded": recorded, **found}
    print(json.dumps(shown | {"limit_ms": LIMIT, "ratio": round(p99 / LIMIT, 2)}))
    return int(p99 > LIMIT)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
