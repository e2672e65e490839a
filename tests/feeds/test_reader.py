"""Polling: what a reading says, what is remembered, and that no feed keeps the others waiting."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.feeds.fetch import Client
from bot.feeds.parse import ParsedFeed
from bot.feeds.reader import Reader
from bot.feeds.workers import ParserPool
from bot.model import Feed, FeedMemory, FeedReading
from tests.builders import feed
from tests.feeds import servers
from tests.feeds.servers import MOST_LAG, Request, Server, answer, conditional

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
GOOD = (Path(__file__).parents[1] / "data" / "feeds" / "ko-naive-dates.xml").read_bytes()
ATTRIBUTES = " ".join(f'a{n}="x"' for n in range(32_000))
COSTLY = {
    "attributes": f"<rss><channel><foo {ATTRIBUTES}><item></channel></rss>".encode(),
    "nesting": b"<rss><channel>" + b"<a>" * 300_000,
    "linkless": b"<rss><channel>" + b"<item><title>costly</title></item>" * 40_000 + b"</channel></rss>",
}


@pytest.fixture
async def reader() -> AsyncIterator[Reader]:
    async with Client(user_agent="test", allow_private=True, total=1.5) as client, ParserPool(total=5.0) as parsers:
        yield Reader(client, parsers, concurrency=8)


async def readings(reader: Reader, due: Sequence[tuple[Feed, FeedMemory]], now: datetime = NOW) -> dict[str, FeedReading]:
    return {reading.feed.id: reading async for reading in reader.read_all(due, now)}


def unknown(one: Feed) -> tuple[Feed, FeedMemory]:
    return one, FeedMemory(one.id)


async def test_first_poll_then_not_modified(reader: Reader) -> None:
    async with Server({"/rss": conditional(GOOD, '"v1"')}) as server:
        one = feed("a", server.url("/rss"))
        first = await reader.read(*unknown(one), NOW)
        assert first.changed and len(first.entries) == 2 and first.error is None
        assert first.memory.etag == '"v1"' and first.memory.last_success == NOW
        assert first.memory.newest_entry == datetime(2026, 11, 23, 4, 58, 38, tzinfo=UTC)
        assert first.memory.next_check is not None and first.memory.next_check >= NOW + timedelta(minutes=30)  # its ttl
        later = NOW + timedelta(hours=1)
        second = await reader.read(one, first.memory, later)
        assert (second.changed, second.entries, second.error) == (False, (), None)
        assert second.memory.last_success == later and server.requests[1].headers["if-none-match"] == '"v1"'


async def test_the_same_body_is_not_parsed_again() -> None:
    parsed = []

    class Counting:
        async def parse(self, body: bytes, one: Feed, *, content_type: str | None, now: datetime) -> ParsedFeed:
            parsed.append(body)
            return ParsedFeed(())

    async with Client(user_agent="test", allow_private=True) as client, Server({"/rss": answer(GOOD)}) as server:
        reader = Reader(client, Counting())  # type: ignore[arg-type]
        one = feed("a", server.url("/rss"))
        first = await reader.read(*unknown(one), NOW)
        rebuilt = GOOD.replace(b"2026-11-23 15:10:00", b"2026-11-23 16:10:00")  # lastBuildDate only
        server.handlers["/rss"] = answer(rebuilt)
        second = await reader.read(one, first.memory, NOW)
        assert first.changed and not second.changed and len(parsed) == 1


async def test_failures_are_values_that_name_the_url(reader: Reader) -> None:
    async with Server({"/gone": answer(b"", 410), "/page": answer(b"<html>no</html>"), "/good": answer(GOOD)}) as server:
        due = [unknown(feed(name, server.url(f"/{name}"))) for name in ("gone", "page", "good")]
        due.append(unknown(feed("closed", "http://127.0.0.1:9/")))
        found = await readings(reader, due)
        assert found["good"].changed and not found["good"].error
        for name in ("gone", "page", "closed"):
            reading = found[name]
            assert reading.error and reading.feed.url in reading.error and not reading.changed
            assert reading.memory.failures == 1 and reading.memory.last_error and reading.memory.next_check
        next_check = found["gone"].memory.next_check
        assert next_check is not None and next_check >= NOW + timedelta(days=1)


async def test_validators_of_another_url_are_not_sent(reader: Reader) -> None:
    async with Server({"/rss": conditional(GOOD, '"v1"')}) as server:
        one = feed("a", server.url("/rss"))
        assert (await reader.read(one, FeedMemory("a", url="https://elsewhere.example/", etag='"v1"'), NOW)).changed


async def test_a_bug_in_one_feed_does_not_end_the_poll(caplog: pytest.LogCaptureFixture) -> None:
    class Buggy:
        async def parse(self, body: bytes, one: Feed, *, content_type: str | None, now: datetime) -> ParsedFeed:
            if one.id == "bad":
                raise KeyError("oops")
            return ParsedFeed(())

    async with Client(user_agent="test", allow_private=True) as client, Server({"*": answer(GOOD)}) as server:
        reader = Reader(client, Buggy())  # type: ignore[arg-type]
        found = await readings(reader, [unknown(feed(name, server.url(f"/{name}"))) for name in ("bad", "good")])
    assert found["good"].changed and "bug" in (found["bad"].error or "") and found["bad"].memory.failures == 1
    assert any(record.exc_info for record in caplog.records)


async def test_hostile_feeds_end_and_delay_no_other(reader: Reader) -> None:
    lags: list[float] = []

    async def watch() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.005)
            lags.append(time.perf_counter() - before - 0.005)

    costly = {f"/{name}": answer(body) for name, body in COSTLY.items()}
    async with Server(costly | {"*": answer(GOOD)}) as ours:
        with servers.elsewhere() as address:
            hostile = [unknown(feed(path, address + path)) for path in ("/drip", "/endless", "/gzip-bomb", "/slow-head")]
            hostile += [unknown(feed(path, ours.url(path))) for path in costly]
            honest = [unknown(feed(f"good{n}", ours.url(f"/{n}"))) for n in range(40)]
            watcher = asyncio.create_task(watch())
            started = time.monotonic()
            order = [reading async for reading in reader.read_all(hostile + honest, NOW)]
            took = time.monotonic() - started
            watcher.cancel()
    assert took < 15
    assert {reading.feed.id for reading in order if reading.error} >= {
        "/drip",
        "/endless",
        "/gzip-bomb",
        "/slow-head",
        "/attributes",
        "/nesting",
    }
    assert all(len(reading.entries) == 2 for reading in order if reading.feed.id.startswith("good"))
    ids = [reading.feed.id for reading in order]
    assert max(ids.index(f"good{n}") for n in range(40)) < min(ids.index("/nesting"), ids.index("/linkless"))
    assert sorted(lags)[int(len(lags) * 0.99)] < MOST_LAG


async def test_a_poll_that_nobody_reads_on_ends(reader: Reader) -> None:
    held = asyncio.Semaphore(0)

    async def hold(request: Request, writer: asyncio.StreamWriter) -> None:
        held.release()
        await asyncio.Event().wait()

    async with Server({"/0": answer(GOOD), "*": hold}) as server:
        due = [unknown(feed(str(n), server.url(f"/{n}"))) for n in range(30)]
        async with aclosing(reader.read_all(due, NOW)) as poll:
            assert (await anext(poll)).feed.id == "0"
            for _ in range(8):  # places, all of them taken
                await held.acquire()
        assert len(server.requests) == 9
        assert not [task for task in asyncio.all_tasks() if "Reader._work" in repr(task)]


async def test_no_more_than_so_many_feeds_are_in_flight() -> None:
    flying = most = 0

    class Slow:
        async def get(self, url: str, **_: str | None) -> None:
            nonlocal flying, most
            flying += 1
            most = max(most, flying)
            await asyncio.sleep(0)
            flying -= 1
            raise ValueError(url)

    reader = Reader(Slow(), None, concurrency=5)  # type: ignore[arg-type]
    assert len(await readings(reader, [unknown(feed(str(n))) for n in range(50)])) == 50
    assert most == 5
