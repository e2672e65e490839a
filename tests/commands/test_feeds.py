"""Feeds in the chat: how they are, trying one, adding and removing, each workspace its own."""

from datetime import datetime

import pytest

from bot.errors import FetchError, UserError
from bot.model import Channel, Entry, FeedMemory, FeedReading
from bot.store import Store
from tests.builders import NOON, feed
from tests.commands.place import Talk
from tests.commands.test_handlers import store

__all__ = ["store"]
HERE = Channel("slack", "C1", "T1")
ELSEWHERE = Channel("slack", "C1", "T2")
URL = "https://example.com/rss"


class OneFeed:
    """A probe that knows one feed."""

    async def probe(self, url: str, now: datetime) -> FeedReading:
        if url != URL:
            raise FetchError(url, "cannot be reached")
        found = feed("added-1", URL, name="Example AI", language="ko")
        entries = (
            Entry("업스테이지, 도쿄에 AI 법인 설립… 450억엔 투자", "https://example.com/1", published=NOON),
            Entry("주말 날씨 맑음", "https://example.com/2"),
        )
        return FeedReading(found, FeedMemory(found.id, URL), entries, changed=True)


def talking(store: Store) -> Talk:
    return Talk(store, probe=OneFeed())


async def test_a_feed_is_tried_and_nothing_is_kept(store: Store) -> None:
    reply = await talking(store)(f"feeds test <{URL}>", admin=False)
    assert reply.title == "Example AI"
    assert dict(reply.details) == {
        "Address": URL,
        "Language": "ko",
        "Items": "2 items · 1 with a date",
        "Would be kept": "1 item",
    }
    assert reply.paragraphs[0].endswith("· Mon 23 Nov 2026 · Kept") and reply.paragraphs[1] == "• 주말 날씨 맑음 · Rejected"
    assert await store.added_feeds.all() == []


async def test_added_feeds_belong_to_their_workspace_and_are_polled_once(store: Store) -> None:
    talk = talking(store)
    tried = await talk(f"feeds {URL}")
    await talk.press(tried, "Add this feed")
    await talk(f"feeds add {URL} en", channel=ELSEWHERE)
    assert [one.url for one in await store.added_feeds.all()] == [URL]
    assert any("Example AI" in line for line in (await talk("feeds")).paragraphs)
    removed = await talk("feeds remove example ai")
    assert await store.added_feeds.of_workspace(HERE) == [] and len(await store.added_feeds.all()) == 1
    assert not any("Example AI" in line for line in (await talk("feeds")).paragraphs)
    (left,) = await store.added_feeds.of_workspace(ELSEWHERE)
    assert left.feed.language == "en"
    assert [(one.before, one.after) for one in await store.audit.of_workspace(HERE)] == [(URL, None), (None, URL)]
    await talk.press(removed, "Add this feed")
    assert len(await store.added_feeds.of_workspace(HERE)) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("feeds add example.com", "That is no web address"),
        ("feeds add https://10.0.0.1/", "That feed cannot be read: cannot be reached"),
        (f"feeds test {URL} fr", "“fr” is no language that is read"),
        ("feeds remove good", r"set in feeds\.yaml"),
        ("feeds remove nothing", "No feed “nothing” was added here. There are: none"),
        ("feeds upside down", "Say /brief feeds, feeds test URL"),
    ],
)
async def test_what_cannot_be_done_is_said(store: Store, text: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        await talking(store)(text)


async def test_only_managers_add_and_what_is_read_already_is_not_added(store: Store) -> None:
    talk = talking(store)
    for text in (f"feeds add {URL}", "feeds remove x"):
        for channel in (HERE, Channel("slack", "D1", "T1")):
            with pytest.raises(UserError, match="Only those who manage"):
                await talk(text, admin=False, channel=channel)
    assert not any(action.label == "Add a feed" for action in (await talk("feeds", admin=False)).actions)
    await talk(f"feeds add {URL}")
    with pytest.raises(UserError, match="“Example AI” is read already"):
        await talk(f"feeds add {URL}")
