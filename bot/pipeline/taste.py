"""Reads a workspace's votes from the store and applies them to what its edition chooses from."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from bot.knowledge.weights import Weights
from bot.model import Article, Channel, Story
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


async def to_taste(store: Store, place: Channel, stories: Sequence[Story], since: datetime, until: datetime) -> Sequence[Story]:
    """``stories`` of [since, until) as this workspace wants them, with those that only its votes let in."""
    moved = await scorer_of(store, place)
    if moved is None:
        return stories
    articles = await store.articles.between(since, until)
    judged = await store.articles.relevance([article.id for article in articles])
    rejected = [(one, judged[one.id]) for one in articles if one.id in judged and not judged[one.id].relevant]
    return await asyncio.to_thread(lambda: [*feedback.wanted(stories, moved), *feedback.newcomers(rejected, stories, moved)])
