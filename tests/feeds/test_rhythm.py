import itertools
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FetchError, ParseError
from bot.feeds.fetch import Fetched
from bot.feeds.rhythm import LONGEST, SHORTEST, after_failure, after_success, body_hash, recall
from bot.model import FeedMemory
from tests.builders import NOON, feed

URL = "https://example.com/feed"
FRESH = FeedMemory("example", url=URL)
HOUR = timedelta(hours=1)


def fetched(status: int = 200, fresh_for: float | None = None, etag: str | None = '"v1"') -> Fetched:
    return Fetched(URL, status, b"", etag=etag, last_modified="Mon, 23 Nov 2026 00:00:00 GMT", fresh_for=fresh_for)


def every(gap: timedelta, count: int = 20, since: datetime = NOON) -> list[datetime]:
    return [since - gap * number for number in range(1, count + 1)]


def delay(memory: FeedMemory, now: datetime = NOON) -> float:
    assert memory.next_check is not None
    return (memory.next_check - now).total_seconds()


def test_a_success_is_remembered() -> None:
    failed = replace(FRESH, failures=3, last_error="down")
    after = after_success(failed, fetched(), now=NOON, digest="d1", dates=every(HOUR))
    assert (after.etag, after.last_modified, after.body_hash) == ('"v1"', "Mon, 23 Nov 2026 00:00:00 GMT", "d1")
    assert (after.failures, after.last_error) == (0, None)
    assert after.last_success == after.last_checked == NOON
    assert after.newest_entry == NOON - HOUR


@pytest.mark.parametrize(
    ("gap", "least", "most"),
    [
        (timedelta(minutes=2), SHORTEST, SHORTEST),
        (HOUR, 800, 1_000),
        (timedelta(hours=6), 5_000, 6_000),
        (timedelta(days=1), LONGEST, LONGEST),
        (timedelta(days=30), LONGEST, LONGEST),
    ],
)
def test_the_interval_follows_the_gaps_between_entries(gap: timedelta, least: float, most: float) -> None:
    after = after_success(FRESH, fetched(), now=NOON, digest="d1", dates=every(gap))
    assert least <= after.interval <= most


def test_old_entries_do_not_count() -> None:
    busy_now = every(timedelta(minutes=40), 10) + every(timedelta(days=90), 10)
    assert after_success(FRESH, fetched(), now=NOON, digest="d1", dates=busy_now).interval == pytest.approx(600)


def test_future_dates_do_not_count() -> None:
    after = after_success(FRESH, fetched(), now=NOON, digest="d1", dates=[NOON + timedelta(days=400), *every(HOUR)])
    assert after.newest_entry == NOON - HOUR


def test_a_silent_feed_is_asked_less_and_a_busy_one_more_again() -> None:
    memory = after_success(FRESH, fetched(), now=NOON, digest="d1", dates=every(timedelta(minutes=30)))
    daytime, now = memory.interval, NOON
    for _ in range(40):
        now += HOUR / 2
        memory = after_success(memory, fetched(304), now=now)
    assert 10 * daytime < memory.interval <= 7_500
    memory = after_success(memory, fetched(), now=now, digest="d2", dates=every(timedelta(minutes=30), since=now))
    assert memory.interval == pytest.approx(daytime, rel=0.1)


def test_feeds_without_dates_are_learned_by_trying() -> None:
    memory = FRESH
    for number in range(10):
        memory = after_success(memory, fetched(), now=NOON, digest=f"d{number}")
    assert memory.interval == SHORTEST
    for _ in range(30):
        memory = after_success(memory, fetched(), now=NOON, digest=memory.body_hash)
    assert memory.interval == LONGEST


@pytest.mark.parametrize(("fresh_for", "ttl", "least"), [(1_800, None, 1_800), (None, 2_400, 2_400), (31_536_000, None, 3_600)])
def test_headers_and_ttl_slow_it_down_within_reason(fresh_for: float | None, ttl: float | None, least: float) -> None:
    after = after_success(FRESH, fetched(fresh_for=fresh_for), now=NOON, digest="d1", dates=every(timedelta(minutes=1)), ttl=ttl)
    assert after.interval == least


def test_304_keeps_what_it_does_not_say_again_and_200_forgets_it() -> None:
    memory = after_success(FRESH, fetched(), now=NOON, digest="d1")
    same = after_success(memory, Fetched(URL, 304), now=NOON)
    assert (same.etag, same.last_modified, same.body_hash) == (memory.etag, memory.last_modified, "d1")
    assert after_success(memory, fetched(etag=None), now=NOON, digest="d2").etag is None


def test_failures_back_off() -> None:
    memory, delays = after_success(FRESH, fetched(), now=NOON, digest="d1"), []
    for _ in range(12):
        memory = after_failure(memory, FetchError(URL, "answers 500"), now=NOON)
        delays.append(delay(memory))
    assert SHORTEST <= delays[0] <= SHORTEST * 1.1
    assert all(later > 1.7 * earlier for earlier, later in itertools.pairwise(delays[:6]))
    assert LONGEST <= delays[-1] <= LONGEST * 1.1
    assert (memory.failures, memory.last_error, memory.etag, memory.last_success) == (12, "answers 500", '"v1"', NOON)


def test_after_a_failure_the_old_interval_returns() -> None:
    memory = after_success(FRESH, fetched(), now=NOON, digest="d1", dates=every(HOUR))
    failed = after_failure(memory, ParseError(URL, "no feed"), now=NOON)
    assert failed.interval == memory.interval and failed.body_hash == memory.body_hash


def test_gone_is_asked_once_a_day() -> None:
    after = after_failure(FRESH, FetchError(URL, "answers 410 Gone", permanent=True), now=NOON)
    assert 86_400 <= delay(after) <= 86_400 * 1.1


@pytest.mark.parametrize(("wish", "least"), [(7_200.0, 7_200.0), (1.0, SHORTEST), (86_400.0, 86_400.0)])
def test_retry_after_is_kept(wish: float, least: float) -> None:
    after = after_failure(FRESH, FetchError(URL, "answers 429", retry_after=wish), now=NOON)
    assert least <= delay(after) <= least * 1.1


def test_feeds_that_failed_together_do_not_come_back_together() -> None:
    error = FetchError(URL, "no connection")
    delays = {delay(after_failure(FeedMemory(f"feed-{number}"), error, now=NOON)) for number in range(50)}
    assert len(delays) == 50
    assert delay(after_failure(FRESH, error, now=NOON)) == delay(after_failure(FRESH, error, now=NOON))


def test_validators_belong_to_a_url() -> None:
    memory = after_success(FRESH, fetched(), now=NOON, digest="d1")
    assert recall(feed(url=URL), memory) == memory
    assert recall(feed(url="https://example.com/other"), memory) == FeedMemory("example", url="https://example.com/other")
    assert recall(feed(url=URL), None) == FRESH


@given(
    st.lists(st.floats(-1e9, 1e9).map(lambda seconds: NOON + timedelta(seconds=seconds)), max_size=30),
    st.floats(0, 1e12) | st.none(),
    st.floats(0, 1e12) | st.none(),
    st.sampled_from([200, 304]),
    st.floats(1, 1e6),
    st.integers(0, 2_000),
)
def test_always_within_bounds(
    dates: list[datetime], fresh_for: float | None, ttl: float | None, status: int, interval: float, failures: int
) -> None:
    memory = replace(FRESH, interval=interval, failures=failures)
    after = after_success(
        memory, fetched(status, fresh_for), now=NOON, digest="d" if status == 200 else None, dates=dates, ttl=ttl
    )
    assert SHORTEST <= after.interval <= LONGEST
    assert after.interval <= delay(after) <= after.interval * 1.1 + 1e-3
    failed = after_failure(memory, FetchError(URL, "down"), now=NOON)
    assert SHORTEST <= delay(failed) <= LONGEST * 1.1


ITEMS = b"<item><title>a</title><pubDate>Mon, 23 Nov 2026 00:00:00 GMT</pubDate></item></channel></rss>"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b"<rss><channel><lastBuildDate>1</lastBuildDate>" + ITEMS, b"<rss><channel><lastBuildDate>2</lastBuildDate>" + ITEMS),
        (b"<rss><channel><pubDate>1</pubDate>" + ITEMS, b"<rss><channel><pubDate>2</pubDate>" + ITEMS),
        (b"<feed><updated>1</updated><entry/></feed>", b"<feed><updated>2</updated><entry/></feed>"),
        (b"<rss><channel>" + ITEMS, b"<rss><channel>" + ITEMS + b"\n<!-- built in 0.12 s -->\n<!-- cached -->\n"),
        (b"", b""),
    ],
)
def test_same_entries_same_hash(one: bytes, other: bytes) -> None:
    assert body_hash(one) == body_hash(other)


@pytest.mark.parametrize(
    "other",
    [
        b"<rss><channel>" + ITEMS.replace(b">a<", b">b<"),
        b"<rss><channel>" + ITEMS.replace(b"23 Nov", b"24 Nov"),
        b"<rss><channel>" + ITEMS.replace(b"</channel>", b"<item/></channel>"),
        b"<rss><channel><title>c</title>" + ITEMS,
        b"",
    ],
)
def test_other_entries_other_hash(other: bytes) -> None:
    assert body_hash(b"<rss><channel>" + ITEMS) != body_hash(other)


@given(st.binary(max_size=300))
def test_any_body_has_a_hash(body: bytes) -> None:
    assert len(body_hash(body)) == 32
