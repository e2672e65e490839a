"""The connection to the database: one writer at a time, readers beside it, and the only place that knows which database it is."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Dialect, Table, any_, bindparam, event, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import StoreError

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
_BUSY_TIMEOUT = 10.0  # seconds to wait for another process's write to end


class Database:
    """An engine with our rules for transactions.

    Every write begins with BEGIN IMMEDIATE, so that it never fails halfway for a lock, and is one of a kind in this process.
    SQLite syncs each commit to the disk (synchronous=FULL): a delivery's "sending" must survive a power cut. That costs an fsync
    a commit; whatever writes much, such as a poll, therefore writes it in few transactions.
    """

    def __init__(self, url: str) -> None:
        self.url = _async_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._writing = asyncio.Lock()
        self._current: ContextVar[AsyncConnection | None] = ContextVar("transaction", default=None)
        self.engine = self._sqlite_engine() if self.is_sqlite else self._server_engine()

    def _sqlite_engine(self) -> AsyncEngine:
        if not self.url.database or self.url.database == ":memory:":
            raise StoreError(f"{self.url}: the database must be a file, such as sqlite:///data/bot.db")
        Path(self.url.database).expanduser().parent.mkdir(parents=True, exist_ok=True)
        # isolation_level None: Python's sqlite3 begins nothing by itself; _begin does.
        engine = create_async_engine(
            self.url.set(database=str(Path(self.url.database).expanduser())),
            json_serializer=_to_json,
            connect_args={"isolation_level": None, "timeout": _BUSY_TIMEOUT},
        )
        event.listen(engine.sync_engine, "connect", _set_pragmas)
        event.listen(engine.sync_engine, "begin", _begin)
        return engine

    def _server_engine(self) -> AsyncEngine:
        try:
            return create_async_engine(self.url, json_serializer=_to_json, pool_pre_ping=True)
        except ImportError as error:
            raise StoreError(f"{self.url.drivername} needs a package that is not installed: {error.name}") from error

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A connection that may write: all is kept or, after an exception, nothing. Joins the transaction that the task has open.

        Raises:
            StoreError: locked for too long, disk full, damaged …
        """
        current = self._current.get()
        if current is not None:
            yield current
            return
        try:
            async with self._writing, self.engine.connect() as connection:
                await connection.execution_options(writes=True)
                async with connection.begin():
                    token = self._current.set(connection)
                    try:
                        yield connection
                    finally:
                        self._current.reset(token)
        except DBAPIError as error:
            raise StoreError(f"{self.url.render_as_string()}: {error.orig}") from error

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection that sees one state of the database, or the task's open transaction. Raises StoreError like ``write``."""
        current = self._current.get()
        if current is not None:
            yield current
            return
        try:
            async with self.engine.connect() as connection:
                yield connection
        except DBAPIError as error:
            raise StoreError(f"{self.url.render_as_string()}: {error.orig}") from error

    def among(self, column: ColumnElement[Any], values: Iterable[Any]) -> ColumnElement[bool]:
        """``column IN values`` with one parameter, however many values there are."""
        if self.is_sqlite:
            listed = func.json_each(_to_json(list(values))).table_valued("value")
            return column.in_(select(listed.c.value))
        return column == any_(bindparam(None, list(values), type_=postgresql.ARRAY(column.type)))

    def insert_new(self, table: Table) -> Any:
        """INSERT into ``table`` that leaves rows alone which exist already."""
        return _insert_new(table, self.is_sqlite)

    def upsert(self, table: Table) -> Any:
        """INSERT into ``table`` that overwrites the row with the same primary key."""
        return _upsert(table, self.is_sqlite)

    async def execute_rows(self, connection: AsyncConnection, statement: Any, rows: Sequence[tuple[Any, ...]]) -> None:
        """Execute an INSERT once a row; a row holds every column of the table, in its order.

        Goes past SQLAlchemy's handling of each single parameter, which takes longer than SQLite's own work.
        """
        sql, converters = _compiled(statement, self.engine.dialect)
        values: list[Iterable[Any]] = list(zip(*rows, strict=True))
        for place, convert in converters:
            values[place] = map(convert, values[place])
        await connection.exec_driver_sql(sql, list(zip(*values, strict=True)))


# Making a statement and its SQL takes milliseconds, and a poll needs the same few over and over.


@lru_cache(maxsize=32)
def _insert_new(table: Table, is_sqlite: bool) -> Any:
    return _insert(table, is_sqlite).on_conflict_do_nothing()


@lru_cache(maxsize=32)
def _upsert(table: Table, is_sqlite: bool) -> Any:
    statement = _insert(table, is_sqlite)
    keys = [column.name for column in table.primary_key]
    changes = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=changes)


def _insert(table: Table, is_sqlite: bool) -> Any:
    return sqlite.insert(table) if is_sqlite else postgresql.insert(table)


@lru_cache(maxsize=32)
def _compiled(statement: Any, dialect: Dialect) -> tuple[str, list[tuple[int, Callable[[Any], Any]]]]:
    """The SQL of an INSERT with every column of its table, and what makes the values of some columns into the driver's."""
    columns = list(statement.table.columns)
    sql = str(statement.compile(dialect=dialect, column_keys=[column.name for column in columns]))
    processors = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns]
    return sql, [(place, convert) for place, convert in enumerate(processors) if convert is not None]


def _async_url(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError, SQLAlchemyError) as error:
        raise StoreError(f"{url!r} is no database URL; expected sqlite:///path/to/file.db or postgresql://…") from error
    driver = _DRIVERS.get(parsed.get_backend_name())
    if driver is None:
        raise StoreError(f"{parsed.drivername}: unknown kind of database; expected sqlite:///… or postgresql://…")
    return parsed.set(drivername=driver)


def _to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _set_pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-16000", "temp_store=MEMORY"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
