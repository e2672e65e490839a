"""What a page of the archive shows of its reader's own workspace: where that is nothing, it is the page that everybody sees."""

from collections.abc import Mapping, Sequence

from bot.platforms.web.reader import Reader
from bot.platforms.web.shelf import shelf_of
from bot.store.watchlist import Watched

OWN_LASTS = 15.0  # seconds for which it is believed, and a page that shows some is kept


async def nothing(_: Reader) -> bool:
    """Of a page that is the same for every workspace."""
    return False


async def corrected(reader: Reader) -> bool:
    """Whether the workspace's editors ever corrected anything."""
    return _whose(reader) in await shelf_of(reader.site).get("editors", reader.store.overrides.editors)


async def voted(reader: Reader) -> bool:
    """Whether the people of the workspace voted on news."""
    voters = await shelf_of(reader.site).get("voters", reader.store.feedback.voters, lasts=OWN_LASTS)
    return _whose(reader) in voters


async def told(reader: Reader, story_id: str) -> bool:
    """Whether a channel of the workspace was told of a story."""
    place, issued = reader.place, reader.store.issued
    key = ("told", *_whose(reader), story_id)
    return await shelf_of(reader.site).get(key, lambda: issued.told(place, story_id), lasts=OWN_LASTS)


async def followed(reader: Reader) -> Mapping[str, Sequence[Watched]]:
    """What the workspace follows, by channel; nothing where nobody is signed in."""
    if not reader.visit:
        return {}
    place, watchlist = reader.place, reader.store.watchlist
    key = ("followed", *_whose(reader))
    return await shelf_of(reader.site).get(key, lambda: watchlist.of_workspace(place.platform, place.workspace), lasts=OWN_LASTS)


async def added_feeds(reader: Reader) -> bool:
    """Whether the workspace added feeds."""
    place, added = reader.place, reader.store.added_feeds
    found = await shelf_of(reader.site).get(("feeds", *_whose(reader)), lambda: added.of_workspace(place), lasts=OWN_LASTS)
    return bool(found)


def _whose(reader: Reader) -> tuple[str, str]:
    return reader.place.platform, reader.place.workspace
