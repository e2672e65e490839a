"""Everything moves from one database to another, of either kind; nothing is lost, doubled or overwritten."""

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from bot.errors import StoreError
from bot.model import Correction
from bot.store import Store
from bot.store.database import Database
from bot.store.schema import metadata
from bot.store.transfer import Moved, transfer
from tests.builders import NOON, article
from tests.store import rows


async def _fill(url: str, count: int = 3) -> None:
    await (await Store.open(url)).close()
    database = Database(url)
    async with database.write() as connection:
        await connection.run_sync(lambda sync: rows.fill(sync, metadata, 1, count))
    await database.close()


async def _numbers(url: str) -> dict[str, int]:
    database = Database(url)
    async with database.read() as connection:
        counted = {
            table.name: (await connection.execute(text(f"SELECT count(*) FROM {table.name}"))).scalar_one()  # noqa: S608
            for table in metadata.sorted_tables
        }
    await database.close()
    return counted


@pytest.fixture
def file_url(tmp_path: Path) -> str:
    """The address of a file that does not exist yet."""
    return f"sqlite:///{tmp_path}/one.db"


async def test_everything_goes_to_the_server_and_back_and_new_numbers_follow_the_old(
    file_url: str, postgres_url: str, tmp_path: Path
) -> None:
    await _fill(file_url)
    store = await Store.open(file_url)
    await store.articles.add([article(f"a{number}", title=f"{number}\0 nul") for number in range(1200)])
    await store.close()
    before = Path(file_url.removeprefix("sqlite:///")).read_bytes()
    heard: list[Moved] = []

    there = await transfer(file_url, postgres_url, heard.append)
    assert heard == there and {one.table for one in there} == set(metadata.tables)
    assert {one.table: one.rows for one in there} == dict.fromkeys(metadata.tables, 3) | {"articles": 1203}
    assert Path(file_url.removeprefix("sqlite:///")).read_bytes() == before
    assert await transfer(postgres_url, f"sqlite:///{tmp_path}/two.db") == there

    store = await Store.open(postgres_url)
    await store.articles.add([article("new")])
    assert (await store.articles.extent())[0] == 1204
    assert (await store.articles.get(["a1199"]))[0].title == "1199 nul"
    await store.corrections.add(Correction("merge", "a", "b", ("x",), "slack", "T1", "U1", NOON))
    assert await store.corrections.latest() == 4
    await store.close()


async def test_a_target_that_holds_anything_is_left_alone(file_url: str, postgres_url: str) -> None:
    await _fill(file_url, 2)
    store = await Store.open(postgres_url)
    await store.articles.add([article("mine")])
    await store.close()
    with pytest.raises(StoreError, match=r"postgresql://.*holds data \(articles\)"):
        await transfer(file_url, postgres_url)
    numbers = await _numbers(postgres_url)
    assert (numbers.pop("articles"), set(numbers.values())) == (1, {0})


async def test_a_move_that_fails_leaves_nothing_behind(file_url: str, postgres_url: str) -> None:
    """A row that a server cannot take: SQLite does not look at the kind of what it keeps."""
    await _fill(file_url, 2)
    database = Database(file_url)
    async with database.write() as connection:
        await connection.execute(text("UPDATE deliveries SET attempts = 3000000000 WHERE part = 1"))
    await database.close()
    with pytest.raises(StoreError, match="out of range"):
        await transfer(file_url, postgres_url)
    assert set((await _numbers(postgres_url)).values()) == {0}


async def test_what_arrives_as_something_else_is_noticed(file_url: str, postgres_url: str) -> None:
    await _fill(file_url, 2)
    database = Database(postgres_url)
    async with database.write() as connection:
        await connection.execute(
            text("CREATE FUNCTION spoil() RETURNS trigger AS $$ BEGIN NEW.title := 'x'; RETURN NEW; END $$ LANGUAGE plpgsql")
        )
        await connection.execute(text("CREATE TRIGGER spoil BEFORE INSERT ON articles FOR EACH ROW EXECUTE FUNCTION spoil()"))
    await database.close()
    with pytest.raises(StoreError, match="articles arrived with 2 rows of 2, or with another content; nothing was kept"):
        await transfer(file_url, postgres_url)
    assert set((await _numbers(postgres_url)).values()) == {0}


async def test_what_is_written_meanwhile_stays_behind(tmp_path: Path, database_url: str) -> None:
    """One snapshot, while the bot goes on: of its tables too that are copied after the write."""
    await _fill(database_url)

    def write(moved: Moved) -> None:
        if moved.table == "added_feeds":
            _execute(database_url, "DELETE FROM watchlist")

    moved = await transfer(database_url, f"sqlite:///{tmp_path}/copy.db", write)

    assert {one.rows for one in moved} == {3}
    assert (await _numbers(database_url))["watchlist"] == 0


def _execute(url: str, statement: str) -> None:
    """In a connection of somebody else."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection, connection:
            connection.execute(statement)
    else:
        with psycopg.connect(url) as other:
            other.execute(statement)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("sqlite:///{folder}/none.db", "there is no such file"),
        ("sqlite:///{folder}/empty.db", "no database of this bot"),
        ("sqlite:///{folder}/target.db", "the same database"),
        ("postgresql://me:secret@/none?host={folder}", r"postgresql://me:\*\*\*@/none"),
    ],
)
async def test_a_source_that_cannot_be_moved_is_named_without_its_password(tmp_path: Path, source: str, words: str) -> None:
    (tmp_path / "empty.db").touch()
    with pytest.raises(StoreError, match=words) as caught:
        await transfer(source.format(folder=tmp_path), f"sqlite:///{tmp_path}/target.db")
    assert "secret" not in str(caught.value) and not (tmp_path / "none.db").exists()


async def test_a_source_of_an_older_version_is_told_how_to_catch_up(file_url: str, tmp_path: Path) -> None:
    await _fill(file_url, 2)
    database = Database(file_url)
    async with database.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    await database.close()
    with pytest.raises(StoreError, match=r"source is at revision 0001, this program at .*bot status"):
        await transfer(file_url, f"sqlite:///{tmp_path}/two.db")
