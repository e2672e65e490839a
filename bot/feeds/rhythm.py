"""Decides when a feed is asked again, and what is remembered of it until then. Pure."""

import hashlib
import re
import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.errors import FeedError, FetchError
from bot.feeds.fetch import Fetched
from bot.model import Feed, FeedMemory

SHORTEST, LONGEST = 300.0, 21_600.0  # seconds between two regular polls: 5 minutes and 6 hours
PERMANENT = 86_400.0  # seconds until a feed that is gone is asked whether it is back

_LOOKS = 4  # looks per usual gap between two entries: a new one waits an eighth of the gap on average
_RECENT = 10  # entries that tell the rhythm
_HINT = 3_600.0  # seconds; servers that call a feed fresh for a year do not mean it
_SPREAD = 0.1  # of a delay: feeds that failed together do not come back together

# Head fields that change with every request although no entry does.
_RESTLESS = re.compile(rb"<(lastBuildDate|pubDate|dc:date|updated)\b[^>]{0,100}>[^<]{0,100}</\1\s*>")
_ENTRIES = re.compile(rb"<(?:\w+:)?(?:item|entry)\b")
_LAST_WORDS = re.compile(rb"(?:<!--[^<>]{0,500}-->|\s)+\Z")


def recall(feed: Feed, memory: FeedMemory | None) -> FeedMemory:
    """What is known of ``feed``. Nothing, where it was moved to another URL since: validators belong to a URL."""
    if memory is None or memory.url != feed.url:
        return FeedMemory(feed.id, url=feed.url)
    return memory


def body_hash(body: bytes) -> str:
    """Equal for two bodies with the same entries, whenever they were built."""
    first = _ENTRIES.search(body)
    start = first.start() if first else 0
    head, rest = _RESTLESS.sub(b"", body[:start]), body[start:]
    last = _LAST_WORDS.search(rest, max(0, len(rest) - 1_000))
    digest = hashlib.blake2b(head, digest_size=16)
    digest.update(memoryview(rest)[: last.start() if last else len(rest)])
    return digest.hexdigest()


def after_success(
    memory: FeedMemory,
    fetched: Fetched,
    *,
    now: datetime,
    digest: str | None = None,
    dates: Sequence[datetime] = (),
    ttl: float | None = None,
) -> FeedMemory:
    """The memory after an answer.

    ``digest``: body_hash of the body, None for a 304. ``dates``: of the entries, none where nothing changed. ``ttl``: seconds
    that the feed itself asks to be left alone.
    """
    changed = digest is not None and digest != memory.body_hash
    known = [date for date in dates if date <= now]
    newest = max([*known, *([memory.newest_entry] if memory.newest_entry else [])], default=None)
    interval = _interval(memory, known, newest, changed=changed, now=now)
    hint = min(max(fetched.fresh_for or 0.0, ttl or 0.0), _HINT)
    interval = min(max(interval, hint, SHORTEST), LONGEST)
    return replace(
        memory,
        etag=fetched.etag if fetched.status == 200 else fetched.etag or memory.etag,
        last_modified=fetched.last_modified if fetched.status == 200 else fetched.last_modified or memory.last_modified,
        body_hash=digest or memory.body_hash,
        interval=interval,
        next_check=now + timedelta(seconds=_spread(memory, interval)),
        last_checked=now,
        last_success=now,
        last_error=None,
        failures=0,
        newest_entry=newest,
    )


def after_failure(memory: FeedMemory, error: FeedError, *, now: datetime) -> FeedMemory:
    """The memory after a failure: soon again at first, then ever later; once a day where it is permanent.

    Validators stay, but for an answer that could not be read they are of an older, readable one.
    """
    failures = memory.failures + 1
    permanent = isinstance(error, FetchError) and error.permanent
    delay = PERMANENT if permanent else min(SHORTEST * 2 ** min(failures - 1, 20), LONGEST)
    if isinstance(error, FetchError):
        delay = max(delay, error.retry_after or 0.0)
    return replace(
        memory,
        next_check=now + timedelta(seconds=_spread(memory, delay, failures)),
        last_checked=now,
        last_error=error.reason,
        failures=failures,
    )


def _interval(memory: FeedMemory, dates: Sequence[datetime], newest: datetime | None, *, changed: bool, now: datetime) -> float:
    """Seconds, before any bounds: from the gaps between recent entries, from the silence since the last one, or by trying."""
    silence = (now - newest).total_seconds() / _RECENT if newest else None
    recent = sorted(dates, reverse=True)[:_RECENT]
    if len(recent) > 1:
        return (now - recent[-1]).total_seconds() / len(recent) / _LOOKS
    if changed or silence is None:
        return memory.interval * (0.5 if changed else 1.3)
    return max(memory.interval, silence)


def _spread(memory: FeedMemory, delay: float, failures: int = 0) -> float:
    """``delay`` and a little more: the same for one feed and failure, different for others."""
    share = zlib.crc32(f"{memory.feed_id}:{failures}".encode("utf-8", "replace")) / 2**32
    return delay * (1 + _SPREAD * share)
