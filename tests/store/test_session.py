"""Opening, migrating, transactions, and errors that say what to do."""

import asyncio
from pathlib import Path

import psycopg
import pytest

from bot.errors import StoreError
from bot.store import Store
from tests.builders import article


async def test_a_second_start_changes_nothing(url: str) -> None:
    for _ in range(2):
        store = await Store.open(url)
        await store.articles.add([article("a1")])
        await store.close()

    store = await Store.open(url)
    assert await store.articles.extent() == (1, 1)
    await store.close()


async def test_commits_reach_the_disk_and_readers_do_not_wait(tmp_path: Path) -> None:
    store = await Store.open(f"sqlite:///{tmp_path}/data/bot.db")
    async with store._database.read() as connection:
        pragmas = [(await connection.exec_driver_sql(f"PRAGMA {name}")).scalar() for name in _PRAGMAS]
    await store.close()

    assert dict(zip(_PRAGMAS, pragmas, strict=True)) == _PRAGMAS


_PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("nonsense", "no database URL"),
        ("postgresql//user:hidden@host/db", r"user:\*\*\*@host"),
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


# ---- PostgreSQL ----


async def test_what_is_stuck_on_a_server_ends(postgres_url: str) -> None:
    """Limits of time for a statement, a lock and an open transaction; those of the URL win."""
    own = "options=-c%20lock_timeout%3D1234&application_name=mine"
    store = await Store.open(f"{postgres_url}&{own}")
    async with store._database.read() as connection:
        shown = [(await connection.exec_driver_sql(f"SHOW {name}")).scalar() for name in _LIMITS]
    await store.close()

    assert dict(zip(_LIMITS, shown, strict=True)) == _LIMITS


_LIMITS = {
    "statement_timeout": "1min",
    "lock_timeout": "1234ms",
    "idle_in_transaction_session_timeout": "1min",
    "TimeZone": "UTC",
    "application_name": "mine",
    "transaction_isolation": "repeatable read",
}


async def test_a_connection_that_was_cut_is_replaced_and_one_cut_meanwhile_is_a_passing_error(postgres_url: str) -> None:
    store = await Store.open(postgres_url)
    await store.articles.add([article("a1")])
    _cut_all(postgres_url)
    assert await store.articles.extent() == (1, 1)

    with pytest.raises(StoreError, match=r"postgresql://.*terminat") as caught:
        async with store.transaction():
            await store.articles.add([article("a2")])
            _cut_all(postgres_url)
            await store.articles.add([article("a3")])
    assert caught.value.passing
    assert await store.articles.extent() == (1, 1)
    await store.close()


def _cut_all(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as other:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        other.execute(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {others}")  # noqa: S608


async def test_two_that_wait_for_each_other_are_told_so_and_one_goes_on(postgres_url: str) -> None:
    store = await Store.open(postgres_url)
    first, second = asyncio.Event(), asyncio.Event()

    async def hold(mine: str, other: str, begun: asyncio.Event, wait: asyncio.Event) -> None:
        async with store.transaction(mine):
            begun.set()
            await wait.wait()
            await store._database.lock(other)
            await store.articles.add([article(mine)])

    held = (hold("a", "b", first, second), hold("b", "a", second, first))
    done = await asyncio.gather(*held, return_exceptions=True)
    [error] = [one for one in done if one is not None]
    assert isinstance(error, StoreError) and error.passing and "deadlock" in str(error)
    assert (await store.articles.extent())[1] == 1
    await store.close()


async def test_a_server_that_is_not_there_is_a_passing_error_without_the_password(tmp_path: Path) -> None:
    for url in (f"postgresql://me:hidden@/bot?host={tmp_path}", f"postgres:///bot?host={tmp_path}&password=hidden"):
        with pytest.raises(StoreError, match="postgresql://") as caught:
            await Store.open(url)
        assert caught.value.passing and "hidden" not in str(caught.value)


async def test_a_text_with_a_null_character_is_kept_without_it(postgres_url: str) -> None:
    store = await Store.open(postgres_url)
    await store.articles.add([article("a\0b", title="가\0나")])
    assert [one.title for one in await store.articles.get(["ab"])] == ["가나"]
    await store.close()


async def test_closing_waits_for_who_uses_a_connection_and_gives_out_no_more(url: str) -> None:
    store = await Store.open(url)
    inside, ended = asyncio.Event(), asyncio.Event()

    async def user() -> None:
        async with store.transaction():
            await store.articles.add([article("a1")])
            inside.set()
            await asyncio.sleep(0.05)
            await store.articles.add([article("a2")])
        ended.set()

    using = asyncio.create_task(user())
    await inside.wait()
    await store.close()
    assert ended.is_set()
    await using
    with pytest.raises(StoreError, match="closed already"):
        await store.articles.extent()
    again = await Store.open(url)
    assert await again.articles.extent() == (2, 2)
    await again.close()
