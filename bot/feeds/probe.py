"""Tries a feed that a person names: what we would read in it, in what language. A page that names its feed will do as well."""

import html
import re
from collections import Counter
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlsplit

from bot.errors import FetchError, ParseError
from bot.feeds.fetch import Client, Fetched, Unreachable
from bot.feeds.urls import canonical
from bot.feeds.workers import ParserPool
from bot.knowledge import language as languages
from bot.model import LANGUAGES, Entry, Feed, FeedMemory, FeedReading

_PLACES = {"ko": ("KR", "Asia/Seoul"), "ja": ("JP", "Asia/Tokyo")}
_LOOKED_AT = 200_000  # bytes of a page in which its feed is looked for
_LINK = re.compile(r"<link\b([^<>]{1,2000})>", re.IGNORECASE)
_FEED_TYPE = re.compile(r"application/(?:rss|atom|rdf)\+xml|application/feed\+json", re.IGNORECASE)
_HREF = re.compile(r"""href\s*=\s*(?:"([^"]{1,1500})"|'([^']{1,1500})')""", re.IGNORECASE)
_LONGEST_NAME = 60


class Probe:
    """The port FeedProbe, over a client and parsers that belong to the caller."""

    def __init__(self, client: Client, parsers: ParserPool) -> None:
        self._client = client
        self._parsers = parsers

    async def probe(self, url: str, now: datetime) -> FeedReading:
        """The feed at ``url``, or the one that the page there names, with its entries.

        Raises:
            FetchError, ParseError: with a reason for the person who asked. A private address and one where nobody answers
                give the same reason, so that nobody can look around in our network.
        """
        fetched = await self._fetch(url)
        try:
            return await self._read(url, fetched, now)
        except ParseError:
            named = feed_of_page(fetched)
            if named is None or named == fetched.url:
                raise
        return await self._read(named, await self._fetch(named), now)

    async def _fetch(self, url: str) -> Fetched:
        try:
            return await self._client.get(url)
        except Unreachable as exc:
            raise FetchError(url, "cannot be reached") from exc

    async def _read(self, url: str, fetched: Fetched, now: datetime) -> FeedReading:
        address = fetched.moved_to or url  # where a redirect leads to for the moment is not the feed's address
        trial = Feed(feed_id(address), address, address, "en", "GLOBAL")
        parsed = await self._parsers.parse(fetched.body, trial, content_type=fetched.content_type, now=now)
        code = _language_of(parsed.entries)
        country, zone = _PLACES.get(code, ("GLOBAL", "UTC"))
        name = (parsed.title or urlsplit(address).hostname or address)[:_LONGEST_NAME]
        feed = replace(trial, name=name, language=code, country=country, time_zone=zone, outlet=name)
        if zone != trial.time_zone:  # dates without a zone mean another instant there
            parsed = await self._parsers.parse(fetched.body, feed, content_type=fetched.content_type, now=now)
        return FeedReading(feed, FeedMemory(feed.id, feed.url), parsed.entries, changed=True)


def feed_id(url: str) -> str:
    """The same for the same address, whoever adds it."""
    return f"added-{sha256(url.encode()).hexdigest()[:12]}"


def feed_of_page(fetched: Fetched) -> str | None:
    """The address of the feed that a web page names in its head."""
    text = fetched.body[:_LOOKED_AT].decode("utf-8", "replace")
    for link in _LINK.finditer(text):
        href = _HREF.search(link[1])
        if href and _FEED_TYPE.search(link[1]):
            return canonical(html.unescape(href[1] or href[2]), fetched.url)
    return None


def _language_of(entries: tuple[Entry, ...]) -> str:
    votes = Counter(languages.detect(entry.title, "en") for entry in entries)
    return next((code for code, _ in votes.most_common() if code in LANGUAGES), "en")
