"""Owners are told once that their briefing stopped, the operator what is held; several things in one message."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from bot import log
from bot.config.settings import read_settings
from bot.errors import ConfigError, DeliveryError
from bot.model import Channel, Edition, Message, Reply, Slot, Subscription
from bot.pipeline.deliver import deliver_due
from bot.pipeline.notices import Operator, operator_of, tell_due
from bot.store import Store
from tests.builders import NOON
from tests.pipeline.chat import FAULTS, Chat, Crash, Fuse
from tests.pipeline.mill import Brittle

MINUTE = timedelta(minutes=1)
OPERATOR = Operator("slack", "T1", "U0OPERATOR")


class Telling(Chat):
    """A chat that refuses every briefing, and notes who was told what."""

    def __init__(self, platform: str = "slack", now: datetime = NOON, refused: bool = True) -> None:
        super().__init__(platform, now)
        self.refused = refused
        self.told: list[tuple[str, str, Reply]] = []
        self.troubles: list[DeliveryError] = []

    async def send(self, channel: Channel, message: Message, delivery_id: str, thread: str | None) -> str:
        if self.refused:
            raise DeliveryError("Slack: is_archived", permanent=True, cure="the channel is archived")
        return await super().send(channel, message, delivery_id, thread)

    async def tell(self, workspace: str, person: str, reply: Reply, notice_id: str, since: datetime | None = None) -> None:
        if self.troubles:
            raise self.troubles.pop(0)
        await super().tell(workspace, person, reply, notice_id, since)
        self.told.append((workspace, person, reply))


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    opened = await Store.open(database_url)
    yield opened
    await opened.close()


async def _plan(store: Store, id: str = "daily", owner: str = "U1", language: str = "ko", **where: Any) -> None:
    channel = Channel("slack", where.pop("channel", "C1"), "T1")
    subscription = Subscription(id, channel, (time(8),), owner=owner, language=language)
    slot = Slot(id, date(2026, 11, 23), time(8), NOON)
    await store.subscriptions.add(subscription)
    messages = [Message({"text": "1"}), Message({"text": "2"}, in_thread=True)]
    await store.editions.plan(slot, subscription, Edition(slot.key, language, "Asia/Seoul", NOON, NOON, ()), messages, NOON)


async def test_the_owner_is_told_once_in_their_language_why_and_what_to_do(store: Store) -> None:
    await _plan(store)
    chat = Telling()
    for minute in range(3):
        await deliver_due(store, {"slack": chat}, NOON + minute * MINUTE)
        await tell_due(store, {"slack": chat}, OPERATOR, NOON + minute * MINUTE)

    [(workspace, person, reply)] = chat.told
    assert (workspace, person, reply.title) == ("T1", "U1", "브리핑이 중단되었습니다")
    said = " ".join(reply.paragraphs)
    assert "08:00" in said and "is_archived" in said and "채널이 보관 처리되었습니다" in said and "/brief resume" in said

    await store.subscriptions.resume("daily")  # put right, and refused again: that is another suspension
    await store.subscriptions.suspend("daily", "somebody else")
    await tell_due(store, {"slack": chat}, OPERATOR, NOON + 5 * MINUTE)
    assert len(chat.told) == 1


async def test_several_suspensions_of_one_owner_are_one_message_and_owners_do_not_see_each_other(store: Store) -> None:
    for number in range(30):
        await _plan(store, f"s{number}", owner=f"U{number % 2}", channel=f"C{number}")
    chat = Telling()
    await deliver_due(store, {"slack": chat}, NOON)
    assert await tell_due(store, {"slack": chat}, OPERATOR, NOON + MINUTE) == 2

    assert sorted(person for _, person, _ in chat.told) == ["U0", "U1"]
    for _, person, reply in chat.told:
        shown = " ".join(reply.paragraphs)
        wrong = [number for number in range(30) if f"C{number}의" in shown and number % 2 != int(person[1])]
        assert wrong == [] and "+5" in shown
    assert await tell_due(store, {"slack": chat}, OPERATOR, NOON + 2 * MINUTE) == 0


async def test_where_the_owner_cannot_be_told_the_operator_is_and_without_one_the_log(store: Store) -> None:
    await _plan(store)
    chat = Telling()
    await deliver_due(store, {"slack": chat}, NOON)
    chat.troubles = [DeliveryError("cannot_dm_bot", permanent=True)]
    await tell_due(store, {"slack": chat}, OPERATOR, NOON + MINUTE)
    await tell_due(store, {"slack": chat}, OPERATOR, NOON + 2 * MINUTE)
    assert [person for _, person, _ in chat.told] == ["U0OPERATOR"]

    await _plan(store, "other", owner="", channel="C2")
    await deliver_due(store, {"slack": chat}, NOON + MINUTE)
    events: list[tuple[str, dict[str, Any]]] = []
    stop = log.listen(lambda level, name, fields: events.append((name, dict(fields))))
    await tell_due(store, {"slack": chat}, None, NOON + 3 * MINUTE)
    stop()
    assert [name for name, _ in events] == ["notice.untold"] and "is_archived" in events[0][1]["said"]
    assert (await store.notices.counts())["failed"] == 1


async def test_held_messages_are_told_to_the_operator(store: Store) -> None:
    await _plan(store)
    chat = Telling(refused=False)
    await deliver_due(store, {"slack": chat}, NOON + timedelta(hours=25))
    await tell_due(store, {"slack": chat}, OPERATOR, NOON + timedelta(hours=25))

    [(_, person, reply)] = chat.told
    assert person == "U0OPERATOR" and len(reply.paragraphs) == 2
    assert all("bot outbox" in line and "could not be posted within 24 hours" in line for line in reply.paragraphs)


async def test_a_temporary_error_is_tried_again_later_and_not_for_ever(store: Store) -> None:
    await _plan(store)
    chat = Telling()
    await deliver_due(store, {"slack": chat}, NOON)
    chat.troubles = [DeliveryError("rate limited", retry_after=600.0)]
    assert await tell_due(store, {"slack": chat}, None, NOON + MINUTE) == 0
    assert await tell_due(store, {"slack": chat}, None, NOON + 5 * MINUTE) == 0
    assert await tell_due(store, {"slack": chat}, None, NOON + 20 * MINUTE) == 1

    await _plan(store, "other", channel="C2")
    await deliver_due(store, {"slack": chat}, NOON + MINUTE)
    chat.troubles = [DeliveryError("HTTP 503", posted=None) for _ in range(20)]
    for hours in range(1, 20):
        await tell_due(store, {"slack": chat}, None, NOON + timedelta(hours=3 * hours))
    assert (len(chat.told), len(chat.troubles)) == (1, 12)


@pytest.mark.parametrize("fault", [None, *FAULTS])
async def test_a_crash_at_any_step_tells_nobody_twice_and_nobody_never(store: Store, fault: str | None) -> None:
    """With the platform's memory asked before anything is said again; the suspension itself crashes too."""
    for at in range(1, 9):
        id = f"{fault}{at}"
        await _plan(store, id, channel=f"C{id}")
        chat, start = Telling(), NOON
        chat.faults = [fault]
        for fuse in (Fuse(at), Fuse()):
            chat.fuse, chat.now = fuse, start
            try:
                for _ in range(12):
                    await deliver_due(Brittle(store, fuse), {"slack": chat}, chat.now)  # type: ignore[arg-type]
                    await tell_due(Brittle(store, fuse), {"slack": chat}, None, chat.now)  # type: ignore[arg-type]
                    chat.now += 2 * MINUTE
            except Crash:
                pass
            start = chat.now + MINUTE
        assert len(chat.messages(NOON + timedelta(days=1))) == 1, (fault, at)


def test_who_the_operator_is() -> None:
    assert operator_of("") is None
    assert operator_of("slack:T0TEAM/U1") == Operator("slack", "T0TEAM", "U1")
    assert operator_of(read_settings({"BOT_OPERATOR": "discord:#123"}).operator) == Operator("discord", "", "#123")
    with pytest.raises(ConfigError, match="BOT_OPERATOR"):
        read_settings({"BOT_OPERATOR": "me"})


async def test_a_platform_that_is_not_served_now_is_waited_for(store: Store) -> None:
    await _plan(store)
    chat = Telling()
    await deliver_due(store, {"slack": chat}, NOON)
    assert await tell_due(store, {}, OPERATOR, NOON) == 0
    assert await tell_due(store, {"slack": chat}, replace(OPERATOR, person="U2"), NOON + MINUTE) == 1
