"""Jobs: run in this process, or given to any worker through a real PostgreSQL; locks, repeats, what dead workers leave behind."""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from procrastinate.worker import Worker

from bot import log
from bot.queue import Queue, _steps
from bot.work import Inline, Job, ended, lane_of, single

ROOT = Path(__file__).parents[1]


class Noted:
    """What ran, and what ran beside it."""

    def __init__(self, seconds: float = 0.0, fails: int = 0) -> None:
        self.seconds, self.fails = seconds, fails
        self.ran: list[Any] = []
        self.at_once = self.most_at_once = 0

    async def run(self, what: str = "") -> None:
        self.ran.append(what)
        if len(self.ran) <= self.fails:
            raise ValueError("the first attempts fail")
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        await asyncio.sleep(self.seconds)
        self.at_once -= 1

    async def until(self, number: int) -> None:
        async with asyncio.timeout(20):
            while len(self.ran) < number or self.at_once:  # noqa: ASYNC110 other tasks, and other processes, work on it
                await asyncio.sleep(0.02)


@pytest.fixture
def bugs() -> Any:
    found: list[str] = []
    stop = log.listen(lambda level, name, fields: found.append(f"{name} {fields.get('job')}") if level == "error" else None)
    yield found
    stop()


async def test_jobs_run_here_side_by_side_and_those_of_one_lock_one_after_the_other(bugs: list[str]) -> None:
    work, free, locked = Inline(), Noted(0.05), Noted(0.05)
    work.functions = {"free": free.run, "locked": locked.run}
    await work.put(*(Job("free", {"what": str(number)}) for number in range(10)))
    await work.put(*(Job("locked", {"what": str(number)}, lock="one") for number in range(3)))
    await free.until(10)
    await locked.until(3)
    assert (free.most_at_once, locked.most_at_once, locked.ran) == (4, 1, ["0", "1", "2"])


async def test_of_what_is_to_wait_once_one_waits_while_one_runs() -> None:
    work, noted = Inline(), Noted(0.05)
    work.functions = {"poll": noted.run}
    await work.put(single("poll"))
    await asyncio.sleep(0.02)
    for _ in range(5):
        await work.put(single("poll"))
    await noted.until(2)
    await asyncio.sleep(0.1)
    assert len(noted.ran) == 2


async def test_while_one_waits_no_second_does_though_another_of_them_ends() -> None:
    work, ran = Inline(), list[str]()
    gates = {what: asyncio.Event() for what in ("first", "others", "second", "third")}

    async def write(what: str) -> None:
        ran.append(what)
        await gates[what].wait()

    work.functions = {"write": write}
    once = [Job("write", {"what": what}, lock="one", once="one") for what in ("first", "second", "third")]
    await work.put(once[0], *(Job("write", {"what": "others"}) for _ in range(4)))
    await asyncio.sleep(0.01)
    await work.put(once[1])  # waits for the lock, and then for a place
    gates["first"].set()
    await asyncio.sleep(0.01)
    await work.put(once[2])
    for gate in gates.values():
        gate.set()
    await work.stop(1)
    assert ran == ["first", *["others"] * 4, "second"]
    assert not work._locks and not work._waiting


async def test_a_job_that_fails_here_is_logged_and_the_others_go_on(bugs: list[str]) -> None:
    work, bad, good = Inline(), Noted(fails=1), Noted()
    work.functions = {"bad": bad.run, "good": good.run}
    await work.put(Job("bad"), Job("good"))
    await good.until(1)
    await work.stop(1)
    assert bugs == ["job.failed bad"]


async def test_it_stops_within_its_grace() -> None:
    work, noted = Inline(), Noted(60)
    work.functions = {"slow": noted.run}
    await work.put(Job("slow"))
    await asyncio.sleep(0.01)
    async with asyncio.timeout(2):
        await work.stop(0.05)


def test_lanes_are_the_same_everywhere_and_share_the_load() -> None:
    assert lane_of(64, "slack", "T0LOOP") == 17 or lane_of(64, "slack", "T0LOOP") in range(64)
    assert lane_of(1, "slack", "T0LOOP") == 0
    found = [lane_of(8, "slack", f"T{number}") for number in range(4000)]
    assert set(found) == set(range(8)) and min(map(found.count, range(8))) > 400


# ---- through PostgreSQL ----


async def working(
    url: str, functions: dict[str, Callable[..., Awaitable[object]]], then: Callable[[Queue], Awaitable[None]]
) -> None:
    async with Queue.opened(url) as queue, queue.worked(functions, 1.0):
        await then(queue)


async def test_two_workers_share_the_jobs_and_the_locks(postgres_url: str) -> None:
    noted, locked = Noted(0.02), Noted(0.1)
    functions = {"free": noted.run, "locked": locked.run}

    async def then(queue: Queue) -> None:
        await queue.put(*(Job("free", {"what": str(number)}) for number in range(20)))
        for number in range(4):
            await queue.put(Job("locked", {"what": str(number)}, lock="lane", once=f"lane/{number}"))
            await queue.put(Job("locked", {"what": "again"}, lock="lane", once=f"lane/{number}") if number == 3 else Job("free"))
        await noted.until(23)
        await locked.until(4)
        assert sorted(noted.ran)[3:] == sorted(str(number) for number in range(20))
        assert locked.most_at_once == 1 and locked.ran == ["0", "1", "2", "3"]
        async with asyncio.timeout(5):
            while await queue.counts():  # noqa: ASYNC110 the workers empty it
                await asyncio.sleep(0.05)

    async with Queue.opened(postgres_url) as other, other.worked(functions, 1.0):
        await working(postgres_url, functions, then)


async def test_what_failed_is_tried_again_unless_the_next_tick_brings_it(postgres_url: str, bugs: list[str]) -> None:
    again, once = Noted(fails=1), Noted(fails=1)

    async def then(queue: Queue) -> None:
        await queue.put(Job("again"), single("once"))
        await again.until(2)
        assert len(once.ran) == 1
        await queue.put(single("once"))
        await once.until(2)

    await working(postgres_url, {"again": again.run, "once": once.run}, then)
    assert sorted(bugs) == ["job.failed again", "job.failed once"]


async def test_a_tick_comes_once_however_many_would_give_it(postgres_url: str) -> None:
    seen: list[int] = []

    async def tick(second: int) -> None:
        seen.append(second)

    url = postgres_url
    async with Queue.opened(url) as one, Queue.opened(url) as two, one.ticking(tick, 1.0, 1), two.ticking(tick, 1.0, 1):
        async with asyncio.timeout(20):
            while len(seen) < 3:  # noqa: ASYNC110 the database tells the time
                await asyncio.sleep(0.05)
    assert len(seen) == len(set(seen)) and seen == sorted(seen)


DYING = """
import asyncio, sys
from bot.queue import Queue
async def hang(): print("hangs", flush=True); await asyncio.sleep(3600)
async def main():
    async with Queue.opened(sys.argv[1], 2.0) as queue, queue.worked({"job": hang}, 1.0):
        await asyncio.sleep(3600)
asyncio.run(main())
"""


@pytest.mark.parametrize("once", ["", "job"])
async def test_a_job_whose_worker_was_killed_goes_to_another(postgres_url: str, once: str) -> None:
    noted, url = Noted(), postgres_url
    lost: list[Any] = []

    async def note(name: str, arguments: Any) -> None:
        lost.append((name, arguments))

    process = await asyncio.create_subprocess_exec(sys.executable, "-c", DYING, url, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    async with Queue.opened(url, 2.0) as queue:
        await queue.put(Job("job", lock="job", once=once))
        try:
            assert process.stdout is not None
            async with asyncio.timeout(20):
                assert await process.stdout.readline() == b"hangs\n"
        finally:
            process.send_signal(signal.SIGKILL)
            await process.communicate()
        queue.lost = note
        await queue.put(Job("job", lock="job", once=once))  # waits for the lock that the dead one holds
        async with queue.worked({"job": noted.run}, 1.0):
            await noted.until(1 if once else 2)
    assert lost == [("job", {})]


async def test_a_worker_that_the_database_does_not_know_yet_is_no_sign_of_life(postgres_url: str) -> None:
    async with Queue.opened(postgres_url, 0.1) as queue:
        began, unknown = queue.last_beat, Worker(queue._jobs)
        beating = asyncio.create_task(queue._beat(unknown))
        await asyncio.sleep(0.1)
        beating.cancel()
        assert queue.last_beat == began
        async with queue.worked({}, 1.0), asyncio.timeout(10):
            while queue.last_beat == began:  # noqa: ASYNC110 the workers make themselves known
                await asyncio.sleep(0.02)


async def test_its_tables_are_made_once_and_brought_up_to_date(postgres_url: str) -> None:
    url = postgres_url
    lines: list[tuple[str, Any]] = []
    stop = log.listen(lambda level, name, fields: lines.append((name, fields.get("before"))))

    async def opened() -> None:
        async with Queue.opened(url):
            pass

    await asyncio.gather(*(opened() for _ in range(4)))
    async with Queue.opened(url) as queue:  # as an older version of the library left it, but for what it did not have yet
        await queue._connector.execute_query_async("COMMENT ON TABLE procrastinate_jobs IS '3.9.0'")
    await opened()
    await opened()
    stop()
    assert lines == [("queue.prepared", ""), ("queue.prepared", "3.9.0")]
    assert [step[:2] for step in _steps("3.3.0", "3.4.0")] and _steps("3.4.0", "3.10.0") == []


async def test_a_task_that_swallows_its_cancellation_is_cancelled_again() -> None:
    swallowed = 0

    async def stubborn() -> None:
        nonlocal swallowed
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                swallowed += 1
                if swallowed > 1:
                    raise

    tasks = [asyncio.create_task(stubborn()), asyncio.create_task(asyncio.sleep(60))]
    await asyncio.sleep(0)
    await ended(tasks, 0.02)
    assert swallowed == 2 and all(task.cancelled() for task in tasks)
    await ended([])
