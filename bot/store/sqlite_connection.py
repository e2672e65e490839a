"""A connection to SQLite of which a statement takes one trip to the connection's thread and back (door: aiosqlite).

aiosqlite makes four of them: a cursor, the statement, its rows, the cursor's end. Each costs more than SQLite's own work does for
most of our statements.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite

_T = TypeVar("_T")

_FIRST = 2_000  # rows that come along with the statement; whoever streams gets the others by and by
_KEPT_STATEMENTS = 256  # that SQLite need not read again


class Connection(aiosqlite.Connection):
    """As aiosqlite's, with our cursor. A transaction that reads takes no trip to begin, and nobody waits for its end."""

    begins = False  # whether a transaction that reads begins with the next statement
    _reads = False  # whether one is open

    async def commit(self) -> None:
        """Keep what was written."""
        self.begins = self._reads = False
        await super().commit()

    async def rollback(self) -> None:
        """End the transaction that is open, if any."""
        self.begins = False
        if self._reads:
            # Whatever comes next is done behind it.
            self._reads = False
            self._tx.put_nowait((None, self._conn.rollback))
        elif self._conn.in_transaction:
            await super().rollback()

    def cursor(self) -> "Cursor":  # type: ignore[override]  # theirs waits for a trip of its own
        """A cursor that is made with its first statement."""
        return Cursor(self)

    async def go(self, work: Callable[..., _T], *arguments: Any) -> _T:
        """What ``work`` gives, done in the connection's thread."""
        done: _T = await self._execute(work, *arguments)  # type: ignore[no-untyped-call]
        return done

    def take_begin(self) -> bool:
        """Whether a transaction that reads has to begin now."""
        begins, self.begins = self.begins, False
        self._reads = self._reads or begins
        return begins


class Cursor(aiosqlite.Cursor):
    """What SQLAlchemy asks of a cursor; it is closed as soon as its rows have come."""

    _conn: Connection
    _cursor: sqlite3.Cursor  # from the first statement on

    def __init__(self, connection: Connection) -> None:
        self._conn = connection
        self._rows: list[Any] = []
        self._open = False

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> "Cursor":
        """Run a statement."""
        return await self._take(sqlite3.Cursor.execute, sql, parameters or ())

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> "Cursor":
        """Run a statement with each of ``parameters``."""
        return await self._take(sqlite3.Cursor.executemany, sql, parameters)

    async def _take(self, *statement: Any) -> "Cursor":
        await self.close()
        self._cursor, self._rows, self._open = await self._conn.go(_taken, self._conn._conn, self._conn.take_begin(), *statement)
        return self

    async def fetchone(self) -> Any:
        """The next row, None behind the last."""
        return next(iter(await self.fetchmany(1)), None)

    async def fetchmany(self, size: int | None = None) -> Sequence[Any]:
        """The next ``size`` rows."""
        wanted = size or self._cursor.arraysize
        if len(self._rows) < wanted and self._open:
            more = await self._conn.go(self._cursor.fetchmany, max(wanted - len(self._rows), _FIRST))
            self._rows += more
        rows, self._rows = self._rows[:wanted], self._rows[wanted:]
        return rows

    async def fetchall(self) -> Sequence[Any]:
        """All rows that are left."""
        rows, self._rows = self._rows, []
        if self._open:
            rows += await self._conn.go(self._cursor.fetchall)
            await self.close()
        return rows

    async def close(self) -> None:
        """End a statement of which not all rows were fetched; others ended with their last."""
        self._rows = []
        if self._open:
            self._open = False
            await self._conn.go(self._cursor.close)


def _taken(
    connection: sqlite3.Connection, begins: bool, run: Any, sql: str, parameters: Any
) -> tuple[sqlite3.Cursor, list[Any], bool]:
    """The cursor of a statement, its first rows, and whether there may be more. Runs in the connection's thread."""
    cursor = connection.cursor()
    if begins:
        cursor.execute("BEGIN")
    run(cursor, sql, parameters)
    rows = cursor.fetchmany(_FIRST) if cursor.description else []
    ended = len(rows) < _FIRST
    if ended:
        cursor.close()
    return cursor, rows, not ended


async def connect(file: Path, busy_timeout: float) -> Connection:
    """A connection that begins no transaction by itself, and waits ``busy_timeout`` seconds for another process's write."""
    connection = Connection(lambda: _opened(file, busy_timeout), 64)
    connection._thread.daemon = True  # as SQLAlchemy has it: a connection that nobody closed holds up no end of the process
    connection._thread.start()
    opening = asyncio.ensure_future(connection._connect())
    try:
        await asyncio.shield(opening)
    except asyncio.CancelledError:
        # Its thread works on, whoever is cancelled: it is waited for, so that nothing is left open or half-made.
        await (await opening).close()
        raise
    except sqlite3.Error:
        await asyncio.to_thread(connection._thread.join)  # it has a last word for this loop
        raise
    return connection


def _opened(file: Path, busy_timeout: float) -> sqlite3.Connection:
    """In the connection's thread, in one go."""
    connection = sqlite3.connect(file, isolation_level=None, timeout=busy_timeout, cached_statements=_KEPT_STATEMENTS)
    try:
        _log_ahead(connection, time.monotonic() + busy_timeout)
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "cache_size=-16000", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def _log_ahead(connection: sqlite3.Connection, until: float) -> None:
    """Writers do not hold up readers. While another connection sets this for a new file, SQLite refuses without waiting."""
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
        time.sleep(0.02)
