"""The facts of the articles, each with its quote: what the ledger and the policy clock are made of; and what was said before.

Saving locks "facts": the facts of an article are those of one extraction.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Amount, DateFact, EventFact, Fact, Former, PolicyFact
from bot.store import codec
from bot.store.database import Database
from bot.store.schema import articles, facts, former_facts, stories, story_articles

_KINDS: dict[str, type[Fact]] = {"money": Amount, "date": DateFact, "event": EventFact, "policy": PolicyFact}
_NAMES = {kind: name for name, kind in _KINDS.items()}
_at = func.coalesce(articles.c.published, articles.c.first_seen)
_PLACES = frozenset(("quote", "start", "end", "converted_of"))


class PolicyReport(NamedTuple):
    """An article that tells of policies: in which story, and which matter links that to others."""

    id: str
    at: datetime
    outlet: str
    url: str
    story: str | None
    matter: str | None
    facts: list[Fact]


class Facts:
    """Facts in the order in which they were extracted: ``converted_of`` of an amount stays an index among its article's facts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, extracted: Mapping[str, Sequence[Fact]], now: datetime | None = None) -> None:
        """Keep the facts of articles, by id, in place of those that were kept of them before.

        ``now``: when they were extracted anew; with it, what an article no longer says in the same words stays known as former.
        """
        if not extracted:
            return
        rows = [
            (article_id, place, _NAMES[type(fact)], codec.dump(fact))
            for article_id, found in extracted.items()
            for place, fact in enumerate(found)
        ]
        async with self._database.write() as connection:
            await self._database.lock("facts")
            if now:
                await self._keep_former(connection, extracted, now)
            await connection.execute(delete(facts).where(self._database.among(facts.c.article_id, extracted)))
            if rows:
                await self._database.execute_rows(connection, self._database.insert_new(facts), rows)

    async def _keep_former(self, connection: AsyncConnection, extracted: Mapping[str, Sequence[Fact]], now: datetime) -> None:
        before = await self.of_articles(list(extracted))
        rows = [
            (article_id, now, [[_NAMES[type(fact)], codec.dump(fact)] for fact in found])
            for article_id, found in before.items()
            if not _stated(found) <= _stated(extracted[article_id])
        ]
        if rows:
            await self._database.execute_rows(connection, self._database.insert_new(former_facts), rows)

    # Making these takes longer than running them.

    @cached_property
    def _by_articles(self) -> Select[Any]:
        query = select(facts).where(self._database.chosen(facts.c.article_id))
        return query.order_by(facts.c.article_id, facts.c.place)

    @cached_property
    def _former(self) -> Select[Any]:
        query = select(former_facts).where(self._database.chosen(former_facts.c.article_id))
        return query.order_by(former_facts.c.article_id, former_facts.c.until)

    async def of_articles(self, article_ids: Collection[str]) -> dict[str, tuple[Fact, ...]]:
        """By article id, the facts of those articles that have any."""
        found: dict[str, list[Fact]] = {}
        async with self._database.read() as connection:
            async for part in self._database.parts(connection, self._by_articles, self._database.choose(article_ids)):
                for article_id, _, kind, data in part:
                    found.setdefault(article_id, []).append(codec.load(_KINDS[kind], data))
        return {article_id: tuple(its) for article_id, its in found.items()}

    async def former(self, article_ids: Collection[str]) -> dict[str, tuple[Former, ...]]:
        """By article id, what those articles stated before they were changed, earliest first."""
        async with self._database.read() as connection:
            rows = (await connection.execute(self._former, self._database.choose(article_ids))).all()
        found: dict[str, list[Former]] = {}
        for row in rows:
            found.setdefault(row.article_id, []).append(Former(row.until, _loaded(row.data)))
        return {article_id: tuple(its) for article_id, its in found.items()}

    async def articles_with(self, kind: str, since: datetime, until: datetime) -> list[str]:
        """Ids of the articles of that time, earliest first, that have a fact of ``kind`` (money, date, event or policy)."""
        query = (
            select(articles.c.id)
            .where(articles.c.id.in_(select(facts.c.article_id).where(facts.c.kind == kind)), _at >= since, _at < until)
            .order_by(_at, articles.c.id)
        )
        async with self._database.read() as connection:
            return list((await connection.scalars(query)).all())

    async def on_policies(self, since: datetime, until: datetime) -> list[PolicyReport]:
        """The articles of that time, earliest first, with a fact of kind policy: those, and events that put laws in force.

        Without the articles' texts and what else they state: there may be very many.
        """
        law = (facts.c.kind == "event") & (facts.c.data["type"].as_string() == "law_in_force")
        among = facts.c.article_id.in_(select(facts.c.article_id).where(facts.c.kind == "policy"))
        joined = (
            facts.join(articles, articles.c.id == facts.c.article_id)
            .outerjoin(story_articles, story_articles.c.article_id == articles.c.id)
            .outerjoin(stories, stories.c.id == story_articles.c.story_id)
        )
        columns = (articles.c.id, _at, articles.c.outlet, articles.c.url, story_articles.c.story_id, stories.c.matter)
        query = (
            select(*columns, facts.c.kind, facts.c.data)
            .select_from(joined)
            .where(among, (facts.c.kind == "policy") | law, _at >= since, _at < until)
            .order_by(_at, articles.c.id, facts.c.place)
        )
        found: dict[str, PolicyReport] = {}
        async with self._database.read() as connection:
            async for part in self._database.parts(connection, query):
                for id, at, outlet, url, story, matter, kind, data in part:
                    report = found.get(id) or found.setdefault(id, PolicyReport(id, at, outlet, url, story, matter, []))
                    report.facts.append(codec.load(_KINDS[kind], data))
        return list(found.values())


def _stated(found: Sequence[Fact]) -> set[tuple[Any, ...]]:
    """What facts say, wherever in the text and in whatever words: a moved sentence changes nothing."""
    return {
        (_NAMES[type(fact)], *((name, str(value)) for name, value in codec.dump(fact).items() if name not in _PLACES))
        for fact in found
        if not isinstance(fact, DateFact)
    }


def _loaded(data: Sequence[Any]) -> tuple[Fact, ...]:
    return tuple(codec.load(_KINDS[kind], fact) for kind, fact in data)
