"""What the bot does, by name: plain functions that any worker may run, each of which finds in the database what there is to do.

To run one twice does no harm: slots are taken once, messages go through their ledger, and what is missed the next tick finds.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot import clock
from bot.alerts import plan_alerts
from bot.app import App
from bot.chores import Chores
from bot.errors import StoreError
from bot.jobs import once_a_day
from bot.lanes import delivery_jobs, in_lane
from bot.model import Delivery, Feed
from bot.pipeline.amend import Amender
from bot.pipeline.deliver import SEND_LIMIT, SETTLE, deliver_due, expire, recover
from bot.pipeline.exchange import fetch_rates
from bot.pipeline.notices import operator_of, tell_due
from bot.pipeline.pace import Pace
from bot.planning import plan_editions
from bot.ports import Messenger
from bot.schedule import resting
from bot.store.leases import process_name
from bot.vitals import Vitals
from bot.work import Function, Inline, Job, Work, single

PROCESS_SECONDS = 20.0  # after the death of the process that makes stories, another one does so


@dataclass(frozen=True, slots=True)
class Patience:
    """For how many seconds platforms are waited for: until they answer, and until their history shows what they took."""

    send_limit: float = SEND_LIMIT
    settle: float = SETTLE


class Duties:
    """The jobs of one bot. ``feeds``: those of feeds.yaml that are in use; ``messengers``: what posts, by platform."""

    def __init__(
        self,
        app: App,
        work: Work,
        messengers: Mapping[str, Messenger],
        feeds: Callable[[], Sequence[Feed]],
        vitals: Vitals,
        chores: Chores,
        patience: Patience | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._app = app
        self._work = work
        self._messengers = messengers
        self._feeds = feeds
        self._vitals = vitals
        self._daily = chores.daily()
        self._patience = patience or Patience()
        self._pace, self._amender = pace or Pace(), Amender(app.store)
        self._operator = operator_of(app.settings.operator)
        self._holder = process_name()
        self._alone = isinstance(work, Inline)  # no other process works on the same
        self._polls = self._alerted = 0

    def functions(self) -> Mapping[str, Function]:
        """All of them, by the names of their jobs."""
        plain = (self.poll, self.process, self.summarise, self.compose, self.alert, self.deliver, self.reconcile)
        rest = (self.recover, self.expire, self.tell, self.amend, self.rates, self.pulse, self.daily)
        return {one.__name__: one for one in (*plain, *rest)}

    async def poll(self, lane: int = 0, lanes: int = 1) -> None:
        """Poll the feeds of a lane that are due; where nobody else works, process what is new at once."""
        feeds = in_lane(await self.all_feeds(), lane, lanes)
        if self._alone:
            await self._app.pipeline.run(feeds, clock.now())
            self._polls += 1
            await self._app.archive.refresh()
            return
        run, changed = await self._app.pipeline.poll(feeds, clock.now())
        if run.articles or changed:
            await self._work.put(process(changed))

    async def all_feeds(self) -> list[Feed]:
        """The feeds of feeds.yaml and those that workspaces added, each once."""
        ours = self._feeds()
        listed = {feed.url for feed in ours}
        return [*ours, *(feed for feed in await self._app.store.added_feeds.all() if feed.url not in listed)]

    async def process(self, changed: Collection[str] = ()) -> None:
        """Judge new articles and join them to stories: one process at a time, and what an earlier one still does counts not."""
        leases = self._app.store.leases
        lease = await leases.take("process", self._holder, PROCESS_SECONDS)
        if lease is None:
            raise StoreError("another process makes stories", passing=True)
        async with leases.kept(lease, PROCESS_SECONDS):
            run = await self._app.pipeline.process(changed, clock.now(), lease)
        if run.relevant:
            await self._work.put(single("alert"))

    async def summarise(self, story: str, language: str) -> None:
        """Have a story written up in a language, for all workspaces."""
        await self._app.briefer.write_ahead(story, language, clock.now())

    async def compose(self, subscriptions: Collection[str]) -> None:
        """Plan the editions of those of the subscriptions that have a slot due; then they can be posted."""
        wanted, now = await self._app.store.subscriptions.active_of(subscriptions), clock.now()
        await plan_editions(self._app, wanted, self._messengers, self._feeds(), now)
        if not self._alone:
            places = {(one.channel.platform, one.channel.workspace) for one in wanted}
            await self._work.put(*delivery_jobs("deliver", places, self._work.lanes))

    async def alert(self) -> None:
        """Plan what cannot wait for the next digest; where nobody else works, after each poll."""
        if self._alone and self._alerted == self._polls:
            return
        self._alerted = self._polls
        subscriptions = await self._app.store.subscriptions.active()
        await plan_alerts(self._app, subscriptions, self._messengers, self._feeds(), clock.now())

    async def deliver(self, platform: str = "", workspaces: Collection[str] | None = None) -> None:
        """Post what is planned, but for those whose quiet hours it is."""
        now = clock.now()
        await deliver_due(
            self._app.store,
            self._reached(platform),
            now,
            pace=self._pace,
            only="post",
            rests=await self._rests(platform, workspaces),
            workspaces=workspaces,
            send_limit=self._patience.send_limit,
            settle=self._patience.settle,
        )
        await self._vitals.passed()

    async def _rests(self, platform: str, workspaces: Collection[str] | None) -> Callable[[Delivery], bool]:
        subscriptions = self._app.store.subscriptions
        if workspaces is None:
            return resting(await subscriptions.active(), clock.now())
        return resting(await subscriptions.active_in(platform, workspaces), clock.now())

    async def reconcile(self, platform: str = "", workspaces: Collection[str] | None = None) -> None:
        """Look into what was begun and has no clear outcome."""
        await deliver_due(
            self._app.store,
            self._reached(platform),
            clock.now(),
            pace=self._pace,
            only="settle",
            workspaces=workspaces,
            send_limit=self._patience.send_limit,
            settle=self._patience.settle,
        )

    async def recover(self, platform: str = "", workspaces: Collection[str] | None = None) -> None:
        """Look at once whether what a process had begun to post that is gone is there."""
        await recover(self._app.store, self._reached(platform), clock.now(), workspaces)

    async def lost(self, name: str, arguments: Mapping[str, Any]) -> None:
        """The worker that ran this job is dead, and another gets it."""
        if name in ("deliver", "reconcile"):
            await self._work.put(Job("recover", arguments, queue=arguments["platform"]))

    def _reached(self, platform: str) -> Mapping[str, Messenger]:
        return {name: one for name, one in self._messengers.items() if platform in ("", name)}

    async def expire(self) -> None:
        """Hold what comes a day too late."""
        await expire(self._app.store, clock.now())

    async def tell(self) -> None:
        """Tell owners that their briefing stopped, and the operator what is held."""
        await tell_due(self._app.store, self._messengers, self._operator, clock.now())

    async def amend(self) -> None:
        """Plan what puts posted briefings right."""
        await self._amender.run(self._messengers, clock.now())

    async def rates(self) -> None:
        """Fetch the exchange rates that are due."""
        if self._app.rates:
            await fetch_rates(self._app.store, self._app.rates, clock.now())

    async def pulse(self) -> None:
        """Show that whoever puts jobs is there, and somebody who runs them."""
        await self._vitals.passed()

    async def daily(self, name: str) -> None:
        """One of the daily jobs, unless it was done within a day."""
        await once_a_day(self._app.store, name, self._daily[name])

    @property
    def days(self) -> Collection[str]:
        """The names of the daily jobs."""
        return self._daily


def process(changed: Sequence[str] = ()) -> Job:
    """The job that judges what is new. What changed is named in it, so that it cannot stand for another one."""
    return Job("process", {"changed": list(changed)} if changed else {}, lock="process", once="" if changed else "process")
