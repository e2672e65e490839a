"""Polls feeds: asks each server whether something is new, has it parsed, and says what it found. The port ``FeedReader``."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime

from bot import log
from bot.errors import FeedError
from bot.feeds import rhythm
from bot.feeds.fetch import Client
from bot.feeds.workers import ParserPool
from bot.model import Feed, FeedMemory, FeedReading


class Reader:
    """Reads feeds, ``concurrency`` at a time. ``client`` and ``parsers`` belong to the caller, who opens and closes them.

    ``deadline``: seconds for one feed in all. Fetching and parsing have shorter ones of their own; this one also covers the wait
    for a server of which many feeds want something.
    """

    def __init__(self, client: Client, parsers: ParserPool, *, concurrency: int = 64, deadline: float = 120.0) -> None:
        self._client = client
        self._parsers = parsers
        self._concurrency = concurrency
        self._deadline = deadline

    async def read_all(self, due: Sequence[tuple[Feed, FeedMemory]], now: datetime) -> AsyncIterator[FeedReading]:
        """One reading a feed, as each is done. A failure is a value; at most ``concurrency`` readings wait to be taken."""
        waiting = iter(due)
        done: asyncio.Queue[FeedReading] = asyncio.Queue(self._concurrency)
        tasks = [asyncio.create_task(self._work(waiting, done, now)) for _ in range(min(self._concurrency, len(due)))]
        try:
            for _ in due:
                yield await done.get()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _work(self, waiting: Iterator[tuple[Feed, FeedMemory]], done: asyncio.Queue[FeedReading], now: datetime) -> None:
        for feed, memory in waiting:
            await done.put(await self.read(feed, memory, now))

    async def read(self, feed: Feed, memory: FeedMemory, now: datetime) -> FeedReading:
        """One reading of one feed. Raises nothing for what the feed, its server or our own parser does."""
        memory = rhythm.recall(feed, memory)
        try:
            async with asyncio.timeout(self._deadline):
                return await self._read(feed, memory, now)
        except FeedError as exc:
            error = exc
        except TimeoutError:
            error = FeedError(feed.url, f"not done after {self._deadline:g} seconds")
        except Exception as exc:  # noqa: BLE001 - the edge of one feed's job: the other feeds are read all the same
            log.bug("feed.bug", exc, feed=feed.id, url=feed.url)
            error = FeedError(feed.url, f"a bug of this program ({type(exc).__name__}); the log has the details")
        log.warning("feed.failed", feed=feed.id, url=feed.url, reason=error.reason, failures=memory.failures + 1)
        return FeedReading(feed, rhythm.after_failure(memory, error, now=now), error=str(error))

    async def _read(self, feed: Feed, memory: FeedMemory, now: datetime) -> FeedReading:
        fetched = await self._client.get(feed.url, etag=memory.etag, last_modified=memory.last_modified)
        if fetched.moved_to and memory.last_success is None:
            log.event("feed.moved", feed=feed.id, url=feed.url, to=fetched.moved_to)
        digest = rhythm.body_hash(fetched.body) if fetched.status == 200 else None
        if digest is None or digest == memory.body_hash:
            return FeedReading(feed, rhythm.after_success(memory, fetched, now=now, digest=digest))
        parsed = await self._parsers.parse(fetched.body, feed, content_type=fetched.content_type, now=now)
        dates = [entry.published for entry in parsed.entries if entry.published]
        after = rhythm.after_success(memory, fetched, now=now, digest=digest, dates=dates, ttl=parsed.ttl)
        return FeedReading(feed, after, parsed.entries, changed=True)
