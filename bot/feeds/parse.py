"""Makes entries out of the bytes of a feed: an XML tree takes nearly all, feedparser (whose door this is) what that cannot.

A feed is read fast first; ``doubts`` say why feedparser should have a look too, and the better of the two readings counts.
"""

import functools
import io
import json
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from lxml import etree

from bot.errors import ParseError
from bot.feeds import cleaning, documents, encoding
from bot.feeds.items import MOST_ENTRIES, Item, entries
from bot.model import Entry, Feed

_LONGEST_TTL = 7 * 24 * 3600.0  # seconds
_CONTENT_LENGTH = 100_000  # characters of an item's markup that are looked at
_ATOM = ("http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#")
_DUBLIN_CORE = ("http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/")
# The dates of an item, the most telling first. PR TIMES has a private <date> without a zone beside dc:date.
_DATES = ("pubdate", "published", "dc:date", "issued", "dc:issued", "created", "dc:created", "date", "updated", "modified")
_TITLES = ("title", "dc:title", "*title")
_SUMMARIES = ("description", "summary", "dc:description", "*description", "*summary")
_GUIDS = ("guid", "id")
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"  # RDF's name for the id of an item
_CONTENTS = ("content:encoded", "content", "summary", "description")
_KEYS = frozenset((*_DATES, *_TITLES, *_SUMMARIES, *_GUIDS, *_CONTENTS, "link", "source", "ttl"))
_ROOTS = ("rss", "feed", "rdf", "channel")


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """What a feed says. ``ttl``: seconds that it asks to be left alone; ``parser``: fast, feedparser or json."""

    entries: tuple[Entry, ...]
    title: str = ""
    ttl: float | None = None
    parser: str = "fast"
    doubts: tuple[str, ...] = ()


def parse(body: bytes, feed: Feed, *, content_type: str | None = None, now: datetime) -> ParsedFeed:
    """Read ``body`` fast, and with feedparser as well where that leaves doubts. ``now`` bounds the dates.

    Raises:
        ParseError: it is no feed.
    """
    fast = parse_fast(body, feed, content_type=content_type, now=now)
    if not fast.doubts:
        return fast
    return better(fast, parse_patiently(body, feed, content_type=content_type, now=now), feed.url)


def better(fast: ParsedFeed, patient: ParsedFeed, url: str) -> ParsedFeed:
    """The reading that got more out of the feed; the fast one where they are equal.

    Raises:
        ParseError: neither found a feed.
    """
    chosen = patient if _yield(patient) > _yield(fast) else fast
    if not chosen.entries and not (fast.title or patient.title):
        raise ParseError(url, "this is no feed that can be read")
    return chosen


def _yield(parsed: ParsedFeed) -> tuple[int, int, int]:
    found = parsed.entries
    return len(found), sum(bool(entry.url) for entry in found), sum(bool(entry.published) for entry in found)


# ---- the fast way ----


def parse_fast(body: bytes, feed: Feed, *, content_type: str | None = None, now: datetime) -> ParsedFeed:
    """Read ``body`` in about a millisecond. ``doubts`` tell what feedparser may do better.

    Raises:
        ParseError: it is no feed and feedparser need not try.
    """
    text, _ = encoding.decode(body, content_type, feed.language)
    if text.lstrip()[:1] == "{":
        return _json_feed(text, feed, now)
    document = documents.prepare(text, feed.url)
    root, damaged = _tree(document)
    if damaged:
        document = documents.repair(document)
        root, damaged = _tree(document)
    if root is None:
        return ParsedFeed((), doubts=("no XML tree can be made of it",))
    if _local(root.tag) not in _ROOTS:
        raise ParseError(feed.url, "this is no feed")
    doubts = ["not well-formed"] if damaged else []
    items = [_item(node) for node in islice(root.iter("{*}item", "{*}entry"), MOST_ENTRIES * 2)]
    if any(not item.title or not item.link for item in items):
        doubts.append("titles or links are missing")
    header, _ = _texts(next(root.iter("{*}channel"), root))
    return ParsedFeed(entries(items, feed, now), cleaning.title(header.get("title", "")), _ttl(header), doubts=tuple(doubts))


def _tree(document: bytes) -> tuple[Any, bool]:
    """The root, None where there is none, and whether the document is damaged. Entities are not resolved, nothing is fetched."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=True, collect_ids=False)
    try:
        root = etree.fromstring(document, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None, True
    return root, any(error.domain_name != "NAMESPACE" for error in parser.error_log)


@functools.lru_cache(maxsize=2_000)
def _key(tag: str, home: str) -> str:
    """A tag as "title", "dc:date" or "content:encoded"; "*title" in a namespace neither known nor ``home``, the item's.

    Empty for what is not looked at.
    """
    namespace, _, local = tag.rpartition("}")
    namespace = namespace.removeprefix("{")
    local = local.lower()
    if namespace in ("", home, *_ATOM):
        key = local
    elif namespace in _DUBLIN_CORE:
        key = f"dc:{local}"
    else:
        key = "content:encoded" if local == "encoded" else f"*{local}"
    return key if key in _KEYS else ""


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2].lower()


def _texts(node: Any) -> tuple[dict[str, str], dict[str, str]]:
    """The texts of a node's children by key and the addresses of its links by relation, the first of each that says something."""
    texts: dict[str, str] = {}
    links: dict[str, str] = {}
    home = node.tag.rpartition("}")[0].removeprefix("{")
    for child in node:
        tag = child.tag
        key = _key(tag, home) if isinstance(tag, str) and len(tag) < 200 else ""
        if key and not texts.get(key):
            texts[key] = _markup(child) if len(child) else child.text or ""
        if key == "link" and (address := child.get("href")):
            links.setdefault(child.get("rel") or "alternate", address)
    return texts, links


def _markup(node: Any) -> str:
    """The content of a node as HTML, for text that was not escaped; elements that are no HTML part words as <div> does."""
    if _local(node.tag) in ("item", "items", "entry", "channel", "image"):
        return ""
    for inner in node.iterdescendants("*"):
        name = _local(inner.tag)
        inner.tag = name if name in cleaning.HTML_NAMES else "div"
    html = "".join(etree.tostring(child, encoding="unicode", method="html") for child in node[:200])
    return ((node.text or "") + html)[:_CONTENT_LENGTH]


def _item(node: Any) -> Item:
    texts, links = _texts(node)
    guid = _first(texts, _GUIDS)
    return Item(
        title=_first(texts, _TITLES),
        link=_link(texts, links, guid),
        guid=guid or node.get(_ABOUT, ""),
        summary=_first(texts, _SUMMARIES),
        content=max([texts[key] for key in _CONTENTS if key in texts], key=len, default=""),
        dates=tuple([texts[key] for key in _DATES if key in texts]),
        outlet=texts.get("source", ""),
    )


def _first(texts: dict[str, str], keys: tuple[str, ...]) -> str:
    for key in keys:
        if texts.get(key):
            return texts[key]
    return ""


def _link(texts: dict[str, str], links: dict[str, str], guid: str) -> str:
    """The page of an item: what an Atom link calls so, the text of an RSS link, another link, a guid that is an address."""
    link = links.get("alternate") or texts.get("link", "").strip() or next(iter(links.values()), "")
    return link or (guid if guid.strip().startswith(("http://", "https://")) else "")


def _ttl(header: dict[str, str]) -> float | None:
    minutes = header.get("ttl", "").strip()
    return min(int(minutes) * 60.0, _LONGEST_TTL) if minutes.isdecimal() and len(minutes) < 9 and int(minutes) else None


# ---- feedparser ----


def parse_patiently(body: bytes, feed: Feed, *, content_type: str | None = None, now: datetime) -> ParsedFeed:
    """Read ``body`` with feedparser: slow, in the worst case for minutes, but it takes what no XML parser does.

    Raises:
        ParseError: its document type defines entities.
    """
    import feedparser  # most processes never need it, and it takes 0.2 s to load

    text, _ = encoding.decode(body, content_type, feed.language)
    document = io.BytesIO(documents.prepare(text, feed.url))  # never a name: feedparser would open a file or URL of that name
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": feed.url}
    found = feedparser.parse(document, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    items = (_patient_item(entry) for entry in found.entries[: MOST_ENTRIES * 2])
    ttl = _ttl({"ttl": str(found.feed.get("ttl", ""))})
    return ParsedFeed(entries(items, feed, now), cleaning.title(found.feed.get("title", "")), ttl, "feedparser")


def _patient_item(entry: Any) -> Item:
    contents = [content.get("value", "") for content in entry.get("content", ())]
    return Item(
        title=entry.get("title", ""),
        link=entry.get("link", ""),
        guid=entry.get("id", ""),
        summary=entry.get("summary", "")[:_CONTENT_LENGTH],
        content=max(contents, key=len, default="")[:_CONTENT_LENGTH],
        dates=tuple(entry[key] or "" for key in ("published", "created", "updated") if key in entry),
        outlet=(entry.get("source") or {}).get("title", ""),
    )


# ---- JSON Feed ----


def _json_feed(text: str, feed: Feed, now: datetime) -> ParsedFeed:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ParseError(feed.url, "this is no feed: JSON that cannot be read") from error
    rows = data.get("items")
    if not isinstance(rows, list):
        raise ParseError(feed.url, "this is no feed: JSON without items")
    items = (_json_item(row) for row in rows if isinstance(row, dict))
    return ParsedFeed(entries(items, feed, now), cleaning.title(_str(data, "title")), parser="json")


def _json_item(row: dict[str, Any]) -> Item:
    content = _str(row, "content_html") or _str(row, "content_text")
    return Item(
        title=_str(row, "title"),
        link=_str(row, "url") or _str(row, "external_url"),
        guid=_str(row, "id"),
        summary=_str(row, "summary") or content,
        content=content,
        dates=tuple(filter(None, (_str(row, "date_published"), _str(row, "date_modified")))),
    )


def _str(row: dict[str, Any], key: str) -> str:
    value = row.get(key)
    return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""
