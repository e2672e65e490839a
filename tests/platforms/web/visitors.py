"""A site with two workspaces, each with its own briefings, and browsers that sign in to it: real HTTP over loopback."""

import atexit
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import aiohttp

from bot import server
from bot.archive.search import Archive
from bot.commands.handlers import Commands
from bot.config import Settings
from bot.model import Channel, FeedMemory, Request, Slot, Subscription
from bot.pipeline.briefing import Briefer, Wanted
from bot.platforms.slack.render import edition_messages
from bot.platforms.web import site as web
from bot.platforms.web.links import Links
from bot.store import Store
from bot.store.workspaces import Preferences
from tests.builders import NOON, feed
from tests.fakes import FixedPages
from tests.platforms.web.world import peopled, reports

OURS, THEIRS = Channel("slack", "C0OURS", "T1"), Channel("slack", "C0THEIRS", "T2")
CANARY = "kanarienvogel"  # stands in all that belongs to the other workspace
NOW = NOON + timedelta(minutes=30)
KEY = "k" * 40
SIGNED_IN_ONLY = Settings()


@dataclass
class Running:
    """The site while a test runs. ``now`` can be moved on."""

    address: str
    store: Store
    links: Links
    commands: Commands
    now: datetime = NOW

    def token(self, place: Channel = OURS, person: str = "U1") -> str:
        """What a link from the chat holds."""
        asked = Request("web", "", place, person, "en", self.now, admin=True, alone=True)
        return self.links.sign_in(asked).split("token=")[1]

    @asynccontextmanager
    async def browser(self, place: Channel | None = None) -> AsyncIterator[aiohttp.ClientSession]:
        """One with cookies of its own; signed in to the workspace of ``place``."""
        jar = aiohttp.CookieJar(unsafe=True)  # 127.0.0.1 is no domain
        async with aiohttp.ClientSession(self.address, cookie_jar=jar) as session:
            if place:
                async with session.get(f"/sign-in?token={self.token(place)}") as answer:
                    assert answer.status == 200
            yield session


@asynccontextmanager
async def site(folder: Path, settings: Settings = SIGNED_IN_ONLY) -> AsyncIterator[Running]:
    """The invented world of the pages, told to both workspaces."""
    await _copied(folder)
    async with peopled(folder, ()) as store:
        feeds = [feed("good", name="Good Daily"), feed("bad", name="Bad Daily")]
        await store.feeds.save([FeedMemory("bad", "x", failures=3, last_checked=NOW, last_error="HTTP 503")])
        links = Links(KEY, settings.base_url)
        commands = Commands(
            store, Briefer(store, site=settings.base_url), Archive(store), FixedPages(), None, lambda: feeds,
            way_in=links.sign_in if settings.base_url else None, site=settings.base_url,
        )  # fmt: skip
        running = Running("", store, links, commands)
        routes = web.connect(settings, commands, links, lambda: running.now)
        async with server.served("127.0.0.1", 0, routes) as port:
            running.address = f"http://127.0.0.1:{port}"
            yield running


_world: list[Path] = []  # the folder in which it was made, once for all tests


async def _copied(folder: Path) -> None:
    """A copy of the database that both workspaces were told from."""
    if not _world:
        made = Path(tempfile.mkdtemp(prefix="pages-"))
        atexit.register(shutil.rmtree, made, ignore_errors=True)
        async with peopled(made, reports(8)) as store:
            for place, word in ((OURS, "unser"), (THEIRS, CANARY)):
                await _told(store, place, word)
        _world.append(made)
    shutil.copytree(_world[0], folder, dirs_exist_ok=True)


async def _told(store: Store, place: Channel, word: str) -> None:
    """A subscription, an edition with its messages, one of which failed, and a time zone of its own."""
    one = Subscription(f"{word}-id", place, (time(9),), language="en", name=f"{word} desk", owner=f"U-{word}")
    await store.subscriptions.add(one)
    slot = Slot(one.id, date(2026, 11, 23), time(9), NOON - timedelta(hours=12))
    since = slot.due - timedelta(days=3)
    edition = await Briefer(store).edition(Wanted(key=slot.key, since=since, until=slot.due, language="en", told_to=place))
    edition = replace(edition, fallback="", alert=f"{word}-alert" if word == CANARY else "")
    await store.editions.plan(slot, one, edition, edition_messages(edition), slot.due)
    for message in (await store.deliveries.of_edition(slot.key))[:1]:
        await store.deliveries.mark_sending(message.id, NOW, NOW)
        await store.deliveries.mark_held(message.id, f"{word}-reason")
    await store.workspaces.set(
        place, Preferences(time_zone="Asia/Tokyo" if word == "unser" else "UTC", managers=(f"{word}-boss",))
    )
