"""Migrations on both databases: from every earlier revision with data, once however many start, and text in order of its bytes."""

import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from bot.errors import StoreError
from bot.model import Channel
from bot.store import Store
from bot.store.database import Database
from bot.store.migrations import migrate, revision, revisions
from bot.store.schema import metadata
from bot.store.watchlist import Watched
from tests.builders import NOON
from tests.postgres import Server
from tests.store import rows


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: object) -> str:
    """The address of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/bot.db"
    url: str = request.getfixturevalue("empty_postgres_url")
    return url


async def _scalar(url: str, statement: str) -> object:
    database = Database(url)
    async with database.write() as connection:
        result = await connection.execute(text(statement))
        value = result.scalar() if result.returns_rows else None
    await database.close()
    return value


async def test_data_of_every_earlier_revision_is_there_after_the_last(empty_url: str) -> None:
    database = Database(empty_url)
    kept: dict[str, list[dict[str, object]]] = {}
    for step, name in enumerate(reversed(revisions())):
        async with database.write() as connection:
            await connection.run_sync(migrate, name)
            assert await connection.run_sync(revision) == name
            made = await connection.run_sync(lambda sync, step=step: rows.fill(sync, rows.reflected(sync), 10 * step + 1))
        for table, new in made.items():
            kept.setdefault(table, []).extend(new)

    async with database.read() as connection:
        await connection.run_sync(_check, kept)
        assert await connection.run_sync(_differences) == []
    await database.close()


def _check(connection: Connection, kept: dict[str, list[dict[str, object]]]) -> None:
    now = rows.reflected(connection).tables
    assert now.keys() == metadata.tables.keys() and len(revisions()) > 10
    for name, table in now.items():
        shapes = {tuple(column for column in one if column in table.c) for one in kept[name]}  # of each revision
        found = {names: rows.found(connection, table, list(names)) for names in shapes}
        for one in kept[name]:
            names = tuple(column for column in one if column in table.c)
            assert rows.wanted(one, list(names)) in found[names], (name, one)
        assert {len(some) for some in found.values()} == {len(kept[name])}


def _differences(connection: Connection) -> list[object]:
    return compare_metadata(MigrationContext.configure(connection), metadata)


async def test_many_that_start_at_once_on_an_empty_database_make_it_once(empty_url: str) -> None:
    stores = await asyncio.gather(*(Store.open(empty_url) for _ in range(4)))
    for store in stores:
        assert await store.articles.extent() == (0, 0)
        await store.close()
    assert await _scalar(empty_url, "SELECT count(*) FROM alembic_version") == 1


async def test_a_newer_database_is_refused_with_both_revisions_and_a_way_out(database_url: str) -> None:
    await (await Store.open(database_url)).close()
    await _scalar(database_url, "UPDATE alembic_version SET version_num = '9042'")

    with pytest.raises(StoreError, match=r"revision 9042.*up to \d{4} only.*Upgrade the program.*--database"):
        await Store.open(database_url)

    assert await _scalar(database_url, "SELECT version_num FROM alembic_version") == "9042"


async def test_text_is_ordered_by_its_bytes_whatever_the_language_of_the_server(database_url: str) -> None:
    store = await Store.open(database_url)
    channel = Channel("slack", "C1", "T1")
    names = ["a", "B", "_b", "ä", "가", "中", "b", "A", "あ"]
    for name in names:
        await store.watchlist.add(channel, Watched(name, False), "U1", NOON)
    assert await store.watchlist.names(channel) == tuple(sorted(names))
    await store.close()


async def test_every_text_of_ours_has_the_order_of_its_bytes_on_postgresql(postgres_url: str, postgres_server: Server) -> None:
    others = "SELECT count(*) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE c.relkind = 'r' AND a.attnum > 0"
    ours = " AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'alembic_version'"
    with_order = " AND a.attcollation <> 0"
    assert await _scalar(postgres_url, others + ours + with_order) != 0
    assert await _scalar(postgres_url, others + ours + with_order + " AND a.attcollation <> '\"C\"'::regcollation") == 0
