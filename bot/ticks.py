"""Finds what is due and puts jobs for it: the clock's side of the work. To look twice does no harm, to miss a look neither."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta

from bot import clock, log
from bot.app import App
from bot.config import WatchedFeeds
from bot.duties import Duties, process
from bot.jobs import LOOK_SECONDS
from bot.lanes import compose_jobs, delivery_jobs, poll_jobs
from bot.model import Feed
from bot.planning import due_subscriptions
from bot.schedule import due_slot
from bot.work import Job, Work, single

DIGEST_SECONDS = 15.0
DELIVER_SECONDS = 5.0
AMEND_SECONDS = 60.0
RATES_SECONDS = 1800.0  # how often it is looked whether rates are due; they are fetched every six hours
AHEAD = timedelta(minutes=5)  # before a slot its stories are written up
AHEAD_SECONDS = 60.0
PULSE_SECONDS = 15.0
SLACK = timedelta(seconds=1)  # by how much a look may come early

Look = Callable[[], Awaitable[object]]


class Ticks:
    """Every look, with its rhythm. ``platforms``: those to be served."""

    def __init__(
        self, app: App, work: Work, duties: Duties, watched: WatchedFeeds, platforms: Callable[[], Collection[str]]
    ) -> None:
        self._app = app
        self._work = work
        self._duties = duties
        self._watched = watched
        self._platforms = platforms

    def rhythms(self) -> Mapping[str, tuple[float, Look]]:
        """By name: every how many seconds, and what then."""
        poll_seconds = float(self._app.settings.poll_seconds)
        looks: dict[str, tuple[float, Look]] = {
            "poll": (poll_seconds, self.poll),
            "compose": (DIGEST_SECONDS, self.compose),
            "alert": (DELIVER_SECONDS if self._work.lanes == 1 else poll_seconds, self._puts(single("alert"))),
            "deliver": (DELIVER_SECONDS, self.deliver),
            "tell": (DELIVER_SECONDS, self._puts(single("tell"))),
            "amend": (AMEND_SECONDS, self._puts(single("amend"))),
            "rates": (RATES_SECONDS, self._puts(single("rates"))),
        }
        if self._app.settings.has_model:
            looks["ahead"] = (AHEAD_SECONDS, self.ahead)
        if self._work.lanes > 1:
            looks["expire"] = (AMEND_SECONDS, self._puts(single("expire")))
            looks["pulse"] = (PULSE_SECONDS, self._puts(single("pulse")))
        for name in self._duties.days:
            key = f"daily/{name}"
            looks[key] = (LOOK_SECONDS, self._puts(Job("daily", {"name": name}, lock=key, once=key)))
        return looks

    async def tick(self, second: int) -> None:
        """Look at all that it is time for, where several processes may do so; ``second``: since 1970."""
        now = datetime.fromtimestamp(second, UTC)
        for name, (seconds, look) in self.rhythms().items():
            try:
                if seconds <= DELIVER_SECONDS or await self._claimed(name, seconds, now):
                    await look()
            except Exception as error:  # noqa: BLE001 - edge of a job: the others go on, and this one comes again
                log.bug("job.failed", error, job=name)

    async def _claimed(self, name: str, seconds: float, now: datetime) -> bool:
        return await self._app.store.jobs.claim(f"tick/{name}", now, timedelta(seconds=seconds) - SLACK)

    # ---- looks ----

    async def poll(self) -> None:
        """Take up a changed feeds.yaml, then have the feeds polled that are due."""
        if self._watched.refresh():
            await self.subscribe()
        feeds = await self._duties.all_feeds()
        if self._work.lanes == 1:
            await self._work.put(single("poll"))
            return
        await self._work.put(*poll_jobs(await self._due(feeds), len(feeds), self._work.lanes), process())

    async def _due(self, feeds: Collection[Feed]) -> list[Feed]:
        memories, now = await self._app.store.feeds.memories([feed.id for feed in feeds]), clock.now()
        checks = {id: memory.next_check for id, memory in memories.items() if memory.next_check}
        return [feed for feed in feeds if checks.get(feed.id, now) <= now]

    async def subscribe(self) -> None:
        """Make the digests of feeds.yaml subscriptions."""
        await self._app.store.subscriptions.sync(self._watched.current.digests)

    async def compose(self) -> None:
        """Have an edition composed for each subscription that has a slot due."""
        store = self._app.store
        due = await due_subscriptions(store, await store.subscriptions.active(), self._platforms(), clock.now())
        await self._work.put(*compose_jobs(due, self._work.lanes))

    async def deliver(self) -> None:
        """Have posted what is planned, and looked into what is in doubt."""
        if self._work.lanes == 1:
            await self._work.put(single("deliver"), single("reconcile"))
            return
        pending, in_doubt = await self._app.store.deliveries.waiting(clock.now())
        served = self._platforms()
        for name, places in (("deliver", pending), ("reconcile", in_doubt)):
            reached = {place for place in places if place[0] in served}
            await self._work.put(*delivery_jobs(name, reached, self._work.lanes))

    async def ahead(self) -> None:
        """Have the stories written up that the next slots will show, so that nobody waits for a model then."""
        now = clock.now()
        active = await self._app.store.subscriptions.active()
        near = await asyncio.to_thread(lambda: [one for one in active if due_slot(one, None, now + AHEAD, AHEAD)])
        languages = sorted({one.language for one in near if one.channel.platform in self._platforms()})
        stories = await self._app.briefer.to_write(now) if languages else ()
        await self._work.put(*(_summarise(story, language) for language in languages for story in stories))

    def _puts(self, job: Job) -> Look:
        async def put() -> None:
            await self._work.put(job)

        return put


def _summarise(story: str, language: str) -> Job:
    key = f"summarise/{language}/{story}"
    return Job("summarise", {"story": story, "language": language}, lock=key, once=key)
