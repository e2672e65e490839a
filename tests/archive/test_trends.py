"""Charts are made of rows: nothing is summed twice, and where there is too little to show there is none."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.archive import period, trends
from bot.archive.totals import totals
from bot.model import LANGUAGES, Bar, Chart, Topic
from tests.builders import NOON
from tests.charts.weeks import SINCE, dates, moments, row, rows, stories, story

DAY = timedelta(days=1)


def values(chart: Chart | None) -> dict[str, tuple[float | None, ...]]:
    assert chart is not None
    return {one.label: tuple(bar.value if bar else None for bar in one.bars) for one in chart.rows}


def bars(chart: Chart | None) -> list[Bar]:
    assert chart is not None
    return [bar for one in chart.rows for bar in one.bars if bar]


def test_stories_count_by_their_main_topic_and_on_each_side_that_they_concern() -> None:
    now = [story(1, Topic.CHIPS, "KR"), story(2, Topic.CHIPS, "KR", "JP"), story(3, Topic.POLICY, "JP")]
    chart = trends.topics(now, [story(4, Topic.CHIPS, "KR")], SINCE, NOON, "en")
    assert values(chart) == {"Policy": (0, 1), "Chips": (2, 1)}
    assert chart and [one.total for one in chart.series] == ["2 (+1)", "2 (+2)"]
    assert [(bar.before, bar.note) for bar in bars(chart)] == [(0, "±0"), (0, "+1"), (1, "+1"), (0, "+1")]
    assert chart.notes == ("1 story concerns both and counts on either side.",)
    assert chart.period == "16 Nov 2026 – 23 Nov 2026" and chart.mark == "± against the 7 days before"


def test_without_a_time_before_nothing_is_said_of_it() -> None:
    chart = trends.topics(stories(), [], SINCE, NOON, "en")
    assert chart and chart.mark == "" and all(bar.before is None and not bar.note for bar in bars(chart))
    assert all("(" not in one.total for one in chart.series)


def test_days_are_those_of_the_readers_zone() -> None:
    chart = trends.topics(stories(), [], NOON.replace(hour=16) - 7 * DAY, NOON.replace(hour=16), "en", "Asia/Tokyo")
    assert chart and chart.period == "17 Nov 2026 – 24 Nov 2026"


def test_amounts_by_use_and_country_are_those_that_the_ledger_adds() -> None:
    for language, currency in trends.CURRENCIES.items():
        chart = trends.money(rows(), SINCE, NOON, language)
        assert chart
        (sum_of,) = (one for one in totals(rows()) if one.currency == currency)
        assert sum(bar.value for bar in bars(chart)) == pytest.approx(float(sum_of.done + sum_of.planned))
        assert sum(bar.sure or 0 for bar in bars(chart)) == pytest.approx(float(sum_of.done))
        assert chart.unit == {"KRW": "대한민국 원", "JPY": "円", "USD": "US dollars"}[currency]


def test_money_of_both_countries_is_a_bar_of_its_own_and_the_same_money_told_twice_is_one() -> None:
    twice = [*rows(), replace(rows()[1], story="s99")]
    assert values(trends.money(twice, SINCE, NOON, "ja")) == values(trends.money(rows(), SINCE, NOON, "ja"))
    chart = trends.money(rows(), SINCE, NOON, "ja")
    assert chart and [one.name for one in chart.series] == ["韓国", "日本", "韓国・日本"]
    assert values(chart)["投資"][2] == 120e9
    assert chart.notes[-1] == "1件は合計に含めず（理由は /brief ledger）"


def test_the_days_of_the_rates_stand_below_what_they_made() -> None:
    one = trends.money(rows(), SINCE, NOON, "en")
    assert one and one.notes[0].startswith("rate of ")
    converted = rows()
    for number, made in enumerate(converted):
        made.converted = tuple(replace(each, day=made.day + number * DAY) for each in made.converted)
    several = trends.money(converted, SINCE, NOON, "en")
    assert several and several.notes[0].startswith("rates of ") and " to " in several.notes[0]
    alike = [row(5, "USD", "subsidy", "decided", 1, "KR"), row(7, "USD", "loan", "decided", 2, "JP")]
    unconverted = trends.money(alike, SINCE, NOON, "en")
    assert unconverted and unconverted.notes == ()


def test_who_reports_first_is_the_median_over_stories_told_in_several_languages() -> None:
    told = [
        story(0, Topic.CHIPS, "KR", reports=2, lag=1.0),
        story(3, Topic.CHIPS, "KR", reports=2, lag=5.0),
        story(6, Topic.CHIPS, "KR", reports=2, lag=3.0),
        story(1, Topic.CHIPS, "KR", reports=2, lag=2.0),
        story(9, Topic.CHIPS, "KR", reports=1),
    ]
    chart = trends.lags(told, SINCE, NOON, "en")
    assert values(chart) == {"Korean → Japanese": (3.0,), "Japanese → English": (4.0,)}
    assert [(bar.said, bar.note) for bar in bars(chart)] == [("3 hr", "3 stories"), ("4 hr", "1 story")]
    assert chart and chart.notes == ("First with the story: Korean 3 and Japanese 1",)


def test_a_story_s_outlets_in_the_order_in_which_they_reported() -> None:
    chart = trends.reported(story(0, Topic.CHIPS, "KR", reports=3, lag=2.0), "en", "Asia/Seoul")
    assert values(chart) == {"ETNews (ko)": (0.0,), "日本経済新聞 (ja)": (2.0,), "Reuters (en)": (4.0,)}
    assert [bar.said for bar in bars(chart)] == ["21:00 KST", "+2 hr", "+4 hr"]


def test_a_timeline_shows_the_latest_moments_the_earliest_first_and_says_how_many_are_left_out() -> None:
    many = [replace(moments()[0], day=f"2026-{month:02}-01") for month in range(12, 0, -1)]
    chart = trends.company("Upstage", many, "en")
    assert chart and [one.day.month for one in chart.moments] == list(range(5, 13)) and chart.more == 4


def test_dates_ahead_say_how_far_they_are() -> None:
    chart = trends.ahead(dates(), NOON.date(), "ko")
    assert chart and [one.far for one in chart.moments] == ["8일 후", "2개월 후", "4개월 후", "4개월 후"]
    assert chart.today == NOON.date() and chart.moments[2].when == "FY2026"
    today = trends.ahead(dates(), dates()[0].day, "en")
    assert today and today.moments[0].far == "today"


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_bar_or_moment_is_no_chart(language: str) -> None:
    alone = story(1, Topic.CHIPS, "KR", reports=2)
    assert trends.topics([], stories(), SINCE, NOON, language) is None
    assert trends.topics([alone], [], SINCE, NOON, language) is None
    assert trends.money([], SINCE, NOON, language) is None
    assert trends.money(rows()[:1], SINCE, NOON, language) is None
    assert trends.lags([alone], SINCE, NOON, language) is None
    assert trends.reported(story(1, Topic.CHIPS, "KR"), language) is None
    assert trends.company("Upstage", moments()[:1], language) is None
    assert trends.ahead(dates()[:1], NOON.date(), language) is None


def test_what_is_narrowed_keeps_the_rows_of_its_stories_only() -> None:
    read = period.Period(SINCE, NOON, stories(), stories(1), rows())
    few = period.narrowed(read, lambda one: one.id in ("s1", "s2"))
    assert [one.id for one in few.stories] == ["s1", "s2"] and {one.story for one in few.rows} == {"s1", "s2"}
    assert len(period.weekly(read, "ko")) == 2
