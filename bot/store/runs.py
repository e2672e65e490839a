"""The passes of the pipeline, for status and health."""

from sqlalchemy import select

from bot.model import Run
from bot.store import codec
from bot.store.database import Database
from bot.store.schema import runs


class Runs:
    """The log of runs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, run: Run) -> None:
        """Keep ``run``, in place of an earlier state of the same one."""
        async with self._database.write() as connection:
            row = (run.id, run.started, codec.dump(run))
            await self._database.execute_rows(connection, self._database.upsert(runs), [row])

    async def last(self) -> Run | None:
        """The latest run."""
        async with self._database.read() as connection:
            data = await connection.scalar(select(runs.c.data).order_by(runs.c.started.desc()).limit(1))
        return codec.load(Run, data) if data else None
