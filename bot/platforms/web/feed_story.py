"""A story as it is handed to feed readers and programs, and the marks by which they know it again. Pure."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from urllib.parse import quote, urlsplit

from bot.model import CitedSentence, Source, Story, Summary

MINTED = "2026"  # the year in which this form of tag URIs was settled; it never changes
# What no XML document may hold (XML 1.0, 2.2), halves of surrogate pairs among it.
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class FeedStory:
    """One story: ``address`` is its page, ``published`` when it was first reported, ``updated`` when we last learned of it."""

    story: Story
    summary: Summary
    address: str
    published: datetime
    updated: datetime
    names: tuple[str, ...] = ()

    @cached_property
    def topics(self) -> tuple[str, ...]:
        """What it is about, what most of its reports are mainly about first."""
        leading = Counter(relevance.topics[0] for relevance in self.story.relevances if relevance.topics)
        said = [topic for relevance in self.story.relevances for topic in relevance.topics]
        return tuple(dict.fromkeys(topic.value for topic in [*(topic for topic, _ in leading.most_common()), *said]))

    @cached_property
    def countries(self) -> tuple[str, ...]:
        """Whom it concerns."""
        return tuple(sorted({country for relevance in self.story.relevances for country in relevance.countries}))

    @property
    def title(self) -> str:
        """What the reader's language has for it, else the headline as it stands."""
        return self.summary.translated or self.summary.headline

    @property
    def language(self) -> str:
        """That of ``title``."""
        return self.summary.language if self.summary.translated else self.summary.headline_language or self.summary.language

    def sources_of(self, sentence: CitedSentence) -> list[Source]:
        """Who says it."""
        return [source for source in self.summary.sources if source.number in sentence.cites]


@dataclass(frozen=True, slots=True)
class FeedHead:
    """What a feed says of itself. ``base``: the site's address without a slash at its end; ``here``: the feed's own path and
    query; ``home``: the path of the page with the same stories; ``key``: lets its reader in, and is no part of what it is.
    """

    title: str
    language: str
    base: str
    here: str
    home: str
    updated: datetime
    key: str = ""

    @property
    def own(self) -> str:
        """Where it is read."""
        return self.base + self.here + (f"{'&' if '?' in self.here else '?'}key={quote(self.key, safe='')}" if self.key else "")

    @property
    def host(self) -> str:
        """Who mints the marks of this site."""
        return urlsplit(self.base).hostname or "localhost"

    @property
    def mark(self) -> str:
        """What the feed itself is known by."""
        return mark(self.host, "feed", self.here)


def mark(host: str, *parts: str) -> str:
    """A tag URI (RFC 4151) that stays the same for as long as the site keeps its name."""
    return f"tag:{host},{MINTED}:{'/'.join(quote(fit(part), safe='') for part in parts)}"


def fit(text: str) -> str:
    """``text`` as every reader of XML or JSON takes it: control characters and halves of surrogate pairs are replaced."""
    return _UNFIT.sub("\ufffd", text)


def safe_address(url: str) -> str:
    """``url`` where it is one of the web, else nothing: no reader is handed a script."""
    clean = fit(url).strip()
    try:
        parts = urlsplit(clean)
        known = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return ""
    return quote(clean, safe="!#$%&'()*+,/:;=?@[]~") if known else ""
