"""Never a flood: a first start, a new channel and a long stop each bring one briefing of bounded length, paced."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.app import App, opened
from bot.config import Settings
from bot.model import Channel, Edition, Entry, Feed, FeedMemory, FeedReading, Message, Subscription
from bot.pipeline.deliver import deliver_due
from bot.pipeline.digest import MOST_STORIES
from bot.pipeline.run import Pipeline
from bot.planning import plan_editions
from bot.platforms.slack.render import edition_messages
from tests.builders import feed
from tests.pipeline.chat import Chat

DAY = timedelta(days=1)
EIGHT = datetime(2026, 11, 22, 23, tzinfo=UTC)  # Monday, 08:00 in Seoul
FEEDS = [feed(f"f{number}", f"https://example.com/{number}", outlet=f"Outlet {number}") for number in range(20)]
FIRMS = ("업스테이지", "리벨리온", "퓨리오사AI", "라쿠텐", "소프트뱅크", "네이버", "카카오", "NTT", "후지쯔", "NEC")
MOST_MESSAGES = 6


@dataclass
class Web:
    """Twenty feeds of twelve entries each, one every ``every``; ``now`` is moved by the test."""

    now: datetime
    every: timedelta = timedelta(hours=6)
    polls: dict[str, int] = field(default_factory=dict)

    async def read_all(self, due: Sequence[tuple[Feed, FeedMemory]], now: datetime) -> AsyncIterator[FeedReading]:
        for one, memory in due:
            entries = tuple(self._entry(one, number) for number in range(12))
            yield FeedReading(one, replace(memory, last_checked=now, last_success=now, next_check=now), entries, changed=True)

    def _entry(self, one: Feed, number: int) -> Entry:
        at = self.now - number * self.every - timedelta(minutes=int(one.id[1:]))
        name = FIRMS[(int(one.id[1:]) + number) % len(FIRMS)]
        title = f"{name}, {at:%m월 %d일} AI 데이터센터 {int(one.id[1:])}-{number} 착공"
        url = f"{one.url}/{at:%Y%m%d%H%M}"
        return Entry(
            title, url, url, f"{name}가 일본 오사카에 {number + 10}억엔 규모의 AI 데이터센터를 짓는다.", at, "ko", one.outlet
        )


class Rendered(Chat):
    def render(self, edition: Edition, subscription: Subscription | None = None) -> tuple[Message, ...]:
        return edition_messages(edition)


@dataclass
class Bot:
    app: App
    web: Web
    chat: Rendered

    async def tick(self, now: datetime, *subscriptions: Subscription) -> int:
        """Poll, plan, deliver; how many messages that made."""
        self.web.now = self.chat.now = now
        before = len(self.chat.taken)
        await Pipeline(self.app.store, self.web).run(FEEDS, now, everything=True)
        for one in subscriptions:
            await self.app.store.subscriptions.add(one)
        for seconds in (1, 16, 31):
            at = now + timedelta(seconds=seconds)
            await plan_editions(self.app, await self.app.store.subscriptions.active(), {"slack": self.chat}, FEEDS, at)
            await deliver_due(self.app.store, {"slack": self.chat}, at)
        return len(self.chat.taken) - before


def daily(channel: str) -> Subscription:
    return Subscription(channel, Channel("slack", channel, "T1"), (time(8),), "Asia/Seoul", "ko", frozenset(range(7)))


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    async with opened(Settings(database_url=f"sqlite:///{tmp_path}/bot.sqlite3"), lambda: FEEDS) as app:
        yield Bot(app, Web(EIGHT), Rendered("slack", EIGHT))


async def test_a_first_start_a_new_channel_and_a_long_stop(bot: Bot) -> None:
    posted = await bot.tick(EIGHT, daily("C1"))
    articles, _ = await bot.app.store.articles.count()
    assert articles >= 200 and 1 <= posted <= MOST_MESSAGES
    first = await bot.app.store.editions.last("C1")
    assert first and 0 < len(first.items) <= MOST_STORIES
    known = await bot.app.store.articles.between(EIGHT - DAY, EIGHT + DAY)
    old = [one for one in known if one.published and one.published < EIGHT - 2 * DAY]
    assert len(old) > 50 and not any(one.fresh for one in old), "what was old at the first look is known, and never told"

    assert await bot.tick(EIGHT + timedelta(hours=2), daily("C2")) == 0, "a new channel waits for its first slot"

    again = await bot.tick(EIGHT + 10 * DAY)
    assert 2 <= again <= 2 * MOST_MESSAGES, "one briefing a channel, however many slots were missed"
    second = await bot.app.store.editions.last("C1")
    assert second and second.missed >= 9 and 0 < len(second.items) <= MOST_STORIES
    assert len(bot.chat.messages(EIGHT + 30 * DAY)) == len(bot.chat.taken)
