"""Which slot is due, over zones, years and clock changes; and the clock that runs jobs."""

import asyncio
import logging
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.jobs import Scheduler
from bot.model import Channel, Slot, Subscription
from bot.schedule import due_slot, is_delayed, missed_slots

HALF_HOURS = tuple(time(hour, minute) for hour in range(24) for minute in (0, 30))
ZONES = ["Asia/Seoul", "Asia/Tokyo", "America/New_York", "Europe/London", "Australia/Lord_Howe", "America/Santiago"]
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
