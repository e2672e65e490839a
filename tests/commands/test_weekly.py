"""Charts in answers and in weekly editions: as the channel's filters and its workspace's editors want them."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.app import App, opened
from bot.archive.period import Period
from bot.commands.weekly import Weekly, weekly
from bot.config import Settings
from bot.model import Channel, Chart, Edition, Filters, Relevance, Request, StoryDecision, Subscription, Topic
from bot.pipeline import facts
from bot.planning import plan_editions
from bot.platforms.slack import render as slack
from bot.store import Store
from bot.store.codec import load
from bot.store.overrides import Override
from tests.builders import NOON, article
from tests.charts.weeks import SINCE, rows, stories
from tests.commands.test_comparing import Talk, store  # noqa: F401 the fixture
from tests.test_planning import DAILY, EIGHT, Board

HERE = Channel("slack", "C1", "T1")
WEEK = timedelta(days=7)


def names(charts: tuple[Chart, ...]) -> list[str]:
    return [chart.name for chart in charts]


async def test_compare_ledger_week_and_lookup_answer_with_charts(store: Store) -> None:  # noqa: F811
    compared = await Talk(store)("compare")
    assert names(compared.charts) == ["stories"]
    told = {row.label: tuple(bar.said for bar in row.bars if bar) for row in compared.charts[0].rows}
    assert compared.table and {row[0]: row[1:] for row in compared.table.rows}.items() >= told.items(), "as the table says"
    ledger = await Talk(store)("ledger 90d")
    assert names(ledger.charts) == ["amounts"]
    week = await Talk(store)("week")
    assert week.edition and "stories" in names(week.edition.charts)
    today = await Talk(store)("today")
    assert today.edition and today.edition.charts == ()


async def test_a_week_is_read_once_and_who_want_the_same_get_the_same() -> None:
    read = Period(SINCE, NOON, stories(), stories(1), rows())
    week = Weekly(None, read)  # type: ignore[arg-type] no store is asked
    both = await week.charts("ko", "Asia/Seoul", Filters())
    assert await week.charts("ko", "Asia/Seoul", Filters()) is both and names(both) == ["stories", "amounts"]
    narrow = await week.charts("ko", "Asia/Seoul", Filters(topics=frozenset({Topic.CHIPS}), countries=frozenset({"JP"})))
    assert [row.label for row in narrow[0].rows] == ["반도체"]


async def test_what_a_workspace_corrected_counts_there_and_nowhere_else(store: Store) -> None:  # noqa: F811
    month = await weekly(store, NOON - timedelta(days=30), NOON + timedelta(seconds=1))
    await store.overrides.add(HERE, Override("s1", "topic", ("policy",), "U1", NOON))
    (here, *_) = await month.charts("en", "UTC", Filters(), HERE)
    (there, *_) = await month.charts("en", "UTC", Filters(), replace(HERE, workspace="T2"))
    assert "Policy" in [row.label for row in here.rows] and "Infrastructure" in [row.label for row in there.rows]
    assert "Infrastructure" not in [row.label for row in here.rows]


async def test_a_shorter_time_than_a_week_has_no_charts(store: Store) -> None:  # noqa: F811
    days = await weekly(store, NOON - timedelta(days=5), NOON)
    assert await days.charts("en", "UTC", Filters()) == ()


async def test_charts_that_cannot_be_made_cost_no_briefing(caplog: pytest.LogCaptureFixture) -> None:
    broken = Period(SINCE, NOON, [None], [], [])  # type: ignore[list-item]
    assert await Weekly(None, broken).charts("ko", "UTC", Filters()) == ()  # type: ignore[arg-type]
    assert "charts.failed" in caplog.text


# ---- posted ----


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with opened(Settings(database_url=f"sqlite:///{tmp_path}/bot.sqlite3"), lambda: ()) as found:
        for one in stories(many=12):
            await found.store.articles.add(one.articles)
            await found.store.articles.save_relevance(dict(zip((each.id for each in one.articles), one.relevances, strict=True)))
            await found.store.facts.save(
                {each.id: facts.extract(each.text, each.language, each.at) for each in one.articles}, NOON
            )
            decided = [StoryDecision(each.id, one.id, place > 0) for place, each in enumerate(one.articles)]
            await found.store.stories.save(decided, one.articles, EIGHT + timedelta(days=3))
        yield found


class Pinned(Board):
    """Keeps the messages that Slack would get."""

    def render(self, edition, subscription=None):  # type: ignore[no-untyped-def]
        super().render(edition, subscription)
        return slack.edition_messages(edition)


async def test_a_weekly_edition_is_frozen_with_the_data_of_its_charts_and_a_daily_one_has_none(app: App) -> None:
    logging.getLogger("bot").setLevel(logging.ERROR)
    once_a_week = Subscription("weekly", HERE, DAILY.times[:1], "Asia/Seoul", "ko", frozenset({0}))
    board = Pinned()
    await plan_editions(app, [once_a_week], {"slack": board}, (), EIGHT)
    await plan_editions(app, [once_a_week, replace(DAILY, channel=replace(HERE, id="C2"))], {"slack": board}, (), EIGHT + WEEK)
    found = {one.key: one for one in board.rendered}
    assert names(found["weekly/2026-11-30/08:00"].charts)[0] == "stories"
    assert found["daily/2026-11-30/08:00"].charts == ()
    (first, *_) = await app.store.deliveries.of_edition("weekly/2026-11-30/08:00")
    kept = [load(Chart, data) for data in first.message.payload["charts"].values()]
    assert kept[0] == found["weekly/2026-11-30/08:00"].charts[0]
    stored = await app.store.editions.last("weekly")
    assert stored and stored.charts == found["weekly/2026-11-30/08:00"].charts


async def test_a_preview_during_the_week_has_what_the_weekly_edition_will_have(app: App) -> None:
    law = article(
        "law", "AI기본법이 2027년 1월 22일부터 시행된다고 과학기술정보통신부가 밝혔다.", published=EIGHT + timedelta(days=1)
    )
    await app.store.articles.add([law])
    await app.store.articles.save_relevance({"law": Relevance(0.9, True, (Topic.POLICY,), ("KR",))})
    await app.store.facts.save({"law": facts.extract(law.text, law.language, law.at)}, NOON)
    await app.store.stories.save([StoryDecision("law", "law", False)], [law], EIGHT + timedelta(days=1))
    weekly_one = Subscription("weekly", HERE, DAILY.times[:1], "Asia/Seoul", "ko", frozenset({0}))
    plain = replace(weekly_one, id="plain", channel=replace(HERE, id="C2"), charts=False)
    daily = replace(DAILY, channel=replace(HERE, id="C3"))
    await app.store.subscriptions.sync([weekly_one, plain, daily])
    board = Pinned()
    await plan_editions(app, [weekly_one, plain, daily], {"slack": board}, (), EIGHT)

    async def previewed(one: Subscription) -> Edition:
        asked = Request("preview", one.id, one.channel, "U1", "en", EIGHT + timedelta(days=4), admin=True)
        found = (await app.commands.handle(asked)).edition
        assert found
        return found

    before, without, day = [await previewed(one) for one in (weekly_one, plain, daily)]
    await plan_editions(app, [weekly_one, plain, daily], {"slack": board}, (), EIGHT + WEEK)
    posted = {one.key.split("/")[0]: one for one in board.rendered}
    assert names(before.charts)[0] == "stories" == names(posted["weekly"].charts)[0]
    assert [one.day for one in before.ahead] == [date(2027, 1, 22)] and before.ahead == without.ahead == posted["weekly"].ahead
    assert without.charts == () == posted["plain"].charts
    assert (day.charts, day.ahead) == ((), ())
    for one, charts in (("weekly", True), ("plain", False)):
        messages = await app.store.deliveries.of_edition(f"{one}/2026-11-30/08:00")
        assert any("charts" in each.message.payload for each in messages) is charts
