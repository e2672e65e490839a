"""Fetches the file of reference rates as feeds are fetched: from public addresses, within bounds, only when it has changed."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot import log
from bot.errors import FeedError, ParseError
from bot.feeds import rhythm
from bot.feeds.fetch import Client
from bot.knowledge.rates import DayRates, read_ecb
from bot.model import Feed, FeedMemory

FEED_ID = "reference-rates"
_AGAIN = timedelta(hours=6)  # the bank sets rates once a working day, at about 16:00 in Frankfurt
_LONGEST = 1_000_000  # bytes
_ACCEPT = "application/xml, text/xml;q=0.9, */*;q=0.5"


class RateFile:
    """The RateReader of ports.py, over a ``client`` that is open. ``url``: of a daily or historical file."""

    feed_id = FEED_ID

    def __init__(self, client: Client, url: str) -> None:
        self._client = client
        self._feed = Feed(FEED_ID, "Reference rates", url, "en", "EU")

    async def read(self, memory: FeedMemory | None, now: datetime) -> tuple[FeedMemory, tuple[DayRates, ...]]:
        """What is to be remembered, and the days of the file; none where it is not due, has not changed or cannot be had."""
        known = rhythm.recall(self._feed, memory)
        if known.next_check and known.next_check > now:
            return known, ()
        try:
            return await self._read(known, now)
        except FeedError as exc:
            log.warning("rates.failed", url=self._feed.url, reason=exc.reason, failures=known.failures + 1)
            return rhythm.after_failure(known, exc, now=now), ()

    async def _read(self, known: FeedMemory, now: datetime) -> tuple[FeedMemory, tuple[DayRates, ...]]:
        fetched = await self._client.get(self._feed.url, etag=known.etag, last_modified=known.last_modified, accept=_ACCEPT)
        after = replace(rhythm.after_success(known, fetched, now=now), next_check=now + _AGAIN)
        if fetched.status == 304:
            return after, ()
        if len(fetched.body) > _LONGEST:
            raise ParseError(self._feed.url, "is too long for a file of rates")
        try:
            days = read_ecb(fetched.body.decode("utf-8", "replace"))
        except ParseError as exc:
            raise ParseError(self._feed.url, exc.reason) from exc
        # A day that has not begun anywhere has no rates yet: no file may decide about it in advance.
        return after, tuple(one for one in days if one.day <= (now + timedelta(hours=14)).date())
