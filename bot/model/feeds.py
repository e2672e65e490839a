"""Feeds as they are configured and read, articles as we keep them, pages as people ask for them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class FeedKind(StrEnum):
    """Who speaks in a feed."""

    PRESS = "press"
    GOVERNMENT = "government"
    COMPANY = "company"
    AGGREGATOR = "aggregator"


@dataclass(frozen=True, slots=True)
class Feed:
    """A URL that we poll, as feeds.yaml states it. ``outlet`` is who publishes it; feeds of one outlet count once in a story."""

    id: str
    name: str
    url: str
    language: str
    country: str
    kind: FeedKind = FeedKind.PRESS
    time_zone: str = "UTC"
    tier: int = 2
    quirks: frozenset[str] = frozenset()
    enabled: bool = True
    outlet: str = ""


@dataclass(frozen=True, slots=True)
class FeedMemory:
    """What we keep of a feed between two polls. ``body_hash``: of the last body; ``interval``: seconds to the next poll."""

    feed_id: str
    url: str = ""
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    interval: float = 900.0
    next_check: datetime | None = None
    last_checked: datetime | None = None
    last_success: datetime | None = None
    last_error: str | None = None
    failures: int = 0
    newest_entry: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One item as the feed states it, as clean text. ``published`` is None where the feed gives no date that can be trusted."""

    title: str
    url: str | None = None
    guid: str | None = None
    summary: str = ""
    published: datetime | None = None
    language: str = ""
    outlet: str | None = None


@dataclass(frozen=True, slots=True)
class FeedReading:
    """The result of one poll of one feed; a failure is a value here (``error``), with the memory that remembers it."""

    feed: Feed
    memory: FeedMemory
    entries: tuple[Entry, ...] = ()
    changed: bool = False
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """Our stored document. ``url`` is canonical; ``fresh`` is False for what was already old when we first saw it."""

    id: str
    title: str
    summary: str = ""
    url: str = ""
    outlet: str = ""
    language: str = ""
    published: datetime | None = None
    first_seen: datetime | None = None
    feed_id: str = ""
    body: str = ""
    fingerprint: str = ""
    fresh: bool = True

    @property
    def text(self) -> str:
        """Title, summary and body, one below the other, without saying anything twice."""
        summary = self.summary.removeprefix(self.title).strip()
        return "\n".join(part for part in (self.title, summary, self.body) if part)

    @property
    def at(self) -> datetime | None:
        """When it was published, or first seen where the feed does not tell."""
        return self.published or self.first_seen


class Known(NamedTuple):
    """What deciding on an entry needs of the article that already bears one of its identity keys."""

    article_id: str
    feed_id: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page or PDF read from the network as clean text. ``paywalled``: only its beginning is open to everybody."""

    url: str
    title: str
    text: str
    language: str = ""
    site: str = ""
    published: datetime | None = None
    paywalled: bool = False
