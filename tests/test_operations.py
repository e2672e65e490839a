"""The verbs of whoever runs the bot, on real files."""

import json
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from bot import clock, operations
from bot.config import Settings
from bot.errors import StoreError, UserError
from bot.model import Channel, Edition, Message, Slot, Subscription
from bot.store import Store
from tests.builders import NOON, article
from tests.postgres import Server


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    """A database with an article, and an edition of two messages that wait."""
    made = Settings(database_url=f"sqlite:///{tmp_path}/bot.sqlite3")
    store = await Store.open(made.database_url)
    subscription = Subscription("daily", Channel("slack", "C1", "T1"), (time(8),))
    slot = Slot("daily", date(2026, 11, 23), time(8), NOON)
    await store.articles.add([article("a1")])
    await store.subscriptions.add(subscription)
    messages = [Message({"text": "1"}), Message({"text": "2"}, in_thread=True)]
    await store.editions.plan(slot, subscription, Edition(slot.key, "ko", "UTC", NOON, NOON, ()), messages, NOON)
    await store.close()
    return made


async def states(settings: Settings) -> list[str]:
    store = await Store.open(settings.database_url)
    found = [one.state.value for one in await store.deliveries.of_edition("daily/2026-11-23/08:00")]
    await store.close()
    return found


async def test_a_backup_comes_back_with_its_outbox_held(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "copy.sqlite3"
    await operations.backup(settings, file)
    await operations.restore(settings, file, verify=True)
    assert await states(settings) == ["pending", "pending"]
    with pytest.raises(UserError, match="overwrites nothing"):
        await operations.restore(settings, file, verify=False)

    fresh = Settings(database_url=f"sqlite:///{tmp_path}/new/bot.sqlite3")
    await operations.restore(fresh, file, verify=False)

    assert await states(fresh) == ["held", "held"]
    shown = capsys.readouterr().out
    assert "1 articles" in shown and "can be restored" in shown and "2 open messages held" in shown
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["bot.sqlite3"]


async def test_what_is_no_backup_is_refused(settings: Settings, tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("my notes " * 1000)
    with pytest.raises(StoreError, match="not a database"):
        await operations.restore(settings, notes, verify=True)
    with pytest.raises(UserError, match="does not exist"):
        await operations.restore(settings, tmp_path / "gone", verify=True)


async def test_a_workspace_is_forgotten_by_its_name(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UserError, match="slack:TEAM"):
        await operations.forget(settings, "T1")
    await operations.forget(settings, "slack:T1")
    shown = capsys.readouterr().out
    assert all(words in shown for words in ("2 deliveries", "1 editions", "1 subscriptions"))
    assert await states(settings) == []


async def test_held_messages_are_listed_and_decided(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    await operations.outbox(settings, None, None)
    assert "nothing is held" in capsys.readouterr().out
    store = await Store.open(settings.database_url)
    await store.upkeep.hold_outbox("restored")
    first, second = [one.id for one in await store.deliveries.held()]
    await store.close()

    await operations.outbox(settings, None, None)
    assert first in capsys.readouterr().out
    await operations.outbox(settings, first, None)
    assert await states(settings) == ["pending", "held"]
    await operations.outbox(settings, None, second)
    assert (await states(settings))[1] == "dead"
    with pytest.raises(UserError, match="no held message"):
        await operations.outbox(settings, "nothing", None)


# ---- another database ----


async def test_an_installation_moves_and_says_what_went_over(
    settings: Settings, postgres_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await operations.migrate(settings.database_url, postgres_url, rehearse=False, as_json=False)

    shown = capsys.readouterr().out
    assert "articles: 1 rows" in shown and "deliveries: 2 rows" in shown and "counted and compared" in shown
    assert "sqlite:///" in shown and "new DATABASE_URL only" in shown
    assert await states(Settings(database_url=postgres_url)) == ["pending", "pending"] == await states(settings)
    with pytest.raises(StoreError, match="holds data"):
        await operations.migrate(settings.database_url, postgres_url, rehearse=False, as_json=False)


async def test_a_running_bot_is_moved_only_to_rehearse_and_its_open_messages_are_held_in_the_copy(
    settings: Settings, postgres_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    store = await Store.open(settings.database_url)
    await store.jobs.begun_at("deliver", clock.now() - timedelta(seconds=20))
    await store.close()
    with pytest.raises(UserError, match=r"seen 2\d seconds ago. Stop it.*--rehearse"):
        await operations.migrate(settings.database_url, postgres_url, rehearse=False, as_json=True)

    await operations.migrate(settings.database_url, postgres_url, rehearse=True, as_json=True)

    told = json.loads(capsys.readouterr().out)
    assert (told["held"], {one["table"]: one["rows"] for one in told["tables"]}["articles"]) == (2, 1)
    assert told["rows"] == sum(one["rows"] for one in told["tables"]) and told["from"].startswith("sqlite:///")
    assert await states(Settings(database_url=postgres_url)) == ["held", "held"]
    assert await states(settings) == ["pending", "pending"]


async def test_a_copy_of_a_server_is_a_file_that_comes_back_to_an_empty_database_of_either_kind(
    settings: Settings, postgres_url: str, postgres_server: Server, tmp_path: Path
) -> None:
    await operations.migrate(settings.database_url, postgres_url, rehearse=False, as_json=True)
    server, file = Settings(database_url=postgres_url), tmp_path / "copy.sqlite3"
    await operations.backup(server, file)
    with pytest.raises(StoreError, match="holds data"):
        await operations.restore(server, file, verify=False)

    for url in (postgres_server.fresh(), f"sqlite:///{tmp_path}/new/bot.sqlite3"):
        await operations.restore(Settings(database_url=url), file, verify=False)
        assert await states(Settings(database_url=url)) == ["held", "held"]
