"""Alerts: told at once, once, never as a flood, not in quiet hours, and not again by the next digest."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from bot.alerts import plan_alerts
from bot.app import App, opened
from bot.config import Settings
from bot.model import Alerts, Channel, Edition, Filters, Message, Relevance, Slot, StoryDecision, Subscription, Topic
from bot.pipeline import story_amounts
from bot.pipeline.briefing import Wanted
from bot.planning import plan_editions
from bot.store import codec
from bot.store.overrides import Override
from bot.store.watchlist import Watched
from tests.builders import article

CHANNEL = Channel("slack", "C1", "T1")
START = datetime(2026, 11, 23, 1, tzinfo=UTC)  # Monday, 10:00 in Seoul
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
DAILY = Subscription("daily", CHANNEL, (time(18),), "Asia/Seoul", "ko", alerts=Alerts(0.9, 60))


class Board:
    """A platform that shows what it is given to render."""

    platform = "slack"
    repeat_seconds = spacing = workspace_spacing = 0.0

    def __init__(self) -> None:
        self.rendered: list[Edition] = []

    def render(self, edition: Edition, subscription: Subscription | None = None) -> tuple[Message, ...]:
        self.rendered.append(edition)
        return (Message({"text": edition.key}),)


class Newsroom:
    """An App on an empty store, whose clock began an hour of alerts ago."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.board: Any = Board()

    async def news(self, story: str, score: float = 0.97, *, at: datetime, **changes: Any) -> None:
        """An article that opens a story, or adds to it; ``update``: with a new amount, stage or actor."""
        number = len(await self.app.store.articles.between(START - 90 * 24 * HOUR, START + 90 * 24 * HOUR))
        update, entities = changes.pop("update", False), changes.pop("entities", ("Upstage",))
        title = changes.pop("title", f"업스테이지, {story} 도쿄 법인 설립")
        one = article(f"a{number}", title, **({"published": at, "first_seen": at} | changes))
        known = await self.app.store.stories.get([story])
        await self.app.store.articles.add([one])
        found = Relevance(score, True, (Topic.EXPANSION,), ("KR", "JP"), "KR→JP", entities)
        await self.app.store.articles.save_relevance({one.id: found})
        decision = StoryDecision(one.id, story, joined=bool(known), update=update)
        await self.app.store.stories.save([decision], [one], at)

    async def alerted(self, now: datetime, *subscriptions: Subscription) -> list[str]:
        """The keys of the alerts that are planned at ``now``."""
        before = len(self.board.rendered)
        await plan_alerts(self.app, subscriptions or [DAILY], {"slack": self.board}, (), now)
        return [edition.key for edition in self.board.rendered[before:]]

    async def digest(self, now: datetime, subscription: Subscription = DAILY) -> list[Edition]:
        before = len(self.board.rendered)
        await plan_editions(self.app, [subscription], {"slack": self.board}, (), now)
        return list(self.board.rendered[before:])


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Newsroom]:
    """A channel that has had alerts for a day."""
    settings = Settings(database_url=f"sqlite:///{tmp_path}/bot.sqlite3")
    async with opened(settings, lambda: ()) as app:
        found = Newsroom(app)
        await found.alerted(START - 24 * HOUR)
        yield found


async def test_a_story_over_the_threshold_is_told_at_once_and_once(room: Newsroom) -> None:
    await room.news("tokyo", at=START)
    await room.news("osaka", 0.89, at=START)

    assert await room.alerted(START + MINUTE) == ["alert/daily/tokyo/1"]
    (edition,) = room.board.rendered
    assert [item.story_id for item in edition.items] == ["tokyo"]
    assert (edition.lead, edition.alert) == ((), "점수 0.97: 이 채널은 0.90부터 바로 알립니다")
    (delivery,) = await room.app.store.deliveries.of_edition("alert/daily/tokyo/1")
    assert (delivery.channel, dict(delivery.message.payload)) == (CHANNEL, {"text": "alert/daily/tokyo/1"})
    assert await room.alerted(START + 2 * MINUTE) == []
    assert await room.alerted(START + 2 * HOUR) == []
    kept = await room.app.store.editions.last("daily")
    assert kept is None  # an alert is no digest: the digest's period is as if there had been none


async def test_what_the_watchlist_names_is_told_whatever_its_score(room: Newsroom) -> None:
    await room.app.store.watchlist.add(CHANNEL, Watched("Upstage", True), "U1", START)
    await room.news("osaka", 0.6, at=START, entities=("Rebellions",))
    await room.news("tokyo", 0.6, at=START)

    assert await room.alerted(START + MINUTE) == ["alert/daily/tokyo/1"]
    assert room.board.rendered[0].alert == "관심 목록: Upstage"


async def test_what_editors_of_the_workspace_said_decides_as_in_its_digests(room: Newsroom) -> None:
    """Two stories and one place: the weightier goes first. An amount that is called wrong weighs nothing."""
    await room.news("tokyo", at=START, title="업스테이지, 도쿄 데이터센터에 10조원 투자")
    await room.news("osaka", at=START)
    ours, theirs = replace(DAILY, id="ours"), replace(DAILY, id="theirs", channel=Channel("slack", "C2", "T2"))
    laws = replace(DAILY, id="laws", channel=Channel("slack", "C3", "T1"), filters=Filters(topics=frozenset({Topic.POLICY})))
    await room.alerted(START - HOUR, theirs, laws)
    (amount,) = story_amounts.of_story((await room.app.store.stories.get(["tokyo"]))[0])
    await room.app.store.overrides.add(CHANNEL, Override("tokyo", "amount", (amount.quote, "wrong"), "U1", START))
    await room.app.store.overrides.add(CHANNEL, Override("osaka", "topic", ("policy",), "U1", START))

    assert await room.alerted(START + MINUTE, ours, theirs) == ["alert/ours/osaka/1", "alert/theirs/tokyo/1"]
    assert await room.alerted(START + MINUTE, laws) == ["alert/laws/osaka/1"]


async def test_the_next_digest_does_not_tell_it_again_unless_it_has_a_new_fact(room: Newsroom) -> None:
    await room.news("tokyo", at=START)
    await room.news("osaka", 0.6, at=START)
    await room.alerted(START + MINUTE)
    six = START + 8 * HOUR  # 18:00 in Seoul

    (edition,) = await room.digest(six)
    assert [item.story_id for item in edition.items] == ["osaka"]
    await room.news("tokyo", at=six + HOUR, update=True)
    (edition,) = await room.digest(six + 24 * HOUR)
    assert [(item.story_id, item.mark) for item in edition.items] == [("tokyo", "update")]


async def test_an_alert_is_no_slot_of_the_clock(room: Newsroom) -> None:
    six = START + 8 * HOUR
    await room.digest(six)
    await room.news("tokyo", at=six + HOUR)
    assert await room.alerted(six + HOUR + MINUTE) == ["alert/daily/tokyo/1"]

    last = await room.app.store.editions.last_slot("daily")
    assert last == Slot("daily", six.date(), time(18), six)
    kept = await room.app.store.editions.last("daily")
    assert kept is not None and kept.key == last.key
    (edition,) = await room.digest(six + 24 * HOUR)
    assert (edition.since, edition.missed) == (six, 0)


async def test_the_last_digest_outlives_a_later_alert(room: Newsroom) -> None:
    """By it the next slot is found."""
    six, store = START + 8 * HOUR, room.app.store
    slot = Slot("daily", six.date(), time(18), six)
    for one in (slot, replace(slot, due=six + HOUR, alert="tokyo/1")):
        await store.editions.plan(one, DAILY, Edition(one.key, "ko", "UTC", START, six, ()), [], one.due)
    await store.upkeep.trim(six + 48 * HOUR)
    assert await store.editions.last_slot("daily") == slot


async def test_what_a_digest_told_is_no_alert(room: Newsroom) -> None:
    six = START + 8 * HOUR
    await room.news("tokyo", at=six - MINUTE)
    await room.digest(six)
    assert await room.alerted(six + MINUTE) == []


async def test_after_an_alert_the_channel_rests_and_the_weightiest_comes_next(room: Newsroom) -> None:
    await room.news("one", at=START)
    await room.news("two", at=START)
    await room.news("two", at=START, outlet="Nikkei")
    await room.news("three", at=START)

    assert await room.alerted(START + MINUTE) == ["alert/daily/two/1"]
    assert await room.alerted(START + 60 * MINUTE) == []
    assert await room.alerted(START + 61 * MINUTE) == ["alert/daily/one/1"]
    assert await room.alerted(START + 122 * MINUTE) == ["alert/daily/three/1"]


async def test_the_rest_is_the_channels_whichever_subscription_alerted(room: Newsroom) -> None:
    other = replace(DAILY, id="other")
    await room.news("one", at=START)
    await room.news("two", at=START)
    assert await room.alerted(START + MINUTE, DAILY, other) == ["alert/daily/one/1"]
    elsewhere = replace(DAILY, id="elsewhere", channel=replace(CHANNEL, workspace="T2"))
    await room.alerted(START - HOUR, elsewhere)
    assert await room.alerted(START + 2 * MINUTE, elsewhere) == ["alert/elsewhere/one/1"]


async def test_a_new_fact_of_an_alerted_story_does_not_wait_and_other_news_does(room: Newsroom) -> None:
    await room.news("one", at=START)
    await room.alerted(START + MINUTE)
    await room.news("one", at=START + 5 * MINUTE)
    assert await room.alerted(START + 6 * MINUTE) == []
    await room.news("two", at=START + 10 * MINUTE)
    await room.news("one", at=START + 10 * MINUTE, update=True)

    assert await room.alerted(START + 11 * MINUTE) == ["alert/daily/one/2"]
    assert room.board.rendered[-1].items[0].mark == "update"
    assert await room.alerted(START + 12 * MINUTE) == []


async def test_a_new_fact_of_a_story_that_was_only_in_a_digest_waits_for_the_rest(room: Newsroom) -> None:
    six = START + 8 * HOUR
    await room.news("one", 0.97, at=six - MINUTE)
    await room.digest(six)
    await room.news("two", at=six + MINUTE)
    assert await room.alerted(six + 2 * MINUTE) == ["alert/daily/two/1"]
    await room.news("one", at=six + 3 * MINUTE, update=True)
    assert await room.alerted(six + 4 * MINUTE) == []
    assert await room.alerted(six + 63 * MINUTE) == ["alert/daily/one/1"]


async def test_without_a_rest_every_urgent_story_comes_at_once(room: Newsroom) -> None:
    eager = replace(DAILY, alerts=Alerts(0.9, 0))
    await room.news("one", at=START)
    await room.news("two", at=START)
    assert await room.alerted(START + MINUTE, eager) == ["alert/daily/one/1", "alert/daily/two/1"]


async def test_a_first_start_and_a_new_channel_alert_of_nothing_old(tmp_path: Path) -> None:
    async with opened(Settings(database_url=f"sqlite:///{tmp_path}/bot.sqlite3"), lambda: ()) as app:
        room = Newsroom(app)
        for number in range(30):
            await room.news(f"s{number}", 0.99, at=START)
        assert await room.alerted(START + MINUTE) == []
        await room.news("later", at=START + 2 * MINUTE)
        assert await room.alerted(START + 3 * MINUTE) == ["alert/daily/later/1"]
        assert await room.alerted(START + 70 * MINUTE) == []


async def test_after_a_long_stop_only_what_is_young_is_an_alert(room: Newsroom) -> None:
    back = START + 12 * HOUR
    await room.news("old", at=back, published=back - 4 * HOUR)
    await room.news("seen-long-ago", at=back - 4 * HOUR)
    await room.news("stale", at=back, fresh=False)
    await room.news("young", at=back, published=back - 2 * HOUR)
    assert await room.alerted(back + MINUTE) == ["alert/daily/young/1"]


async def test_in_quiet_hours_nothing_is_told_and_at_their_end_the_weightiest(room: Newsroom) -> None:
    night = replace(DAILY, quiet=(time(22), time(7)))
    eleven, seven = START + 13 * HOUR, START + 21 * HOUR
    await room.news("night", at=eleven)
    assert await room.alerted(eleven + MINUTE, night) == []
    assert await room.alerted(seven - MINUTE, night) == []
    assert await room.alerted(seven, night) == ["alert/daily/night/1"]


async def test_filters_hold_for_alerts_too_and_boosts_count(room: Newsroom) -> None:
    await room.news("tokyo", at=START)
    policy = replace(DAILY, filters=Filters(topics=frozenset({Topic.POLICY})))
    assert await room.alerted(START + MINUTE, policy) == []
    with_watch = replace(DAILY, filters=Filters(exclude=("도쿄",)))
    await room.app.store.watchlist.add(CHANNEL, Watched("Upstage", True), "U1", START)
    assert await room.alerted(START + MINUTE, with_watch) == []


async def test_the_news_are_read_once_for_all_channels_that_are_alerted(room: Newsroom) -> None:
    channels = [replace(DAILY, id=f"s{number}", channel=replace(CHANNEL, id=f"C{number}")) for number in range(5, 10)]
    await room.alerted(START - HOUR, *channels)
    asked: list[str] = []
    engine = room.app.store._database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda _c, _u, sql, _v, _x, _m: asked.append(sql))
    read = []
    for some in (channels[:1], channels[1:]):
        await room.news(some[0].id, at=START)
        asked.clear()
        assert len(await room.alerted(START + MINUTE, *some)) == len(some)
        read.append(sum("JOIN articles" in sql for sql in asked))
    assert read[0] == read[1]


async def test_two_processes_alert_once(room: Newsroom) -> None:
    await room.news("one", at=START)
    await room.news("two", at=START)
    both: Sequence[Any] = await asyncio.gather(room.alerted(START + MINUTE), room.alerted(START + MINUTE))
    planned = [edition.key for edition in room.board.rendered if await room.app.store.deliveries.of_edition(edition.key)]
    assert both and set(planned) == {"alert/daily/one/1"}
    assert (await room.app.store.deliveries.counts()) == {"pending": 1}


async def test_a_digest_that_was_begun_before_an_alert_does_not_tell_it_too(room: Newsroom) -> None:
    six = START + 8 * HOUR
    await room.news("tokyo", at=six - MINUTE)
    begun = (await room.app.store.editions.told_of({CHANNEL}, ["tokyo"])).get(CHANNEL, {})
    digest = await room.app.briefer.edition(
        Wanted(key="daily/2026-11-23/18:00", since=START, until=six, language="ko", told_to=CHANNEL)
    )
    slot = Slot("daily", six.date(), time(18), six)
    assert [item.story_id for item in digest.items] == ["tokyo"]
    await room.alerted(six)

    assert not await room.app.store.editions.plan(slot, DAILY, digest, room.board.render(digest), six, begun)
    (anew,) = await room.digest(six)
    assert anew.items == () and await room.app.store.editions.taken(slot)


async def test_one_channel_that_fails_stops_no_other(room: Newsroom) -> None:
    class Broken(Board):
        def render(self, edition: Edition, subscription: Subscription | None = None) -> tuple[Message, ...]:
            if subscription and subscription.id == "broken":
                raise RuntimeError("broken on purpose")
            return super().render(edition, subscription)

    room.board = Broken()
    broken = replace(DAILY, id="broken", channel=replace(CHANNEL, id="C9"))
    await room.alerted(START - HOUR, broken)
    await room.news("tokyo", at=START)
    assert await room.alerted(START + MINUTE, broken, DAILY) == ["alert/daily/tokyo/1"]


def test_an_alert_says_what_it_is_in_its_data() -> None:
    edition = Edition("k", "en", "UTC", START, START, (), missed=2, alert="On the watchlist: Upstage")
    assert codec.load(Edition, codec.dump(edition)) == edition
