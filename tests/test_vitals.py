"""How a process is, as its probes tell it: a process answers for what it does."""

from collections.abc import AsyncIterator, Callable
from datetime import date, time, timedelta
from pathlib import Path
from time import monotonic

import aiohttp
import pytest

from bot import clock, health
from bot.model import Channel, Edition, Message, Slot, Subscription
from bot.server import served
from bot.store import Store
from bot.vitals import Vitals

CHANNEL = Channel("slack", "C1", "T1")
LATE = "daily/2026-11-23/08:00 part 1 is late"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """With a message that should have been posted ten minutes ago."""
    made = await Store.open(f"sqlite:///{tmp_path}/bot.sqlite3")
    now = clock.now() - timedelta(minutes=10)
    slot, daily = Slot("daily", date(2026, 11, 23), time(8), now), Subscription("daily", CHANNEL, (time(8),))
    await made.subscriptions.add(daily)
    await made.editions.plan(slot, daily, Edition(slot.key, "ko", "UTC", now, now, ()), [Message({"text": "hello"})], now)
    yield made
    await made.close()


async def _readyz(store: Store, *, delivers: bool = False, beat: Callable[[], float] | None = None) -> tuple[int, list[str]]:
    vitals = Vitals(store, lambda: [], {"slack"}, delivers=delivers, beat=beat)
    routes = health.routes(live=vitals.stalled, ready=vitals.ready, metrics=vitals.figures)
    async with (
        served("127.0.0.1", 0, routes) as port,
        aiohttp.ClientSession() as http,
        http.get(f"http://127.0.0.1:{port}/readyz") as answer,
    ):
        return answer.status, (await answer.text()).splitlines()


async def test_who_posts_or_runs_jobs_is_not_ready_while_messages_are_late(store: Store) -> None:
    assert await _readyz(store, delivers=True) == (503, [LATE])
    assert await _readyz(store, beat=monotonic) == (503, [LATE])


async def test_who_only_answers_takes_requests_whatever_the_others_do_and_says_what_is_wrong(store: Store) -> None:
    silent = "no worker has run on this database yet"
    assert await _readyz(store) == (200, ["ok", silent, LATE])
    await store.jobs.begun_at("deliver", clock.now())
    assert await _readyz(store) == (200, ["ok", LATE])


async def test_without_the_database_nobody_is_ready(store: Store, tmp_path: Path) -> None:
    await store.close()
    file = tmp_path / "bot.sqlite3"
    file.rename(tmp_path / "elsewhere")
    file.mkdir()
    for delivers in (True, False):
        status, (problem,) = await _readyz(store, delivers=delivers)
        assert (status, "bot.sqlite3" in problem) == (503, True)
