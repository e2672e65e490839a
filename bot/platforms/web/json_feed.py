"""Stories as JSON: JSON Feed 1.1 for readers, and a plain document with everything that is known of each for programs. Pure."""

import json
from collections.abc import Sequence
from typing import Any

from bot.model import Article, Relevance
from bot.platforms.web.atom import as_html, instant, plain
from bot.platforms.web.feed_story import FeedHead, FeedStory, fit, mark, safe_address

FEED_TYPE = "application/feed+json; charset=utf-8"
TYPE = "application/json; charset=utf-8"
VERSION = "https://jsonfeed.org/version/1.1"
SHAPE = 1  # of the plain document; it grows by fields, and is raised when one goes or means something else


def as_json_feed(head: FeedHead, stories: Sequence[FeedStory]) -> bytes:
    """A JSON Feed in UTF-8; ``_story`` of an item holds what the plain document has of it."""
    return _dumped(
        {
            "version": VERSION,
            "title": head.title,
            "home_page_url": head.base + head.home,
            "feed_url": head.own,
            "language": head.language,
            "items": [_item(head, one) for one in stories],
        }
    )


def as_stories(head: FeedHead, stories: Sequence[FeedStory]) -> bytes:
    """The plain document in UTF-8."""
    return _dumped(
        {
            "shape": SHAPE,
            "title": head.title,
            "address": head.own,
            "updated": instant(head.updated),
            "stories": [_story(head, one) for one in stories],
        }
    )


def _item(head: FeedHead, one: FeedStory) -> dict[str, Any]:
    item = {
        "id": mark(head.host, "story", one.story.id),
        "url": head.base + one.address,
        "title": one.title,
        "content_html": as_html(head, one),
        "summary": plain(one)[:600],
        "date_published": instant(one.published),
        "date_modified": instant(one.updated),
        "authors": [{"name": outlet} for outlet in dict.fromkeys(a.outlet for a in one.story.articles if a.outlet.strip())],
        "tags": [*one.topics, *one.countries, *one.names],
        "language": one.language,
    }
    first = safe_address(one.summary.sources[0].url) if one.summary.sources else ""
    return item | ({"external_url": first} if first else {})


def _story(head: FeedHead, one: FeedStory) -> dict[str, Any]:
    story = one.story
    return {
        "id": story.id,
        "url": head.base + one.address,
        "title": one.title,
        "language": one.language,
        "topics": one.topics,
        "countries": one.countries,
        "directions": sorted({found.direction for found in story.relevances if found.direction}),
        "names": one.names,
        "matter": story.matter,
        "published": instant(one.published),
        "updated": instant(one.updated),
        "sentences": [
            {"text": said.text, "quoted": said.quoted, "articles": [source.article_id for source in one.sources_of(said)]}
            for said in one.summary.sentences
        ],
        "method": one.summary.method,
        "articles": [_article(*pair) for pair in zip(story.articles, story.relevances, strict=True)],
    }


def _article(article: Article, found: Relevance) -> dict[str, Any]:
    return {
        "id": article.id,
        "title": article.title,
        "url": safe_address(article.url),
        "outlet": article.outlet,
        "language": article.language,
        "published": instant(article.at) if article.at else None,
        "score": round(found.score, 2),
    }


def _dumped(document: dict[str, Any]) -> bytes:
    return json.dumps(_fit(document), ensure_ascii=False, separators=(",", ":")).encode()


def _fit(value: Any) -> Any:
    """``value`` with every text in it as every reader takes it."""
    if isinstance(value, str):
        return fit(value)
    if isinstance(value, dict):
        return {name: _fit(one) for name, one in value.items()}
    return [_fit(one) for one in value] if isinstance(value, list | tuple) else value
