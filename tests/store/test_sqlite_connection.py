"""Statements on our connection to SQLite: what SQLAlchemy asks of a cursor, whatever the number of rows."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.errors import StoreError
from bot.store import sqlite_connection
from bot.store.database import Database

COUNT = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {most}) SELECT i FROM n"


class Counted(sqlite_connection.Connection):
    """Counts its trips to its thread."""

    trips = 0

    async def go(self, *work):
        self.trips += 1
        return await super().go(*work)


@pytest.mark.parametrize("most", [0, 1, sqlite_connection._FIRST - 1, sqlite_connection._FIRST, sqlite_connection._FIRST * 2 + 5])
async def test_every_row_comes_once_and_in_order(tmp_path: Path, most: int) -> None:
    database = Database(f"sqlite:///{tmp_path}/x.db")
    wanted = list(range(1, most + 1)) or [1]
    async with database.read() as connection:
        assert list(await connection.scalars(text(COUNT.format(most=most)))) == wanted
        streamed = await connection.stream_scalars(text(COUNT.format(most=most)), execution_options={"yield_per": 300})
        assert [one async for part in streamed.partitions() for one in part] == wanted
        streamed = await connection.stream_scalars(text(COUNT.format(most=most)), execution_options={"yield_per": 1})
        assert await streamed.first() == 1
    await database.close()


async def test_a_statement_takes_one_trip(tmp_path: Path) -> None:
    connection = Counted(lambda: sqlite3.connect(tmp_path / "x.db", isolation_level=None), 64)
    async with connection:
        cursor = connection.cursor()
        await cursor.execute("CREATE TABLE t (a)")
        await cursor.executemany("INSERT INTO t VALUES (?)", [(1,), (2,)])
        assert cursor.rowcount == 2
        await cursor.execute("SELECT a FROM t ORDER BY a")
        assert [one[0] for one in cursor.description] == ["a"]
        assert await cursor.fetchone() == (1,)
        assert await cursor.fetchall() == [(2,)]
        assert await cursor.fetchone() is None
        await cursor.close()
        assert connection.trips == 3


async def test_a_transaction_that_reads_takes_no_trip_more_than_its_statements(tmp_path: Path) -> None:
    connection = Counted(lambda: sqlite3.connect(tmp_path / "x.db", isolation_level=None), 64)
    async with connection:
        await connection.cursor().execute("CREATE TABLE t (a)")
        connection.begins = True
        for _ in range(2):
            await connection.cursor().execute("SELECT a FROM t")
            assert connection.in_transaction
        await connection.rollback()
        assert connection.trips == 3
        await connection.cursor().execute("SELECT a FROM t")
        assert not connection.in_transaction
        connection.begins = True  # and nothing is read
        await connection.rollback()
        await connection.cursor().execute("SELECT a FROM t")
        assert not connection.in_transaction


async def test_readers_see_one_state_and_leave_nothing_behind(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/x.db")
    counted = text("SELECT count(*) FROM t")
    async with database.write() as connection:
        await connection.execute(text("CREATE TABLE t (a)"))
    for before in range(3):
        async with database.read() as connection:
            assert await connection.scalar(counted) == before
            async with database.write() as writing:
                await writing.execute(text("INSERT INTO t VALUES (1)"))
            assert await connection.scalar(counted) == before
        async with database.read() as connection:
            assert await connection.scalar(counted) == before + 1
    await database.close()


async def test_what_goes_wrong_is_told_and_nothing_stays_locked(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/x.db")
    for _ in range(20):
        with pytest.raises(StoreError, match="no such table"):
            async with database.read() as connection:
                await connection.execute(text("SELECT * FROM nowhere"))
    async with database.write() as connection:
        await connection.execute(text("CREATE TABLE t (a)"))
        found = await connection.stream(text(COUNT.format(most=10_000)), execution_options={"yield_per": 10})
        await found.close()
        assert (await connection.execute(text("INSERT INTO t VALUES (1), (2)"))).rowcount == 2
    async with database.read() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM t")) == 2
    await database.close()
