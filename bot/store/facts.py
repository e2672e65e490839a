"""The facts of the articles, each with its quote: what the ledger and the policy clock are made of."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select

from bot.model import Amount, DateFact, EventFact, Fact, PolicyFact
from bot.store import codec
from bot.store.database import Database
from bot.store.schema import articles, facts

_KINDS: dict[str, type[Fact]] = {"money": Amount, "date": DateFact, "event": EventFact, "policy": PolicyFact}
_NAMES = {kind: name for name, kind in _KINDS.items()}


class Facts:
    """Facts in the order in which they were extracted: ``converted_of`` of an amount stays an index among its article's facts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, extracted: Mapping[str, Sequence[Fact]]) -> None:
        """Keep the facts of articles, by id, in place of those that were kept of them before."""
        if not extracted:
            return
        rows = [
            (article_id, place, _NAMES[type(fact)], codec.dump(fact))
            for article_id, found in extracted.items()
            for place, fact in enumerate(found)
        ]
        async with self._database.write() as connection:
            await connection.execute(delete(facts).where(self._database.among(facts.c.article_id, extracted)))
            if rows:
                await self._database.execute_rows(connection, self._database.insert_new(facts), rows)

    async def of_articles(self, article_ids: Sequence[str]) -> dict[str, tuple[Fact, ...]]:
        """By article id, the facts of those articles that have any."""
        query = (
            select(facts).where(self._database.among(facts.c.article_id, article_ids)).order_by(facts.c.article_id, facts.c.place)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        found: dict[str, list[Fact]] = {}
        for row in rows:
            found.setdefault(row.article_id, []).append(codec.load(_KINDS[row.kind], row.data))
        return {article_id: tuple(its) for article_id, its in found.items()}

    async def articles_with(self, kind: str, since: datetime, until: datetime) -> list[str]:
        """Ids of the articles of that time, earliest first, that have a fact of ``kind`` (money, date, event or policy)."""
        at = func.coalesce(articles.c.published, articles.c.first_seen)
        query = (
            select(articles.c.id)
            .where(articles.c.id.in_(select(facts.c.article_id).where(facts.c.kind == kind)), at >= since, at < until)
            .order_by(at, articles.c.id)
        )
        async with self._database.read() as connection:
            return list((await connection.scalars(query)).all())
