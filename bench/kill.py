"""Kills a delivering process (kill -9) at random moments while every fifth call of the platform fails; counts lost and doubled.

    python bench/kill.py --kills 1000 [--seed 1] [--lanes 4]

The platform is the loopback Slack of the tests, outside the killed process; the killed process speaks through the real client.
Some messages have a picture, which is uploaded first. Of every edition that is out a message is then edited. Lanes run side by
side, each with a database, a platform and a process of its own. Prints one JSON line; exit status 1 where a message was lost or
doubled, or shows the wrong text in the end.
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
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from aiohttp import web

from bot import charts
from bot.model import Channel, Chart, ChartMoment, DeliveryState, Edition, Message, Slot, Subscription
from bot.pipeline.deliver import deliver_due
from bot.platforms.slack.pictures import Pictures, frozen, stand_ins
from bot.platforms.slack.send import SlackMessenger
from bot.store import Store
from bot.store.amendments import Step
from tests.platforms.slack.server import Fault, SlackServer

FAULTS = 0.2
SPEED = 30  # the bot's clock and the platform's run faster than ours, so that nobody waits a minute for a history
LATE = 0.2  # real seconds after which a late message is there; less than SETTLE on the fast clock
SEND_LIMIT, SETTLE = 2.0, 15.0
MEAN_LIFE = 0.2
EDITIONS_AT_ONCE = 4
PARTS = 2
EDITED = "put right"
CHANNEL = "C0BRIEF"
MEMORY = Path("/dev/shm")  # noqa: S108 the folder within it is private; kill -9 loses nothing that was written, on any disk


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
    spacing = workspace_spacing = 0.0


CHART = Chart("timeline", "A week", "en", moments=(ChartMoment(date(2026, 11, 23), "23 Nov", "something"),))
charts.png(CHART)  # once, for all processes that are forked off
PICTURED = 8  # parts from one message with a picture to the next


def fast(start: float) -> float:
    """Epoch seconds on the fast clock that was set to ``start``."""
    return start + (time.time() - start) * SPEED


def fast_now(start: float) -> datetime:
    """The instant on the fast clock."""
    return datetime.fromtimestamp(fast(start), UTC)


async def _deliver(url: str, base_url: str, start: float, ready: Any) -> None:
    store = await Store.open(url)
    messengers = {"slack": Quick(SlackServer.bot_token, base_url=base_url, timeout=1, pictures=Pictures((0.0, 0.0)))}
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
    if number % PICTURED == 0:
        ((id, chart),) = stand_ins([CHART]).items()
        image = {"type": "image", "slack_file": {"id": id}, "alt_text": charts.alt(chart)}
        messages[0] = frozen(Message({**messages[0].payload, "blocks": [image]}), {id: chart})
    edition = Edition(slot.key, "ko", "UTC", now - timedelta(days=1), now, ())
    await store.editions.plan(slot, subscription, edition, messages, now)
    return [one.id for one in await store.deliveries.of_edition(slot.key)]


async def _edit(store: Store, keys: Sequence[str], now: datetime) -> None:
    """Plan an edit of the last message of each edition that is out and was not edited yet."""
    for posted in await store.amendments.load(keys):
        if posted.revision == 0 and all(one.state is DeliveryState.SENT for one in posted.deliveries):
            step = Step(Message({"text": EDITED}, in_thread=True), edits=posted.deliveries[-1].id)
            await store.amendments.plan(posted, posted.edition, ["s|amount|x"], [step], now)


async def lane(context: Any, store: Store, url: str, kills: int, seed: int) -> Counter[str]:
    """Kill as often, then let the last process finish; the counts."""
    dice, planned, start, keys = random.Random(seed), list[str](), time.time(), list[str]()
    async with FaultySlack(dice, start) as slack:
        where = (url, slack.url, start)
        for life in range(kills + 1):
            counts = await store.deliveries.counts()
            waiting = counts.get("pending", 0) + counts.get("sending", 0)
            await _edit(store, keys[-2 * EDITIONS_AT_ONCE :], fast_now(start))
            for _ in range(max(0, EDITIONS_AT_ONCE - waiting // PARTS) if life < kills else 0):
                planned += await _plan(store, len(planned), fast_now(start))
                keys.append(f"n{len(planned) - PARTS}/2026-11-23/08:00")
            await _one_life(context, store, where, dice.expovariate(1 / MEAN_LIFE) if life < kills else None)
        seen = slack.rooms[CHANNEL].messages
        faults = slack.faults
    return await _judged(store, planned, keys, seen) + Counter(kills=kills, faults=faults)


async def _one_life(context: Any, store: Store, where: tuple[str, str, float], seconds: float | None) -> None:
    """A process that is killed after so many seconds; with None when everything is settled."""
    ready = context.Event()
    process = context.Process(target=worker, args=(*where, ready), daemon=True)
    process.start()
    await asyncio.to_thread(ready.wait, 60)
    if seconds is None:
        await _finished(store)
    else:
        await asyncio.sleep(seconds)
    process.kill()
    while process.is_alive():  # noqa: ASYNC110 to join in a thread while another lane starts a process is a race for its status
        await asyncio.sleep(0.005)
    assert process.exitcode == -signal.SIGKILL, f"the worker ended by itself: {process.exitcode}"


async def _judged(store: Store, planned: Sequence[str], keys: Sequence[str], seen: Sequence[dict[str, Any]]) -> Counter[str]:
    posted = Counter(one["metadata"]["event_payload"]["d"] for one in seen)
    texts = {one["metadata"]["event_payload"]["d"]: one["text"] for one in seen}
    edits = [one for one in await store.deliveries.of_editions(keys) if one.kind == "edit"]
    states = await store.deliveries.counts()
    return Counter(
        messages=len(planned),
        edits=len(edits),
        pictures=sum(block["type"] == "image" for one in seen for block in one.get("blocks") or ()),
        lost=sum(posted[id] == 0 for id in planned),
        doubled=sum(posted[id] > 1 for id in planned),
        unedited=sum(texts.get(one.edits or "") != EDITED for one in edits),
        unsettled=sum(count for state, count in states.items() if state != "sent"),
    )


async def run(kills: int, seed: int, lanes: int, memory: Path | None) -> dict[str, Any]:
    """All lanes side by side; the sums of their counts."""
    began = time.perf_counter()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["bench.kill", "__main__"])
    shares = [kills // lanes + (number < kills % lanes) for number in range(lanes)]
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        urls = [f"sqlite:///{folder}/bot{number}.db" for number in range(lanes)]
        stores = [await Store.open(url) for url in urls]  # one after the other: alembic knows one migration at a time
        work = [lane(context, *each, seed + number) for number, each in enumerate(zip(stores, urls, shares, strict=True))]
        found = await asyncio.gather(*work)
        for store in stores:
            await store.close()
    names = ("kills", "messages", "edits", "pictures", "faults", "lost", "doubled", "unedited", "unsettled")
    sums = {name: sum(one[name] for one in found) for name in names}
    return {"bench": "kill", "seed": seed, "lanes": lanes, **sums, "seconds": round(time.perf_counter() - began, 1)}


async def _finished(store: Store) -> None:
    async with asyncio.timeout(300):
        while set(await store.deliveries.counts()) - {"sent", "held", "dead"}:  # noqa: ASYNC110 another process settles them
            await asyncio.sleep(0.1)


def main() -> None:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lanes", type=int, default=4)
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    found = asyncio.run(run(given.kills, given.seed, given.lanes, MEMORY if MEMORY.is_dir() else None))
    print(json.dumps(found))
    sys.exit(any(found[name] for name in ("lost", "doubled", "unedited", "unsettled")))


if __name__ == "__main__":
    main()
