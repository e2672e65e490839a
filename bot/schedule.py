"""When things happen: which slot of a subscription is due, which were missed, which come next. Pure; the clock is in ``jobs``.

A slot is named by local date and time, so a clock change can neither double nor lose it. Holidays move or cancel it, quiet hours
let it wait for their end; what waits for the same end is one slot, the last of them.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import chain
from zoneinfo import ZoneInfo

from bot.knowledge.calendars import holiday, is_working_day
from bot.model import Delivery, Slot, Subscription

CATCH_UP = timedelta(hours=3)
DELAYED_AFTER = timedelta(minutes=10)
FIRST_PERIOD = timedelta(hours=24)
LONGEST_PERIOD = timedelta(days=7)
_FARTHEST_MISS = timedelta(days=400)
_DAY = timedelta(days=1)

# ---- slots ----


def due_slot(subscription: Subscription, last: Slot | None, now: datetime, catch_up: timedelta = CATCH_UP) -> Slot | None:
    """The slot to serve at ``now``, at most one: the latest that fell due within ``catch_up`` and after ``last``, the one served.

    Earlier ones that were not served are missed (see ``missed_slots``): their news is part of the next edition. Nothing is served
    in quiet hours, and they do not count as time that passed.
    """
    if quiet_until(subscription, now):
        return None
    since = awake_since(subscription, now, catch_up)
    waiting = [slot for slot in _slots_between(subscription, since, now) if _is_after(slot, last)]
    if not waiting:
        return None
    # Where a clock change lets two slots fall due at once, both are served, in order: one now, one at the next tick.
    return next(slot for slot in waiting if slot.due == waiting[-1].due)


def missed_slots(subscription: Subscription, last: Slot, now: datetime, catch_up: timedelta = CATCH_UP) -> int:
    """How many slots after ``last``, the one served, were not served and will not be. Stays the same until one is served."""
    served = due_slot(subscription, last, now, catch_up)
    until = served.due if served else awake_since(subscription, now, catch_up)
    slots = _slots_between(subscription, max(last.due, now - _FARTHEST_MISS), until)
    return sum(slot.due < until and _is_after(slot, last) for slot in slots)


def period_begins(last: Slot | None, now: datetime) -> datetime:
    """From when on an edition made at ``now`` tells the news; ``last``: the slot that was served before it."""
    return max(last.due, now - LONGEST_PERIOD) if last else now - FIRST_PERIOD


def is_delayed(slot: Slot, now: datetime) -> bool:
    """True when the edition of ``slot`` comes so late that it should say so."""
    return now - slot.due > DELAYED_AFTER


def upcoming(subscription: Subscription, now: datetime, n: int) -> list[Slot]:
    """The next ``n`` slots after ``now``, as people will get them: fewer only where none comes for more than a year."""
    found: list[Slot] = []
    for step in range(0, 400, 7):
        since = now + timedelta(days=step)
        week = _slots_between(subscription, since, since + 7 * _DAY)
        found += [slot for slot in week if slot.due > since]
        if len(found) >= n:
            break
    return found[:n]


def _is_after(slot: Slot, last: Slot | None) -> bool:
    return last is None or ((slot.day, slot.at) != (last.day, last.at) and _order(slot) > _order(last))


def _order(slot: Slot) -> tuple[datetime, date, time]:
    return slot.due, slot.day, slot.at


def _slots_between(subscription: Subscription, since: datetime, until: datetime) -> list[Slot]:
    """All slots that fall due in [since, until], by the instant at which they do."""
    zone = ZoneInfo(subscription.time_zone)
    # Days more: a slot that a clock change skips, or that quiet hours hold, falls due later than its name says.
    first = since.astimezone(zone).date() - (2 if subscription.quiet else 1) * _DAY
    last = until.astimezone(zone).date()
    kept: dict[object, Slot] = {}
    for slot, waited in chain.from_iterable(_slots_of(subscription, day) for day in _days(first, last)):
        if not since <= slot.due <= until:
            continue
        # All that wait for the end of the same quiet hours are one, the last; so are those of a day that the zone skipped (Samoa
        # had no 30 December 2011) and of the next day, at the same local time.
        together = (slot.due, None if waited or (slot.due, None) in kept else slot.at)
        kept[together] = slot
    return sorted(kept.values(), key=_order)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


@lru_cache(maxsize=8192)  # the clock asks for the same days of every subscription four times a minute
def _slots_of(subscription: Subscription, day: date) -> tuple[tuple[Slot, bool], ...]:
    """The slots that are named after ``day``, each with whether it waits for the end of quiet hours."""
    if not _is_served(subscription, day):
        return ()
    found = []
    for at in sorted(set(subscription.times)):
        # fold=0: a time that comes twice means the first; one that is skipped comes as late as it would have without the change.
        due = _instant(day, at, 0, ZoneInfo(subscription.time_zone))
        end = quiet_until(subscription, due)
        found.append((Slot(subscription.id, day, at, end or due), end is not None))
    return tuple(found)


def _instant(day: date, at: time, fold: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at.replace(fold=fold), tzinfo=zone).astimezone(UTC)


# ---- holidays ----


def _is_served(subscription: Subscription, day: date) -> bool:
    """Whether ``day`` has slots: its own, or those that holidays moved to it. Where both meet, they are one."""
    wanted, off = day.weekday() in subscription.weekdays, subscription.holidays
    if not off or subscription.on_holiday == "post":
        return wanted
    if wanted and holiday(day, off) is None:
        return True
    return subscription.on_holiday == "next_workday" and is_working_day(day, off) and _moves_to(subscription, day)


def _moves_to(subscription: Subscription, workday: date) -> bool:
    """Whether one of the days off right before ``workday`` is a holiday with slots."""
    day = workday - _DAY
    while not is_working_day(day, subscription.holidays):
        if day.weekday() in subscription.weekdays and holiday(day, subscription.holidays):
            return True
        day -= _DAY
    return False


# ---- quiet hours ----


def quiet_until(subscription: Subscription, now: datetime) -> datetime | None:
    """When the quiet hours end that ``now`` falls into; None where it falls into none."""
    if subscription.quiet is None:
        return None
    today = now.astimezone(ZoneInfo(subscription.time_zone)).date()
    end = now
    for day in _days(today - _DAY, today + _DAY):  # where the zone skips a day, one night follows the other
        start, last = _quiet_of(subscription.quiet, day, subscription.time_zone)
        end = last if start <= end < last else end
    return end if end > now else None


def resting(subscriptions: Iterable[Subscription], now: datetime) -> Callable[[Delivery], bool]:
    """Tells whether a message waits for the end of quiet hours: those of editions that are begun do not."""
    quiet = [one.id for one in subscriptions if quiet_until(one, now)]
    keys = tuple(key for id in quiet for key in (f"{id}/", f"alert/{id}/"))
    return lambda delivery: delivery.kind == "post" and delivery.thread is None and delivery.edition_key.startswith(keys)


def awake_since(subscription: Subscription, now: datetime, span: timedelta) -> datetime:
    """The instant since which ``span`` has passed that was not quiet; at most about a year before ``now``."""
    since = now - span
    if subscription.quiet is None:
        return since
    today = now.astimezone(ZoneInfo(subscription.time_zone)).date()
    for back in range(400):
        start, end = _quiet_of(subscription.quiet, today - back * _DAY, subscription.time_zone)
        if start < now and end > since:
            since -= min(end, now) - start
        elif end <= since:
            break
    return since


@lru_cache(maxsize=1024)
def _quiet_of(quiet: tuple[time, time], day: date, time_zone: str) -> tuple[datetime, datetime]:
    """From and until when it is quiet, beginning on ``day``; where a clock change makes a time come twice, the longer span."""
    (begins, ends), zone = quiet, ZoneInfo(time_zone)
    return _shown(day, begins, zone)[0], _shown(day if begins <= ends else day + _DAY, ends, zone)[1]


def _shown(day: date, at: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When the wall clock first and last shows a time; both are the moment of the jump where it jumps over it."""
    first, last = _instant(day, at, 0, zone), _instant(day, at, 1, zone)
    if last >= first:
        return first, last
    before, after = last, first
    while after - before > timedelta(seconds=1):
        between = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if between.astimezone(zone).utcoffset() == before.astimezone(zone).utcoffset():
            before = between
        else:
            after = between
    return after, after
