"""Every crash point with every fault of the platform: nothing lost, nothing posted twice, all in order.

The naive designs go through the same mill, and each is caught: a crash test that no design can fail proves nothing. Here a
part of the pairs of crashes and of the edits is run; ``bench/crashes.py`` runs them all.
"""

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from bot.errors import DeliveryError
from bot.model import Channel, Message
from bot.pipeline.deliver import deliver_due
from bot.store import Store
from tests.pipeline.chat import Chat
from tests.pipeline.edit_mill import EditMill, single_edits
from tests.pipeline.mill import Deliver, Mill, pairs, singles

MEMORY = Path("/dev/shm")  # noqa: S108 the file's own folder within it is private; thousands of commits need no disk here
pytestmark = pytest.mark.timeout(600)


@pytest.fixture
async def store_in_memory(tmp_path: Path) -> AsyncIterator[Store]:
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else tmp_path) as folder:
        store = await Store.open(f"sqlite:///{folder}/bot.db")
        yield store
        await store.close()


@pytest.fixture
async def store_on_a_server(postgres_url: str) -> AsyncIterator[Store]:
    store = await Store.open(postgres_url)
    yield store
    await store.close()


@pytest.fixture
def mill(store_in_memory: Store) -> Mill:
    return Mill(store_in_memory)


async def test_a_crash_at_any_step_on_postgresql(store_on_a_server: Store) -> None:
    mill = Mill(store_on_a_server)
    await singles(mill, ["slack"], ["503 after", "late"])
    assert mill.runs >= 20
    assert mill.wrong == []


async def test_a_crash_at_any_step_with_any_fault(mill: Mill) -> None:
    await singles(mill)
    assert mill.runs >= 300
    assert mill.wrong == []


async def test_a_crash_at_any_step_and_at_any_step_of_what_follows(mill: Mill) -> None:
    await pairs(mill, ["503 after"], ["slack"])
    assert mill.runs >= 80
    assert mill.wrong == []


async def test_what_puts_a_posted_edition_right_meets_a_crash_at_any_step_with_any_fault(
    store_in_memory: Store,
) -> None:
    mill = EditMill(store_in_memory)
    await single_edits(mill, ["slack"], ["late"])
    assert mill.runs >= 30
    assert mill.wrong == []


async def test_an_edit_that_is_repeated_without_waiting_is_caught(store_in_memory: Store) -> None:
    """A late edit would undo the one that follows it."""
    mill = EditMill(store_in_memory, deliver=without_settling)
    await single_edits(mill, ["slack"], ["late"])
    assert mill.wrong != []


# ---- mutants ----


@dataclass
class Through:
    """A chat reached in a way that is not ours."""

    chat: Chat

    def __getattr__(self, name: str) -> Any:
        return getattr(self.chat, name)


class HistoryBelievedEmpty(Through):
    async def find(self, channel: Channel, delivery_id: str, since: datetime, thread: str | None) -> str | None:
        return None


class RandomNonce(Through):
    async def send(self, channel: Channel, message: Message, delivery_id: str, thread: str | None) -> str:
        return self.chat.receive(delivery_id, secrets.token_hex(8), thread)


class RefusedMeansAbsent(Through):
    """Takes any error for proof that nothing was posted, as a library's own retries do."""

    async def send(self, channel: Channel, message: Message, delivery_id: str, thread: str | None) -> str:
        try:
            return await self.chat.send(channel, message, delivery_id, thread)
        except DeliveryError as error:
            raise DeliveryError(str(error), retry_after=1.0) from error


def through(kind: type[Through]) -> Deliver:
    async def deliver(store: Store, chat: Chat, now: datetime) -> object:
        return await deliver_due(store, {chat.platform: kind(chat)}, now)

    return deliver


async def without_settling(store: Store, chat: Chat, now: datetime) -> object:
    return await deliver_due(store, {chat.platform: chat}, now, settle=0.0)


async def mark_before(store: Store, chat: Chat, now: datetime) -> None:
    first = None
    for one in await store.deliveries.due(now):
        await store.deliveries.mark_sending(one.id, now, now)
        await store.deliveries.mark_sent(one.id, "")
        first = await chat.send(one.channel, one.message, one.id, first)


async def mark_after(store: Store, chat: Chat, now: datetime) -> None:
    first = None
    for one in await store.deliveries.due(now):
        try:
            first = await chat.send(one.channel, one.message, one.id, one.thread or first)
        except DeliveryError:
            return
        await store.deliveries.mark_sending(one.id, now, now)
        await store.deliveries.mark_sent(one.id, first)


MUTANTS = {
    "mark before": (mark_before, "slack"),
    "mark after": (mark_after, "slack"),
    "resend after recovery": (through(HistoryBelievedEmpty), "slack"),
    "history trusted without the right to read it": (through(HistoryBelievedEmpty), "discord"),
    "random nonce": (through(RandomNonce), "discord"),
    "an error means nothing was posted": (through(RefusedMeansAbsent), "slack"),
    "no time to settle": (without_settling, "slack"),
}


@pytest.mark.parametrize("name", MUTANTS)
async def test_a_naive_design_is_caught(mill: Mill, name: str) -> None:
    deliver, platform = MUTANTS[name]
    mill.deliver = lambda store, chat, now: _calm(deliver, store, chat, now)
    await singles(mill, [platform])
    assert mill.wrong != []


async def _calm(deliver: Deliver, store: Store, chat: Chat, now: datetime) -> None:
    """A mutant's own job ends where the platform refuses; the next run comes."""
    try:
        await deliver(store, chat, now)
    except DeliveryError:
        return
