"""Decides what an item of a feed says: its clean title and text, its address, its moment, its language and who published it."""

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.feeds import cleaning, feed_dates, urls
from bot.knowledge import language
from bot.model import Entry, Feed

MOST_ENTRIES = 500  # a feed; the rest is left out
_LONGEST_GUID = 500
_TITLE_FROM_SUMMARY = 120  # characters
_SHORT_SUMMARY = 40  # characters; below, the item's full text says more
_SEPARATORS = (" - ", " – ", " | ", " : ")
_GOOGLE_NEWS = ("https://news.google.com/", "http://news.google.com/")


class Item(NamedTuple):
    """One item as the document spells it; ``dates`` in the order in which they are to be believed."""

    title: str = ""
    link: str = ""
    guid: str = ""
    summary: str = ""
    content: str = ""
    dates: tuple[str, ...] = ()
    outlet: str = ""


def entries(items: Iterable[Item], feed: Feed, now: datetime) -> tuple[Entry, ...]:
    """The items as clean entries, at most 500; items that say nothing are left out. ``now`` bounds their dates."""
    zone = ZoneInfo(feed.time_zone)
    found = (_entry(item, feed, zone, now) for item in items)
    return tuple(islice((entry for entry in found if entry), MOST_ENTRIES))


def _entry(item: Item, feed: Feed, zone: ZoneInfo, now: datetime) -> Entry | None:
    link, guid = item.link.strip(), item.guid.strip()
    url = urls.canonical(link, None if link.startswith(("https://", "http://")) else feed.url) if link else None
    outlet = (cleaning.tidy(item.outlet)[: cleaning.TITLE_LENGTH] or None) if item.outlet else None
    title = cleaning.title(item.title)
    summary = cleaning.summary(item.summary)
    if len(summary) < _SHORT_SUMMARY and item.content:
        summary = cleaning.summary(item.content) or summary
    if (url or feed.url).startswith(_GOOGLE_NEWS):
        title, outlet = _headline_and_outlet(title, outlet)
        summary = ""  # Google News repeats the title there, or lists other outlets' titles
    if not title:
        title = cleaning.shorten(summary, _TITLE_FROM_SUMMARY)
    elif summary == title:
        summary = ""
    if not title:
        return None
    return Entry(
        title=title,
        url=url,
        guid=guid[:_LONGEST_GUID] if guid and guid != link else None,  # RDF repeats the link there
        summary=summary,
        published=_published(item.dates, zone, now),
        language=language.detect(title, feed.language),
        outlet=outlet,
    )


def _published(dates: tuple[str, ...], zone: ZoneInfo, now: datetime) -> datetime | None:
    # A day alone says less than a time, wherever it stands.
    for raw in sorted(dates, key=lambda date: ":" not in date) if len(dates) > 1 else dates:
        instant = feed_dates.read(raw, zone, now)
        if instant is not None:
            return instant
    return None


def _headline_and_outlet(title: str, outlet: str | None) -> tuple[str, str | None]:
    """ "Headline - Outlet" in its two parts. The outlet that the item names decides where several separators could."""
    for separator in _SEPARATORS:
        if outlet and title.endswith(separator + outlet):
            return title.removesuffix(separator + outlet).rstrip(), outlet
    headline, separator, last = title.rpartition(" - ")
    return (headline.rstrip(), outlet or last.strip()) if separator and not outlet else (title, outlet)
