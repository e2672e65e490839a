"""The stories that were reported last, and a story as a line of a list."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from urllib.parse import quote
from zoneinfo import ZoneInfo

from starlette.responses import Response

from bot.knowledge import boilerplate
from bot.locales import t
from bot.model import Story
from bot.platforms.web import look
from bot.platforms.web.page_kinds import Page
from bot.platforms.web.reader import Reader
from bot.platforms.web.shelf import shelf_of

A_PAGE = 40
_STORIES = 2000  # that the list goes back


@dataclass(frozen=True, slots=True)
class Line:
    """A story in a list. ``topic``: its main one."""

    id: str
    headline: str
    language: str
    topic: str
    countries: tuple[str, ...]
    outlets: tuple[str, ...]
    languages: tuple[str, ...]
    at: datetime | None


async def index(reader: Reader) -> Response:
    """The stories that were reported last."""
    first = (reader.page - 1) * A_PAGE
    found = await shelf_of(reader.site).get("stories", lambda: reader.store.stories.outlines(_STORIES), patient=60.0)
    page = found[first : first + A_PAGE]
    stories = await reader.store.stories.get([one.id for one in page])
    lines = [line_of(story) for story in stories]
    zone = ZoneInfo(reader.zone)
    days = [(day, list(its)) for day, its in groupby(lines, key=lambda one: one.at and one.at.astimezone(zone).date())]
    return look.show(
        reader,
        "stories.html.j2",
        title=t(reader.language, "Stories"),
        days=days,
        newer=f"/stories?page={reader.page - 1}" if reader.page > 1 else "",
        older=f"/stories?page={reader.page + 1}" if len(found) > first + A_PAGE else "",
    )


def line_of(story: Story) -> Line:
    """What a list says of a story."""
    best = max(zip(story.articles, story.relevances, strict=True), key=lambda pair: pair[1].score)
    article, relevance = best
    return Line(
        story.id,
        boilerplate.headline(article.title, article.outlet),
        article.language,
        relevance.topics[0] if relevance.topics else "other",
        relevance.countries,
        tuple(dict.fromkeys(one.outlet for one in story.articles)),
        tuple(dict.fromkeys(one.language for one in story.articles)),
        max((one.at for one in story.articles if one.at), default=None),
    )


def path_of(story_id: str) -> str:
    """Where a story is."""
    return f"/stories/{quote(story_id, safe='')}"


PAGES = (Page("/stories", index),)
