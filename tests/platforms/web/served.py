"""The site on loopback over a peopled database, for browsers and clients: in a thread and an event loop of its own."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from bot import server
from bot.archive.search import Archive
from bot.commands.handlers import Commands
from bot.config import Settings
from bot.model import Article, Channel, Request
from bot.pipeline.briefing import Briefer
from bot.platforms.web import site as web
from bot.platforms.web.links import Links
from bot.store import Store
from tests.builders import NOON, feed
from tests.fakes import FixedPages
from tests.platforms.web.world import peopled

PLACE = Channel("slack", "C1", "T1")
T = TypeVar("T")


@dataclass(frozen=True)
class Served:
    """A running site. ``run``: does something in its loop, from any other thread."""

    address: str
    store: Store
    links: Links
    run: Callable[[Coroutine[Any, Any, Any]], Any]

    def way_in(self, person: str = "U1", place: Channel = PLACE, *, admin: bool = True) -> str:
        """A link that signs a person in, as the chat gives it."""
        asked = Request("web", "", place, person, "en", NOON, admin=admin)
        return f"{self.address}/sign-in?{self.links.sign_in(asked).split('?', 1)[1]}"


@asynccontextmanager
async def site(
    folder: Path, articles: Sequence[Article], *, public: bool = True, now: datetime = NOON
) -> AsyncIterator[tuple[str, Store, Links]]:
    """The site's address, its database and what signs its links."""
    async with peopled(folder, articles, now) as store:
        links = Links("k" * 40, "")
        settings = Settings(public_pages=public)
        commands = Commands(store, Briefer(store), Archive(store), FixedPages(), None, lambda: [feed("good")])
        routes = web.connect(settings, commands, links, lambda: now + timedelta(seconds=1))
        async with server.served("127.0.0.1", 0, routes) as port:
            yield f"http://127.0.0.1:{port}", store, links


@contextmanager
def served(folder: Path, articles: Sequence[Article], *, public: bool = True) -> Iterator[Served]:
    """The same in a thread, for tests that drive a browser."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def run(work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, loop).result(110)

    opened = site(folder, articles, public=public)
    try:
        address, store, links = run(opened.__aenter__())
        try:
            yield Served(address, store, links, run)
        finally:
            run(opened.__aexit__(None, None, None))
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
