"""From a URL to an engine: what each kind of database is told when a connection opens, and what is said of a URL in errors."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from psycopg.types.string import StrDumperUnknown
from sqlalchemy import Connection, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.errors import StoreError
from bot.store.sqlite_connection import Connection as SqliteConnection
from bot.store.sqlite_connection import connect

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
_BUSY_TIMEOUT = 10.0  # seconds to wait for another process's write to end

_EVERYWHERE = {"preserve_rowcount": True}  # of an INSERT too: it tells whether the row was new
# A process keeps five connections open and opens as many again under load; a server allows a hundred by default.
_KEPT, _MORE = 5, 5
_WAIT_FOR_ONE = 30.0  # seconds, when all of them are in use
# Each transaction here takes milliseconds; what takes so long is stuck, and must not hold up other processes for ever.
_LIMITS = {
    "statement_timeout": "60s",
    "lock_timeout": "20s",
    "idle_in_transaction_session_timeout": "60s",
    "timezone": "UTC",
}
# A server that vanished without a word is noticed after half a minute.
_CONNECTION: dict[str, Any] = {
    "connect_timeout": 10,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
    "application_name": "ai-market-briefings",
}


def read_url(url: str) -> URL:
    """The URL with the driver that we use. A password in the query (``?password=``) goes to its proper place.

    Raises:
        StoreError: it is no database URL, or of a kind that we do not know.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError, SQLAlchemyError):
        raise StoreError(
            f"{_without_password(url)!r} is no database URL; expected sqlite:///path/to/file.db or postgresql://…"
        ) from None
    driver = _DRIVERS.get(parsed.get_backend_name())
    if driver is None:
        raise StoreError(f"{parsed.drivername}: unknown kind of database; expected sqlite:///… or postgresql://…")
    password = parsed.query.get("password")
    if isinstance(password, str):
        parsed = parsed.set(password=password).difference_update_query(["password"])
    return parsed.set(drivername=driver)


def shown(url: URL) -> str:
    """The URL as its owner wrote it, without the password."""
    return url.set(drivername=url.get_backend_name()).render_as_string(hide_password=True)


def _without_password(url: str) -> str:
    return re.sub(r"(?<=:)[^:/@]*(?=@)|(?<=password=)[^&]*", "***", url)


def to_json(value: Any) -> str:
    """As it is kept."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# ---- SQLite ----

_decoder = json.JSONDecoder()


def _from_json(text: str) -> Any:
    """What ``to_json`` wrote. Pages read thousands of small ones: json.loads takes twice the time."""
    return _decoder.raw_decode(text)[0]


def sqlite_engine(url: URL) -> AsyncEngine:
    """Connections to a file, whose folder is made where it is missing."""
    if not url.database or url.database == ":memory:":
        raise StoreError(f"{shown(url)}: the database must be a file, such as sqlite:///data/bot.db")
    file = Path(url.database).expanduser()
    file.parent.mkdir(parents=True, exist_ok=True)
    # Python's sqlite3 begins nothing by itself; _begin does.
    engine = create_async_engine(
        url.set(database=str(file)),
        json_serializer=to_json,
        json_deserializer=_from_json,
        execution_options=_EVERYWHERE,
        async_creator=lambda: connect(file, _BUSY_TIMEOUT),
    )
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("writes"):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        cast(SqliteConnection, connection.connection.driver_connection).begins = True


# ---- PostgreSQL ----


class _Text(StrDumperUnknown):
    """A text without the character that PostgreSQL cannot keep, U+0000: it says nothing, and comes from broken feeds only."""

    def dump(self, obj: str) -> Any:
        return super().dump(obj.replace("\0", "") if "\0" in obj else obj)


def server_engine(url: URL) -> AsyncEngine:
    """Connections to a server, each looked at before it is used again: one that was restarted does no harm."""
    engine = create_async_engine(
        url.difference_update_query(["options"]),
        json_serializer=to_json,
        execution_options=_EVERYWHERE,
        paramstyle="format",
        isolation_level="READ COMMITTED",
        use_native_hstore=False,
        pool_pre_ping=True,
        pool_size=_KEPT,
        max_overflow=_MORE,
        pool_timeout=_WAIT_FOR_ONE,
        connect_args={name: value for name, value in _CONNECTION.items() if name not in url.query} | {"options": _options(url)},
    )
    event.listen(engine.sync_engine, "connect", _set_text)
    return engine


def _options(url: URL) -> str:
    """Ours, and behind them, so that they win, those of the URL."""
    own = url.query.get("options", ())
    theirs: Iterable[str] = (own,) if isinstance(own, str) else own
    return " ".join([*(f"-c {name}={value}" for name, value in _LIMITS.items()), *theirs])


def _set_text(connection: Any, _record: Any) -> None:
    connection.adapters.register_dumper(str, _Text)
