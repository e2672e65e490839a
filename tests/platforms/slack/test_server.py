"""The loopback Slack refuses what Slack refuses; otherwise a test against it would prove nothing."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.slack.server import SlackServer


@pytest.fixture(autouse=True)
def invalid_on_purpose(slack: SlackServer) -> None:
    slack.takes_anything = True


def client(slack: SlackServer, token: str | None = None) -> AsyncWebClient:
    return AsyncWebClient(token or slack.bot_token, base_url=slack.url, retry_handlers=[])


def section(text: str, kind: str = "mrkdwn") -> dict[str, Any]:
    return {"type": "section", "text": {"type": kind, "text": text}}


@pytest.mark.parametrize(
    "blocks",
    [
        [section("가" * 3001)],
        [section("😀" * 1501)],
        [section("")],
        [section("x")] * 51,
        [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}],
        [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
        [{"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 11}],
        [{"type": "context", "elements": []}],
        [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": ""}]}]}],
        [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]}],
        [{"type": "unheard_of"}],
        [{**section("x"), "block_id": "same"}, {**section("y"), "block_id": "same"}],
    ],
    ids=lambda blocks: str(blocks)[:60],
)
async def test_blocks_beyond_a_limit_are_refused(slack: SlackServer, blocks: list[dict[str, Any]]) -> None:
    with pytest.raises(SlackApiError) as caught:
        await client(slack).chat_postMessage(channel="C0BRIEF", text="x", blocks=blocks)
    assert caught.value.response["error"] == "invalid_blocks"
    assert caught.value.response["response_metadata"]["messages"]


async def test_the_whole_text_of_a_message_is_limited(slack: SlackServer) -> None:
    with pytest.raises(SlackApiError, match="msg_blocks_too_long"):
        await client(slack).chat_postMessage(channel="C0BRIEF", text="x", blocks=[section("x" * 2999)] * 5)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"channel": "C0NONE"}, "channel_not_found"),
        ({"channel": "C0OLD"}, "is_archived"),
        ({"channel": "C0OTHER"}, "not_in_channel"),
        ({"channel": "C0SECRET"}, "channel_not_found"),
        ({"text": ""}, "no_text"),
        ({"metadata": {"event_type": "x"}}, "invalid_metadata_format"),
        ({"thread_ts": "1.1"}, "thread_not_found"),
    ],
    ids=str,
)
async def test_posts_are_refused_with_slacks_own_codes(slack: SlackServer, changes: dict[str, Any], code: str) -> None:
    slack.add_room("C0OLD", archived=True)
    slack.add_room("C0OTHER", member=False)
    slack.add_room("C0SECRET", member=False, private=True)
    with pytest.raises(SlackApiError) as caught:
        await client(slack).api_call("chat.postMessage", json={"channel": "C0BRIEF", "text": "x"} | changes)
    assert caught.value.response["error"] == code


async def test_metadata_come_back_only_when_all_of_it_is_asked_for(slack: SlackServer) -> None:
    metadata = {"event_type": "briefing_posted", "event_payload": {"d": "1"}}
    for number in range(3):
        await client(slack).chat_postMessage(channel="C0BRIEF", text=str(number), metadata=metadata)
    bare = await client(slack).conversations_history(channel="C0BRIEF", limit=2)
    assert [message["text"] for message in bare["messages"]] == ["2", "1"]
    assert (bare["messages"][0]["metadata"], bare["has_more"]) == ({"event_type": "briefing_posted"}, True)
    cursor = bare["response_metadata"]["next_cursor"]
    rest = await client(slack).conversations_history(channel="C0BRIEF", limit=2, cursor=cursor, include_all_metadata=True)
    assert [message["metadata"] for message in rest["messages"]] == [metadata]


async def test_tokens_are_checked(slack: SlackServer) -> None:
    for token, code in (("xoxb-no", "invalid_auth"), ("xapp-loopback", "not_allowed_token_type")):
        with pytest.raises(SlackApiError, match=code):
            await client(slack, token).auth_test()
