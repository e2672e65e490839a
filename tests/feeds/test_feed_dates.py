"""Dates as feeds write them: every form that general libraries read wrongly, and strictness about what cannot be known."""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.feed_dates import read

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SEOUL, TOKYO = ZoneInfo("Asia/Seoul"), ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        # naive: the feed's own zone
        ("2026-06-23 13:58:38", "2026-06-23T04:58:38"),
        ("2026-06-23T13:58", "2026-06-23T04:58:00"),
        ("2026.10.06 09:30", "2026-10-06T00:30:00"),
        ("2026/10/06 09:30", "2026-10-06T00:30:00"),
        ("2026/1/10 14:33:00", "2026-01-10T05:33:00"),
        ("2026. 10. 6. 오후 3:05", "2026-10-06T06:05:00"),
        ("2026.10.6(화) 14:20", "2026-10-06T05:20:00"),
        ("202609210135", "2026-09-20T16:35:00"),
        ("Thu Sep 24 14:15:25 2026", "2026-09-24T05:15:25"),
        ("Tue, 22 Sep 2026 2:37 pm", "2026-09-22T05:37:00"),
        # Korean and Japanese
        ("2026년 05월 28일 오후 11:31:25", "2026-05-28T14:31:25"),
        ("2026년 5월 28일 오전 12:05", "2026-05-27T15:05:00"),
        ("2021년 07월 16일 (금)요일 18:00", "2021-07-16T09:00:00"),
        ("2026년 5월 28일 23시 31분 5초", "2026-05-28T14:31:05"),
        ("2026年10月6日（火）午後3時5分", "2026-10-06T06:05:00"),
        ("2026年10月6日 9時30分", "2026-10-06T00:30:00"),
        ("令和8年8月19日", "2026-08-18T15:00:00"),
        ("令和８年８月１９日", "2026-08-18T15:00:00"),
        ("令和元年5月1日", "2019-04-30T15:00:00"),
        # zones in words and figures
        ("Wed, 19 Aug 2026 17:00:00 JST", "2026-08-19T08:00:00"),
        ("Wed, 19 Aug 2026 17:00:00 KST", "2026-08-19T08:00:00"),
        ("Thu Sep 24 14:15:25 KST 2026", "2026-09-24T05:15:25"),
        ("Wed, 17 Jan 2018 15:50:00 EST", "2018-01-17T20:50:00"),
        ("Tue, 06 Oct 2026 09:30 GMT+9", "2026-10-06T00:30:00"),
        ("Tue, 22 Sep 2026 14:37:38 +09:00", "2026-09-22T05:37:38"),
        ("Sat, 07 Jan 2017 08:52:27 -0500 (EST)", "2017-01-07T13:52:27"),
        ("20260921013544+0900", "2026-09-20T16:35:44"),
        ("2026-08-19T17:00:00+09:00[Asia/Seoul]", "2026-08-19T08:00:00"),
        ("2026-08-19T17:00:00.123456789Z", "2026-08-19T17:00:00"),
        ("2026-08-19 17:00:00 UTC", "2026-08-19T17:00:00"),
        # loose RFC 822
        ("Wed,16 Jul 2026 10:00:00 +0900", "2026-07-16T01:00:00"),
        ("20 Aug 2026 03:13:00 +0900", "2026-08-19T18:13:00"),
        ("Tue, 22 Sept 26 14:37:38 +0900", "2026-09-22T05:37:38"),
        ("Sun, 20 09 2026 10:11:12 +0900", "2026-09-20T01:11:12"),
        ("2026-08-19T24:00:00Z", "2026-08-20T00:00:00"),
        ("Sep 20, 2026 09:30 PM", "2026-09-20T12:30:00"),
    ],
)
def test_reads_what_feeds_write(raw: str, expected: str) -> None:
    assert read(raw, SEOUL, NOW) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "raw",
    [
        "05/06/2026",  # May or June?
        "07.02.2026 10:00",
        "Mon, 05 Oct 2026 10:00:00 CST",  # Chicago or Shanghai?
        "2026-02-30",
        "31 Jun 2026 10:00:00 GMT",
        "Tue, 22 Sep 2026 25:37:38 +0900",
        "Tue, 22 Sep 2026 10:61:00 +0900",
        "1760000000",
        "0001-01-01T00:00:00Z",
        "yesterday",
        "어제 오후",
        "",
        None,
    ],
)
def test_does_not_guess(raw: str | None) -> None:
    assert read(raw, SEOUL, NOW) is None


def test_a_day_and_month_that_only_fit_one_way_are_no_guess() -> None:
    assert read("25.02.2026", TOKYO, NOW) == datetime(2026, 2, 24, 15, tzinfo=UTC)
    assert read("Tue, 06 10 2026 09:00:00 +0900", TOKYO, NOW) == datetime(2026, 10, 6, tzinfo=UTC)  # the weekday decides


def test_an_abbreviation_means_the_feeds_own_zone_where_it_is_that_zones() -> None:
    assert read("Mon, 05 Oct 2026 10:00:00 CST", ZoneInfo("Asia/Shanghai"), NOW) == datetime(2026, 10, 5, 2, tzinfo=UTC)


@pytest.mark.parametrize("ahead", [timedelta(minutes=1), timedelta(hours=9), timedelta(days=400)])
def test_the_future_is_now(ahead: timedelta) -> None:
    assert read((NOW + ahead).isoformat(), SEOUL, NOW) == NOW


@given(st.integers(0, 34 * 365 * 24 * 3600), st.integers(-12 * 4, 14 * 4))
def test_round_trip_of_the_standard_forms(seconds: int, quarters: int) -> None:
    at = (NOW - timedelta(seconds=seconds)).astimezone(timezone(timedelta(minutes=15 * quarters)))
    assert read(at.isoformat(), SEOUL, NOW) == at
    assert read(format_datetime(at), SEOUL, NOW) == at


@given(st.text(max_size=60))
def test_any_text_is_a_moment_of_the_past_or_nothing(raw: str) -> None:
    found = read(raw, TOKYO, NOW)
    assert found is None or datetime(1989, 12, 31, tzinfo=UTC) <= found <= NOW
