"""Joins a stored day's articles into stories once more and compares: what would today's rules decide otherwise, and why?

The articles come in the order and in the company in which they came then. What an editor moved stands where it was put.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any

from bot.model import Article, Story, StoryDecision
from bot.pipeline.steps import OPEN_FOR
from bot.pipeline.stories import StoryWindow
from bot.store import Store

_SHOWN = 50
# What an editor moved waits in a story of its own for reports that join it; this tells it from the one that the day will open.
_MOVED = "moved "


async def replay(database_url: str, since: datetime, until: datetime, embedding: str = "") -> dict[str, Any]:
    """The comparison for what was joined in [since, until), as JSON data. Raises StoreError.

    ``embedding``: the model whose stored vectors are used.
    """
    store = await Store.open(database_url)
    try:
        later = await store.stories.joined_since(since)
        corrected = await store.corrections.articles()
        known = await store.stories.open_window(since - OPEN_FOR)
        asked = [row for row in later if row.at < until and row.article_id not in corrected]
        articles = {one.id: one for one in await store.articles.get([row.article_id for row in asked])}
        reasons = await store.stories.reasons(list(articles))
        ids = [article.id for story in known for article in story.articles]
        vectors = await store.vectors.of([*ids, *articles], embedding)
    finally:
        await store.close()
    came = {row.article_id for row in later}
    before = [*_of(known, lambda id: id not in came), *_of(known, lambda id: id in came & corrected, _MOVED)]
    window = StoryWindow(before, vectors=vectors)
    decisions: dict[str, StoryDecision] = {}
    for at, rows in groupby(asked, key=lambda row: row.at):
        window.prune(at - OPEN_FOR)
        made = window.assign_all((articles[row.article_id] for row in rows), vectors)
        decisions.update((one.article_id, replace(one, story_id=one.story_id.removeprefix(_MOVED))) for one in made)
    stored = {row.article_id: row.story_id for row in asked}
    differing = [id for id, decision in decisions.items() if decision.story_id != stored[id]]
    return {
        "articles": len(decisions),
        "stories": len(set(stored.values())),
        "stories_now": len({decision.story_id for decision in decisions.values()}),
        "same": len(decisions) - len(differing),
        "left_to_editors": sum(row.article_id in corrected for row in later if row.at < until),
        "differing": [_difference(articles[id], stored[id], reasons.get(id, ()), decisions[id]) for id in differing],
    }


def _of(stories: Iterable[Story], belongs: Callable[[str], bool], mark: str = "") -> Iterator[Story]:
    """The stories with only those of their articles that belong, ``mark`` before their ids."""
    for story in stories:
        pairs = [pair for pair in zip(story.articles, story.relevances, strict=True) if belongs(pair[0].id)]
        if pairs:
            yield Story(mark + story.id, tuple(one for one, _ in pairs), tuple(was for _, was in pairs), story.matter)


def _difference(article: Article, stored: str, reasons: tuple[str, ...], decision: StoryDecision) -> dict[str, Any]:
    return {
        "id": article.id,
        "title": article.title,
        "stored": stored,
        "now": decision.story_id,
        "stored_reasons": list(reasons),
        "reasons": list(decision.reasons),
    }


def render(found: dict[str, Any]) -> str:
    """The comparison for people, as plain text."""
    lines = [
        f"{found['articles']} articles in {found['stories']} stories, now {found['stories_now']}; "
        f"{found['same']} stand where they stood, {found['left_to_editors']} were placed by editors",
    ]
    for one in found["differing"][:_SHOWN]:
        lines += ["", f"{one['title'][:110]}", f"  then {one['stored']}: {'; '.join(one['stored_reasons'])}"]
        lines.append(f"  now  {one['now']}: {'; '.join(one['reasons'])}")
    return "\n".join(lines)
