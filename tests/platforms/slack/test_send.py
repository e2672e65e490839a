"""One post, whatever happens, and a true word on whether it is there."""

import asyncio
import socket
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import DeliveryError
from bot.model import Channel, Message
from bot.platforms.slack.replies import plain_message
from bot.platforms.slack.send import SlackMessenger
from tests.platforms.slack.server import SlackServer

BRIEF = Channel("slack", "C0BRIEF", "T0LOOP")
HELLO = plain_message("Hello")


async def send(slack: SlackServer, message: Message = HELLO, channel: Channel = BRIEF, thread: str | None = None) -> str:
    messenger = SlackMessenger(slack.bot_token, base_url=slack.url, timeout=2)
    return await messenger.send(channel, message, "delivery0001", thread)


async def failure(slack: SlackServer, **fault: Any) -> DeliveryError:
    slack.fail("chat.postMessage", **fault)
    with pytest.raises(DeliveryError) as caught:
        await send(slack)
    assert slack.count("chat.postMessage") == 1, "a post must not be repeated"
    return caught.value


async def test_a_message_arrives_with_its_delivery_id_and_without_previews(slack: SlackServer) -> None:
    ts = await send(slack)
    (message,) = slack.posted()
    assert message["ts"] == ts
    assert message["metadata"] == {"event_type": "briefing_posted", "event_payload": {"d": "delivery0001"}}
    assert message["asked"]["unfurl_links"] is False and message["asked"]["unfurl_media"] is False
    assert message["text"] == "Hello"


async def test_a_later_part_goes_into_the_thread(slack: SlackServer) -> None:
    root = await send(slack)
    await send(slack, thread=root)
    assert len(slack.posted()) == 1
    assert len(slack.posted(thread=root)) == 1


@pytest.mark.parametrize(
    "code",
    [
        "channel_not_found",
        "is_archived",
        "restricted_action",
        "restricted_action_read_only_channel",
        "token_revoked",
        "account_inactive",
        "invalid_auth",
        "missing_scope",
        "token_expired",
        "messages_tab_disabled",
    ],
)
async def test_what_only_a_person_can_cure_is_permanent(slack: SlackServer, code: str) -> None:
    error = await failure(slack, error=code)
    assert (error.permanent, error.posted) == (True, False)
    assert code in str(error)


@pytest.mark.parametrize("code", ["service_unavailable", "request_timeout", "message_limit_exceeded", "a_code_of_next_year"])
async def test_what_time_may_cure_is_not_permanent(slack: SlackServer, code: str) -> None:
    error = await failure(slack, error=code)
    assert (error.permanent, error.posted) == (False, False)


async def test_a_rate_limit_says_how_long(slack: SlackServer) -> None:
    error = await failure(slack, retry_after=7)
    assert (error.permanent, error.posted, error.retry_after) == (False, False, 7.0)


@pytest.mark.parametrize(
    "fault",
    [
        {"error": "fatal_error", "applied": True},
        {"error": "internal_error"},
        {"status": 500},
        {"status": 503, "applied": True},
        {"status": 200},
        {"drop": True},
        {"drop": True, "applied": True},
    ],
    ids=str,
)
async def test_an_outcome_that_nobody_can_know_is_said_to_be_unknown(slack: SlackServer, fault: dict[str, Any]) -> None:
    error = await failure(slack, **fault)
    assert (error.permanent, error.posted) == (False, None)
    assert len(slack.posted()) == (1 if fault.get("applied") else 0)


async def test_the_librarys_own_retries_would_post_twice(slack: SlackServer) -> None:
    """The naive design beside ours: Slack takes the message, and its answer is lost."""
    slack.fail("chat.postMessage", drop=True, applied=True)
    await AsyncWebClient(slack.bot_token, base_url=slack.url).chat_postMessage(channel=BRIEF.id, text="Hello")
    assert len(slack.posted()) == 2

    slack.fail("chat.postMessage", drop=True, applied=True)
    with pytest.raises(DeliveryError):
        await send(slack)
    assert len(slack.posted()) == 3


async def test_a_refusal_of_somebody_in_between_is_no_post(slack: SlackServer) -> None:
    error = await failure(slack, status=403)
    assert (error.permanent, error.posted) == (False, False)


async def test_no_answer_in_time_is_an_unknown_outcome(slack: SlackServer) -> None:
    release = asyncio.Event()
    slack.fail("chat.postMessage", hold=release)
    messenger = SlackMessenger(slack.bot_token, base_url=slack.url, timeout=1)
    with pytest.raises(DeliveryError) as caught:
        await messenger.send(BRIEF, HELLO, "delivery0001", None)
    release.set()
    assert (caught.value.permanent, caught.value.posted) == (False, None)


async def test_nobody_listening_means_surely_not_posted() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    messenger = SlackMessenger("xoxb-loopback", base_url=f"http://127.0.0.1:{port}/api/", timeout=2)
    with pytest.raises(DeliveryError) as caught:
        await messenger.send(BRIEF, HELLO, "delivery0001", None)
    assert (caught.value.permanent, caught.value.posted) == (False, False)


async def test_a_wrong_token_is_permanent_and_never_shown(slack: SlackServer) -> None:
    messenger = SlackMessenger("xoxb-999-wrong", base_url=slack.url)
    with pytest.raises(DeliveryError, match="invalid_auth") as caught:
        await messenger.send(BRIEF, HELLO, "delivery0001", None)
    assert caught.value.permanent
    assert "xoxb-999" not in str(caught.value)


async def test_a_public_channel_is_joined(slack: SlackServer) -> None:
    slack.add_room("C0OPEN", member=False)
    await send(slack, channel=Channel("slack", "C0OPEN", "T0LOOP"))
    assert len(slack.posted("C0OPEN")) == 1
    assert [call.method for call in slack.calls] == ["chat.postMessage", "conversations.join", "chat.postMessage"]


async def test_where_joining_is_not_allowed_a_person_must_invite(slack: SlackServer) -> None:
    slack.add_room("C0OPEN", member=False)
    slack.fail("conversations.join", error="missing_scope")
    with pytest.raises(DeliveryError, match="/invite") as caught:
        await send(slack, channel=Channel("slack", "C0OPEN", "T0LOOP"))
    assert (caught.value.permanent, caught.value.posted) == (True, False)


@pytest.mark.parametrize("fault", [{"retry_after": 3}, {"status": 500}, {"drop": True}], ids=str)
async def test_trouble_while_joining_does_not_end_a_subscription(slack: SlackServer, fault: dict[str, Any]) -> None:
    slack.add_room("C0OPEN", member=False)
    slack.fail("conversations.join", **fault)
    with pytest.raises(DeliveryError) as caught:
        await send(slack, channel=Channel("slack", "C0OPEN", "T0LOOP"))
    assert (caught.value.permanent, caught.value.posted) == (False, False)
    assert caught.value.retry_after == fault.get("retry_after")


async def test_a_member_thrown_out_again_and_again_does_not_loop(slack: SlackServer) -> None:
    slack.fail("chat.postMessage", times=3, error="not_in_channel")
    with pytest.raises(DeliveryError, match="/invite"):
        await send(slack)
    assert slack.count("chat.postMessage") == 2


@pytest.mark.parametrize("code", ["invalid_blocks", "msg_blocks_too_long"])
async def test_blocks_that_slack_refuses_still_bring_the_plain_text(slack: SlackServer, code: str) -> None:
    slack.fail("chat.postMessage", error=code)
    await send(slack)
    (message,) = slack.posted()
    assert message["text"] == "Hello" and "blocks" not in message
    assert message["metadata"]["event_payload"] == {"d": "delivery0001"}


async def test_a_payload_that_slack_never_takes_is_permanent(slack: SlackServer) -> None:
    slack.fail("chat.postMessage", times=2, error="invalid_blocks")
    with pytest.raises(DeliveryError) as caught:
        await send(slack)
    assert (caught.value.permanent, caught.value.posted) == (True, False)
    assert slack.count("chat.postMessage") == 2


# ---- finding again what was posted ----


async def find(
    slack: SlackServer, delivery_id: str = "delivery0001", thread: str | None = None, since: timedelta = timedelta(minutes=2)
) -> str | None:
    messenger = SlackMessenger(slack.bot_token, base_url=slack.url, timeout=2)
    return await messenger.find(BRIEF, delivery_id, datetime.now(UTC) - since, thread)


async def test_a_post_whose_answer_was_lost_is_found_by_its_metadata(slack: SlackServer) -> None:
    await failure(slack, drop=True, applied=True)
    (message,) = slack.posted()
    assert await find(slack) == message["ts"]
    assert await find(slack, "delivery0002") is None


async def test_a_later_part_is_looked_for_in_the_thread(slack: SlackServer) -> None:
    root = await SlackMessenger(slack.bot_token, base_url=slack.url).send(BRIEF, HELLO, "root", None)
    below = await send(slack, thread=root)
    assert await find(slack, thread=root) == below
    assert await find(slack) is None


async def test_a_long_history_is_read_page_by_page_and_not_beyond_its_beginning(slack: SlackServer) -> None:
    ts = await send(slack)
    for number in range(205):
        slack.rooms["C0BRIEF"].messages.append(
            {"type": "message", "user": slack.person, "ts": slack.next_ts(), "text": str(number)}
        )
    assert await find(slack) == ts
    assert slack.count("conversations.history") == 3
    assert await find(slack, since=timedelta(minutes=-2)) is None


async def test_what_another_app_posts_is_never_taken_for_ours(slack: SlackServer) -> None:
    await send(slack)
    slack.posted()[0]["bot_id"] = "B0OTHER"
    assert await find(slack) is None


async def test_a_history_too_long_to_read_is_no_proof(slack: SlackServer) -> None:
    slack.rooms["C0BRIEF"].messages += [{"type": "message", "user": slack.person, "ts": slack.next_ts()} for _ in range(1001)]
    with pytest.raises(DeliveryError) as caught:
        await find(slack)
    assert caught.value.permanent


@pytest.mark.parametrize("code", ["missing_scope", "not_in_channel", "channel_not_found"])
async def test_a_history_that_may_not_be_read_is_no_proof(slack: SlackServer, code: str) -> None:
    slack.fail("conversations.history", error=code)
    with pytest.raises(DeliveryError) as caught:
        await find(slack)
    assert caught.value.permanent


async def test_a_thread_whose_first_message_is_gone_is_no_proof(slack: SlackServer) -> None:
    with pytest.raises(DeliveryError, match="gone") as caught:
        await find(slack, thread="1.000001")
    assert caught.value.permanent


async def test_a_history_that_cannot_be_read_now_is_read_later(slack: SlackServer) -> None:
    slack.fail("conversations.history", retry_after=30)
    slack.fail("conversations.history", status=503)
    for seconds in (30, None):
        with pytest.raises(DeliveryError) as caught:
            await find(slack)
        assert (caught.value.permanent, caught.value.retry_after) == (False, seconds)
