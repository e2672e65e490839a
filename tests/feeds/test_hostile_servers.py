"""What hostile servers do to us: nothing, within the deadline, while honest feeds go on."""

import asyncio
import gc
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import FetchError
from bot.feeds.fetch import Client
from tests.feeds import servers
from tests.feeds.servers import MOST_LAG

TOTAL = 1.5  # seconds for one fetch
SLACK = 2.0  # seconds: other work on the machine


class Pulse:
    """How late the event loop gets to a task that wants to run every 5 ms, and how much memory the process holds."""

    def __init__(self) -> None:
        self.lags: list[float] = []
        self.peak = self.start = self._resident()

    async def beat(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.005)
            self.lags.append(time.perf_counter() - before - 0.005)
            self.peak = max(self.peak, self._resident())

    @property
    def p99(self) -> float:
        """Seconds."""
        return sorted(self.lags)[int(len(self.lags) * 0.99)]

    @staticmethod
    def _resident() -> int:
        statm = Path("/proc/self/statm")
        return int(statm.read_text().split()[1]) * 4096 if statm.exists() else 0


async def attempt(client: Client, url: str) -> tuple[str | None, float]:
    """The reason of the failure, None where there was none, and the seconds it took."""
    before = time.perf_counter()
    try:
        await client.get(url)
    except FetchError as exc:
        return exc.reason, time.perf_counter() - before
    return None, time.perf_counter() - before


@pytest.fixture
def quiet_heap() -> Iterator[None]:
    """Leave what the test run itself has piled up out of the garbage collections, as the bot does with what it has loaded."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("quiet_heap")
async def test_hostile_servers_delay_nothing_else() -> None:
    pulse = Pulse()
    with servers.elsewhere() as address:
        async with Client(user_agent="tests/1", allow_private=True, total=TOTAL) as client:
            beating = asyncio.create_task(pulse.beat())
            hostile = [asyncio.create_task(attempt(client, address + path)) for path in servers.HOSTILE for _ in range(2)]
            honest = [await attempt(client, f"{address}/feed/{number}") for number in range(100)]
            failures = await asyncio.gather(*hostile)
            beating.cancel()
    assert all(reason is not None and took < TOTAL + SLACK for reason, took in failures)
    assert all(reason is None for reason, _ in honest)
    assert sum(took for _, took in honest) < 5.0
    assert pulse.p99 < MOST_LAG
    assert pulse.peak - pulse.start < 150_000_000


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/hang", "not done after"),
        ("/drip", "not done after"),
        ("/slow-head", "not done after"),
        ("/endless-continue", "not done after"),
        ("/endless", "more than 3,000,000 bytes"),
        ("/gzip-bomb", "more than 3,000,000 bytes"),
        ("/gzip-of-gzips", "too many parts"),
    ],
)
async def test_each_is_ended_for_its_own_reason(path: str, reason: str) -> None:
    with servers.elsewhere() as address:
        async with Client(
            user_agent="tests/1", allow_private=True, total=0.5 if "after" in reason else 5.0, max_bytes=3_000_000
        ) as client:
            said, took = await attempt(client, address + path)
    assert said is not None and reason in said and took < 5.0 + SLACK
