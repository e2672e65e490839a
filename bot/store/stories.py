"""Stories: which articles report one event, with all that is needed to show them.

Whoever moves articles between stories locks "stories": each sees where the one before left them.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Select, Update, bindparam, func, select, update

from bot.model import Article, Relevance, Story, StoryDecision
from bot.store.articles import COLUMNS, RELEVANCE_COLUMNS, relevance_from
from bot.store.database import Database
from bot.store.schema import articles, relevances, stories, story_articles

_UNJUDGED = Relevance(0.0, False)
_STORIES = (
    select(stories.c.id, stories.c.matter, *COLUMNS, *RELEVANCE_COLUMNS)
    .join_from(stories, story_articles, story_articles.c.story_id == stories.c.id)
    .join(articles, articles.c.id == story_articles.c.article_id)
    .join(relevances, relevances.c.article_id == articles.c.id, isouter=True)
    .order_by(stories.c.first_at, stories.c.id, story_articles.c.at, articles.c.id)
)
_STANDINGS = select(story_articles.c.article_id, story_articles.c.reasons, story_articles.c.is_update).where(
    story_articles.c.story_id == bindparam("story_id")
)
_SET_MATTER = update(stories).where(stories.c.id == bindparam("_id")).values(matter=bindparam("_matter"))


class Joined(NamedTuple):
    """When an article came to its story."""

    at: datetime
    article_id: str
    story_id: str


class Standing(NamedTuple):
    """Why an article stands in its story; ``update``: whether it made that materially new."""

    reasons: tuple[str, ...]
    update: bool


class Outline(NamedTuple):
    """A story without the texts of its articles: ``touched_at``: when we last learned of it; ``relevances``: of its articles."""

    id: str
    first_at: datetime
    last_at: datetime
    touched_at: datetime
    relevances: tuple[Relevance, ...]


class Stories:
    """The stories and who belongs to them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, decisions: Sequence[StoryDecision], decided: Sequence[Article], now: datetime) -> None:
        """Put articles where ``decisions`` say. ``decided``: those articles, for their times; ``now``: when we learned of them.

        A decision on an article that has a story already moves it.
        """
        if not decisions:
            return
        times = {article.id: article.at or now for article in decided}
        rows = [
            (made.article_id, made.story_id, times.get(made.article_id, now), now, made.update, made.reasons)
            for made in decisions
        ]
        opened = {made.story_id: (made.story_id, made.matter, now, now, now) for made in decisions}
        async with self._database.write() as connection:
            await self._database.lock("stories")
            left = await self.of_articles([made.article_id for made in decisions])
            await self._database.execute_rows(connection, self._database.insert_new(stories), list(opened.values()))
            await self._database.execute_rows(connection, self._database.upsert(story_articles), rows)
            await connection.execute(self._settle({*opened, *left.values()}, now))
            matters = [{"_id": made.story_id, "_matter": made.matter} for made in decisions if made.matter]
            if matters:
                await connection.execute(_SET_MATTER, matters)

    def _settle(self, story_ids: Collection[str], now: datetime) -> Update:
        """Bring the times of stories in line with their articles."""
        members = story_articles.c.story_id == stories.c.id
        settled = update(stories).where(
            self._database.among(stories.c.id, story_ids), select(story_articles).where(members).exists()
        )
        return settled.values(
            first_at=select(func.min(story_articles.c.at)).where(members).scalar_subquery(),
            last_at=select(func.max(story_articles.c.at)).where(members).scalar_subquery(),
            touched_at=now,
        )

    async def open_window(self, since: datetime) -> list[Story]:
        """Stories that an article of ``since`` or later belongs to, with all their articles: what news may still join."""
        return await self._stories(_STORIES.where(stories.c.last_at >= since))

    async def touched_between(self, since: datetime, until: datetime) -> list[Story]:
        """Stories of which we learned something in [since, until), whenever it was published: what an edition chooses from."""
        added = select(story_articles.c.story_id).where(story_articles.c.added_at >= since, story_articles.c.added_at < until)
        return await self._stories(_STORIES.where(stories.c.id.in_(added)))

    async def get(self, ids: Collection[str]) -> list[Story]:
        """The stories with these ids, in the order of ``ids``; unknown ids are left out."""
        if not ids:
            return []
        found = {story.id: story for story in await self._stories(self._by_ids, self._database.choose(ids))}
        return [found[id] for id in ids if id in found]

    async def recent(self, limit: int) -> list[tuple[str, str]]:
        """Id and first title of the stories that were reported last, the newest first."""
        newest = select(stories.c.id, stories.c.last_at).order_by(stories.c.last_at.desc(), stories.c.id).limit(limit).subquery()
        query = (
            select(newest.c.id, articles.c.title)
            .join(story_articles, story_articles.c.story_id == newest.c.id)
            .join(articles, articles.c.id == story_articles.c.article_id)
            .order_by(newest.c.last_at.desc(), newest.c.id, story_articles.c.at.desc(), articles.c.id.desc())
        )
        async with self._database.read() as connection:
            first = {story_id: title for story_id, title in await connection.execute(query)}
        return list(first.items())

    async def outlines(self, limit: int, since: datetime | None = None) -> list[Outline]:
        """The stories that were reported last (``since`` then), the newest first."""
        columns = [stories.c[name] for name in ("id", "first_at", "last_at", "touched_at")]
        newest = select(*columns).order_by(stories.c.last_at.desc(), stories.c.id).limit(limit)
        chosen = (newest.where(stories.c.last_at >= since) if since else newest).subquery()
        query = (
            select(*chosen.c, *RELEVANCE_COLUMNS)
            .join(story_articles, story_articles.c.story_id == chosen.c.id)
            .join(relevances, relevances.c.article_id == story_articles.c.article_id)
            .order_by(chosen.c.last_at.desc(), chosen.c.id, story_articles.c.at, story_articles.c.article_id)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        groups = (list(group) for _, group in groupby(rows, key=lambda row: row[0]))
        return [
            Outline(id, first_at, last_at, touched_at, tuple(relevance_from(*row[4:]) for row in group))
            for group in groups
            for id, first_at, last_at, touched_at in (group[0][:4],)
        ]

    async def of_matter(self, matter: str, limit: int = 20) -> list[str]:
        """Ids of the stories of one matter, the earliest first."""
        query = select(stories.c.id).where(stories.c.matter == matter).order_by(stories.c.first_at, stories.c.id).limit(limit)
        async with self._database.read() as connection:
            return list(await connection.scalars(query))

    async def of_article(self, article_id: str) -> str | None:
        """The story that an article belongs to."""
        return (await self.of_articles([article_id])).get(article_id)

    async def of_articles(self, article_ids: Collection[str]) -> dict[str, str]:
        """By article id: the story that it belongs to."""
        async with self._database.read() as connection:
            rows = await connection.execute(self._by_articles, self._database.choose(article_ids))
            return {article_id: story_id for article_id, story_id in rows}

    async def matters(self, story_ids: Collection[str]) -> dict[str, str]:
        """By story id: the matter that links it to others, where it has one."""
        async with self._database.read() as connection:
            rows = await connection.execute(self._matters, self._database.choose(story_ids))
            return {story_id: matter for story_id, matter in rows}

    async def updates(self, story_ids: Collection[str]) -> set[str]:
        """Ids of the articles that made one of these stories materially new."""
        query = select(story_articles.c.article_id).where(story_articles.c.is_update)
        async with self._database.read() as connection:
            return set((await connection.scalars(query.where(self._database.among(story_articles.c.story_id, story_ids)))).all())

    async def joined_since(self, since: datetime) -> list[Joined]:
        """Which articles came to which stories since then, in the order in which a run places those that come together."""
        query = select(story_articles.c.added_at, story_articles.c.article_id, story_articles.c.story_id)
        ordered = query.order_by(story_articles.c.added_at, story_articles.c.at, story_articles.c.article_id)
        async with self._database.read() as connection:
            return [Joined(*row) for row in await connection.execute(ordered.where(story_articles.c.added_at >= since))]

    async def reasons(self, article_ids: Collection[str]) -> dict[str, tuple[str, ...]]:
        """By article id: why it stands in its story."""
        query = select(story_articles.c.article_id, story_articles.c.reasons)
        async with self._database.read() as connection:
            rows = await connection.execute(query.where(self._database.among(story_articles.c.article_id, article_ids)))
            return {article_id: tuple(reasons) for article_id, reasons in rows}

    async def standings(self, story_id: str) -> dict[str, Standing]:
        """By article id: how each article of a story stands in it."""
        async with self._database.read() as connection:
            rows = await connection.execute(_STANDINGS, {"story_id": story_id})
            return {article_id: Standing(tuple(reasons), update) for article_id, reasons, update in rows}

    # Making these takes longer than running them.

    @cached_property
    def _by_ids(self) -> Select[Any]:
        return _STORIES.where(self._database.chosen(stories.c.id))

    @cached_property
    def _by_articles(self) -> Select[Any]:
        query = select(story_articles.c.article_id, story_articles.c.story_id)
        return query.where(self._database.chosen(story_articles.c.article_id))

    @cached_property
    def _matters(self) -> Select[Any]:
        query = select(stories.c.id, stories.c.matter).where(stories.c.matter.is_not(None))
        return query.where(self._database.chosen(stories.c.id))

    async def _stories(self, query: Select[Any], parameters: Mapping[str, Any] | None = None) -> list[Story]:
        found: list[Story] = []
        its: list[Any] = []  # the rows of one story
        async with self._database.read() as connection:
            async for part in self._database.parts(connection, query, parameters):
                for row in part:
                    if its and row[0] != its[0][0]:
                        found.append(_story(its))
                        its = []
                    its.append(row)
        return [*found, _story(its)] if its else found


def _story(rows: Sequence[Any]) -> Story:
    id, matter = rows[0][:2]
    ends = 2 + len(COLUMNS)
    found = tuple(Article(*row[2:ends]) for row in rows)
    judged = tuple(_UNJUDGED if row[ends] is None else relevance_from(*row[ends:]) for row in rows)
    return Story(id, found, judged, matter)
