"""Merging, splitting and voting in the chat, over a real database."""

from dataclasses import replace
from typing import Any

import pytest

from bot.errors import UserError
from bot.model import Channel, Request, StoryDecision, Vote
from bot.store import Store
from tests.builders import NOON
from tests.commands.test_handlers import LAW, OFF, UPSTAGE, commands, store
from tests.commands.test_handlers import said as said_by

__all__ = ["store"]


def said(text: str, language: str = "en", **changes: Any) -> Request:
    """By somebody who may edit."""
    return said_by(text, language, admin=True, **changes)


async def articles_of(store: Store, story_id: str) -> list[str]:
    return [one.id for story in await store.stories.get([story_id]) for one in story.articles]


@pytest.mark.parametrize("text", [f"merge {UPSTAGE.url} {LAW.url}", f"merge <{UPSTAGE.url}|Upstage>  s2", "merge s1 ja"])
async def test_merge_joins_two_stories_and_why_names_the_editor(store: Store, text: str) -> None:
    reply = await commands(store).handle(said(text))
    assert reply.title == UPSTAGE.title and LAW.title in reply.paragraphs[0]
    assert sorted(await articles_of(store, "s1")) == ["ja", "ko"] and await articles_of(store, "s2") == []
    why = await commands(store).handle(said(f"why {LAW.url}"))
    assert why.paragraphs[-2:] == ("• merge by an editor", "• 2026-11-23 12:00 UTC, U1: merged s2 into s1")
    elsewhere = await commands(store).handle(said(f"why {LAW.url}", channel=Channel("slack", "C1", "T2")))
    assert elsewhere.paragraphs[-1] == "• 2026-11-23 12:00 UTC, an editor elsewhere: merged s2 into s1"
    with pytest.raises(UserError, match="in one story already"):
        await commands(store).handle(said("merge s1 s2"))  # the old id still means the story


async def test_split_takes_an_article_out_and_both_stories_tell_of_it(store: Store) -> None:
    await store.stories.save([StoryDecision("ja", "s1", True)], [LAW], NOON)
    reply = await commands(store).handle(said(f"split {LAW.url}", "ko"))
    assert reply.title == LAW.title and UPSTAGE.title in reply.paragraphs[0] and "별도 스토리" in reply.paragraphs[0]
    own = await store.stories.of_article("ja")
    assert own not in (None, "s1") and await articles_of(store, "s1") == ["ko"]
    assert (await commands(store).handle(said("why ja"))).paragraphs[-1].endswith("U1: split off from s1")
    assert (await commands(store).handle(said("why ko"))).paragraphs[-1].endswith(f"U1: {own} split off from here")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("merge", "for example: /brief merge https://"),
        ("merge s1", "Give two links or story ids"),
        ("merge s1 s1", "Both are in one story already"),
        ("merge s1 https://example.com/none", "No article with this address"),
        (f"merge s1 {OFF.url}", "“주말 날씨 맑음” belongs to no story"),
        ("split ko", "the only article of its story"),
        (f"split {OFF.url}", "belongs to no story"),
        ("good nothing", "No article with this address"),
    ],
)
async def test_what_cannot_be_done_is_said_and_changes_nothing(store: Store, text: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        await commands(store).handle(said(text))
    assert await store.corrections.latest() == 0 and await store.feedback.votes(Channel("slack", "C1", "T1")) == []


async def test_votes_are_kept_for_the_workspace_and_the_same_vote_again_takes_one_back(store: Store) -> None:
    here = said("today").channel
    assert (await commands(store).handle(said(f"good {UPSTAGE.url}"))).paragraphs[0] == "Noted: more like this."
    assert (await commands(store).handle(said("bad s2"))).title == LAW.title
    assert (await commands(store).handle(replace(said(f"bad {UPSTAGE.url}"), person="U2"))).paragraphs[
        0
    ] == "Noted: less like this."
    assert sorted(await store.feedback.votes(here)) == [Vote("ko", False), Vote("ko", True), Vote("s2", False)]
    assert (await commands(store).handle(said(f"good {UPSTAGE.url}"))).paragraphs == ("Your vote is taken back.",)
    assert (await commands(store).handle(said("good s2"))).paragraphs[0] == "Noted: more like this."
    assert sorted(await store.feedback.votes(here)) == [Vote("ko", False), Vote("s2", True)]


async def test_why_tells_what_the_votes_of_this_workspace_change(store: Store) -> None:
    for person in range(9):
        await commands(store).handle(replace(said(f"bad {UPSTAGE.url}"), person=f"U{person}"))
    (line,) = [line for line in (await commands(store).handle(said("why ko"))).paragraphs if "votes" in line]
    assert line.startswith("With this workspace's votes: Kept, score 0.") and not line.endswith("0.95")
    elsewhere = await commands(store).handle(said("why ko", channel=Channel("slack", "C1", "T2")))
    assert not any("votes" in line for line in elsewhere.paragraphs)
