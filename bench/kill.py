"""Kills a delivering process (kill -9) at random moments while every fifth call of the platform fails; counts lost and doubled.

    python bench/kill.py --kills 1000 [--seed 1]

The platform is the loopback Slack of the tests, outside the killed process; the killed process speaks through the real client.
Prints one JSON line; exit status 1 where a message was lost or doubled.
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
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from aiohttp import web

from bot.model import Channel, Edition, Message, Slot, Subscription
from bot.pipeline.deliver import deliver_due
from bot.platforms.slack.send import SlackMessenger
from bot.store import Store
from tests.platforms.slack.server import Fault, SlackServer

FAULTS = 0.2
SPEED = 30  # the bot's clock and the platform's run faster than ours, so that nobody waits a minute for a history
LATE = 0.2  # real seconds after which a late message is there; less than SETTLE on the fast clock
SEND_LIMIT, SETTLE = 2.0, 15.0
MEAN_LIFE = 0.3
EDITIONS_AT_ONCE = 4
PARTS = 2
CHANNEL = "C0BRIEF"


class FaultySlack(SlackServer):
    """Every fifth call is dropped before or after it takes effect, takes effect late, is limited or fails."""

    def __init__(self, dice: random.Random, start: float) -> None:
        super().__init__(clock=lambda: fast(start))
        self.dice = dice
        self.faults = 0

    async def _with_fault(self, name: str, request: web.Request, act: Callable[[], web.Response]) -> web.StreamResponse:
        if self.dice.random() < FAULTS:
            self.faults += 1
            kind = self.dice.choice(["before", "after", "late", "429", "500 before", "500 after"])
            if kind == "late":
                asyncio.get_running_loop().call_later(LATE, act)
            faults = {
                "429": Fault(retry_after=0),
                "500 before": Fault(status=500),
                "500 after": Fault(status=500, applied=True),
                "after": Fault(drop=True, applied=True),
            }
            self._faults[name] = [faults.get(kind, Fault(drop=True))]
        return await super()._with_fault(name, request, act)


class Quick(SlackMessenger):
    spacing = 0.0


def fast(start: float) -> float:
    """Epoch seconds on the fast clock that was set to ``start``."""
    return start + (time.time() - start) * SPEED


def fast_now(start: float) -> datetime:
    """The instant on the fast clock."""
    return datetime.fromtimestamp(fast(start), UTC)


async def _deliver(url: str, base_url: str, start: float, ready: Any) -> None:
    store = await Store.open(url)
    messengers = {"slack": Quick(SlackServer.bot_token, base_url=base_url, timeout=1)}
    ready.set()
    while True:
        await deliver_due(store, messengers, fast_now(start), send_limit=SEND_LIMIT, settle=SETTLE)
        await asyncio.sleep(0.01)


def worker(url: str, base_url: str, start: float, ready: Any) -> None:
    """One life of the process that delivers."""
    logging.disable(logging.CRITICAL)
    asyncio.run(_deliver(url, base_url, start, ready))


async def _plan(store: Store, number: int, now: datetime) -> list[str]:
    id = f"n{number}"
    slot = Slot(id, date(2026, 11, 23), clock_time(8), now)
    subscription = Subscription(id, Channel("slack", CHANNEL, "T0LOOP"), (clock_time(8),))
    messages = [Message({"text": f"{id} {part}"}, in_thread=part > 0) for part in range(PARTS)]
    edition = Edition(slot.key, "ko", "UTC", now - timedelta(days=1), now, ())
    await store.editions.plan(slot, subscription, edition, messages, now)
    return [one.id for one in await store.deliveries.of_edition(slot.key)]


async def run(kills: int, seed: int) -> dict[str, Any]:
    """Kill as often, then let the last process finish; the counts."""
    dice, planned, began, start = random.Random(seed), list[str](), time.perf_counter(), time.time()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["bench.kill", "__main__"])
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bot.db"
        store = await Store.open(url)
        async with FaultySlack(dice, start) as slack:
            for life in range(kills + 1):
                counts = await store.deliveries.counts()
                waiting = counts.get("pending", 0) + counts.get("sending", 0)
                for _ in range(max(0, EDITIONS_AT_ONCE - waiting // PARTS) if life < kills else 0):
                    planned += await _plan(store, len(planned), fast_now(start))
                ready = context.Event()
                process = context.Process(target=worker, args=(url, slack.url, start, ready), daemon=True)
                process.start()
                await asyncio.to_thread(ready.wait, 60)
                if life < kills:
                    await asyncio.sleep(dice.expovariate(1 / MEAN_LIFE))
                else:
                    await _finished(store)
                process.kill()
                await asyncio.to_thread(process.join)
                assert process.exitcode == -signal.SIGKILL, f"the worker ended by itself: {process.exitcode}"
            posted = Counter(one["metadata"]["event_payload"]["d"] for one in slack.rooms[CHANNEL].messages)
            faults = slack.faults
        states = await store.deliveries.counts()
        await store.close()
    return {
        "bench": "kill",
        "kills": kills,
        "seed": seed,
        "messages": len(planned),
        "faults": faults,
        "lost": sum(posted[id] == 0 for id in planned),
        "doubled": sum(posted[id] > 1 for id in planned),
        "unsettled": sum(count for state, count in states.items() if state != "sent"),
        "seconds": round(time.perf_counter() - began, 1),
    }


async def _finished(store: Store) -> None:
    async with asyncio.timeout(300):
        while set(await store.deliveries.counts()) - {"sent", "held", "dead"}:  # noqa: ASYNC110 another process settles them
            await asyncio.sleep(0.1)


def main() -> None:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    found = asyncio.run(run(given.kills, given.seed))
    print(json.dumps(found))
    sys.exit(bool(found["lost"] or found["doubled"] or found["unsettled"]))


if __name__ == "__main__":
    main()
