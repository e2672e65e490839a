"""What is wrong with a server is said in words, with what to do."""

import secrets
from collections.abc import Iterator

import psycopg
import pytest

from bot.config import Settings
from bot.doctor import BAD, GOOD, _database
from bot.store import Store


@pytest.fixture
def role(postgres_url: str) -> Iterator[str]:
    """A role that may connect and nothing else."""
    name = f"weak_{secrets.token_hex(4)}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f'CREATE ROLE "{name}"')
        connection.execute(f'GRANT SELECT ON ALL TABLES IN SCHEMA public TO "{name}"')
        yield name
        connection.execute(f'DROP OWNED BY "{name}"')
        connection.execute(f'DROP ROLE "{name}"')


async def test_a_good_server_has_its_version_and_nothing_to_put_right(postgres_url: str) -> None:
    store = await Store.open(postgres_url)
    server = await store.upkeep.server()
    await store.close()
    assert server and server.words.startswith("PostgreSQL 1") and server.problems == ()
    finding = await _database(Settings(database_url=postgres_url))
    assert finding.state == GOOD and finding.words.startswith("PostgreSQL 1") and "0 articles" in finding.words


async def test_a_user_without_rights_is_told_which_are_missing(postgres_url: str, role: str) -> None:
    finding = await _database(Settings(database_url=f"{postgres_url}&options=-c%20role%3D{role}"))
    assert finding.state == BAD
    assert "may make no tables: GRANT CREATE" in finding.words and "tables belong to another user: ALTER TABLE" in finding.words


async def test_a_file_has_no_server(tmp_path: object) -> None:
    store = await Store.open(f"sqlite:///{tmp_path}/bot.db")
    assert await store.upkeep.server() is None
    await store.close()
