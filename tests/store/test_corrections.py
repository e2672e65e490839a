"""Corrections and votes outlive the process; who was told of a story that was merged away was told of what it became."""

from datetime import timedelta

from bot.model import Channel, Correction, StoryDecision, Told, Vote
from bot.store import Store
from tests.builders import NOON, article, edition, item
from tests.store.test_editions import CHANNEL, DAILY, MESSAGES, SLOT

HOUR = timedelta(hours=1)
STORIES = ("s1", "s2")


def merge(story_id: str, other_id: str) -> Correction:
    return Correction("merge", story_id, other_id, ("a1", "a2"), "slack", "T1", "U1", NOON)


async def test_corrections_are_kept_with_who_and_when(store: Store, url: str) -> None:
    assert await store.corrections.latest() == 0 and await store.corrections.merged() == {}
    split = Correction("split", "s9", "s1", ("a3",), "discord", "G1", "U2", NOON + HOUR)
    for made in (merge("s1", "s2"), split, merge("s5", "s6")):
        await store.corrections.add(made)
    other = await Store.open(url)
    assert await other.corrections.of_story("s1") == [merge("s1", "s2"), split]
    assert await other.corrections.of_story("s9") == [split]
    assert await other.corrections.latest() == 3
    await other.close()


async def test_a_story_that_was_merged_twice_is_part_of_the_last(store: Store) -> None:
    for pair in (("s1", "s2"), ("s3", "s1"), ("s3", "s4"), ("x", "y"), ("y", "x")):
        await store.corrections.add(merge(*pair))
    merged = await store.corrections.merged()
    assert {gone: merged[gone] for gone in ("s1", "s2", "s4")} == {"s1": "s3", "s2": "s3", "s4": "s3"}
    assert set(merged) == {"s1", "s2", "s4", "x", "y"}  # a circle, which nothing here makes, ends the search and not the bot


async def test_what_was_told_of_a_story_is_told_of_the_one_it_became(store: Store) -> None:
    articles = [article(f"a{number}") for number in range(3)]
    await store.articles.add(articles)
    moved = [StoryDecision(one.id, "s1", True) for one in articles]
    await store.stories.save(moved, articles, NOON)
    await store.editions.plan(SLOT, DAILY, edition(item("s2")), MESSAGES, NOON)
    assert set((await store.editions.told_of({CHANNEL}, STORIES))[CHANNEL]) == {"s2"}
    await store.editions.carry_told("s1", "s2")
    assert await store.editions.told_of({CHANNEL}, STORIES) == {CHANNEL: {"s1": Told(NOON, 3)}}


async def test_an_edition_that_told_both_tells_of_one(store: Store) -> None:
    await store.editions.plan(SLOT, DAILY, edition(item("s1"), item("s2", number=2)), MESSAGES, NOON)
    await store.editions.carry_told("s1", "s2")
    assert await store.editions.told_of({CHANNEL}, STORIES) == {CHANNEL: {"s1": Told(NOON, 0)}}


async def test_a_person_has_one_vote_a_subject_and_can_change_or_withdraw_it(store: Store) -> None:
    here, there = CHANNEL, Channel("slack", "C1", "T2")
    await store.feedback.vote(here, "U1", "a1", True, NOON)
    await store.feedback.vote(here, "U1", "a1", False, NOON + HOUR)
    await store.feedback.vote(here, "U2", "a1", True, NOON + 2 * HOUR)
    await store.feedback.vote(here, "U1", "s1", True, NOON + 3 * HOUR)
    await store.feedback.vote(there, "U1", "a1", True, NOON)
    assert await store.feedback.of_person(here, "U1", "a1") is False
    assert await store.feedback.of_person(here, "U3", "a1") is None
    assert await store.feedback.votes(Channel("slack", "another", "T1")) == [
        Vote("a1", False),
        Vote("a1", True),
        Vote("s1", True),
    ]
    await store.feedback.withdraw(here, "U1", "a1")
    assert await store.feedback.votes(here) == [Vote("a1", True), Vote("s1", True)]
    assert await store.feedback.votes(there) == [Vote("a1", True)]
    assert await store.feedback.votes(Channel("discord", "C1", "T1")) == []
