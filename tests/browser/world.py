"""The site under test: its thread, its browser, a workspace with a briefing behind it, and what a page complained about."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, Request, Response, async_playwright

from bot.archive import policy
from bot.model import Filters, Message, Slot, Subscription
from bot.pipeline.briefing import Briefer, Wanted
from bot.platforms.web.policies import key_of
from bot.store import Store
from bot.store.watchlist import Watched
from tests.builders import NOON
from tests.platforms.web.served import PLACE, Served, served
from tests.platforms.web.world import reports

T = TypeVar("T")
SIZES: Mapping[str, tuple[int, int]] = {"phone": (390, 844), "desk": (1280, 800)}
MORE = 60  # small reports beside those that are told in full


@dataclass
class Complaints:
    """What went wrong in a tab: errors of scripts and of the policy, dialogs, requests that failed or left the site."""

    site: str
    found: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        """Note everything that ``page`` says from now on."""
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.found.append(f"script: {error}"))
        page.on("requestfailed", self._failed)
        page.on("request", self._asked)
        page.on("response", self._answered)
        page.on("dialog", self._dialog)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.found.append(f"console: {message.text}")

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # whoever goes on to the next page breaks off what is still loading
            self.found.append(f"failed: {request.url} {request.failure}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(self.site):
            self.found.append(f"left the site: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.request.resource_type != "document":
            self.found.append(f"{response.status}: {response.url}")

    async def _dialog(self, dialog: Dialog) -> None:
        self.found.append(f"dialog: {dialog.message}")
        await dialog.dismiss()


@dataclass
class World:
    """``addresses``: of each page of the site by its path, one to open. ``run``: does something in the loop of site and browser."""

    site: Served
    browser: Browser
    addresses: Mapping[str, Sequence[str]]

    def run(self, work: Callable[["World"], Awaitable[T]]) -> T:
        """What ``work`` makes."""
        done: T = self.site.run(_awaited(work, self))
        return done

    @asynccontextmanager
    async def tab(
        self, size: str = "desk", language: str = "en", scheme: str = "light", *, signed_in: bool = True
    ) -> AsyncIterator[tuple[Page, Complaints]]:
        """A tab of a fresh browser profile, and what it complains about."""
        width, height = SIZES[size]
        context: BrowserContext = await self.browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if scheme == "dark" else "light", locale=language
        )
        try:
            page = await context.new_page()
            page.set_default_timeout(10_000)
            complaints = Complaints(self.site.address)
            if signed_in:
                await page.goto(self.site.way_in())
            complaints.listen(page)
            yield page, complaints
        finally:
            await context.close()


async def _awaited(work: Callable[[World], Awaitable[T]], world: World) -> T:
    return await work(world)


@contextmanager
def opened(folder: Path, browser: str, flags: Sequence[str]) -> Iterator[World]:
    """The world for as long as the block lasts."""
    with served(folder, reports(MORE)) as site:
        launched = _launched(browser, flags)
        chromium = site.run(launched.__aenter__())
        try:
            yield World(site, chromium, site.run(_people(site.store)))
        finally:
            site.run(launched.__aexit__(None, None, None))


@asynccontextmanager
async def _launched(browser: str, flags: Sequence[str]) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=browser, args=list(flags))
        try:
            yield chromium
        finally:
            await chromium.close()


async def _people(store: Store) -> dict[str, Sequence[str]]:
    """A workspace with a subscription, an edition that was posted, a watchlist; and where each page is."""
    subscription = Subscription("daily", PLACE, (time(9),), language="en", name="Morning", filters=Filters())
    await store.subscriptions.add(subscription)
    edition = await Briefer(store).edition(
        Wanted(key="daily/2026-11-23/09:00", since=NOON - timedelta(days=7), until=NOON, language="en", time_zone="Asia/Seoul")
    )
    slot = Slot("daily", NOON.date(), time(9), NOON)
    await store.editions.plan(slot, subscription, edition, [Message({"text": "Morning"})], NOON)
    await store.watchlist.add(PLACE, Watched("Rebellions", True), "U1", NOON)
    await store.watchlist.add(PLACE, Watched("sovereign AI", False), "U1", NOON)
    story = (await store.stories.recent(1))[0][0]
    known = await policy.clock(store, NOON)
    law = next(one for one in known if one.entity)
    return {
        "/": ["/"],
        "/stories": ["/stories", "/stories?page=2"],
        "/stories/{id}": [f"/stories/{story}"],
        "/names": ["/names", "/names?q=Rebelions"],
        "/names/{id:path}": ["/names/Rebellions", f"/names/{quote(law.entity or '')}"],
        "/policies": ["/policies"],
        "/policies/{key}": [f"/policies/{key_of(law)}", f"/policies/{key_of(known[1])}"],
        "/ledger": ["/ledger?since=90", "/ledger?who=Nobody+known"],
        "/compare": ["/compare"],
        "/search": ["/search?q=" + quote("도쿄 AI -법인 country:JP"), "/search?q=zzzz"],
        "/ask": ["/ask?q=" + quote("Rebellions?")],
        "/follow": ["/follow?country=KR"],
        "/feeds": ["/feeds"],
        "/deliveries": ["/deliveries"],
        "/editions": ["/editions"],
        "/editions/{key:path}": ["/editions/daily/2026-11-23/09:00"],
        "/previews/{id}": ["/previews/daily"],
        "/sign-in": ["/sign-in"],
        "404": ["/no-such-page"],
    }
