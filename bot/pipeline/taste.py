"""Reads a workspace's votes from the store and applies them to what its edition chooses from."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from bot.knowledge.weights import Weights
from bot.model import Article, Channel, Relevance, Story
from bot.pipeline import feedback
from bot.store import Store

A_STORY = 6  # articles of a story whose features a vote on it moves


async def scorer_of(store: Store, place: Channel) -> Weights | None:
    """The weights as the votes of this workspace move them; None where nobody voted."""
    votes = await store.feedback.votes(place)
    subjects = list(dict.fromkeys(vote.subject for vote in votes))
    voted: dict[str, Sequence[Article]] = {story.id: story.articles[:A_STORY] for story in await store.stories.get(subjects)}
    voted |= {article.id: [article] for article in await store.articles.get(subjects)}
    known = [(voted[vote.subject], vote.wanted) for vote in votes if vote.subject in voted]
    return await asyncio.to_thread(feedback.scorer, known) if known else None


async def rejected(store: Store, since: datetime, until: datetime) -> Sequence[tuple[Article, Relevance]]:
    """The articles of [since, until) that votes may let in."""
    return await store.articles.rejected(since, until, feedback.least())


async def to_taste(
    store: Store, place: Channel, stories: Sequence[Story], rejected: Sequence[tuple[Article, Relevance]]
) -> Sequence[Story]:
    """``stories`` as this workspace wants them, with those of ``rejected`` that only its votes let in."""
    moved = await scorer_of(store, place)
    if moved is None:
        return stories
    return await asyncio.to_thread(lambda: [*feedback.wanted(stories, moved), *feedback.newcomers(rejected, stories, moved)])
