"""The connection to the database: its transactions, its locks, and the only place that knows which database it is.

SQLite has one writer at a time, so that what a transaction read stays true until it ends. PostgreSQL has many, at READ COMMITTED:
the guards of statements (``UPDATE … WHERE state = …``, ``ON CONFLICT``) are looked at again after waiting for another process,
and nothing has to be repeated. Where a decision rests on more than the row that it changes, ``lock`` makes such transactions
follow each other; the modules say what they lock. Reading takes one snapshot (REPEATABLE READ), as in SQLite.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext, suppress
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Dialect,
    Float,
    Select,
    String,
    Table,
    TableValuedAlias,
    any_,
    bindparam,
    delete,
    func,
    literal_column,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import StoreError
from bot.store.engines import read_url, server_engine, shown, sqlite_engine, to_json

_PART = 500  # rows, which are objects of ours within some milliseconds
_PAUSES = (0.2, 1.0)  # seconds before a server that does not answer is tried again
_READS = {"isolation_level": "REPEATABLE READ"}
_LAST_USERS = 5.0  # seconds that those who use a connection have to give it back when all are closed
_PASSING = ("08", "40", "53", "55P03", "57P")  # how SQLSTATEs begin: connection, deadlock, resources, lock, shutdown


class Database:
    """An engine with our rules for transactions.

    On SQLite every write begins with BEGIN IMMEDIATE, so that it never fails halfway for a lock, and is one of a kind in this
    process. Each commit is synced to the disk (synchronous=FULL): a delivery's "sending" must survive a power cut. That costs an
    fsync a commit; whatever writes much, such as a poll, therefore writes it in few transactions. PostgreSQL does so by itself.
    """

    def __init__(self, url: str) -> None:
        self.url = read_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._writing = asyncio.Lock() if self.is_sqlite else nullcontext()
        self._current: ContextVar[AsyncConnection | None] = ContextVar("transaction", default=None)
        self._looking: ContextVar[tuple[object, AsyncConnection] | None] = ContextVar("snapshot", default=None)
        self.engine: AsyncEngine = sqlite_engine(self.url) if self.is_sqlite else server_engine(self.url)
        self._users = 0  # of connections, at this moment
        self._left = asyncio.Event()  # whenever one of them is given back
        self._closed = False

    async def close(self) -> None:
        """Give out no more connections, let those in use be given back, and close all: one given back later would stay open."""
        self._closed = True
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_USERS):
                while self._users:
                    self._left.clear()
                    await self._left.wait()
        await self.engine.dispose()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A connection that may write: all is kept or, after an exception, nothing. Joins the transaction that the task has open.

        Raises:
            StoreError: locked for too long, disk full, damaged, the server gone … ``passing`` where it may work later.
        """
        current = self._current.get()
        if current is not None:
            yield current
            return
        async with self._named_errors(), self._writing, AsyncExitStack() as stack:
            connection = await self._connected(stack)
            if self.is_sqlite:
                await connection.execution_options(writes=True)
            async with connection.begin():
                token = self._current.set(connection)
                try:
                    yield connection
                finally:
                    self._current.reset(token)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection that sees one state of the database, or the task's open transaction or snapshot. Raises StoreError like
        ``write``.
        """
        looking = self._looking.get()
        # A task that was started within a snapshot reads beside it: one connection does one thing at a time.
        shared = looking[1] if looking and looking[0] is asyncio.current_task() else None
        current = self._current.get() or shared
        if current is not None:
            yield current
            return
        async with self._named_errors(), AsyncExitStack() as stack:
            connection = await self._connected(stack)
            if not self.is_sqlite:
                await connection.execution_options(**_READS)
            yield connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[None]:
        """Every ``read`` of this task until the end sees the same state, by one connection."""
        async with self.read() as connection:
            token = self._looking.set((asyncio.current_task(), connection))
            try:
                yield
            finally:
                self._looking.reset(token)

    async def _connected(self, stack: AsyncExitStack) -> AsyncConnection:
        """A connection. Nothing has been done yet: here, and only here, what failed can be tried again."""
        if self._closed:
            raise StoreError(f"{shown(self.url)}: closed already")
        self._users += 1
        stack.callback(self._given_back)
        for pause in () if self.is_sqlite else _PAUSES:
            try:
                return await stack.enter_async_context(self.engine.connect())
            except OperationalError:
                await asyncio.sleep(pause)
        return await stack.enter_async_context(self.engine.connect())

    def _given_back(self) -> None:
        self._users -= 1
        self._left.set()

    @asynccontextmanager
    async def _named_errors(self) -> AsyncIterator[None]:
        try:
            yield
        except NoConnectionLeft as error:
            raise StoreError(f"{shown(self.url)}: every connection of this process is in use", passing=True) from error
        except DBAPIError as error:
            raise StoreError(f"{shown(self.url)}: {_words(error)}", passing=_passes(error)) from error

    async def lock(self, *names: str) -> None:
        """Until the open transaction ends, have no other one that locks one of ``names``: of no process.

        SQLite has one writer anyhow. Who needs several names takes them in one call: they are locked in their order.
        """
        if self.is_sqlite:
            return
        listed = bindparam(None, sorted(set(names)), type_=postgresql.ARRAY(String))
        each = func.unnest(listed).column_valued("name")
        async with self.write() as connection:
            await connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(each, 0))))

    async def patient(self, connection: AsyncConnection) -> None:
        """Let the open transaction take as long as it needs: it concerns the whole database."""
        if not self.is_sqlite:
            for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
                await connection.execute(text(f"SET LOCAL {name} = 0"))

    async def sweep(self, connection: AsyncConnection, table: Table, *which: ColumnElement[bool]) -> None:
        """Delete rows whose time is over. Those that another process is deleting are left to it: nobody waits for tidiness."""
        if self.is_sqlite:
            await connection.execute(delete(table).where(*which))
            return
        key = list(table.primary_key)
        free = select(*key).where(*which).limit(1000).with_for_update(skip_locked=True)
        await connection.execute(delete(table).where(tuple_(*key).in_(free)))

    def among(self, column: ColumnElement[Any], values: Iterable[Any]) -> ColumnElement[bool]:
        """``column IN values`` with one parameter, however many values there are."""
        if self.is_sqlite:
            listed = func.json_each(to_json(list(values))).table_valued("value")
            return column.in_(select(listed.c.value))
        return column == any_(bindparam(None, list(values), type_=postgresql.ARRAY(column.type)))

    def chosen(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        """``column IN`` what ``choose`` gives when the statement runs: for one that is made once and run over and over."""
        if self.is_sqlite:
            listed = func.json_each(bindparam("chosen", type_=String)).table_valued("value")
            return column.in_(select(listed.c.value))
        return column == any_(bindparam("chosen", type_=postgresql.ARRAY(column.type)))

    def choose(self, values: Iterable[Any]) -> dict[str, Any]:
        """The parameter of a statement with ``chosen``."""
        return {"chosen": to_json(list(values)) if self.is_sqlite else list(values)}

    def listed(self, values: Iterable[str]) -> TableValuedAlias:
        """A table of ``values`` (column ``value``), with one parameter: to look something up for each."""
        if self.is_sqlite:
            return func.json_each(to_json(list(values))).table_valued("value", name="listed")
        array = bindparam(None, list(values), type_=postgresql.ARRAY(String))
        return func.unnest(array).table_valued("value", name="listed").render_derived()

    def now(self) -> ColumnElement[float]:
        """This moment by the database's clock, in seconds since 1970: the same for every machine."""
        if self.is_sqlite:
            return literal_column("(julianday('now') - 2440587.5) * 86400.0", Float)
        return literal_column("extract(epoch from clock_timestamp())", Float)  # now() stands still within a transaction

    def insert(self, table: Table) -> Any:
        """INSERT into ``table`` that can say what happens to a row which exists already."""
        return _insert(table, self.is_sqlite)

    def insert_new(self, table: Table) -> Any:
        """INSERT into ``table`` that leaves rows alone which exist already."""
        return _insert_new(table, self.is_sqlite)

    def upsert(self, table: Table) -> Any:
        """INSERT into ``table`` that overwrites the row with the same primary key."""
        return _upsert(table, self.is_sqlite)

    async def parts(
        self, connection: AsyncConnection, query: Select[Any], parameters: Mapping[str, Any] | None = None
    ) -> AsyncIterator[Sequence[Any]]:
        """The rows of a query that may have very many, some at a time: what else waits goes on between them."""
        for part in (await connection.execute(query, parameters)).partitions(_PART):
            yield part
            if len(part) == _PART:
                await asyncio.sleep(0)

    async def execute_rows(self, connection: AsyncConnection, statement: Any, rows: Sequence[tuple[Any, ...]]) -> int:
        """Execute an INSERT once a row; a row holds every column of the table, in its order. How many rows were written.

        Goes past SQLAlchemy's handling of each single parameter, which takes longer than SQLite's own work.
        """
        sql, converters = _compiled(statement, self.engine.dialect)
        values: list[Iterable[Any]] = list(zip(*rows, strict=True))
        for place, convert in converters:
            values[place] = map(convert, values[place])
        parameters = list(zip(*values, strict=True))
        return (await connection.exec_driver_sql(sql, parameters if len(parameters) > 1 else parameters[0])).rowcount


def _words(error: DBAPIError) -> str:
    """What the database said, in one line."""
    return " ".join(str(error.orig).split())


def _passes(error: DBAPIError) -> bool:
    """Whether the same may work a little later."""
    state = getattr(error.orig, "sqlstate", None)
    return error.connection_invalidated or (state.startswith(_PASSING) if state else isinstance(error, OperationalError))


# Making a statement and its SQL takes milliseconds, and a poll needs the same few over and over.


@lru_cache(maxsize=64)
def _insert_new(table: Table, is_sqlite: bool) -> Any:
    return _insert(table, is_sqlite).on_conflict_do_nothing()


@lru_cache(maxsize=64)
def _upsert(table: Table, is_sqlite: bool) -> Any:
    statement = _insert(table, is_sqlite)
    keys = [column.name for column in table.primary_key]
    changes = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=changes)


def _insert(table: Table, is_sqlite: bool) -> Any:
    return sqlite.insert(table) if is_sqlite else postgresql.insert(table)


@lru_cache(maxsize=64)
def _compiled(statement: Any, dialect: Dialect) -> tuple[str, list[tuple[int, Callable[[Any], Any]]]]:
    """The SQL of an INSERT with every column of its table, and what makes the values of some columns into the driver's."""
    columns = list(statement.table.columns)
    sql = str(statement.compile(dialect=dialect, column_keys=[column.name for column in columns]))
    processors = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns]
    return sql, [(place, convert) for place, convert in enumerate(processors) if convert is not None]
