"""Articles, the keys by which a later poll recognises them, and their relevance.

Whoever numbers articles locks "articles": numbers are given once and become known in their order, so that no reader of what came
after a number misses one.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import fields
from datetime import datetime
from functools import cached_property
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Article, Known, Relevance, Topic
from bot.store.database import Database
from bot.store.schema import articles, identities, relevances

_NAMES = tuple(field.name for field in fields(Article))
_values = attrgetter(*_NAMES)
COLUMNS = [articles.c[name] for name in _NAMES]
RELEVANCE_COLUMNS = [relevances.c.score, relevances.c.relevant, relevances.c.data]
_ARTICLES = select(*COLUMNS).order_by(articles.c.seq)
_TOPICS = {topic.value: topic for topic in Topic}
_CONTENT = ("title", "summary", "url", "published", "language", "fingerprint")


class Articles:
    """Everything that was ever collected. An article's sequence number grows when it is new and again when it changes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._judged_to = 0  # all up to this sequence number have relevance: not looked at again by this process

    async def known(self, keys: Collection[int]) -> dict[int, Known]:
        """For each of the identity ``keys`` that was seen before, what is known of its article."""
        if not keys:
            return {}
        async with self._database.read() as connection:
            query = select(identities.c.key, identities.c.article_id).where(self._database.among(identities.c.key, keys))
            owners = (await connection.execute(query)).all()
            if not owners:
                return {}
            query = select(articles.c.id, articles.c.feed_id, articles.c.fingerprint)
            wanted = self._database.among(articles.c.id, {article_id for _, article_id in owners})
            found = {row[0]: Known(*row) for row in await connection.execute(query.where(wanted))}
        return {key: found.get(article_id) or Known(article_id, "", "") for key, article_id in owners}

    async def add(self, new: Sequence[Article], keys: Mapping[int, str] | None = None) -> None:
        """Keep ``new`` articles and remember identity ``keys``, in one transaction; an id that exists stays as it is."""
        async with self._numbering() as (connection, last):
            if new:
                rows = [(seq, *_values(article)) for seq, article in enumerate(new, start=last + 1)]
                await self._database.execute_rows(connection, self._database.insert_new(articles), rows)
            if keys:
                await self._database.execute_rows(connection, self._database.insert_new(identities), list(keys.items()))

    async def change(self, changed: Sequence[Article]) -> list[Article]:
        """Overwrite the content of known articles and return them as they now are.

        When they were first seen, whether they are fresh and their body stay; a date once known is not lost.
        """
        if not changed:
            return []
        async with self._numbering() as (connection, last):
            rows = [
                {"_id": article.id, "seq": last + number} | {name: getattr(article, name) for name in _CONTENT}
                for number, article in enumerate(changed, start=1)
            ]
            await connection.execute(_CHANGE, rows)
            return await self.get([article.id for article in changed])

    async def save_bodies(self, bodies: Mapping[str, str]) -> None:
        """Keep the full text of articles whose pages were read, by article id."""
        if not bodies:
            return
        async with self._numbering() as (connection, last):
            rows = [
                {"_id": article_id, "seq": last + number, "body": body}
                for number, (article_id, body) in enumerate(bodies.items(), start=1)
            ]
            statement = update(articles).where(articles.c.id == bindparam("_id"))
            await connection.execute(statement.values(seq=bindparam("seq"), body=bindparam("body")), rows)

    @asynccontextmanager
    async def _numbering(self) -> AsyncIterator[tuple[AsyncConnection, int]]:
        """A connection that writes, and the last number that was given."""
        async with self._database.write() as connection:
            await self._database.lock("articles")
            yield connection, await _last_seq(connection)

    # ---- reading ----

    async def get(self, ids: Collection[str]) -> list[Article]:
        """The articles with these ids, in the order of ``ids``; unknown ids are left out."""
        found = {article.id: article for article in await self._read(self._by_ids, self._database.choose(ids))}
        return [found[id] for id in ids if id in found]

    async def by_url(self, url: str) -> Article | None:
        """The latest article with this canonical URL."""
        found = await self._select(articles.c.url == url)
        return found[-1] if found else None

    async def between(self, since: datetime, until: datetime) -> list[Article]:
        """What was first seen in [since, until), in the order in which it came."""
        return await self._select(_seen_between(since, until))

    async def rejected(self, since: datetime, until: datetime, least: float) -> list[tuple[Article, Relevance]]:
        """Articles first seen in [since, until) that are not relevant, but with a score of ``least`` or more."""
        judged = relevances.c.relevant.is_(False) & (relevances.c.score >= least)
        query = select(*COLUMNS, *RELEVANCE_COLUMNS).join(relevances, relevances.c.article_id == articles.c.id)
        async with self._database.read() as connection:
            rows = (await connection.execute(query.where(_seen_between(since, until), judged).order_by(articles.c.seq))).all()
        ends = len(COLUMNS)
        return [(Article(*row[:ends]), relevance_from(*row[ends:])) for row in rows]

    async def unjudged(self, limit: int = 1000) -> list[Article]:
        """Articles without relevance, oldest first: what a crash left between collecting and judging."""
        query = select(*COLUMNS).join(relevances, relevances.c.article_id == articles.c.id, isouter=True)
        left = query.where(relevances.c.article_id.is_(None), articles.c.seq > self._judged_to).order_by(articles.c.seq)
        async with self._database.read() as connection:
            found = [Article(*row) for row in await connection.execute(left.limit(limit))]
            if not found:
                self._judged_to = await _last_seq(connection)
            return found

    async def after(self, seq: int, limit: int = 5000) -> list[tuple[int, Article]]:
        """Articles new or changed since sequence number ``seq``, in order, each with its own number: feeds the search index."""
        query = select(articles.c.seq, *COLUMNS).where(articles.c.seq > seq).order_by(articles.c.seq).limit(limit)
        async with self._database.read() as connection:
            return [(row[0], Article(*row[1:])) for row in await connection.execute(query)]

    async def extent(self) -> tuple[int, int]:
        """The highest sequence number, and how many articles there are."""
        async with self._database.read() as connection:
            last, number = (await connection.execute(select(func.max(articles.c.seq), func.count()))).one()
        return last or 0, number

    async def count(self, since: datetime | None = None, until: datetime | None = None) -> tuple[int, int]:
        """How many articles were first seen in [since, until), and how many of those are relevant."""
        query = select(func.count(), func.coalesce(func.sum(case((relevances.c.relevant, 1), else_=0)), 0)).select_from(
            articles.join(relevances, relevances.c.article_id == articles.c.id, isouter=True)
        )
        async with self._database.read() as connection:
            read, relevant = (await connection.execute(query.where(_seen_between(since, until)))).one()
        return read, relevant

    async def _select(self, condition: ColumnElement[bool]) -> list[Article]:
        return await self._read(_ARTICLES.where(condition))

    async def _read(self, query: Select[Any], parameters: Mapping[str, Any] | None = None) -> list[Article]:
        async with self._database.read() as connection:
            return [Article(*row) async for part in self._database.parts(connection, query, parameters) for row in part]

    # Making these takes longer than running them.

    @cached_property
    def _by_ids(self) -> Select[Any]:
        return _ARTICLES.where(self._database.chosen(articles.c.id))

    @cached_property
    def _relevance(self) -> Select[Any]:
        query = select(relevances.c.article_id, *RELEVANCE_COLUMNS)
        return query.where(self._database.chosen(relevances.c.article_id))

    # ---- relevance ----

    async def save_relevance(self, judged: Mapping[str, Relevance]) -> None:
        """Keep the relevance of articles, by article id, each in place of an older one."""
        if not judged:
            return
        rows = [(id, found.score, found.relevant, _relevance_data(found)) for id, found in judged.items()]
        async with self._database.write() as connection:
            await self._database.execute_rows(connection, self._database.upsert(relevances), rows)

    async def relevance(self, ids: Collection[str]) -> dict[str, Relevance]:
        """The relevance of each article that has one."""
        async with self._database.read() as connection:
            rows = await connection.execute(self._relevance, self._database.choose(ids))
            return {row[0]: relevance_from(*row[1:]) for row in rows}


_CHANGE = (
    update(articles)
    .where(articles.c.id == bindparam("_id"))
    .values({name: bindparam(name) for name in ("seq", *_CONTENT)})
    .values(published=func.coalesce(bindparam("published", type_=articles.c.published.type), articles.c.published))
)


async def _last_seq(connection: AsyncConnection) -> int:
    return await connection.scalar(select(func.max(articles.c.seq))) or 0


def _seen_between(since: datetime | None, until: datetime | None) -> ColumnElement[bool]:
    conditions = [articles.c.first_seen >= since] if since else []
    conditions += [articles.c.first_seen < until] if until else []
    return and_(true(), *conditions)


def _relevance_data(found: Relevance) -> list[Any]:
    return [found.topics, found.countries, found.direction, found.entities, found.reasons]


def relevance_from(score: float, relevant: bool, data: list[Any]) -> Relevance:
    """The relevance of a row's three columns."""
    topics, countries, direction, entities, reasons = data
    names = tuple([_TOPICS[topic] for topic in topics])
    return Relevance(score, relevant, names, tuple(countries), direction, tuple(entities), tuple(reasons))
