"""``bot run``: polls, plans and posts on the clock, answers in the chats that have tokens, until it is told to stop.

All of it in one process, or with ``--only`` one part: ``kinds`` says what each kind does, ``ticks`` finds what is due, ``duties``
do it.
"""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

from bot import clock, doctor, health, log, server
from bot.app import App, opened
from bot.chats import Chats
from bot.chores import Chores
from bot.config import Settings, WatchedFeeds, platform_port
from bot.duties import Duties, Patience
from bot.jobs import Scheduler
from bot.kinds import Kind, kind_of
from bot.model import Feed
from bot.ping import ping
from bot.pipeline.pace import Pace
from bot.platforms.web import site as web
from bot.queue import Queue
from bot.ticks import Ticks
from bot.vitals import Vitals
from bot.work import Inline, Work

INDEX_SECONDS = 5.0  # how old the search index of a process that answers may be
PING_SECONDS = 60.0
GRACE = 5.0  # seconds for running jobs to end
SHORT_GRACE = 1.0  # for a look at what is due
HARD_END = 9.0  # seconds after which the process ends as it is; the next start finishes what was under way


async def serve(settings: Settings, only: str = "") -> None:
    """Run until SIGTERM or SIGINT, then end within ten seconds. ``only``: a kind of process (see ``kinds``), or all of it.

    Raises:
        ConfigError, StoreError: at the start only.
    """
    log.setup(settings.log_level, as_json=settings.log_format == "json")
    if only == "web" and not settings.http_port:
        settings = replace(settings, http_port=platform_port())
    kind = kind_of(settings, only)
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, _told_to_stop, stop)
    life = asyncio.create_task(_live(settings, WatchedFeeds(settings.feeds_file), kind, stop))
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


async def _live(settings: Settings, watched: WatchedFeeds, kind: Kind, stop: asyncio.Event) -> None:
    starting = asyncio.current_task()
    begun = asyncio.Event()

    async def cut_start() -> None:
        await stop.wait()
        if not begun.is_set() and starting:
            starting.cancel()

    cutter = asyncio.create_task(cut_start())
    try:
        async with (
            opened(settings, lambda: watched.current.enabled) as app,
            _queue(settings, kind) as queue,
            Service(app, watched, kind, queue).running(),
        ):
            begun.set()
            await stop.wait()
            log.event("service.stopping")
    finally:
        cutter.cancel()


@asynccontextmanager
async def _queue(settings: Settings, kind: Kind) -> AsyncIterator[Queue | None]:
    """The queue of jobs, where several processes share the work and this one puts or runs some."""
    if not kind.shares or not (kind.ticks or kind.works):
        yield None
        return
    async with Queue.opened(settings.database_url) as queue:
        yield queue


class Service:
    """A running process of the bot: jobs on the clock, the chats, and pages, as far as it is of the kind for them."""

    def __init__(
        self, app: App, watched: WatchedFeeds, kind: Kind, queue: Queue | None = None, patience: Patience | None = None
    ) -> None:
        settings = app.settings
        self._app = app
        self._watched = watched
        self._kind = kind
        self._queue = queue
        self._chats = Chats(app, kind)
        self._tokens = [name for name, there in (("slack", settings.has_slack), ("discord", settings.has_discord)) if there]
        beat, counts = ((lambda: queue.last_beat), queue.counts) if queue else (None, None)
        self._vitals = Vitals(app.store, self._feeds, self._tokens, delivers=kind.alone, beat=beat, counts=counts)
        self._inline = Inline()
        work: Work = queue or self._inline
        chores = Chores(app, self._wrong)
        pace = Pace(shares=self._chats.shares)
        self._duties = Duties(app, work, self._chats.messengers, self._feeds, self._vitals, chores, patience, pace)
        self._ticks = Ticks(app, work, self._duties, watched, self._platforms)

    def _feeds(self) -> Sequence[Feed]:
        return self._watched.current.enabled

    def _platforms(self) -> Collection[str]:
        """To be served: those that this process posts to, or where workers do, those that have tokens."""
        return self._tokens if self._queue else self._chats.messengers

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Everything runs for as long as the block lasts."""
        async with AsyncExitStack() as stack:
            stack.callback(log.listen(self._vitals.metrics.note))
            await self._serve_pages(stack)
            if self._kind.ticks:
                await self._ticks.subscribe()
            await stack.enter_async_context(self._chats.served())
            scheduler = Scheduler()
            if self._kind.alone:
                self._run_here(scheduler, stack)
            elif self._queue:
                await self._run_shared(self._queue, stack)
            self._look_around(scheduler)
            scheduler.start()
            stack.push_async_callback(scheduler.stop, SHORT_GRACE)
            log.event("service.ready", kind=self._kind.name, feeds=len(self._feeds()), platforms=sorted(self._chats.messengers))
            yield

    async def _serve_pages(self, stack: AsyncExitStack) -> None:
        """HTTP: what people and platforms ask for, or for the other kinds of process the probes alone."""
        settings = self._app.settings
        probes = health.routes(live=self._vitals.stalled, ready=self._vitals.ready, metrics=self._vitals.figures)
        if self._kind.web and settings.http_port:
            app = self._app
            site = web.connect(settings, app.commands, app.links, clock.now)
            pages = [*probes, *self._chats.routes, *site]
            await stack.enter_async_context(server.served(settings.http_host, settings.http_port, pages))
        elif self._kind.web and self._chats.routes:
            log.warning("slack.unserved", problem="BOT_HTTP_PORT is missing: nobody listens to what Slack sends over HTTP")
        elif not self._kind.web and settings.probe_port:
            await stack.enter_async_context(server.served(settings.http_host, settings.probe_port, probes))

    def _run_here(self, scheduler: Scheduler, stack: AsyncExitStack) -> None:
        """Every look on the clock of this process, and its jobs in it."""
        self._inline.functions = self._duties.functions()
        stack.push_async_callback(self._inline.stop, GRACE)
        for name, (seconds, look) in self._ticks.rhythms().items():
            scheduler.every(seconds, name, look, at_once=not name.startswith("daily/"))

    async def _run_shared(self, queue: Queue, stack: AsyncExitStack) -> None:
        """Looks and jobs through the queue, each in whichever process comes first."""
        queue.lost = self._duties.lost
        if self._kind.works:
            await stack.enter_async_context(queue.worked(self._duties.functions(), GRACE))
        if self._kind.ticks:
            await stack.enter_async_context(queue.ticking(self._ticks.tick, SHORT_GRACE))

    def _look_around(self, scheduler: Scheduler) -> None:
        """What each process does for itself."""
        if not self._kind.ticks:
            scheduler.every(self._app.settings.poll_seconds, "follow", self.follow)
        if self._kind.answers and not self._kind.alone:
            scheduler.every(INDEX_SECONDS, "index", self._app.archive.refresh)
        if self._kind.ticks and self._app.settings.ping_url:
            scheduler.every(PING_SECONDS, "ping", self.ping, at_once=False)

    async def follow(self) -> None:
        """Know what a changed feeds.yaml says, where another process looks after it."""
        self._watched.refresh()

    async def ping(self) -> None:
        """Tell whoever watches from outside that deliveries are being made."""
        last = await self._vitals.last_seen()
        if last and (clock.now() - last).total_seconds() < PING_SECONDS:
            await ping(self._app.settings.ping_url)

    async def _wrong(self) -> list[tuple[str, str]]:
        return [(one.what, one.words) for one in await doctor.examined(self._app.settings) if one.state == doctor.BAD]
