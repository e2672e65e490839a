"""Stops the real process (SIGTERM) under load again and again; tells how long that took, and what was lost or doubled.

    python -m bench.stop --stops 200 [--seed 1] [--late 0.1] [--minutes 60]

Load: feeds that are new in each life, briefings for many channels of a Slack and a Discord on loopback that answer slowly and
sometimes not at all, commands typed in the chat. Prints one JSON line; exit status 1 where a stop took more than ten seconds, or
a message or an article was lost or doubled.
"""

import argparse
import asyncio
import json
import logging
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.model import Channel, Edition, Message, Slot, Subscription
from bot.platforms.slack.replies import plain_message
from bot.store import Store
from tests.platforms.discord.server import SmallDiscord, running
from tests.platforms.slack.server import Fault, SlackServer

ROOT = Path(__file__).parents[1]
LIMIT = 10.0
CHANNELS = 12
EDITIONS_A_LIFE = 4
FEEDS_A_LIFE, ITEMS = 2, 4
LONGEST_LIFE = 4.0
SETTLED = 400.0  # seconds for the last life: what is in doubt is looked for two minutes after it was sent
PLACES = [Channel("slack", f"C0STOP{number:02}", "T0LOOP") for number in range(CHANNELS)]
DISCORD_PLACE = Channel("discord", "700000000000000001", "800000000000000001")
CHILD = "import sys, discord.http as h; h.Route.BASE = sys.argv.pop(1); from bot.__main__ import main; main()"


class SlowSlack(SlackServer):
    """Takes its time with every call, with some longer than the process may take to end, and drops some answers."""

    def __init__(self, dice: random.Random, late: float) -> None:
        super().__init__()
        self.dice = dice
        self.late = late
        self.takes_anything = True

    async def _with_fault(self, name: str, request: web.Request, act: Callable[[], web.Response]) -> web.StreamResponse:
        if name == "chat.postMessage":
            slow = self.dice.uniform(6, 15) if self.dice.random() < self.late else self.dice.uniform(0, 0.4)
            drop = self.dice.random() < self.late / 2
            self._faults[name] = [Fault(delay=slow, drop=drop, applied=self.dice.random() < 0.5)]
        return await super()._with_fault(name, request, act)


# ---- the load ----


def _feed(number: int) -> str:
    """A feed of items that the bot keeps: each of its own company, place and day."""
    now = datetime.now(UTC)
    items = "".join(
        f"<item><title>업스테이지 AI 도쿄 법인 {number}-{item}호 설립</title><link>http://127.0.0.1/n/{number}/{item}</link>"
        f"<guid>stop-{number}-{item}</guid><pubDate>{format_datetime(now - timedelta(minutes=item))}</pubDate></item>"
        for item in range(ITEMS)
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>f{number}</title>{items}</channel></rss>'


async def _serve_feeds(runner: web.AppRunner) -> str:
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return f"http://127.0.0.1:{runner.addresses[0][1]}"


def _feeds_app() -> web.Application:
    app = web.Application()

    async def show(request: web.Request) -> web.Response:
        return web.Response(text=_feed(int(request.match_info["number"])), content_type="application/rss+xml")

    app.router.add_get("/{number}.xml", show)
    return app


def _feeds_yaml(url: str, count: int) -> str:
    lines = (
        f"  - {{id: f{number}, name: F{number}, url: '{url}/{number}.xml', language: ko, country: KR, kind: press, tier: 2, "
        "time_zone: Asia/Seoul}\n"
        for number in range(count)
    )
    return "feeds:\n" + "".join(lines)


async def _plan(store: Store, number: int, dice: random.Random) -> list[str]:
    """An edition of two messages, due now."""
    now, id = datetime.now(UTC), f"n{number}"
    channel = DISCORD_PLACE if number % 4 == 0 else dice.choice(PLACES)
    slot = Slot(id, date(2026, 11, 23), clock_time(8), now)
    subscription = Subscription(id, channel, (clock_time(8),))
    if channel.platform == "slack":
        messages = [Message(plain_message(f"{id} {part}").payload, in_thread=part > 0) for part in range(2)]
    else:
        messages = [Message({"components": [{"type": 10, "content": f"{id}"}]})]
    await store.editions.plan(slot, subscription, Edition(slot.key, "ko", "UTC", now - timedelta(days=1), now, ()), messages, now)
    return [one.id for one in await store.deliveries.of_edition(slot.key)]


# ---- a life ----


class Process:
    """The real ``bot run``."""

    def __init__(self, folder: Path, slack: SlackServer, discord: SmallDiscord) -> None:
        self._arguments = [sys.executable, "-c", CHILD, f"{discord.url}/api/v10", "run"]
        self._environment = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": f"sqlite:///{folder}/bot.sqlite3",
            "BOT_FEEDS_FILE": str(folder / "feeds.yaml"),
            "BOT_FETCH_ALLOW_LOOPBACK": "true",
            "BOT_POLL_SECONDS": "1",
            "BOT_LOG_FORMAT": "json",
            "BOT_RATES_URL": "http://127.0.0.1:9/rates.xml",
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": slack.url,
            "DISCORD_TOKEN": discord.token,
        }
        self.events: Counter[str] = Counter()

    async def start(self) -> None:
        """Start it, and wait until it is ready."""
        pipe = asyncio.subprocess.PIPE
        self._child = await asyncio.create_subprocess_exec(*self._arguments, cwd=ROOT, env=self._environment, stderr=pipe)
        self._ready = asyncio.Event()
        self._reader = asyncio.create_task(self._read())
        async with asyncio.timeout(120):
            await self._ready.wait()

    async def _read(self) -> None:
        assert self._child.stderr is not None
        async for line in self._child.stderr:
            with suppress(ValueError):
                event = str(json.loads(line)["event"])
                self.events[event] += 1
                if event == "service.ready":
                    self._ready.set()
        self._ready.set()

    async def stop(self) -> tuple[float, int]:
        """Tell it to stop; seconds until it has, and its exit status."""
        began = time.perf_counter()
        self._child.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(30):
                status = await self._child.wait()
        except TimeoutError:
            self._child.kill()
            status = await self._child.wait()
        seconds = time.perf_counter() - began
        await self._reader
        return seconds, status


async def run(stops: int, seed: int, late: float, minutes: float) -> dict[str, Any]:
    """Stop it as often, or for so long, then let it settle what is left; the counts."""
    dice, began = random.Random(seed), time.perf_counter()
    planned: list[str] = []
    seconds: list[float] = []
    statuses: Counter[int] = Counter()
    feeds = web.AppRunner(_feeds_app(), shutdown_timeout=0.1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        feeds_url = await _serve_feeds(feeds)
        async with SlowSlack(dice, late) as slack, running() as discord:
            for place in PLACES:
                slack.add_room(place.id, place.id.lower())
            (folder / "feeds.yaml").write_text(_feeds_yaml(feeds_url, FEEDS_A_LIFE), encoding="utf-8")
            store = await Store.open(f"sqlite:///{folder}/bot.sqlite3")
            process = Process(folder, slack, discord)
            for life in range(1, stops + 1):
                if time.perf_counter() - began > minutes * 60:
                    break
                for _ in range(EDITIONS_A_LIFE):
                    planned += await _plan(store, len(planned), dice)
                await process.start()
                with suppress(Exception):  # nobody may listen yet
                    await asyncio.wait_for(slack.command(dice.choice(["today", "status", "feeds"])), 0.5)
                await asyncio.sleep(dice.uniform(0, LONGEST_LIFE))
                took, status = await process.stop()
                seconds.append(took)
                statuses[status] += 1
                (folder / "feeds.yaml").write_text(_feeds_yaml(feeds_url, FEEDS_A_LIFE * (life + 1)), encoding="utf-8")
            await process.start()
            wanted = FEEDS_A_LIFE * (len(seconds) + 1) * ITEMS
            left = await _settled(store, wanted)
            statuses[(await process.stop())[1]] += 1
            posted = Counter(
                one["metadata"]["event_payload"]["d"]
                for place in PLACES
                for one in slack.rooms[place.id].messages
                if "metadata" in one
            )
            posted.update(nonce for _, nonce in discord.messages)
        articles, _ = await store.articles.count()
        unjudged = len(await store.articles.unjudged())
        await store.close()
    await feeds.cleanup()
    seconds.sort()
    return {
        "bench": "stop",
        "stops": len(seconds),
        "seed": seed,
        "late": late,
        "max_seconds": round(seconds[-1], 2),
        "p99_seconds": round(seconds[min(len(seconds) - 1, int(len(seconds) * 0.99))], 2),
        "median_seconds": round(seconds[len(seconds) // 2], 2),
        "over_limit": sum(one > LIMIT for one in seconds),
        "bad_status": sum(count for status, count in statuses.items() if status != 0),
        "messages": len(planned),
        "lost": sum(posted[id] == 0 for id in planned),
        "doubled": sum(posted[id] > 1 for id in planned),
        "unsettled": left,
        "articles": articles,
        "articles_wrong": abs(articles - wanted) + unjudged,
        "cut_short": process.events["service.cut_short"],
        "failed_jobs": process.events["job.failed"] + process.events["platform.failed"],
        "seconds": round(time.perf_counter() - began, 1),
    }


async def _settled(store: Store, articles: int) -> int:
    """Wait until every message is settled and every article is there; how many messages are not."""
    until = time.monotonic() + SETTLED
    while True:
        counts = await store.deliveries.counts()
        left = sum(count for state, count in counts.items() if state != "sent")
        done = left == 0 and (await store.articles.count())[0] >= articles and not await store.articles.unjudged()
        if done or time.monotonic() > until:
            return left
        await asyncio.sleep(0.5)


WRONG = ("over_limit", "bad_status", "lost", "doubled", "unsettled", "articles_wrong", "failed_jobs")


def main() -> None:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stops", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--late", type=float, default=0.1, help="share of posts answered after the process was to have ended")
    parser.add_argument("--minutes", type=float, default=600.0, help="begin no further life after so long")
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    found = asyncio.run(run(given.stops, given.seed, given.late, given.minutes))
    print(json.dumps(found))
    sys.exit(any(found[name] for name in WRONG))


if __name__ == "__main__":
    main()
