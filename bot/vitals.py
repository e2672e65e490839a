"""How the running bot is, for operators: what /livez, /readyz and /metrics answer, and the sign of life for other processes."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from time import monotonic

from bot import clock
from bot.errors import StoreError
from bot.metrics import Metrics, Sample
from bot.model import Feed
from bot.schedule import resting
from bot.store import Store

STALLED = timedelta(minutes=3)  # a pass comes every five seconds and takes a minute and a half at most, if platforms hang
LATE = timedelta(minutes=2)
SIGN_EVERY = timedelta(seconds=30)
SHOWN = 20  # late messages
DELIVERS = "deliver"  # the job whose last beginning is the sign of life


class Vitals:
    """``platforms``: those that this bot has tokens for. ``delivers``: whether this process posts by itself; ``beat``: when its
    workers, which take jobs from the queue, last reached the database, on the monotonic clock; ``counts``: of jobs, by state."""

    def __init__(
        self,
        store: Store,
        feeds: Callable[[], Sequence[Feed]],
        platforms: Collection[str],
        *,
        delivers: bool,
        beat: Callable[[], float] | None = None,
        counts: Callable[[], Awaitable[Mapping[str, int]]] | None = None,
    ) -> None:
        self._store = store
        self._feeds = feeds
        self._platforms = platforms
        self._delivers = delivers
        self._beat = beat
        self._counts = counts
        self._started = clock.now()
        self.metrics = Metrics()
        self.last_pass: datetime | None = None
        self._signed: datetime | None = None

    async def passed(self) -> None:
        """Note that a delivery pass, or a round through the queue, has ended; now and then where other processes see it."""
        self.last_pass = clock.now()
        if self._signed is None or self.last_pass >= self._signed + SIGN_EVERY:
            self._signed = self.last_pass
            await self._store.jobs.begun_at(DELIVERS, self.last_pass)

    async def last_seen(self) -> datetime | None:
        """When deliveries were last looked after, by whichever process."""
        return self.last_pass if self._delivers else await self._store.jobs.began(DELIVERS)

    async def stalled(self) -> list[str]:
        """What says that this process should be started again."""
        silent = clock.now() - (self.last_pass or self._started)
        if self._delivers and silent > STALLED:
            return [f"no delivery pass has ended for {silent.total_seconds():.0f} s"]
        if self._beat and (beat := monotonic() - self._beat()) > STALLED.total_seconds():
            return [f"no worker of this process has reached the database for {beat:.0f} s"]
        return []

    async def ready(self) -> tuple[bool, list[str]]:
        """Whether this process can do its part, and what says that the bot as a whole does not serve as it should.

        Who posts, or puts and runs jobs, answers for messages that should be out. Who only answers people goes on without the
        others: taken from a balancer it would help nobody. It needs the database.
        """
        try:
            amiss = await self._amiss()
        except StoreError as exc:
            return False, [str(exc)]
        return not amiss or not (self._delivers or self._beat), amiss

    async def _amiss(self) -> list[str]:
        waiting = await self._store.deliveries.late(clock.now() - LATE)
        rests = resting(await self._store.subscriptions.active(), clock.now()) if waiting else None
        silent = [] if self._delivers or self._beat else await self._worker_silent()
        late = [one for one in waiting if one.channel.platform in self._platforms and not (rests and rests(one))]
        shown = [f"{one.edition_key} part {one.part + 1} is late" for one in late[:SHOWN]]
        more = [f"{len(late) - SHOWN} more are late"] if len(late) > SHOWN else []
        return [*await self.stalled(), *silent, *shown, *more]

    async def _worker_silent(self) -> list[str]:
        seen = await self._store.jobs.began(DELIVERS)
        if seen is None:
            return ["no worker has run on this database yet"]
        silent = clock.now() - seen
        return [f"no worker has shown itself for {silent.total_seconds():.0f} s"] if silent > SIGN_EVERY + STALLED else []

    async def figures(self) -> str:
        """The metrics, with the gauges of this moment."""
        store, now = self._store, clock.now()
        gauges: list[Sample] = [
            ("brief_outbox_messages", (("state", state),), count) for state, count in (await store.deliveries.unsent()).items()
        ]
        standings = await store.subscriptions.counts()
        gauges += [("brief_subscriptions", (("state", state),), count) for state, count in standings.items()]
        memories = await store.feeds.memories([feed.id for feed in self._feeds()])
        gauges.append(("brief_feeds_failing", (), sum(memory.failures > 0 for memory in memories.values())))
        if self._counts:
            gauges += [("brief_jobs", (("state", state),), count) for state, count in (await self._counts()).items()]
        ages = [(now - memory.last_success).total_seconds() for memory in memories.values() if memory.last_success]
        gauges.append(("brief_feed_staleness_seconds", (), round(max(ages, default=0.0))))
        return self.metrics.text(gauges)
