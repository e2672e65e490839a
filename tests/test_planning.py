"""Slots become editions: late ones say so, missed ones are counted, one that fails stops no other."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.app import App, opened
from bot.config import Settings
from bot.locales import wording
from bot.model import Channel, Edition, Message, Slot, Subscription
from bot.planning import plan_editions
from bot.platforms.discord import render as discord
from bot.platforms.slack import render as slack
from tests.builders import edition, item

HOUR = timedelta(hours=1)
EIGHT = datetime(2026, 11, 22, 23, tzinfo=UTC)  # Monday, 08:00 in Seoul
DAILY = Subscription("daily", Channel("slack", "C1", "T1"), (time(8), time(18)), "Asia/Seoul", "ko", frozenset(range(7)))


class Board:
    """A platform that shows what it is given to render, and can break for one subscription."""

    def __init__(self) -> None:
        self.rendered: list[Edition] = []
        self.broken = ""

    def render(self, edition: Edition, subscription: Subscription | None = None) -> tuple[Message, ...]:
        if subscription and subscription.id == self.broken:
            raise RuntimeError("broken on purpose")
        self.rendered.append(edition)
        return (Message({"text": edition.key}),)


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with opened(Settings(database_url=f"sqlite:///{tmp_path}/bot.sqlite3"), lambda: ()) as found:
        yield found


async def _planned(app: App, now: datetime, *subscriptions: Subscription, board: Any = None) -> list[Edition]:
    board = board or Board()
    before = len(board.rendered)
    await plan_editions(app, subscriptions or [DAILY], {"slack": board}, (), now)
    return list(board.rendered[before:])


async def test_each_slot_is_planned_once_and_covers_what_came_since_the_last(app: App) -> None:
    (first,) = await _planned(app, EIGHT)
    assert await _planned(app, EIGHT + timedelta(seconds=15)) == []
    (second,) = await _planned(app, EIGHT + 10 * HOUR)

    assert (first.key, first.since) == ("daily/2026-11-23/08:00", EIGHT - 24 * HOUR)
    assert (second.key, second.since, second.missed, second.delayed) == ("daily/2026-11-23/18:00", EIGHT, 0, False)
    assert second.until == EIGHT + 10 * HOUR


async def test_after_a_stop_one_edition_covers_the_missed_ones_and_says_how_many(
    app: App, caplog: pytest.LogCaptureFixture
) -> None:
    await _planned(app, EIGHT)
    (late,) = await _planned(app, EIGHT + 58 * HOUR + HOUR / 2)  # 18:30 two days later: 18:00, 08:00, 18:00, 08:00 were missed

    assert (late.key, late.missed, late.delayed) == ("daily/2026-11-25/18:00", 4, True)
    assert late.since == EIGHT
    stored = await app.store.editions.last("daily")
    assert stored is not None and stored.missed == 4
    missed = [record.__dict__["fields"] for record in caplog.records if record.message == "slots.missed"]
    assert missed == [{"subscription": "daily", "missed": 4}]
    (after,) = await _planned(app, EIGHT + 72 * HOUR)
    assert after.missed == 0


async def test_what_is_missed_is_counted_once_though_the_platform_is_not_served_yet(app: App) -> None:
    await _planned(app, EIGHT)
    for seconds in (0, 15):
        await plan_editions(app, [DAILY], {}, (), EIGHT + 34 * HOUR + timedelta(seconds=seconds))
    (late,) = await _planned(app, EIGHT + 34 * HOUR + timedelta(seconds=30))
    assert late.missed == 2


async def test_a_first_start_posts_the_next_slot_and_none_before(app: App) -> None:
    assert await _planned(app, EIGHT + HOUR) == []
    assert [one.key for one in await _planned(app, EIGHT + timedelta(minutes=9))] == ["daily/2026-11-23/08:00"]


async def test_an_edition_that_fails_stops_no_other_and_is_tried_again(app: App, caplog: pytest.LogCaptureFixture) -> None:
    board: Any = Board()
    board.broken = "a"
    one, same_channel = replace(DAILY, id="a"), replace(DAILY, id="b")
    elsewhere = replace(DAILY, id="c", channel=Channel("slack", "C2", "T1"))

    found = await _planned(app, EIGHT, one, same_channel, elsewhere, board=board)
    assert {edition.key[0] for edition in found} == {"b", "c"}
    assert [record.levelno for record in caplog.records if record.message == "edition.failed"] == [logging.ERROR]
    board.broken = ""
    assert [edition.key[0] for edition in await _planned(app, EIGHT, one, same_channel, elsewhere, board=board)] == ["a"]


async def test_a_slot_that_has_its_edition_is_not_composed_again_when_times_change_to_and_fro(app: App) -> None:
    await _planned(app, EIGHT)
    other = replace(DAILY, times=(time(8, 30),))
    await _planned(app, EIGHT + HOUR / 2, other)
    assert await _planned(app, EIGHT + HOUR / 2 + timedelta(minutes=1)) == []
    night = replace(DAILY, times=(time(8),), quiet=(time(7), time(9)))  # the same slot, now due at 09:00
    assert await _planned(app, EIGHT + HOUR, night) == []
    assert await app.store.editions.taken(Slot("daily", datetime(2026, 11, 23).date(), time(8), EIGHT))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "This briefing also covers 3 that were missed"),
        ("ko", "놓친 브리핑 3회분을 함께 담았습니다"),
        ("ja", "配信できなかった3回分の内容も含みます"),
    ],
)
def test_both_platforms_say_how_many_were_missed(language: str, words: str) -> None:
    late = edition(item(), missed=3, language=language)
    assert wording.notice(late) == words
    assert words in str([dict(message.payload) for message in slack.edition_messages(late)])
    assert words in str([dict(message.payload) for message in discord.edition_messages(late)])
    assert wording.notice(edition(item(), missed=1)) == "This briefing also covers 1 that was missed"
    both = wording.notice(replace(late, delayed=True, language="en"))
    assert both == "Delayed: the bot was not running at the planned time · This briefing also covers 3 that were missed"


@pytest.mark.parametrize(("language", "words"), [("en", "Alert · Korea and Japan"), ("ko", "속보 알림"), ("ja", "速報")])
def test_both_platforms_show_an_alert_as_one(language: str, words: str) -> None:
    reason = wording.alert_reason(["Upstage", "신한"], 0.4, 0.9, language)
    alert = edition(item(), alert=reason, language=language)
    for messages in (slack.edition_messages(alert), discord.edition_messages(alert)):
        shown = str([dict(message.payload) for message in messages])
        assert words in shown and "Upstage, 신한" in shown
    assert "1,204" not in wording.footer(alert)
