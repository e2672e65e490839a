"""Moves everything from one database to another, of either kind: all of it and proven equal, or nothing.

The source is read in one snapshot and left as it is, also while a bot writes it; the target is written in one transaction.
"""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Table, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import StoreError
from bot.store.database import Database
from bot.store.engines import read_url, shown
from bot.store.jobs import Jobs
from bot.store.migrations import migrate, revision, revisions
from bot.store.schema import metadata

_BATCH = 500  # rows: an article may have a hundred kilobytes
_NUMBERED = "SELECT setval(pg_get_serial_sequence(:table, :column), (SELECT max({column}) FROM {table}))"


@dataclass(frozen=True, slots=True)
class Moved:
    """One table: how many rows went over, and a checksum of their content in any order, the same on both sides."""

    table: str
    rows: int
    checksum: str


async def transfer(source: str, target: str, told: Callable[[Moved], None] = lambda moved: None) -> list[Moved]:
    """Copy every table of the database ``source`` (a URL) to ``target``, whose tables are made where they are missing.

    ``told`` hears of each table as it is done. Numbers stay what they are, and new ones go on behind them.

    Raises:
        StoreError: the source is missing or of another version, the target holds data, or what arrived is not what was sent.
    """
    async with _opened(source) as ours, _opened(target) as theirs:
        if ours.url == theirs.url:
            raise StoreError(f"{shown(ours.url)}: source and target are the same database")
        _refuse_missing(ours)
        async with ours.read() as reading:
            await _refuse_other_version(ours, reading)
            await ours.patient(reading)
            async with theirs.write() as writing:
                await writing.run_sync(migrate)
                await theirs.patient(writing)
                await _refuse_data(theirs, writing)
                done = []
                for table in metadata.sorted_tables:
                    done.append(await _moved(theirs, table, reading, writing))
                    told(done[-1])
    return done


async def last_seen(url: str, job: str) -> datetime | None:
    """When ``job`` last began on the database at ``url``, which stays as it is. Raises StoreError like ``transfer``."""
    async with _opened(url) as database:
        _refuse_missing(database)
        async with database.read() as connection:
            await _refuse_other_version(database, connection)
            return await Jobs(database).began(job)


def named(url: str) -> str:
    """A database's URL without its password."""
    return shown(read_url(url))


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        await database.close()


def _refuse_missing(source: Database) -> None:
    if source.is_sqlite and not Path(source.url.database or "").expanduser().is_file():
        raise StoreError(f"{shown(source.url)}: there is no such file")


async def _refuse_other_version(source: Database, reading: AsyncConnection) -> None:
    found, newest = await reading.run_sync(revision), revisions()[0]
    if found is None:
        raise StoreError(f"{shown(source.url)}: this is no database of this bot")
    if found != newest:
        raise StoreError(
            f"{shown(source.url)}: the source is at revision {found}, this program at {newest}; start this version on the source "
            "once (`bot status` will do), which brings it up to date"
        )


async def _refuse_data(target: Database, writing: AsyncConnection) -> None:
    holding = [table.name for table in metadata.sorted_tables if (await writing.execute(select(table).limit(1))).first()]
    if holding:
        raise StoreError(f"{shown(target.url)}: the target holds data ({', '.join(holding)}); nothing is overwritten")


async def _moved(target: Database, table: Table, reading: AsyncConnection, writing: AsyncConnection) -> Moved:
    sent = _Sum()
    async for rows in _batches(reading, table):
        sent.add(rows)
        await target.execute_rows(writing, target.insert_new(table), [tuple(row) for row in rows])
    arrived = _Sum()
    async for rows in _batches(writing, table):
        arrived.add(rows)
    if sent != arrived:
        raise StoreError(
            f"{shown(target.url)}: {table.name} arrived with {arrived.rows:,} rows of {sent.rows:,}, or with another content; "
            "nothing was kept"
        )
    if sent.rows and not target.is_sqlite:
        await writing.run_sync(_go_on_behind, table)
    return Moved(table.name, sent.rows, sent.checksum)


async def _batches(connection: AsyncConnection, table: Table) -> AsyncIterator[Sequence[Row[Any]]]:
    async with connection.stream(select(table), execution_options={"yield_per": _BATCH}) as result:
        async for rows in result.partitions():
            yield rows


def _go_on_behind(connection: Connection, table: Table) -> None:
    """New numbers come after those that were given."""
    number = table.autoincrement_column
    if number is not None:
        statement = text(_NUMBERED.format(column=number.name, table=table.name))
        connection.execute(statement, {"table": table.name, "column": number.name})


@dataclass(slots=True)
class _Sum:
    """Rows and the sum of their hashes: the order in which a database gives them does not count."""

    rows: int = 0
    total: int = 0

    def add(self, rows: Sequence[Row[Any]]) -> None:
        """Count these too."""
        self.rows += len(rows)
        hashes = (blake2b(repr(tuple(map(_plain, row))).encode(), digest_size=16) for row in rows)
        self.total = (self.total + sum(int.from_bytes(one.digest(), "big") for one in hashes)) % 2**128

    @property
    def checksum(self) -> str:
        """As 32 hexadecimal digits."""
        return f"{self.total:032x}"


def _plain(value: Any) -> Any:
    """A value as both kinds of database give it back."""
    if isinstance(value, str):
        return value.replace("\0", "")  # which PostgreSQL does not keep
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True)
    return value
