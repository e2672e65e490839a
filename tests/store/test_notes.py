"""Notes are found by their workspace only, until they expire."""

from datetime import UTC, datetime, timedelta

from bot.model import Channel
from bot.store import Store

NOW = datetime(2026, 11, 23, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
HERE, THERE = Channel("discord", "1", "guild"), Channel("discord", "1", "other")


async def test_a_note_is_found_by_its_workspace_only(store: Store) -> None:
    key = await store.notes.keep(HERE, {"verb": "ask"}, LATER, NOW)
    assert len(key) <= 16
    assert await store.notes.get(HERE, key, NOW) == {"verb": "ask"}
    assert await store.notes.get(THERE, key, NOW) is None
    await store.notes.change(THERE, key, {"verb": "stolen"})
    assert await store.notes.get(HERE, key, LATER) == {"verb": "ask"}
    await store.notes.change(HERE, key, {"verb": "why"})
    assert await store.notes.get(HERE, key, LATER) == {"verb": "why"}


async def test_a_note_expires_and_goes_with_the_next_one(store: Store) -> None:
    key = await store.notes.keep(HERE, {}, LATER, NOW)
    after = LATER + timedelta(seconds=1)
    assert await store.notes.get(HERE, key, after) is None
    await store.notes.keep(HERE, {}, after + timedelta(hours=1), after)
    assert await store.notes.get(HERE, key, NOW) is None


async def test_a_workspace_that_is_forgotten_takes_its_notes_along(store: Store) -> None:
    key = await store.notes.keep(HERE, {"asked": "something"}, LATER, NOW)
    await store.upkeep.forget("discord", "guild")
    assert await store.notes.get(HERE, key, NOW) is None
