"""``bot run``: polls, plans and posts digests on the clock, answers in the chats that have tokens, until it is told to stop."""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta

from bot import clock, health, log, server
from bot.app import App, opened
from bot.config import Settings, WatchedFeeds
from bot.errors import ConfigError, StoreError
from bot.metrics import Metrics, Sample
from bot.model import Feed, Subscription
from bot.pipeline.deliver import deliver_due
from bot.platforms import discord, slack
from bot.ports import Messenger
from bot.schedule import CATCH_UP, Scheduler, due_slot, is_delayed, missed_slots

DIGEST_SECONDS = 15.0
DELIVER_SECONDS = 5.0
LONGEST_PERIOD = timedelta(days=7)
FIRST_PERIOD = timedelta(hours=24)
LONGEST_PAUSE = 300.0
RETENTION_SECONDS = 86_400.0
STALLED = timedelta(seconds=60)  # the job that delivers comes every five seconds
LATE = timedelta(minutes=2)
# A subscription that was never served has missed nothing: its first edition is that of its next slot.
FIRST_CATCH_UP = timedelta(minutes=10)


async def serve(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT, then end within seconds. Raises ConfigError and StoreError at the start only."""
    log.setup(settings.log_level, as_json=settings.log_format == "json")
    watched = WatchedFeeds(settings.feeds_file)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with opened(settings, lambda: watched.current.enabled) as app, Service(app, watched).running():
        await stop.wait()
        log.event("service.stopping")


class Service:
    """The running bot: jobs on the clock, and one task for each chat platform."""

    def __init__(self, app: App, watched: WatchedFeeds) -> None:
        self._app = app
        self._watched = watched
        self._messengers: dict[str, Messenger] = {}
        self._metrics = Metrics()
        self._last_delivered = clock.now()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Everything runs for as long as the block lasts."""
        settings = self._app.settings
        async with AsyncExitStack() as stack:
            stack.callback(log.listen(self._metrics.note))
            await self._subscribe()
            if settings.http_port:
                probes = health.routes(live=self.stalled, ready=self.unready, metrics=self.figures)
                await stack.enter_async_context(server.served(settings.http_host, settings.http_port, probes))
            for chat in self._chats():
                task = asyncio.create_task(chat)
                stack.push_async_callback(_ended, task)
            scheduler = Scheduler()
            scheduler.every(settings.poll_seconds, "poll", self.poll)
            scheduler.every(DIGEST_SECONDS, "digests", self.plan_digests)
            scheduler.every(DELIVER_SECONDS, "deliver", self.deliver)
            if settings.retention_days:
                scheduler.every(RETENTION_SECONDS, "retention", self.trim)
            scheduler.start()
            stack.push_async_callback(scheduler.stop)
            log.event("service.ready", feeds=len(self._watched.current.enabled), platforms=sorted(self._messengers))
            yield

    # ---- jobs ----

    async def poll(self) -> None:
        """Take up a changed feeds.yaml, then poll what is due."""
        if self._watched.refresh():
            await self._subscribe()
        await self._app.pipeline.run(self._watched.current.enabled, clock.now())
        await self._app.archive.refresh()

    async def plan_digests(self) -> None:
        """Plan an edition for each subscription that has a slot due."""
        subscriptions = await self._app.store.subscriptions.active()
        await plan_editions(self._app, subscriptions, self._messengers, self._watched.current.enabled, clock.now())

    async def deliver(self) -> None:
        """Post what is planned."""
        await deliver_due(self._app.store, self._messengers, clock.now())
        self._last_delivered = clock.now()

    async def trim(self) -> None:
        """Delete what is older than the operator wants to keep."""
        before = clock.now() - timedelta(days=self._app.settings.retention_days)
        log.event("retention.trimmed", **await self._app.store.upkeep.trim(before))

    async def _subscribe(self) -> None:
        digests: tuple[Subscription, ...] = self._watched.current.digests
        await self._app.store.subscriptions.sync(digests)

    # ---- for operators ----

    async def stalled(self) -> list[str]:
        """What says that this process should be started again."""
        silent = clock.now() - self._last_delivered
        return [f"no delivery pass has ended for {silent.total_seconds():.0f} s"] if silent > STALLED else []

    async def unready(self) -> list[str]:
        """What says that the bot does not serve as it should: the database, or messages that should have been posted."""
        try:
            waiting = await self._app.store.deliveries.due(clock.now() - LATE)
        except StoreError as exc:
            return [str(exc)]
        late = [one for one in waiting if one.channel.platform in self._messengers]
        return [*await self.stalled(), *(f"{one.edition_key} part {one.part + 1} is late" for one in late)]

    async def figures(self) -> str:
        """The metrics, with the gauges of this moment."""
        store, now = self._app.store, clock.now()
        gauges: list[Sample] = [
            ("brief_outbox_messages", (("state", state),), count) for state, count in (await store.deliveries.counts()).items()
        ]
        standings = Counter(one.state for one in await store.subscriptions.all())
        gauges += [("brief_subscriptions", (("state", state),), count) for state, count in standings.items()]
        memories = await store.feeds.memories([feed.id for feed in self._watched.current.enabled])
        gauges.append(("brief_feeds_failing", (), sum(memory.failures > 0 for memory in memories.values())))
        ages = [(now - memory.last_success).total_seconds() for memory in memories.values() if memory.last_success]
        gauges.append(("brief_feed_staleness_seconds", (), round(max(ages, default=0.0))))
        return self._metrics.text(gauges)

    # ---- chats ----

    def _chats(self) -> list[Coroutine[None, None, None]]:
        """A task for each platform that has its tokens; the log says which have not."""
        settings = self._app.settings
        chats: list[Coroutine[None, None, None]] = []
        talk = self._app.commands
        if settings.has_slack:
            url = settings.slack_api_url or None
            app = slack.build_app(settings.slack_bot_token, handle=talk.handle, language_of=talk.language_of, base_url=url)
            self._messengers["slack"] = slack.SlackMessenger(settings.slack_bot_token, base_url=url)
            chats.append(_kept_up("slack", lambda: slack.serve(app, settings.slack_app_token, base_url=url)))
        if settings.has_discord:
            chats.append(_kept_up("discord", self._discord))
        for name, there in (("slack", settings.has_slack), ("discord", settings.has_discord)):
            if not there:
                log.event("platform.off", platform=name, how="`bot doctor` says what it needs")
        return chats

    async def _discord(self) -> None:
        """A client serves one connection; a new try is a new client, and the messenger speaks through it."""
        talk = self._app.commands
        bot = discord.build(talk.handle, language_of=talk.language_of, now=clock.now)
        self._messengers["discord"] = discord.DiscordMessenger(bot)
        await discord.serve(bot, self._app.settings.discord_token)


async def plan_editions(
    app: App, subscriptions: Sequence[Subscription], messengers: Mapping[str, Messenger], feeds: Sequence[Feed], now: datetime
) -> None:
    """Compose, render and plan the edition of every slot that is due at ``now`` on a platform that is served."""
    served = [one for one in subscriptions if one.channel.platform in messengers]
    last = await app.store.editions.last_slots([one.id for one in served])
    for subscription in served:
        before = last.get(subscription.id)
        slot = due_slot(subscription, before, now, CATCH_UP if before else FIRST_CATCH_UP)
        if slot is None:
            continue
        if before and (missed := missed_slots(subscription, before, now)):
            log.warning("slots.missed", subscription=subscription.id, missed=missed)
        edition = await app.briefer.edition(
            key=slot.key,
            since=max(before.due, now - LONGEST_PERIOD) if before else now - FIRST_PERIOD,
            until=now,
            language=subscription.language,
            time_zone=subscription.time_zone,
            filters=subscription.filters,
            told_to=subscription.channel,
            delayed=is_delayed(slot, now),
            feeds=feeds,
        )
        messages = messengers[subscription.channel.platform].render(edition, subscription)
        if await app.store.editions.plan(slot, subscription, edition, messages, now):
            log.event("edition.planned", edition=slot.key, stories=len(edition.items), messages=len(messages))


async def _kept_up(name: str, serve: Callable[[], Awaitable[None]]) -> None:
    """Serve a platform for as long as it lasts; after a failure try again, ever more slowly. A refused token ends it."""
    pause = 5.0
    while True:
        try:
            await serve()
            return
        except ConfigError as exc:
            for problem in exc.problems:
                log.warning("platform.refused", platform=name, problem=problem, effect="the rest of the bot goes on")
            return
        except Exception as exc:  # noqa: BLE001 the edge of a platform: one that fails must not end the others
            log.bug("platform.failed", exc, platform=name, again_in=pause)
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


async def _ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
