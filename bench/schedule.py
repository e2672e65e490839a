"""Runs a simulated clock over years of half-hourly slots, with stops, holidays and quiet hours; counts slots lost and doubled.

    python -m bench.schedule [--years 10] [--seed 1] [--plain]

What must come is worked out beside the bot's own code: by walking the wall clock of each zone in steps of a quarter of an hour.
Prints one JSON line; exit status 1 where a slot was lost, doubled, early or in quiet hours.
"""

import argparse
import json
import random
import sys
import time as clock
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from holidays import country_holidays

from bot.model import Channel, Slot, Subscription
from bot.schedule import CATCH_UP, due_slot, missed_slots

ZONES = ("Asia/Seoul", "Asia/Tokyo", "America/New_York", "Europe/London", "Australia/Lord_Howe", "Pacific/Apia")
FIRST_YEAR = 2007  # with ten years: Samoa's missing day of 2011, and summer times that have changed their rules
HALF_HOURS = tuple(time(hour, minute) for hour in range(24) for minute in (0, 30))
QUARTER, HOUR, DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)
TICK = timedelta(seconds=15)

Name = tuple[date, time]


@dataclass(frozen=True)
class Group:
    """Slots that are one for people: they fall due at once, after quiet hours or where the zone skipped a day."""

    due: datetime
    names: frozenset[Name]


# ---- what must come ----


def first_times(zone: ZoneInfo, since: datetime, until: datetime) -> dict[Name, datetime]:
    """When the wall clock first shows each half hour; those it jumps over, as much later as the jump leaves them."""
    found: dict[Name, datetime] = {}
    instant, wall = since, since.astimezone(zone).replace(tzinfo=None)
    while instant < until:
        if wall.minute % 30 == 0:
            found.setdefault((wall.date(), wall.time()), instant)
        following = instant + QUARTER
        expected, wall = wall + QUARTER, following.astimezone(zone).replace(tzinfo=None)
        skipped = expected
        while skipped < wall:
            if skipped.minute % 30 == 0:
                found.setdefault((skipped.date(), skipped.time()), following + (skipped - expected))
            skipped += QUARTER
        instant = following
    return found


def days_served(subscription: Subscription, first: date, last: date) -> set[date]:
    """The days that have slots, by the calendars of the library itself."""
    off: set[date] = set()
    for country in subscription.holidays:
        off |= set(country_holidays(country, years=range(first.year, last.year + 2)))
    served: set[date] = set()
    day = first - 40 * DAY
    while day <= last:
        if day.weekday() in subscription.weekdays:
            moved = day
            if day in off and subscription.on_holiday == "next_workday":
                while moved in off or moved.weekday() > 4:
                    moved += DAY
            if day not in off or subscription.on_holiday != "skip":
                served.add(moved)
        day += DAY
    return {day for day in served if first <= day <= last}


def is_quiet(subscription: Subscription, instant: datetime, zone: ZoneInfo) -> bool:
    """Whether the wall clock shows quiet hours."""
    if subscription.quiet is None:
        return False
    begins, ends = subscription.quiet
    wall = instant.astimezone(zone).time()
    return begins <= wall < ends if begins < ends else wall >= begins or wall < ends


def after_quiet(subscription: Subscription, due: datetime, zone: ZoneInfo) -> datetime:
    """``due``, or when the quiet hours are over for good: a clock set back may show them twice."""
    if not is_quiet(subscription, due, zone):
        return due
    while any(is_quiet(subscription, due + step * QUARTER, zone) for step in range(5)):
        due += QUARTER
    return due


def expected(subscription: Subscription, since: datetime, until: datetime) -> list[Group]:
    """All that must come in [since, until), in order."""
    zone = ZoneInfo(subscription.time_zone)
    times = first_times(zone, since - 2 * DAY, until)
    days = days_served(subscription, min(times)[0], max(times)[0])
    dues = {name: after_quiet(subscription, due, zone) for name, due in times.items() if name[0] in days}
    held = {due for name, due in dues.items() if due != times[name]}
    groups: dict[object, set[Name]] = {}
    for name, due in dues.items():
        groups.setdefault((due, None if due in held else name[1]), set()).add(name)
    made = [Group(key[0], frozenset(names)) for key, names in groups.items() if since <= key[0] < until]  # type: ignore[index]
    return sorted(made, key=lambda group: (group.due, min(group.names)))


# ---- what comes ----


def stops(dice: random.Random, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """When the bot does not run: a minute to ten days, every few weeks."""
    at = since + dice.random() * min(20 * DAY, (until - since) / 2)
    while at < until:
        back = at + dice.choice([1, 60, 179, 181, 1440, 14_400]) * timedelta(minutes=1) * dice.uniform(0.9, 1.1)
        yield at, back
        at = back + dice.uniform(1, 40) * DAY


def ticks(groups: list[Group], down: list[tuple[datetime, datetime]], dice: random.Random) -> list[datetime]:
    """When the clock asks: right before and after each due moment and each return, while the bot runs."""
    wanted = [back for _, back in down]
    for due in sorted({group.due for group in groups}):
        late = due + dice.random() * TICK
        wanted += [late, late + TICK, *([due - TICK] if due > groups[0].due and dice.random() < 0.1 else [])]
    running: list[datetime] = []
    place = 0
    for tick in sorted([*wanted, *(tick + TICK for tick in wanted[: len(down)])]):
        while place < len(down) and down[place][1] <= tick:
            place += 1
        if place == len(down) or tick < down[place][0]:
            running.append(tick)
    return running


def simulate(subscription: Subscription, since: datetime, until: datetime, dice: random.Random, *, stopped: bool) -> Counter[str]:
    """Serve as the bot would, and count what is wrong."""
    groups = expected(subscription, since, until)
    where = {name: number for number, group in enumerate(groups) for name in group.names}
    down = list(stops(dice, since, until)) if stopped else []
    zone = ZoneInfo(subscription.time_zone)
    counts: Counter[str] = Counter(slots=sum(len(group.names) for group in groups))
    served: list[int] = []
    last: Slot | None = None
    for now in ticks(groups, down, dice):
        slot = due_slot(subscription, last, now)
        if slot is None:
            continue
        number = where.get((slot.day, slot.at))
        missed = missed_slots(subscription, last, now) if last else 0
        if number is None:
            counts["unasked"] += now < until
            continue
        counts["early"] += now < groups[number].due
        counts["quiet"] += is_quiet(subscription, now, zone)
        counts["too_late"] += subscription.quiet is None and now - groups[number].due > CATCH_UP
        if served:
            counts["miscounted"] += missed != number - served[-1] - 1
        counts["missed"] += missed
        served.append(number)
        last = slot
    counts["doubled"] = len(served) - len(set(served))
    counts["served"] = len(served)
    counts["lost"] = _lost(groups, served, down)
    return counts


def _lost(groups: list[Group], served: list[int], down: list[tuple[datetime, datetime]]) -> int:
    """Those that were not served although the bot ran when they fell due."""
    lost, there, place = 0, set(served), 0
    for number, group in enumerate(groups[:-2]):
        while place < len(down) and down[place][1] <= group.due:
            place += 1
        # Shortly before a stop the second of two that fall due at once may have had no tick.
        ran = place == len(down) or group.due + 2 * TICK < down[place][0]
        lost += ran and number not in there and not _passed_over(groups, number, there, down, place)
    return lost


def _passed_over(groups: list[Group], number: int, there: set[int], down: list[tuple[datetime, datetime]], place: int) -> bool:
    """Whether it fell due so soon after a return that an older one was just being served."""
    returned = down[place - 1][1] if place else None
    return returned is not None and groups[number].due - returned < 3 * TICK


def variants(zone: str, dice: random.Random) -> Iterator[tuple[Subscription, bool]]:
    """Half-hourly slots of one zone: as they are, with stops, and with stops, holidays and quiet hours."""
    plain = Subscription("every", Channel("slack", "C1", "T1"), HALF_HOURS, zone, weekdays=frozenset(range(7)))
    yield plain, False
    yield plain, True
    policy = dice.choice(["post", "skip", "next_workday"])
    weekdays = frozenset(dice.sample(range(7), dice.randint(3, 7)))
    begins = dice.randrange(96)
    ends = (begins + dice.randint(2, 72)) % 96  # at least six hours are not quiet
    quiet = (_quarter(begins), _quarter(ends))
    yield replace(plain, holidays=frozenset({"KR", "JP"}), on_holiday=policy, weekdays=weekdays), True
    yield replace(plain, quiet=quiet), False
    yield replace(plain, holidays=frozenset({"KR"}), on_holiday="next_workday", weekdays=weekdays, quiet=quiet), True


def _quarter(number: int) -> time:
    return time(number // 4, number % 4 * 15)


WRONG = ("lost", "doubled", "early", "quiet", "unasked", "miscounted", "too_late")


def run(years: int, seed: int, *, plain: bool) -> dict[str, object]:
    """Every zone and variant (``plain``: without stops, holidays and quiet hours) over that many years; the counts."""
    began, counts = clock.perf_counter(), Counter[str]()
    since = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
    until = datetime(FIRST_YEAR + years, 1, 1, tzinfo=UTC)
    for zone in ZONES:
        dice = random.Random(f"{seed} {zone}")
        for subscription, stopped in islice(variants(zone, dice), 1 if plain else None):
            counts += simulate(subscription, since, until, dice, stopped=stopped)
    found = {name: counts[name] for name in ("slots", "served", "missed", *WRONG)}
    return {
        "bench": "schedule",
        "zones": len(ZONES),
        "years": years,
        "seed": seed,
        "plain": plain,
        **found,
        "seconds": round(clock.perf_counter() - began, 1),
    }


def main() -> None:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plain", action="store_true", help="only clock changes: no stops, holidays, quiet hours")
    given = parser.parse_args()
    found = run(given.years, given.seed, plain=given.plain)
    print(json.dumps(found))
    sys.exit(any(found[name] for name in WRONG))


if __name__ == "__main__":
    main()
