"""What changed: marks by which whoever keeps a result of the archive knows that it must be made anew."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select

from bot.store.database import Database
from bot.store.schema import articles, corrections, overrides, rates, stories


class Mark(NamedTuple):
    """The archive as it is: the last article that came or changed, the last story that was touched, the last word of an editor,
    the last day of exchange rates. Two that are equal mean that nothing was collected, joined or put right between them.
    """

    article: int
    story: datetime | None
    correction: int
    override: int
    rates: date | None


_ENDS = (articles.c.seq, stories.c.touched_at, corrections.c.number, overrides.c.number, rates.c.day)
_MARK = select(*(select(func.max(column)).scalar_subquery() for column in _ENDS))


class Changes:
    """Looks only at the ends of indexes, however much there is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def mark(self) -> Mark:
        """The archive as it is now."""
        async with self._database.read() as connection:
            article, story, correction, override, day = (await connection.execute(_MARK)).one()
        return Mark(article or 0, story, correction or 0, override or 0, day)
