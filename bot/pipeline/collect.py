"""Decides what is new in a poll: who an entry is (identity keys), whether it changed, and whether it is news or merely old.

Nothing here remembers: ``identify`` names the keys to look up, ``decide`` is told which of them are known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from bot.model import Article, Entry, Feed, FeedKind, FeedMemory, FeedReading, Known

FIRST_POLL_WINDOW = timedelta(hours=24)
NEWS_WINDOW = timedelta(hours=48)
LONGEST_CATCH_UP = timedelta(days=7)
UNDATED_ON_FIRST_POLL = 3
FLOOD_SHARE = 0.8
FLOOD_ENTRIES = 5


class Candidate(NamedTuple):
    """An entry with the 64-bit keys it may be recognised by, the most trusted first, and the fingerprint of its content."""

    entry: Entry
    keys: tuple[int, ...]
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Candidates:
    """Polls whose entries have their keys: ``items`` runs beside ``readings``; ``keys`` is what to look up."""

    readings: tuple[FeedReading, ...]
    items: tuple[tuple[Candidate, ...], ...]

    @property
    def keys(self) -> set[int]:
        """Every key of every entry."""
        return {key for items in self.items for candidate in items for key in candidate.keys}


@dataclass(slots=True)
class Collected:
    """What to store after a batch of polls, in one transaction.

    ``keys``: identity keys to remember, each with the id of its article. ``memories``: one for each reading. ``changed``: known
    articles with their new content (store only that; first seen and freshness stay). ``reasons``: for the log.
    """

    new: list[Article] = field(default_factory=list)
    changed: list[Article] = field(default_factory=list)
    keys: dict[int, str] = field(default_factory=dict)
    memories: list[FeedMemory] = field(default_factory=list)
    entries: int = 0
    reasons: list[str] = field(default_factory=list)


# ---- identity ----


def identify(readings: Sequence[FeedReading]) -> Candidates:
    """Give every entry its keys. A key that one poll uses for different items names none of them and is dropped."""
    return Candidates(tuple(readings), tuple(_candidates(reading.feed, reading.entries) for reading in readings))


def article_keys(article: Article) -> tuple[int, ...]:
    """The keys by which a later poll recognises an article that came from elsewhere, such as an import."""
    link = _link_identity(article.url)
    scope = article.outlet or article.feed_id
    keys = [_key("link", scope, link)] if link else []
    if article.published is not None:
        keys.append(_key("title", scope, _dated_title(_folded(article.title), article.published)))
    return tuple(keys)


def _candidates(feed: Feed, entries: Sequence[Entry]) -> tuple[Candidate, ...]:
    outlet = feed.outlet or feed.name or feed.id
    titles = [_folded(entry.title) for entry in entries]
    marks = [_marks(feed, outlet, entry, title) for entry, title in zip(entries, titles, strict=True)]
    witnesses: dict[int, str] = {}
    ambiguous: set[int] = set()
    for entry_marks in marks:
        for key, witness in entry_marks:
            if witnesses.setdefault(key, witness) != witness:
                ambiguous.add(key)
    found = []
    for entry, title, entry_marks in zip(entries, titles, marks, strict=True):
        keys = tuple([key for key, _ in entry_marks if key not in ambiguous] if ambiguous else [key for key, _ in entry_marks])
        found.append(Candidate(entry, keys or (_last_resort(feed, entry),), _hash(f"{title}\n{entry.summary}").hex()))
    return tuple(found)


def _marks(feed: Feed, outlet: str, entry: Entry, title: str) -> list[tuple[int, str]]:
    """Each key with its witness: entries of one poll that share the key but not the witness are different items."""
    link = _link_identity(entry.url)
    scope = entry.outlet or outlet
    marks = []
    if entry.guid:
        marks.append((_key("guid", feed.id, _guid_identity(entry.guid, feed.kind)), title))
    if link:
        marks.append((_key("link", scope, link), title))
    if title and entry.published is not None:
        marks.append((_key("title", scope, _dated_title(title, entry.published)), link))
    elif title and not marks:
        marks.append((_key("title", feed.id, title), link))
    return marks


def _last_resort(feed: Feed, entry: Entry) -> int:
    return _key("content", feed.id, f"{entry.url}\0{entry.published}\0{entry.title}\0{entry.summary}")


def _key(kind: str, scope: str, value: str) -> int:
    """20 bits of the scope, then 44 of the value: a feed's keys lie together in the index, which makes storing them cheap."""
    return _scope_bits(scope) | int.from_bytes(_hash(f"{kind}\0{value}"), "big") >> 20


@lru_cache(maxsize=10_000)
def _scope_bits(scope: str) -> int:
    return int.from_bytes(_hash(scope), "big", signed=True) >> 44 << 44


def _hash(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _dated_title(title: str, published: datetime) -> str:
    return f"{title}\0{int(published.timestamp() // 60)}"


def _link_identity(url: str | None) -> str:
    """``url`` without what flips between polls: scheme, www and closing slash. Empty for a bare host, which names no item."""
    if not url:
        return ""
    host, slash, rest = url.partition("://")[2].partition("/")
    rest = rest.rstrip("/")
    return f"{host.lower().removeprefix('www.')}{slash}{rest}" if rest else ""


def _guid_identity(guid: str, kind: FeedKind) -> str:
    """``guid`` without scheme and, where one site speaks, host: both change when a site moves. Aggregators mix hosts."""
    guid = guid.strip()
    if not guid.lower().startswith(("http://", "https://")):
        return guid
    host, _, rest = guid.partition("://")[2].partition("/")
    rest = rest.rstrip("/")
    if kind is FeedKind.AGGREGATOR or not rest:
        return f"{host.lower().removeprefix('www.')}/{rest}"
    return rest


# ---- decision ----


def decide(candidates: Candidates, known: Mapping[int, Known], before: Mapping[str, FeedMemory], now: datetime) -> Collected:
    """What to keep of a batch of polls.

    ``known``: what the store knows of ``candidates.keys``. ``before``: each feed's memory from before this poll; a feed that
    never succeeded is polled for the first time.
    """
    result = Collected()
    seen = dict(known)
    for reading, items in zip(candidates.readings, candidates.items, strict=True):
        memory = before.get(reading.feed.id)
        _decide_feed(reading, items, memory, now, seen, result)
        result.memories.append(_with_newest(reading, memory, now))
        result.entries += len(items)
    return result


def _decide_feed(
    reading: FeedReading,
    items: Sequence[Candidate],
    before: FeedMemory | None,
    now: datetime,
    seen: dict[int, Known],
    result: Collected,
) -> None:
    feed = reading.feed
    unseen = [item.entry for item in items if seen.keys().isdisjoint(item.keys)]
    judge = _Freshness(unseen, len(items), before, now)
    if judge.flood:
        result.reasons.append(f"{feed.id}: {len(unseen)} of {len(items)} items are suddenly new: kept, not briefed")
    settled: set[str] = set()
    for item in items:
        match = _match(item, seen)  # again: an earlier item of this batch may have been the same
        if match is None:
            article = _article(item, feed, judge.fresh(item.entry), now)
            result.new.append(article)
            match = Known(article.id, feed.id, item.fingerprint)
        elif match.fingerprint != item.fingerprint and match.feed_id == feed.id and match.article_id not in settled:
            result.changed.append(replace(_article(item, feed, False, now), id=match.article_id))
        settled.add(match.article_id)
        for key in item.keys:
            if key not in seen:
                seen[key] = match
                result.keys[key] = match.article_id


def _match(item: Candidate, seen: Mapping[int, Known]) -> Known | None:
    for key in item.keys:
        if key in seen:
            return seen[key]
    return None


class _Freshness:
    """Whether the unseen entries of one poll are news: published since we last looked, not a feed's past coming back."""

    def __init__(self, unseen: Sequence[Entry], entries: int, before: FeedMemory | None, now: datetime) -> None:
        last = before.last_success if before else None
        self._undated_left = UNDATED_ON_FIRST_POLL if last is None else len(unseen)
        if last is None:
            self._floor = now - FIRST_POLL_WINDOW
        else:
            self._floor = max(now - LONGEST_CATCH_UP, min(now - NEWS_WINDOW, last))
        self.flood = last is not None and _is_flood(unseen, entries, last)

    def fresh(self, entry: Entry) -> bool:
        """True when ``entry`` may be briefed. To be asked once an entry, in the feed's order."""
        if self.flood:
            return False
        if entry.published is None:
            self._undated_left -= 1
            return self._undated_left >= 0
        return entry.published >= self._floor


def _is_flood(unseen: Sequence[Entry], entries: int, last_success: datetime) -> bool:
    """True when a known feed is new almost from top to bottom and its dates do not explain it: its identities have flipped.

    Items published since the last poll, at different times, are a busy feed after a pause and no flood.
    """
    if len(unseen) < FLOOD_ENTRIES or len(unseen) < FLOOD_SHARE * entries:
        return False
    since = {entry.published for entry in unseen if entry.published is not None and entry.published > last_success}
    return len(since) < len(unseen) / 2


def _with_newest(reading: FeedReading, before: FeedMemory | None, now: datetime) -> FeedMemory:
    dates = [entry.published for entry in reading.entries if entry.published is not None and entry.published <= now]
    dates += [memory.newest_entry for memory in (reading.memory, before) if memory and memory.newest_entry]
    newest = max(dates, default=None)
    return reading.memory if newest == reading.memory.newest_entry else replace(reading.memory, newest_entry=newest)


def _article(item: Candidate, feed: Feed, fresh: bool, now: datetime) -> Article:
    entry = item.entry
    title, summary, url, outlet = entry.title, entry.summary, entry.url or "", entry.outlet or feed.outlet or feed.name or feed.id
    if not _is_storable(f"{title}{summary}{url}{outlet}"):
        title, summary, url, outlet = map(_storable, (title, summary, url, outlet))
    return Article(
        id=f"{item.keys[0] & 0xFFFF_FFFF_FFFF_FFFF:016x}",
        title=title,
        summary=summary,
        url=url,
        outlet=outlet,
        language=entry.language or feed.language,
        published=entry.published,
        first_seen=now,
        feed_id=feed.id,
        fingerprint=item.fingerprint,
        fresh=fresh,
    )


def _is_storable(text: str) -> bool:
    """Whether any database takes ``text``: no NUL, no half of a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def _storable(text: str) -> str:
    """``text`` without what not every database takes. One such item must not stop a whole batch."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
