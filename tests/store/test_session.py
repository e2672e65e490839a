"""Opening, migrating, transactions, and errors that say what to do."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, select
from sqlalchemy.dialects import postgresql

from bot.errors import StoreError
from bot.store import Store, migrations
from bot.store.database import Database
from bot.store.schema import feeds, metadata
from tests.builders import article


def _sql(url: str, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection, connection:
        return connection.execute(statement).fetchall()


NEWEST = max(path.name[1:5] for path in Path(migrations.__path__[0], "versions").glob("v*.py"))


async def test_the_folder_and_the_tables_are_made_and_a_second_start_changes_nothing(url: str) -> None:
    for _ in range(2):
        store = await Store.open(url)
        await store.articles.add([article("a1")])
        await store.close()

    assert _sql(url, "SELECT version_num FROM alembic_version") == [(NEWEST,)]
    assert _sql(url, "SELECT count(*) FROM articles") == [(1,)]


async def test_the_migrations_make_exactly_the_tables_of_the_schema(store: Store, url: str) -> None:
    engine = create_engine(url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


async def test_a_newer_database_is_refused_with_both_revisions_and_a_way_out(url: str) -> None:
    await (await Store.open(url)).close()
    _sql(url, "UPDATE alembic_version SET version_num = '9042'")

    with pytest.raises(StoreError, match=r"revision 9042.*up to \d{4} only.*Upgrade the program.*--database"):
        await Store.open(url)

    assert _sql(url, "SELECT version_num FROM alembic_version") == [("9042",)]


async def test_commits_reach_the_disk_and_readers_do_not_wait(store: Store) -> None:
    async with store._database.read() as connection:
        pragmas = [(await connection.exec_driver_sql(f"PRAGMA {name}")).scalar() for name in _PRAGMAS]

    assert dict(zip(_PRAGMAS, pragmas, strict=True)) == _PRAGMAS


_PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("nonsense", "no database URL"),
        ("mysql://host/db", "unknown kind of database"),
        ("sqlite://", "must be a file"),
        ("sqlite:///:memory:", "must be a file"),
    ],
)
async def test_an_unusable_url_is_named(url: str, message: str) -> None:
    with pytest.raises(StoreError, match=message):
        await Store.open(url)


async def test_a_password_is_never_shown() -> None:
    with pytest.raises(StoreError) as caught:
        await Store.open("mysql://user:hidden@host/db")

    assert "hidden" not in str(caught.value)


async def test_a_file_that_is_no_database_is_a_store_error(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("these are my notes, " * 100)

    with pytest.raises(StoreError, match="not a database"):
        await Store.open(f"sqlite:///{path}")


async def test_a_transaction_keeps_all_or_nothing(store: Store) -> None:
    with pytest.raises(RuntimeError):
        async with store.transaction():
            await store.articles.add([article("a1")])
            assert await store.articles.get(["a1"]) != []
            raise RuntimeError("on purpose")

    assert await store.articles.get(["a1"]) == []
    async with store.transaction():
        await store.articles.add([article("a1")])
        await store.articles.add([article("a2")])
    assert len(await store.articles.get(["a1", "a2"])) == 2


async def test_readers_beside_a_transaction_see_the_state_before_it(store: Store) -> None:
    written, seen = asyncio.Event(), asyncio.Event()

    async def read() -> int:
        await written.wait()
        found = len(await store.articles.get(["a1"]))
        seen.set()
        return found

    reading = asyncio.create_task(read())
    async with store.transaction():
        await store.articles.add([article("a1")])
        written.set()
        await seen.wait()

    assert await reading == 0


async def test_writers_of_one_process_and_of_two_wait_for_each_other(store: Store, url: str) -> None:
    other = await Store.open(url)
    await asyncio.gather(
        *(one.articles.add([article(f"{name}{number}")]) for name, one in (("a", store), ("b", other)) for number in range(20))
    )
    await other.close()

    rows = await store.articles.after(0)
    assert len(rows) == len({seq for seq, _ in rows}) == 40


def test_on_postgresql_lists_are_arrays_and_upserts_its_own(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/any.db")
    database.is_sqlite = False
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    listed = str(select(feeds.c.url).where(database.among(feeds.c.feed_id, ["a", "b"])).compile(dialect=dialect))
    upsert = str(database.upsert(feeds).compile(dialect=dialect))

    assert "feeds.feed_id = ANY (" in listed
    assert "ON CONFLICT (feed_id) DO UPDATE SET url = excluded.url" in upsert
