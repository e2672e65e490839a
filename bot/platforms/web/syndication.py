"""The kept stories for feed readers and programs: Atom, JSON Feed and plain JSON, of a topic, a country, a name, or of all."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256

from starlette.responses import Response

from bot.commands import names
from bot.locales import t, times, wording
from bot.model import COUNTRIES, LANGUAGES, Story, Topic
from bot.pipeline.summaries import extract
from bot.platforms.web import atom, json_feed, look, rows
from bot.platforms.web.feed_story import FeedHead, FeedStory
from bot.platforms.web.lists import address
from bot.platforms.web.page_kinds import Access, Page
from bot.platforms.web.reader import NoSuchPage, Reader
from bot.platforms.web.shelf import shelf_of
from bot.store.stories import Outline

MOST = 50  # stories of a feed
SENTENCES = 2
NAMES = 8  # of a story
FORMATS: Mapping[str, tuple[str, Callable[[FeedHead, Sequence[FeedStory]], bytes]]] = {
    "/stories.atom": (atom.TYPE, atom.as_atom),
    "/stories.feed.json": (json_feed.FEED_TYPE, json_feed.as_json_feed),
    "/stories.json": (json_feed.TYPE, json_feed.as_stories),
}
_LOOKED_THROUGH = 5_000  # newest stories
_FIRST = datetime(2026, 1, 1, tzinfo=UTC)  # when a feed without stories was changed
_OLD = 60.0  # seconds
_FOR = "feed"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which stories: those that any of their reports says to be of a country and topic and to name somebody. "": all."""

    country: str = ""
    topic: str = ""
    name: str = ""

    def holds(self, one: Outline) -> bool:
        """Whether a story is wanted."""
        found = one.relevances
        return (
            (not self.country or any(self.country in its.countries for its in found))
            and (not self.topic or any(self.topic in its.topics[:1] for its in found))
            and (not self.name or any(self.name in its.entities for its in found))
        )

    def values(self) -> dict[str, str]:
        """What stands in the address."""
        return {"country": self.country, "topic": self.topic, "name": self.name}


async def feed(reader: Reader) -> Response:
    """The newest of the stories that are wanted. For whom the archive is open, and for who brings a workspace's key."""
    wanted, language, key = read_wanted(reader), _language(reader), reader.http.query_params.get("key", "")
    if not await _may_read(reader, key):
        text = t(language, "This feed is for who signs in. The page {page} gives its address with a key.", page="/follow")
        return Response(text + "\n", 403, media_type="text/plain; charset=utf-8")
    path = reader.http.url.path
    shelf_key = ("feed", path, wanted, language, key)
    body, updated = await shelf_of(reader.site).get(shelf_key, lambda: _made(reader, path, wanted, language, key), patient=_OLD)
    return _conditional(reader, body, FORMATS[path][0], updated)


async def follow(reader: Reader) -> Response:
    """The addresses of feeds, put together by a form."""
    wanted, language = read_wanted(reader), _language(reader)
    key = key_of(reader)
    values = {**wanted.values(), "lang": language, "key": key}
    return look.show(
        reader,
        "follow.html.j2",
        title=t(reader.language, "Follow in a feed reader"),
        wanted=wanted,
        lang=language,
        name=rows.name(wanted.name, reader.language) if wanted.name else None,
        addresses={path: base_of(reader) + address(path, values) for path in FORMATS},
        keyed=bool(key),
    )


def read_wanted(reader: Reader) -> Wanted:
    """What the address names. Raises NoSuchPage for what is none of our topics, countries and names."""
    country, topic, typed = reader.asked("country", 10), reader.asked("topic", 20), reader.asked("name", 80)
    meant = names.meant(typed) if typed else ()
    if (country and country not in COUNTRIES) or (topic and topic not in set(Topic)) or (typed and not meant):
        raise NoSuchPage
    return Wanted(country, topic, meant[0].id if meant else "")


def key_of(reader: Reader) -> str:
    """What lets a feed reader in for the reader's workspace; empty where nobody needs it, or has none."""
    if reader.site.settings.public_pages or not reader.visit:
        return ""
    return reader.site.links.sign([reader.place.platform, reader.place.workspace], _FOR)


def base_of(reader: Reader) -> str:
    """Where the site is. Without a setting only this machine reads it, by the name that the guard let through."""
    return reader.site.settings.base_url or f"http://{reader.http.headers['host']}"


def title_of(wanted: Wanted, language: str) -> str:
    """What a feed is called."""
    parts = [t(language, "AI market briefing")]
    parts.append(times.country_name(wanted.country, language) if wanted.country else t(language, "Korea and Japan"))
    parts += [wording.topic_name(Topic(wanted.topic), language)] if wanted.topic else []
    parts += [rows.name(wanted.name, language).said] if wanted.name else []
    return " · ".join(parts)


# ---- who may read ----


async def _may_read(reader: Reader, key: str) -> bool:
    if reader.site.settings.public_pages or reader.visit:
        return True
    said = reader.site.links.unsign(key, _FOR) if key else None
    if not isinstance(said, list) or len(said) != 2:
        return False
    gone = await shelf_of(reader.site).get(
        "workspaces that left", lambda: reader.store.workspaces.left_before(reader.now), lasts=_OLD
    )
    return (said[0], said[1]) not in gone


def _language(reader: Reader) -> str:
    """That of the address, else the operator's: a feed has no reader whose language could be known."""
    asked = reader.asked("lang", 10)
    return asked if asked in LANGUAGES else reader.site.desk.language


# ---- what is told ----


async def _made(reader: Reader, path: str, wanted: Wanted, language: str, key: str) -> tuple[bytes, datetime]:
    outlines = await shelf_of(reader.site).get("outlines", lambda: reader.store.stories.outlines(_LOOKED_THROUGH), patient=_OLD)
    chosen = {one.id: one for one in [one for one in outlines if wanted.holds(one)][:MOST]}
    stories = await reader.store.stories.get(list(chosen))
    updated = max((one.touched_at for one in chosen.values()), default=_FIRST).replace(microsecond=0)
    here = address(path, {**wanted.values(), "lang": language})
    home = address("/stories", wanted.values())
    head = FeedHead(title_of(wanted, language), language, base_of(reader), here, home, updated, key)
    body = await asyncio.to_thread(lambda: FORMATS[path][1](head, [_told(one, chosen[one.id], language) for one in stories]))
    return body, updated


def _told(story: Story, outline: Outline, language: str) -> FeedStory:
    known = dict.fromkeys(name for relevance in story.relevances for name in relevance.entities)
    return FeedStory(
        story=story,
        summary=extract(story, language, max_sentences=SENTENCES),
        address=f"/stories/{story.id}",
        published=outline.first_at,
        updated=outline.touched_at,
        names=tuple(list(known)[:NAMES]),
    )


def _conditional(reader: Reader, body: bytes, media_type: str, updated: datetime) -> Response:
    """``body``, or 304 for who has it: by its hash, and where none is given by its time (RFC 9110, 13.1)."""
    tag = f'"{sha256(body).hexdigest()[:24]}"'
    public = reader.site.settings.public_pages
    headers = {
        "etag": tag,
        "last-modified": format_datetime(updated, usegmt=True),
        "cache-control": "public, max-age=60" if public else "private, max-age=60",
    } | ({} if public else {"vary": "Cookie"})
    known = reader.http.headers.get("if-none-match")
    if known is not None:
        same = known.strip() == "*" or tag in [one.strip().removeprefix("W/") for one in known.split(",")]
    else:
        same = _not_since(reader.http.headers.get("if-modified-since", ""), updated)
    return Response(status_code=304, headers=headers) if same else Response(body, headers=headers, media_type=media_type)


def _not_since(said: str, updated: datetime) -> bool:
    try:
        return parsedate_to_datetime(said) >= updated
    except (TypeError, ValueError):
        return False


async def _keyed(reader: Reader) -> bool:
    return bool(key_of(reader))


PAGES = (
    *(Page(path, feed, Access.OPEN) for path in FORMATS),
    Page("/follow", follow, Access.ARCHIVE, own=_keyed),
)
