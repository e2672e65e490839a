"""What is wrong with a server is said in words, with what to do."""

import asyncio
import json
import secrets
from collections.abc import Iterator

import psycopg
import pytest

from bot import standing
from bot.config import Settings
from bot.doctor import BAD, GOOD, OFF, Finding, _database, _queue
from bot.queue import Queue
from bot.store import Store
from bot.work import Job


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


async def test_the_queue_is_told_in_a_line_with_what_to_do(postgres_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings(database_url=postgres_url)
    assert (await _queue(settings)).state == OFF

    async def rest() -> None:
        await asyncio.sleep(60)

    async with Queue.opened(postgres_url) as queue:
        assert (await _queue(settings)) == Finding("queue", OFF, "0 jobs wait; 0 run; 0 workers alive")
        await queue.put(Job("rest", once="one"), Job("rest", once="two"))
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute("UPDATE procrastinate_events SET at = at - interval '200 s' WHERE job_id = 1")
            finding = await _queue(settings)
            assert finding.state == BAD and finding.words.startswith("2 jobs wait, the oldest for 20")
            assert finding.words.endswith("0 run; 0 workers alive; start `bot run --only worker`")
            await standing.status(settings, as_json=True)
            [line] = [one for one in json.loads(capsys.readouterr().out) if one["what"] == "queue"]
            assert line["alarming"] and line["items"] == ["start `bot run --only worker`"]
            async with queue.worked({"rest": rest}, 0.1), asyncio.timeout(20):
                while not (finding := await _queue(settings)).words.startswith("0 jobs wait; 2 run; 3"):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
                assert finding.state == GOOD
                while "2 run, 2 of them stalled; 0 workers alive" not in (await _queue(settings)).words:
                    connection.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")


async def test_a_file_has_no_server(tmp_path: object) -> None:
    store = await Store.open(f"sqlite:///{tmp_path}/bot.db")
    assert await store.upkeep.server() is await store.upkeep.queued() is None
    await store.close()
