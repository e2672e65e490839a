"""What the language model used, day by day: a budget that a restart does not forget."""

from datetime import date

from sqlalchemy import Table, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database
from bot.store.schema import usage, workspace_usage


class Usage:
    """Tokens and their cost in billionths by UTC day, and the tokens that workspaces asked for themselves."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, day: date, sent: int, received: int, cost: int = 0, payer: tuple[str, str] | None = None) -> None:
        """Add to the use of ``day`` and of ``payer`` (platform, workspace); negative numbers take a reservation back."""
        async with self._database.write() as connection:
            await self._add(connection, usage, {"day": day}, {"sent": sent, "received": received, "cost": cost})
            if payer:
                who = {"day": day, "platform": payer[0], "workspace": payer[1]}
                await self._add(connection, workspace_usage, who, {"tokens": sent + received})

    async def _add(self, connection: AsyncConnection, table: Table, row: dict[str, object], more: dict[str, int]) -> None:
        await connection.execute(self._database.insert_new(table).values(**row, **dict.fromkeys(more, 0)))
        ours = (table.c[name] == value for name, value in row.items())
        await connection.execute(
            update(table).where(*ours).values({name: table.c[name] + number for name, number in more.items()})
        )

    async def used(self, first: date, last: date) -> tuple[int, int, int]:
        """Tokens sent, tokens received and their cost from ``first`` to ``last``, both included."""
        sums = (func.coalesce(func.sum(column), 0) for column in (usage.c.sent, usage.c.received, usage.c.cost))
        async with self._database.read() as connection:
            row = (await connection.execute(select(*sums).where(usage.c.day.between(first, last)))).one()
        return int(row[0]), int(row[1]), int(row[2])

    async def used_by(self, platform: str, workspace: str, day: date) -> int:
        """Tokens that a workspace asked for itself on ``day``."""
        query = select(workspace_usage.c.tokens).where(
            workspace_usage.c.day == day, workspace_usage.c.platform == platform, workspace_usage.c.workspace == workspace
        )
        async with self._database.read() as connection:
            return int(await connection.scalar(query) or 0)
