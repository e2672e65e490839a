"""When things happen: which slot of a subscription is due, and the clock that asks. APScheduler only ticks; slots are ours.

A slot is named by local date and time, so a clock change can neither double nor lose it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot import clock, log
from bot.model import Slot, Subscription

CATCH_UP = timedelta(hours=3)
DELAYED_AFTER = timedelta(minutes=10)
_FARTHEST_MISS = timedelta(days=400)

# ---- slots ----


def due_slot(subscription: Subscription, last: Slot | None, now: datetime, catch_up: timedelta = CATCH_UP) -> Slot | None:
    """The slot to serve at ``now``, at most one: the latest that fell due within ``catch_up`` and after ``last``, the one served.

    Earlier ones that were not served are missed (see ``missed_slots``): their news is part of the next edition.
    """
    waiting = [slot for slot in _slots_between(subscription, now - catch_up, now) if _is_after(slot, last)]
    if not waiting:
        return None
    # Where a clock change lets two slots fall due at once, both are served, in order: one now, one at the next tick.
    return next(slot for slot in waiting if slot.due == waiting[-1].due)


def missed_slots(subscription: Subscription, last: Slot, now: datetime, catch_up: timedelta = CATCH_UP) -> int:
    """How many slots after ``last``, the one served, were not served and will not be. Stays the same until one is served."""
    served = due_slot(subscription, last, now, catch_up)
    until = served.due if served else now - catch_up
    slots = _slots_between(subscription, max(last.due, now - _FARTHEST_MISS), until)
    return sum(slot.due < until and _is_after(slot, last) for slot in slots)


def is_delayed(slot: Slot, now: datetime) -> bool:
    """True when the edition of ``slot`` comes so late that it should say so."""
    return now - slot.due > DELAYED_AFTER


def _is_after(slot: Slot, last: Slot | None) -> bool:
    return last is None or ((slot.day, slot.at) != (last.day, last.at) and _order(slot) > _order(last))


def _order(slot: Slot) -> tuple[datetime, date, str]:
    return slot.due, slot.day, slot.at.isoformat()


def _slots_between(subscription: Subscription, since: datetime, until: datetime) -> list[Slot]:
    """All slots that fall due in [since, until], by the instant at which they do."""
    zone = ZoneInfo(subscription.time_zone)
    # A day more: a slot that a clock change skips falls due later than its name says.
    first = since.astimezone(zone).date() - timedelta(days=1)
    last = until.astimezone(zone).date()
    slots = (slot for day in _days(first, last) for slot in _slots_of(subscription, day, zone))
    return sorted((slot for slot in slots if since <= slot.due <= until), key=_order)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _slots_of(subscription: Subscription, day: date, zone: ZoneInfo) -> Iterator[Slot]:
    if day.weekday() not in subscription.weekdays:
        return
    for at in sorted(set(subscription.times)):
        # fold=0: a time that comes twice means the first; one that is skipped comes as late as it would have without the change.
        due = datetime.combine(day, at.replace(fold=0), tzinfo=zone).astimezone(UTC)
        yield Slot(subscription.id, day, at, due)


# ---- the clock ----

Job = Callable[[], Awaitable[object]]


class Scheduler:
    """Runs jobs at intervals, each at most once at a time; a job that fails is logged and runs again at its next time."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[object]] = set()
        # misfire_grace_time None: a busy loop delays a run, it does not skip it.
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._ticker = AsyncIOScheduler(timezone=UTC, job_defaults=defaults)

    def every(self, seconds: float, name: str, job: Job, *, at_once: bool = True) -> None:
        """Run ``job`` every ``seconds``, the first time at once or after the first interval."""
        first = {"next_run_time": clock.now()} if at_once else {}
        self._ticker.add_job(partial(self._run, name, job), "interval", seconds=seconds, id=name, name=name, **first)

    def start(self) -> None:
        """Begin, inside the running event loop."""
        self._ticker.start()

    async def stop(self, grace: float = 8.0) -> None:
        """Start nothing more, give running jobs ``grace`` seconds to end, then cancel them."""
        self._ticker.pause()
        running = set(self._running)
        if running:
            _, late = await asyncio.wait(running, timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        self._ticker.shutdown(wait=False)

    async def _run(self, name: str, job: Job) -> None:
        task = asyncio.ensure_future(job())
        self._running.add(task)
        try:
            await task
        except asyncio.CancelledError:
            log.warning("job.cancelled", job=name)
        except Exception as error:  # noqa: BLE001 - edge of a job: it is logged, and the next run comes
            log.bug("job.failed", error, job=name)
        finally:
            self._running.discard(task)
