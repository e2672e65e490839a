"""How the feeds are: those that fail first, when each was read last, and how fresh what it brings is."""

from typing import NamedTuple

from starlette.responses import Response

from bot import log
from bot.commands.feeds import known_feeds
from bot.locales import t
from bot.model import Feed, FeedMemory
from bot.platforms.web import look, own
from bot.platforms.web.lists import paged
from bot.platforms.web.page_kinds import Access, Page
from bot.platforms.web.reader import Reader

A_PAGE = 100


class Health(NamedTuple):
    """A feed with what is remembered of it; ``added``: by this workspace."""

    feed: Feed
    memory: FeedMemory | None
    state: str
    error: str
    added: bool


async def feeds(reader: Reader) -> Response:
    """Those of feeds.yaml, and for who is signed in those that the workspace added."""
    known = await known_feeds(reader.site.desk, reader.request("feeds"))
    memories = await reader.store.feeds.memories([feed.id for feed in known])
    listed = {feed.id for feed in reader.site.desk.feeds()}
    health = [_health(feed, memories.get(feed.id), feed.id not in listed) for feed in known]
    health.sort(key=lambda one: (-(one.memory.failures if one.memory else 0), one.feed.name.casefold()))
    page, pager = paged(reader, health, A_PAGE)
    return look.show(
        reader,
        "feeds.html.j2",
        title=t(reader.language, "Feeds"),
        rows=page,
        rows_pager=pager,
        failing=sum(one.state == "failing" for one in health),
        unread=sum(one.state == "unread" for one in health),
        total=len(health),
    )


def _health(feed: Feed, memory: FeedMemory | None, added: bool) -> Health:
    state = "unread" if memory is None or memory.last_checked is None else "failing" if memory.failures else "good"
    return Health(feed, memory, state, log.mask(memory.last_error or "")[:300] if memory and memory.failures else "", added)


PAGES = (Page("/feeds", feeds, Access.ARCHIVE, lasts=own.OWN_LASTS, own=own.added_feeds),)
