"""What the language model used, day by day: a budget that a restart does not forget."""

from datetime import date

from sqlalchemy import func, select

from bot.store.database import Database
from bot.store.schema import usage


class Usage:
    """Tokens sent to and received from the model, by UTC day."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, day: date, sent: int, received: int) -> None:
        """Add to the use of ``day``; negative numbers take a reservation back."""
        insert = self._database.insert_new(usage).values(day=day, sent=0, received=0)
        change = usage.update().where(usage.c.day == day).values(sent=usage.c.sent + sent, received=usage.c.received + received)
        async with self._database.write() as connection:
            await connection.execute(insert)
            await connection.execute(change)

    async def used(self, first: date, last: date) -> tuple[int, int]:
        """Tokens sent and received from ``first`` to ``last``, both included."""
        sums = (func.coalesce(func.sum(column), 0) for column in (usage.c.sent, usage.c.received))
        async with self._database.read() as connection:
            row = (await connection.execute(select(*sums).where(usage.c.day.between(first, last)))).one()
        return int(row[0]), int(row[1])
