"""The verbs of whoever runs the bot, on real files."""

from datetime import date, time
from pathlib import Path

import pytest

from bot import operations
from bot.config import Settings
from bot.errors import StoreError, UserError
from bot.model import Channel, Edition, Message, Slot, Subscription
from bot.store import Store
from tests.builders import NOON, article


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
