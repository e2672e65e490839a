"""Posted messages are edited in place, and people told in direct messages, each once."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.errors import DeliveryError
from bot.model import CitedSentence, Reply, Source, Summary
from bot.platforms.slack.replies import plain_message
from bot.platforms.slack.send import SlackMessenger
from tests.platforms.slack.server import SlackServer
from tests.platforms.slack.test_send import BRIEF, HELLO

RIGHT = plain_message("Right")
NOTICE = Reply(title="A briefing has stopped", paragraphs=("The channel is archived <!channel>.", "• /brief resume"))


@pytest.fixture
def messenger(slack: SlackServer) -> SlackMessenger:
    return SlackMessenger(slack.bot_token, base_url=slack.url, timeout=2)


async def test_an_edit_replaces_the_message_in_the_channel_and_in_the_thread(
    slack: SlackServer, messenger: SlackMessenger
) -> None:
    root = await messenger.send(BRIEF, HELLO, "d0", None)
    below = await messenger.send(BRIEF, HELLO, "d1", root)
    for _ in range(2):  # to do it again changes nothing
        await messenger.edit(BRIEF, root, RIGHT, delivery_id="d0")
        await messenger.edit(BRIEF, below, RIGHT, root, "d1")

    assert [message["text"] for message in slack.rooms["C0BRIEF"].messages] == ["Right", "Right"]
    assert await messenger.find(BRIEF, "d0", datetime.now(UTC) - timedelta(minutes=1), None) == root


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"error": "message_not_found"}, (False, True)),
        ({"error": "cant_update_message"}, (True, False)),
        ({"error": "edit_window_closed"}, (True, False)),
        ({"error": "is_archived"}, (True, False)),
        ({"error": "fatal_error"}, (False, None)),
        ({"status": 503}, (False, None)),
        ({"drop": True}, (False, None)),
        ({"retry_after": 7}, (False, False)),
    ],
)
async def test_what_a_refused_edit_means(
    slack: SlackServer, messenger: SlackMessenger, fault: dict[str, Any], expected: tuple[bool, bool | None]
) -> None:
    root = await messenger.send(BRIEF, HELLO, "d0", None)
    slack.fail("chat.update", **fault)
    with pytest.raises(DeliveryError) as caught:
        await messenger.edit(BRIEF, root, RIGHT, delivery_id="d0")
    assert (caught.value.permanent, caught.value.posted) == expected
    assert slack.count("chat.update") == 1 and caught.value.retry_after == fault.get("retry_after")


async def test_blocks_that_slack_refuses_give_way_to_the_plain_text(slack: SlackServer, messenger: SlackMessenger) -> None:
    root = await messenger.send(BRIEF, HELLO, "d0", None)
    slack.fail("chat.update", error="invalid_blocks")
    await messenger.edit(BRIEF, root, RIGHT, delivery_id="d0")
    [message] = slack.posted()
    assert (message["text"], message["blocks"], slack.count("chat.update")) == ("Right", [], 2)


async def test_a_person_is_told_in_a_direct_message_and_never_twice(slack: SlackServer, messenger: SlackMessenger) -> None:
    began = datetime.fromtimestamp(time.time() - 1, UTC)
    await messenger.tell("T0LOOP", slack.person, NOTICE, "n1")
    await messenger.tell("T0LOOP", slack.person, NOTICE, "n1", began)  # it is found, and not said again
    await messenger.tell("T0LOOP", slack.person, NOTICE, "n2", began)
    told = slack.posted(f"D{slack.person[1:]}")
    assert len(told) == 2 and "A briefing has stopped" in str(told[0])
    assert "<!channel>" not in told[0]["text"]


async def test_an_operator_may_be_a_channel(slack: SlackServer, messenger: SlackMessenger) -> None:
    await messenger.tell("T0LOOP", "#C0BRIEF", NOTICE, "n1")
    assert len(slack.posted()) == 1 and slack.count("conversations.open") == 0


@pytest.mark.parametrize(
    ("method", "fault", "expected"),
    [
        ("conversations.open", {"error": "user_not_found"}, (True, False)),
        ("conversations.open", {"error": "missing_scope"}, (True, False)),
        ("conversations.open", {"drop": True}, (False, False)),
        ("chat.postMessage", {"drop": True}, (False, None)),
        ("chat.postMessage", {"error": "messages_tab_disabled"}, (True, False)),
    ],
)
async def test_who_cannot_be_told(
    slack: SlackServer, messenger: SlackMessenger, method: str, fault: dict[str, Any], expected: tuple[bool, bool | None]
) -> None:
    slack.fail(method, **fault)
    with pytest.raises(DeliveryError) as caught:
        await messenger.tell("T0LOOP", slack.person, NOTICE, "n1")
    assert (caught.value.permanent, caught.value.posted) == expected


async def test_where_the_history_cannot_be_read_whether_somebody_was_told_stays_open(
    slack: SlackServer, messenger: SlackMessenger
) -> None:
    slack.fail("conversations.history", error="missing_scope")
    with pytest.raises(DeliveryError) as caught:
        await messenger.tell("T0LOOP", slack.person, NOTICE, "n1", datetime.now(UTC))
    assert caught.value.posted is None and slack.count("chat.postMessage") == 0


def test_a_correction_says_before_and_after_with_its_source(messenger: SlackMessenger) -> None:
    line = CitedSentence("Upstage raises ₩10bn — Corrected: ₩100bn → ₩10bn", (3,))
    source = Source(3, "a1", "ETNews", "Upstage", "https://example.com/a1")
    note = messenger.render_note(Reply("Correction", summary=Summary("s1", "en", "Correction", (line,), (source,))), "en")
    shown = str(note.payload)
    assert "₩100bn → ₩10bn" in shown and "https://example.com/a1" in shown and shown.count("Correction'") >= 1
