"""Exchange rates by day."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select

from bot.knowledge.rates import DayRates, Rates, embedded
from bot.store.database import Database
from bot.store.schema import rates


class ExchangeRates:
    """Every day that was fetched; the table in the package stands in for the others."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, days: Sequence[DayRates]) -> None:
        """Keep ``days``, each in place of what was known of it."""
        if not days:
            return
        rows = [(one.day, one.source, {code: str(rate) for code, rate in one.per_unit.items()}) for one in days]
        async with self._database.write() as connection:
            await self._database.execute_rows(connection, self._database.upsert(rates), rows)

    async def known(self) -> Rates:
        """All days, those of the package included; a day that was fetched holds against the package."""
        async with self._database.read() as connection:
            rows = (await connection.execute(select(rates).order_by(rates.c.day))).all()
        fetched = [DayRates(row.day, {code: Decimal(rate) for code, rate in row.per_unit.items()}, row.source) for row in rows]
        return Rates([*embedded(), *fetched])
