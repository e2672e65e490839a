"""Three workers on one PostgreSQL, one of them killed (kill -9) each second and started again, while slots fall due.

    python bench/kill_workers.py --slots 1000 [--a-second 10] [--workers 3] [--schedulers 2] [--dead 4] [--seed 1]

A scheduler is killed every five seconds too. Each slot is a briefing of several messages in a channel of the loopback Slack of
the tests. Prints one JSON line: what was lost, doubled or out of order, and how long it took from a slot being due to its first
and last message, whatever died in between. Exit status 1 where anything was lost, doubled or out of order, or took longer than a
minute (with --faults, where Slack is left alone for half a minute after an error, as long as it takes).
"""

import argparse
import asyncio
import json
import logging
import multiprocessing
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from aiohttp import web

from bench import crowd
from bench.fleet import FEED
from bench.kill import FaultySlack
from bot import service
from bot.app import opened
from bot.chats import Chats
from bot.config import Settings, WatchedFeeds
from bot.duties import Patience
from bot.kinds import kind_of
from bot.model import Channel, Subscription
from bot.queue import Queue
from bot.store import Store
from tests.postgres import served

MEAN_PAUSE = 1.0  # seconds between two kills of a worker
SCHEDULER_PAUSE = 5.0
CHANNELS_A_WORKSPACE = 5
PATIENCE = Patience(send_limit=2.0, settle=1.0)  # a killed worker's message is looked for three seconds after it was begun
LONGEST = 60.0  # seconds from a slot to its messages
SETTLED = 240.0  # seconds to wait for the end


class Faulty(FaultySlack):
    """In real time, and with faults only where they are wanted."""

    def __init__(self, dice: random.Random, *, faulty: bool) -> None:
        super().__init__(dice, time.time())
        self.clock = time.time
        self._faulty = faulty

    async def _with_fault(self, name: str, request: web.Request, act: Callable[[], web.Response]) -> web.StreamResponse:
        if self._faulty:
            return await super()._with_fault(name, request, act)
        return await super(FaultySlack, self)._with_fault(name, request, act)


async def _live(database: str, slack: str, kind_name: str, folder: str, dead: float) -> None:
    settings = Settings(
        database_url=database,
        feeds_file=Path(folder) / "feeds.yaml",
        index_dir="memory",
        poll_seconds=3600,
        rates_url="",
        slack_bot_token=FaultySlack.bot_token,
        slack_signing_secret="bench",  # noqa: S106 of no Slack
        slack_api_url=slack,
    )
    kind, watched = kind_of(settings, kind_name), WatchedFeeds(settings.feeds_file)
    async with opened(settings, lambda: ()) as app, Queue.opened(database, dead) as queue:
        running = service.Service(app, watched, kind, queue, PATIENCE)
        _hurry(running._chats)
        async with running.running():
            await asyncio.sleep(3600)


def _hurry(chats: Chats) -> None:
    """Slack's own pace would make the bench longer, and hides nothing that it is to find."""
    chats.messengers["slack"].spacing = chats.messengers["slack"].workspace_spacing = 0.0


def life(*given: Any) -> None:
    """One life of a process of the bot."""
    logging.disable(logging.CRITICAL)
    asyncio.run(_live(*given))


class Crew:
    """The processes of one kind, of which one is killed now and then and started again at once."""

    def __init__(self, context: Any, number: int, *given: Any) -> None:
        self._context = context
        self._given = given
        self._processes = [self._start() for _ in range(number)]
        self.kills = 0

    def _start(self) -> Any:
        process = self._context.Process(target=life, args=self._given)
        process.start()
        return process

    async def kill(self, place: int) -> None:
        """One of them, in the midst of whatever it does."""
        process = self._processes[place]
        assert process.is_alive(), f"it ended by itself: {process.exitcode}"
        process.kill()
        while process.is_alive():  # noqa: ASYNC110 the system tells no loop
            await asyncio.sleep(0.002)
        assert process.exitcode == -signal.SIGKILL
        self.kills += 1
        self._processes[place] = self._start()

    async def killed_now_and_then(self, pause: float, dice: random.Random) -> None:
        """Until cancelled."""
        while True:
            for place in dice.sample(range(len(self._processes)), len(self._processes)):
                await asyncio.sleep(pause)
                await self.kill(place)

    def end(self) -> None:
        """All of them."""
        for process in self._processes:
            process.kill()
            process.join()


def _subscription(number: int, now: datetime) -> Subscription:
    workspace = number // CHANNELS_A_WORKSPACE
    minute = now.astimezone(UTC).time().replace(second=0, microsecond=0)
    return Subscription(
        f"n{number}", Channel("slack", f"C{number:05}", f"T{workspace:05}"), (minute,), "UTC", "en", frozenset(range(7))
    )


async def run(
    slots: int, a_second: float, workers: int, schedulers: int, dead: float, seed: int, faults: bool, database: str
) -> dict[str, Any]:
    """Have so many slots fall due while processes are killed; the counts."""
    dice, began = random.Random(seed), time.monotonic()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["bench.kill_workers", "__main__"])
    store = await Store.open(database)
    await crowd.fill(store, articles=200, stories=30, now=datetime.now(UTC))
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "feeds.yaml").write_text(json.dumps({"feeds": [FEED]}), encoding="utf-8")
        async with Faulty(dice, faulty=faults) as slack:
            slack.takes_anything = True
            for number in range(slots):
                slack.add_room(f"C{number:05}", f"c{number}")
            working = Crew(context, workers, database, slack.url, "worker", folder, dead)
            scheduling = Crew(context, schedulers, database, slack.url, "schedule", folder, dead)
            try:
                due = await _fall_due(store, slots, a_second, working, scheduling, dice)
                left = await _settled(store, slots)
            finally:
                working.end()
                scheduling.end()
            found = await _judged(store, slack, due)
    await store.close()
    kills = {"kills": working.kills, "scheduler_kills": scheduling.kills, "faults": slack.faults, "unsettled": left}
    return {
        "bench": "kill_workers",
        "slots": slots,
        "seed": seed,
        **kills,
        **found,
        "seconds": round(time.monotonic() - began, 1),
    }


async def _fall_due(
    store: Store, slots: int, a_second: float, working: Crew, scheduling: Crew, dice: random.Random
) -> dict[str, float]:
    """By subscription, when its slot fell due: the moment at which the database knew of it."""
    killers = [
        asyncio.create_task(working.killed_now_and_then(MEAN_PAUSE, dice)),
        asyncio.create_task(scheduling.killed_now_and_then(SCHEDULER_PAUSE, dice)),
    ]
    due: dict[str, float] = {}
    start = time.monotonic()
    try:
        for number in range(slots):
            await asyncio.sleep(max(0.0, start + number / a_second - time.monotonic()))
            one = _subscription(number, datetime.now(UTC))
            await store.subscriptions.add(one)
            due[one.id] = time.time()
        await asyncio.sleep(2 * MEAN_PAUSE)
    finally:
        for killer in killers:
            killer.cancel()
        for result in await asyncio.gather(*killers, return_exceptions=True):
            if isinstance(result, Exception):
                raise result
    return due


async def _settled(store: Store, slots: int) -> int:
    """Wait until all is out; how much is not."""
    until = time.monotonic() + SETTLED
    while True:
        left = slots - (await store.upkeep.counts())["editions"]  # first: what is planned meanwhile is not sent yet
        left += sum(count for state, count in (await store.deliveries.counts()).items() if state != "sent")
        if not left or time.monotonic() > until:
            return left
        await asyncio.sleep(0.2)


async def _judged(store: Store, slack: Faulty, due: dict[str, float]) -> dict[str, Any]:
    slots = await store.editions.last_slots(list(due))
    planned = await store.deliveries.of_editions([slot.key for slot in slots.values()])
    arrived: Counter[str] = Counter()
    at: dict[str, float] = {}
    for room in slack.rooms.values():
        for message in room.messages:
            id = message["metadata"]["event_payload"]["d"]
            arrived[id] += 1
            at.setdefault(id, float(message["ts"]))
    parts: dict[str, list[float]] = {}
    for one in planned:
        if one.id in at:
            parts.setdefault(one.edition_key, []).append(at[one.id])
    first = [parts[slot.key][0] - due[id] for id, slot in slots.items() if slot.key in parts]
    last = [parts[slot.key][-1] - due[id] for id, slot in slots.items() if slot.key in parts]
    return {
        "states": await store.deliveries.counts(),
        "messages": len(planned),
        "lost": len(due) - len(slots) + sum(not arrived[one.id] for one in planned),
        "doubled": sum(count - 1 for count in arrived.values()),
        "out_of_order": sum(some != sorted(some) for some in parts.values()),
        "median_seconds": round(sorted(last)[len(last) // 2], 1) if last else None,
        "longest_to_first": round(max(first, default=0.0), 1),
        "longest_seconds": round(max(last, default=0.0), 1),
    }


WRONG = ("lost", "doubled", "out_of_order", "unsettled")


def main() -> None:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--slots", type=int, default=100)
    parser.add_argument("--a-second", type=float, default=10.0)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--schedulers", type=int, default=2)
    parser.add_argument("--dead", type=float, default=4.0, help="seconds without a heartbeat after which a worker is dead")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--faults", action="store_true", help="every fifth call of Slack fails, and is tried again when it may be"
    )
    given = vars(parser.parse_args())
    logging.disable(logging.CRITICAL)
    with served() as server:
        found = asyncio.run(run(**given, database=server.fresh()))
    print(json.dumps(found))
    sys.exit(any(found[name] for name in WRONG) or (not given["faults"] and found["longest_seconds"] > LONGEST))


if __name__ == "__main__":
    main()
