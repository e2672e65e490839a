"""``bot run``: polls, plans and posts on the clock, answers in the chats that have tokens, until it is told to stop.

``--only web`` serves HTTP alone, ``--only worker`` everything else: two processes on one database.
"""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

from bot import clock, doctor, health, log, server
from bot.alerts import plan_alerts
from bot.app import App, opened
from bot.chats import Chats
from bot.chores import Chores
from bot.config import Settings, WatchedFeeds, platform_port
from bot.errors import ConfigError
from bot.jobs import Scheduler
from bot.model import Subscription
from bot.ping import ping
from bot.pipeline.amend import Amender
from bot.pipeline.deliver import deliver_due
from bot.pipeline.exchange import fetch_rates
from bot.pipeline.notices import operator_of, tell_due
from bot.pipeline.pace import Pace
from bot.planning import plan_editions
from bot.platforms.web import site as web
from bot.schedule import resting
from bot.vitals import Vitals

DIGEST_SECONDS = 15.0
DELIVER_SECONDS = 5.0
AMEND_SECONDS = 60.0
RATES_SECONDS = 1800.0  # how often it is looked whether rates are due; they are fetched every six hours
PING_SECONDS = 60.0
GRACE = 5.0  # seconds for running jobs to end
HARD_END = 9.0  # seconds after which the process ends as it is; the next start finishes what was under way


async def serve(settings: Settings, only: str = "") -> None:
    """Run until SIGTERM or SIGINT, then end within ten seconds. ``only``: web, worker, or all.

    Raises:
        ConfigError, StoreError: at the start only.
    """
    log.setup(settings.log_level, as_json=settings.log_format == "json")
    if only == "web" and not settings.http_port:
        settings = replace(settings, http_port=platform_port())
        if not settings.http_port:
            raise ConfigError(["BOT_HTTP_PORT: missing, expected the port that `bot run --only web` listens on"])
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, _told_to_stop, stop)
    life = asyncio.create_task(_live(settings, WatchedFeeds(settings.feeds_file), only, stop))
    asked = asyncio.create_task(stop.wait())
    await asyncio.wait({life, asked}, return_when=asyncio.FIRST_COMPLETED)
    asked.cancel()
    try:
        await life
    except asyncio.CancelledError:
        log.event("service.stopping", while_="starting")


def _told_to_stop(stop: asyncio.Event) -> None:
    stop.set()
    # What blocks the loop or a thread must not keep the process: whatever it does, the ledger can take a sudden end.
    end = threading.Timer(HARD_END, _end)
    end.daemon = True
    end.start()


def _end() -> None:
    log.warning("service.cut_short", after_seconds=HARD_END)
    sys.stderr.flush()
    os._exit(0)


async def _live(settings: Settings, watched: WatchedFeeds, only: str, stop: asyncio.Event) -> None:
    starting = asyncio.current_task()
    begun = asyncio.Event()

    async def cut_start() -> None:
        await stop.wait()
        if not begun.is_set() and starting:
            starting.cancel()

    cutter = asyncio.create_task(cut_start())
    try:
        async with opened(settings, lambda: watched.current.enabled) as app, Service(app, watched, only).running():
            begun.set()
            await stop.wait()
            log.event("service.stopping")
    finally:
        cutter.cancel()


class Service:
    """The running bot: jobs on the clock, the chats, and pages for operators."""

    def __init__(self, app: App, watched: WatchedFeeds, only: str = "") -> None:
        self._app = app
        self._watched = watched
        self._web, self._works = only != "worker", only != "web"
        self._chats = Chats(app)
        platforms = [name for name, there in (("slack", app.settings.has_slack), ("discord", app.settings.has_discord)) if there]
        self._vitals = Vitals(app.store, lambda: watched.current.enabled, platforms, works=self._works)
        self._pace, self._amender = Pace(), Amender(app.store)
        self._operator = operator_of(app.settings.operator)
        self._subscriptions: Sequence[Subscription] = ()
        self._polls = self._alerted = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Everything runs for as long as the block lasts."""
        settings = self._app.settings
        async with AsyncExitStack() as stack:
            stack.callback(log.listen(self._vitals.metrics.note))
            if self._web and settings.http_port:
                probes = health.routes(live=self._vitals.stalled, ready=self._vitals.unready, metrics=self._vitals.figures)
                pages = [
                    *probes,
                    *self._chats.routes,
                    *web.connect(self._app.settings, self._app.commands, self._app.links, clock.now),
                ]
                await stack.enter_async_context(server.served(settings.http_host, settings.http_port, pages))
            elif self._web and self._chats.routes:
                log.warning("slack.unserved", problem="BOT_HTTP_PORT is missing: nobody listens to what Slack sends over HTTP")
            scheduler = Scheduler()
            if self._works:
                await self._subscribe()
                await stack.enter_async_context(self._chats.served())
                self._schedule(scheduler)
            else:
                scheduler.every(settings.poll_seconds, "follow", self.follow)
            scheduler.start()
            stack.push_async_callback(scheduler.stop, GRACE)
            log.event("service.ready", feeds=len(self._watched.current.enabled), platforms=sorted(self._chats.messengers))
            yield

    def _schedule(self, scheduler: Scheduler) -> None:
        """Every job, with its rhythm."""
        settings, store = self._app.settings, self._app.store
        scheduler.every(settings.poll_seconds, "poll", self.poll)
        scheduler.every(DIGEST_SECONDS, "compose", self.compose)
        scheduler.every(DELIVER_SECONDS, "alert", self.alert)
        scheduler.every(DELIVER_SECONDS, "deliver", self.deliver)
        scheduler.every(DELIVER_SECONDS, "reconcile", self.reconcile)
        scheduler.every(DELIVER_SECONDS, "tell", self.tell)
        scheduler.every(AMEND_SECONDS, "amend", self.amend)
        scheduler.every(RATES_SECONDS, "rates", self.rates)
        if settings.ping_url:
            scheduler.every(PING_SECONDS, "ping", self.ping, at_once=False)
        for name, job in Chores(self._app, self._wrong).daily().items():
            scheduler.daily(name, job, store)

    # ---- jobs ----

    async def poll(self) -> None:
        """Take up a changed feeds.yaml, then poll what is due and process what is new."""
        if self._watched.refresh():
            await self._subscribe()
        file = self._watched.current
        listed = {feed.url for feed in file.feeds}
        added = [feed for feed in await self._app.store.added_feeds.all() if feed.url not in listed]
        await self._app.pipeline.run([*file.enabled, *added], clock.now())
        self._polls += 1
        await self._app.archive.refresh()

    async def follow(self) -> None:
        """Know what a changed feeds.yaml says, where another process polls."""
        self._watched.refresh()

    async def rates(self) -> None:
        """Fetch the exchange rates that are due."""
        if self._app.rates:
            await fetch_rates(self._app.store, self._app.rates, clock.now())

    async def compose(self) -> None:
        """Plan an edition for each subscription that has a slot due."""
        self._subscriptions = await self._app.store.subscriptions.active()
        await plan_editions(self._app, self._subscriptions, self._chats.messengers, self._watched.current.enabled, clock.now())

    async def alert(self) -> None:
        """After each poll, plan what cannot wait for the next digest."""
        if self._alerted == self._polls:
            return
        self._alerted = self._polls
        subscriptions = await self._app.store.subscriptions.active()
        await plan_alerts(self._app, subscriptions, self._chats.messengers, self._watched.current.enabled, clock.now())

    async def deliver(self) -> None:
        """Post what is planned, but for those whose quiet hours it is."""
        now = clock.now()
        rests = resting(self._subscriptions or await self._app.store.subscriptions.active(), now)
        await deliver_due(self._app.store, self._chats.messengers, now, pace=self._pace, only="post", rests=rests)
        await self._vitals.passed()

    async def reconcile(self) -> None:
        """Look into what was begun and has no clear outcome."""
        await deliver_due(self._app.store, self._chats.messengers, clock.now(), pace=self._pace, only="settle")

    async def tell(self) -> None:
        """Tell owners that their briefing stopped, and the operator what is held."""
        await tell_due(self._app.store, self._chats.messengers, self._operator, clock.now())

    async def amend(self) -> None:
        """Plan what puts posted briefings right."""
        await self._amender.run(self._chats.messengers, clock.now())

    async def ping(self) -> None:
        """Tell whoever watches from outside that deliveries are being made."""
        last = self._vitals.last_pass
        if last and (clock.now() - last).total_seconds() < PING_SECONDS:
            await ping(self._app.settings.ping_url)

    async def _wrong(self) -> list[tuple[str, str]]:
        return [(one.what, one.words) for one in await doctor.examined(self._app.settings) if one.state == doctor.BAD]

    async def _subscribe(self) -> None:
        await self._app.store.subscriptions.sync(self._watched.current.digests)
