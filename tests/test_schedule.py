"""Which slot is due, over zones, years and clock changes; and the clock that runs jobs."""

import asyncio
import logging
import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.schedule import WRONG, ZONES, simulate, variants
from bot.jobs import Scheduler
from bot.model import Channel, Delivery, Message, Slot, Subscription
from bot.schedule import awake_since, due_slot, is_delayed, missed_slots, quiet_until, resting, upcoming

HALF_HOURS = tuple(time(hour, minute) for hour in range(24) for minute in (0, 30))
HOUR = timedelta(hours=1)


def _subscription(
    *times: time, zone: str = "Asia/Seoul", weekdays: frozenset[int] = frozenset(range(7)), id: str = "daily"
) -> Subscription:
    return Subscription(id, Channel("slack", "C1", "T1"), times or (time(8),), zone, weekdays=weekdays)


def _serve(subscription: Subscription, ticks: list[datetime], last: Slot | None = None) -> list[Slot]:
    """Every slot served when the clock asks at ``ticks``, as the driver would."""
    served: list[Slot] = []
    for now in ticks:
        slot = due_slot(subscription, last, now)
        if slot is not None:
            served.append(slot)
            last = slot
    return served


def _ticks(since: datetime, until: datetime, step: timedelta) -> list[datetime]:
    return [since + number * step for number in range((until - since) // step)]


def test_a_slot_is_due_at_its_local_time_and_served_once() -> None:
    morning = _subscription(time(8))  # 23:00 UTC
    before, after = datetime(2026, 11, 22, 22, 59, 59, tzinfo=UTC), datetime(2026, 11, 22, 23, 0, tzinfo=UTC)

    slot = due_slot(morning, None, after)

    assert due_slot(morning, Slot("daily", date(2026, 11, 22), time(8), before - 24 * HOUR), before) is None
    assert slot == Slot("daily", date(2026, 11, 23), time(8), after)
    assert due_slot(morning, slot, after + HOUR) is None


def test_slots_fall_on_the_chosen_local_weekdays() -> None:
    weekdays = _subscription(time(8), weekdays=frozenset({0, 4}))
    week = _ticks(datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 11, 29, tzinfo=UTC), timedelta(minutes=15))

    assert [slot.day for slot in _serve(weekdays, week)] == [date(2026, 11, 23), date(2026, 11, 27)]


@pytest.mark.parametrize(
    ("late", "served"), [(HOUR, True), (3 * HOUR, True), (timedelta(hours=3, seconds=1), False), (9 * HOUR, False)]
)
def test_a_slot_is_caught_up_within_three_hours(late: timedelta, served: bool) -> None:
    due = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
    last = Slot("daily", date(2026, 11, 22), time(8), due - 24 * HOUR)

    assert (due_slot(_subscription(time(8)), last, due + late) is not None) == served
    assert missed_slots(_subscription(time(8)), last, due + late) == (not served)


@pytest.mark.parametrize("pause", [timedelta(minutes=1), HOUR, 3 * HOUR, timedelta(days=1), timedelta(days=10)])
@pytest.mark.parametrize("offset", range(0, 24, 5))
def test_after_a_pause_one_edition_comes_at_most_and_the_rest_is_counted(pause: timedelta, offset: int) -> None:
    busy = _subscription(time(6), time(7), time(8), time(18))
    stopped = datetime(2026, 11, 20, offset, 30, tzinfo=UTC)
    before = _serve(busy, _ticks(stopped - timedelta(days=2), stopped, timedelta(minutes=15)))
    back = stopped + pause

    missed = missed_slots(busy, before[-1], back)
    after = _serve(busy, [back, back + timedelta(seconds=15), back + timedelta(seconds=30)], before[-1])

    fell_due = _serve(busy, _ticks(stopped, back + timedelta(minutes=1), timedelta(minutes=1)), before[-1])
    assert len(after) <= 1
    assert len(after) + missed == len(fell_due)
    assert all(back - slot.due <= 3 * HOUR for slot in after)


def _clock_changes(zone: str, years: range) -> list[date]:
    days = (date(years.start, 1, 1) + timedelta(days=number) for number in range(365 * len(years)))
    noons = [datetime.combine(day, time(12), ZoneInfo(zone)) for day in days]
    return [noon.date() for before, noon in pairwise(noons) if before.utcoffset() != noon.utcoffset()]


@pytest.mark.parametrize("zone", ZONES)
def test_half_hourly_slots_are_neither_doubled_nor_lost_at_clock_changes(zone: str) -> None:
    every = _subscription(*HALF_HOURS, zone=zone)
    for day in _clock_changes(zone, range(2020, 2030)) or [date(2026, 6, 1)]:
        since = datetime.combine(day - timedelta(days=1), time(20), ZoneInfo(zone))
        until = datetime.combine(day, time(8), ZoneInfo(zone))
        first = Slot("daily", since.date(), time(20), since.astimezone(UTC))

        served = _serve(every, _ticks(first.due, until.astimezone(UTC), timedelta(minutes=5)), first)

        keys = [slot.key for slot in served]
        assert len(keys) == len(set(keys))
        assert {f"daily/{day}/{at:%H:%M}" for at in HALF_HOURS if at < time(7)} <= set(keys)


@given(
    zone=st.sampled_from(ZONES),
    year=st.integers(2020, 2036),
    at=st.times().map(lambda found: found.replace(second=0, microsecond=0)),
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    phase=st.integers(0, 14),
)
@settings(max_examples=25, deadline=None)
def test_one_slot_a_chosen_day_in_any_zone_and_year(zone: str, year: int, at: time, weekdays: frozenset[int], phase: int) -> None:
    daily = _subscription(at, zone=zone, weekdays=weekdays)
    since = datetime(year, 1, 3, tzinfo=UTC) + timedelta(minutes=phase)

    served = _serve(daily, _ticks(since, since + timedelta(days=360), timedelta(hours=2)))

    days = [slot.day for slot in served]
    expected = {since.date() + timedelta(days=day) for day in range(2, 358)}
    assert days == sorted(set(days))
    assert {day for day in expected if day.weekday() in weekdays} <= set(days)
    assert {day.weekday() for day in days} <= weekdays
    assert {slot.at for slot in served} == {at}


def test_a_time_that_comes_twice_is_served_at_the_first_and_one_that_is_skipped_still_comes() -> None:
    twice = _subscription(time(1, 30), zone="America/New_York")
    skipped = _subscription(time(2, 30), zone="America/New_York")
    autumn = _ticks(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC), timedelta(minutes=15))
    spring = _ticks(datetime(2026, 3, 8, 6, tzinfo=UTC), datetime(2026, 3, 8, 12, tzinfo=UTC), timedelta(minutes=15))

    assert [slot.due for slot in _serve(twice, autumn)] == [datetime(2026, 11, 1, 5, 30, tzinfo=UTC)]
    assert [slot.due for slot in _serve(skipped, spring)] == [datetime(2026, 3, 8, 7, 30, tzinfo=UTC)]


def test_a_clock_set_back_and_a_moved_zone_repeat_no_slot() -> None:
    morning = _subscription(time(8))
    due = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
    served = Slot("daily", date(2026, 11, 23), time(8), due)
    moved = _subscription(time(8), zone="Europe/London")

    assert due_slot(morning, served, due - timedelta(minutes=30)) is None
    assert due_slot(moved, served, datetime(2026, 11, 23, 8, 0, tzinfo=UTC)) is None


def test_an_edition_more_than_ten_minutes_late_is_delayed() -> None:
    slot = Slot("daily", date(2026, 11, 23), time(8), datetime(2026, 11, 22, 23, 0, tzinfo=UTC))

    assert not is_delayed(slot, slot.due + timedelta(minutes=9))
    assert is_delayed(slot, slot.due + HOUR)


# ---- holidays ----

# Korean Thanksgiving 2026: Thursday 24 to Saturday 26 September. In Japan 21 to 23 September, Monday to Wednesday, are off.
AUTUMN = datetime(2026, 9, 18, 12, tzinfo=UTC)


def _days_of(subscription: Subscription, since: datetime, days: int) -> list[date]:
    return [slot.day for slot in upcoming(subscription, since, 100) if slot.due < since + timedelta(days=days)]


def _with_holidays(on_holiday: str, *countries: str, weekdays: frozenset[int] = frozenset(range(5))) -> Subscription:
    plain = _subscription(time(8), weekdays=weekdays)
    return replace(plain, holidays=frozenset(countries), on_holiday=on_holiday)


def _september(*days: int) -> list[date]:
    return [date(2026, 9, day) for day in days]


def test_on_holidays_a_slot_is_posted_skipped_or_moved() -> None:
    assert _days_of(_with_holidays("post", "KR"), AUTUMN, 10) == _september(21, 22, 23, 24, 25, 28)
    assert _days_of(_with_holidays("skip", "KR"), AUTUMN, 10) == _september(21, 22, 23, 28)
    assert _days_of(_with_holidays("skip", "KR", "JP"), AUTUMN, 10) == _september(28)
    # Every working day has its slot already: what is moved there is one with it.
    assert _days_of(_with_holidays("next_workday", "KR"), AUTUMN, 10) == _september(21, 22, 23, 28)


@pytest.mark.parametrize(
    ("weekday", "countries", "days"),
    [
        (0, "JP", [24]),  # Monday to Wednesday are off in Japan
        (0, "KR JP", [28]),  # there, and from Thursday on in Korea
        (3, "KR", [28]),  # after three holidays and a Sunday
        (5, "KR", [19, 28]),  # a Saturday that is no holiday stays, one that is moves
        (0, "KR", [21, 28]),
    ],
)
def test_a_weekly_slot_on_a_holiday_moves_to_the_next_working_day(weekday: int, countries: str, days: list[int]) -> None:
    weekly = _with_holidays("next_workday", *countries.split(), weekdays=frozenset({weekday}))
    found = upcoming(weekly, AUTUMN, 10)
    assert [slot.day for slot in found if slot.day < date(2026, 9, 29)][: len(days)] == _september(*days)
    assert found[0].key == f"daily/{found[0].day}/08:00"  # named by the day it comes on


def test_two_holidays_moved_to_one_day_are_one_slot() -> None:
    # Sunday 3 and Tuesday 5 May 2026 are holidays in Japan, Monday 4 and (as a substitute) Wednesday 6 too.
    golden_week = _with_holidays("next_workday", "JP", weekdays=frozenset({0, 1, 2}))
    since = datetime(2026, 5, 1, tzinfo=UTC)
    assert _days_of(golden_week, since, 9) == [date(2026, 5, 7)]


# ---- quiet hours ----

NIGHT = (time(22), time(7))


def _keys(slots: list[Slot]) -> list[str]:
    return [f"{slot.day:%d} {slot.at:%H:%M} {slot.due:%d %H:%M}" for slot in slots]


def test_what_falls_due_in_quiet_hours_comes_once_at_their_end() -> None:
    busy = replace(_subscription(time(6), time(12), time(21, 30), time(22), time(23)), quiet=NIGHT)
    since = datetime(2026, 11, 23, 0, tzinfo=UTC)  # 09:00 in Seoul

    # At 22:00 UTC it is 07:00 in Seoul: 22:00, 23:00 and the 06:00 of the next day are one, the last of them.
    assert _keys(upcoming(busy, since, 4)) == ["23 12:00 23 03:00", "23 21:30 23 12:30", "24 06:00 23 22:00", "24 12:00 24 03:00"]
    served = _serve(busy, _ticks(since, since + 24 * HOUR, timedelta(minutes=1)))
    assert _keys(served)[-3:] == ["23 12:00 23 03:00", "23 21:30 23 12:30", "24 06:00 23 22:00"]


def test_a_slot_at_the_end_of_the_quiet_hours_takes_in_those_that_waited() -> None:
    morning = replace(_subscription(time(5), time(7)), quiet=NIGHT)
    assert _keys(upcoming(morning, datetime(2026, 11, 23, 0, tzinfo=UTC), 2)) == ["24 07:00 23 22:00", "25 07:00 24 22:00"]


def test_in_the_middle_of_the_night_what_waits_since_yesterday_comes_next() -> None:
    late = replace(_subscription(time(23)), quiet=NIGHT)
    assert _keys(upcoming(late, datetime(2026, 11, 23, 17, tzinfo=UTC), 1)) == ["23 23:00 23 22:00"]  # 02:00 on the 24th


def test_nothing_is_caught_up_in_quiet_hours_and_they_are_no_time_that_passed() -> None:
    evening = replace(_subscription(time(21)), quiet=NIGHT)
    due = datetime(2026, 11, 23, 12, tzinfo=UTC)
    yesterday = Slot("daily", date(2026, 11, 22), time(21), due - 24 * HOUR)
    morning = due + 10 * HOUR  # 07:00: one hour before the quiet ones began, none since they ended

    assert due_slot(evening, yesterday, due + 2 * HOUR) is None  # 23:00
    assert _keys([found for found in [due_slot(evening, yesterday, morning)] if found]) == ["23 21:00 23 12:00"]
    assert is_delayed(Slot("daily", date(2026, 11, 23), time(21), due), morning)
    assert due_slot(evening, yesterday, morning + 2 * HOUR) is not None
    assert due_slot(evening, yesterday, morning + 2 * HOUR + timedelta(seconds=1)) is None
    assert missed_slots(evening, yesterday, morning + 2 * HOUR + timedelta(seconds=1)) == 1


def test_quiet_hours_end_where_the_wall_clock_says_so() -> None:
    seoul = replace(_subscription(), quiet=NIGHT)
    assert quiet_until(seoul, datetime(2026, 11, 23, 12, 59, 59, tzinfo=UTC)) is None
    assert quiet_until(seoul, datetime(2026, 11, 23, 13, 0, tzinfo=UTC)) == datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
    assert quiet_until(seoul, datetime(2026, 11, 23, 22, 0, tzinfo=UTC)) is None
    assert quiet_until(_subscription(), datetime(2026, 11, 23, 13, 0, tzinfo=UTC)) is None
    # On 1 November 2026 New York shows 01:00 to 02:00 twice, on 8 March it jumps from 02:00 to 03:00.
    twice = replace(_subscription(zone="America/New_York"), quiet=(time(0), time(1, 30)))
    assert quiet_until(twice, datetime(2026, 11, 1, 5, 45, tzinfo=UTC)) == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    jumped = replace(_subscription(zone="America/New_York"), quiet=(time(0), time(2, 30)))
    assert quiet_until(jumped, datetime(2026, 3, 8, 6, 45, tzinfo=UTC)) == datetime(2026, 3, 8, 7, 0, tzinfo=UTC)


def test_the_same_quiet_time_twice_is_no_quiet_time() -> None:
    never = replace(_subscription(time(8)), quiet=(time(7), time(7)))
    assert len(_days_of(never, datetime(2026, 11, 23, tzinfo=UTC), 7)) == 7


def test_time_that_passed_is_counted_without_the_quiet_hours() -> None:
    seoul = replace(_subscription(), quiet=NIGHT)
    half_past_seven = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
    assert awake_since(seoul, half_past_seven, 3 * HOUR) == datetime(2026, 11, 23, 10, 30, tzinfo=UTC)  # 19:30
    assert awake_since(seoul, half_past_seven, 30 * timedelta(minutes=1)) == half_past_seven - HOUR / 2
    assert awake_since(_subscription(), half_past_seven, 3 * HOUR) == half_past_seven - 3 * HOUR


def test_a_message_waits_for_the_end_of_the_quiet_hours_unless_its_edition_is_begun() -> None:
    night = replace(_subscription(), quiet=NIGHT)
    other = replace(night, id="daily-2", quiet=None)
    eleven = datetime(2026, 11, 23, 14, tzinfo=UTC)

    def waits(key: str, thread: str | None = None, kind: str = "post", now: datetime = eleven) -> bool:
        delivery = Delivery("d", key, 0, night.channel, Message({}), thread=thread, kind=kind)
        return resting([night, other], now)(delivery)

    assert waits("daily/2026-11-23/21:55") and waits("alert/daily/story/1")
    assert not waits("daily-2/2026-11-23/21:55") and not waits("alert/daily-2/daily/1")
    assert not waits("daily/2026-11-23/21:55", thread="1.0")
    assert not waits("daily/2026-11-23/21:55", kind="edit")
    assert not waits("daily/2026-11-23/21:55", now=eleven + 8 * HOUR)
    assert not resting([], eleven)(Delivery("d", "daily/2026-11-23/21:55", 0, night.channel, Message({})))


# ---- what comes next ----


def test_the_next_slots_are_those_that_will_be_served() -> None:
    rare = replace(_with_holidays("skip", "KR", weekdays=frozenset({4})), quiet=NIGHT)
    found = upcoming(rare, AUTUMN, 3)
    assert [slot.day for slot in found] == [date(2026, 10, 2), date(2026, 10, 16), date(2026, 10, 23)]  # 25 September, 9 October
    assert upcoming(replace(rare, weekdays=frozenset()), AUTUMN, 3) == []
    served = _serve(rare, _ticks(AUTUMN, AUTUMN + timedelta(days=60), HOUR))
    assert [slot.key for slot in served[:3]] == [slot.key for slot in found]


# ---- against a wall clock, worked out beside this code ----


@pytest.mark.parametrize("zone", ZONES)
def test_around_clock_changes_with_stops_holidays_and_quiet_hours_no_slot_is_lost_or_doubled(zone: str) -> None:
    dice = random.Random(zone)
    changes = [day for day in _clock_changes(zone, range(2007, 2017)) if day.year in (2007, 2011, 2012)][:5] or [
        date(2015, 8, 14)
    ]
    for day in changes:
        since = datetime.combine(day - timedelta(days=4), time(), UTC)
        for subscription, stopped in variants(zone, dice):
            counts = simulate(subscription, since, since + timedelta(days=9), dice, stopped=stopped)
            assert {name: counts[name] for name in WRONG if counts[name]} == {}, (day, subscription)
            assert counts["served"] > 20 or stopped


# ---- the clock ----


async def test_jobs_run_again_and_again_and_a_failing_one_is_logged_and_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    runs: list[str] = []
    enough = asyncio.Event()

    async def fails() -> None:
        runs.append("fails")
        if runs.count("fails") == 3:
            enough.set()
        raise RuntimeError("broken on purpose")

    scheduler = Scheduler()
    scheduler.every(0.01, "fails", fails)
    scheduler.start()
    await asyncio.wait_for(enough.wait(), 10)
    await scheduler.stop()

    failures = [record for record in caplog.records if record.name == "bot" and record.message == "job.failed"]
    assert len(failures) >= 2
    assert failures[0].levelno == logging.ERROR


async def test_a_slow_job_never_runs_twice_at_a_time_and_ends_before_the_stop() -> None:
    running, most, ended, begun, release = 0, 0, 0, asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        nonlocal running, most, ended
        running += 1
        most = max(most, running)
        begun.set()
        await release.wait()
        running -= 1
        ended += 1

    ticks = asyncio.Event()

    async def tick() -> None:
        ticks.set()

    scheduler = Scheduler()
    scheduler.every(0.01, "slow", slow)
    scheduler.every(0.01, "tick", tick)
    scheduler.start()
    await asyncio.wait_for(begun.wait(), 10)
    for _ in range(5):
        ticks.clear()
        await asyncio.wait_for(ticks.wait(), 10)
    stopping = asyncio.ensure_future(scheduler.stop())
    release.set()
    await stopping

    assert (most, running) == (1, 0)
    assert ended >= 1


async def test_a_job_that_does_not_end_is_cancelled_after_the_grace() -> None:
    begun, cancelled = asyncio.Event(), asyncio.Event()

    async def endless() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    scheduler = Scheduler()
    scheduler.every(60, "endless", endless)
    scheduler.start()
    await asyncio.wait_for(begun.wait(), 10)
    await scheduler.stop(grace=0.01)

    assert cancelled.is_set()
