"""Carries out what an editor decides about stories: articles move, it is logged with who and when, and later runs respect it."""

from collections.abc import Sequence

from bot import log
from bot.model import Article, Correction, Request, Story, StoryDecision
from bot.pipeline.stories import story_id
from bot.store import Store


async def merge(store: Store, kept: Story, gone: Story, request: Request) -> None:
    """Make ``gone`` part of ``kept``. What a channel was told of either, it was told of the whole."""
    made = _correction("merge", kept.id, gone.id, gone.articles, request)
    async with store.transaction("stories"):
        await _move(store, made, gone.articles, kept.matter)
        await store.editions.carry_told(kept.id, gone.id)
        await store.overrides.carry(kept.id, gone.id)


async def split(store: Store, story: Story, article: Article, request: Request) -> str:
    """Take ``article`` out of ``story`` into one of its own, and return that story's id."""
    own = story_id(f"{article.id} split {request.at.isoformat()}")
    made = _correction("split", own, story.id, [article], request)
    async with store.transaction("stories"):
        await _move(store, made, [article], story.matter)
    return own


async def _move(store: Store, made: Correction, articles: Sequence[Article], matter: str | None) -> None:
    ids = [article.id for article in articles]
    before = await store.stories.reasons(ids)
    reason = f"{made.kind} by an editor"
    news = await store.stories.updates([made.other_id]) if made.kind == "merge" else set()
    joined = made.kind == "merge"
    decisions = [
        StoryDecision(id, made.story_id, joined, id in news, matter, reasons=(*before.get(id, ()), reason)) for id in ids
    ]
    await store.stories.save(decisions, articles, made.at)
    await store.corrections.add(made)
    log.event(f"story.{made.kind}", story=made.story_id, other=made.other_id, articles=ids, person=made.person)


def _correction(kind: str, to: str, left: str, articles: Sequence[Article], request: Request) -> Correction:
    place = request.channel
    ids = tuple(article.id for article in articles)
    return Correction(kind, to, left, ids, place.platform, place.workspace, request.person, request.at)
