"""Setting up: the manifest that is pasted into Slack, and what `bot doctor` finds."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from bot.errors import BotError
from bot.platforms.slack import check, manifest
from tests.platforms.slack.server import SlackServer


def test_the_manifest_is_one_that_slack_takes(shared: Path) -> None:
    schema = json.loads((shared / "schemas" / "AppManifest.schema.json").read_text("utf-8"))
    assert [error.message for error in Draft7Validator(schema).iter_errors(manifest())] == []


def test_the_manifest_asks_for_all_that_its_events_need_and_stays_within_limits() -> None:
    made = manifest()
    needs = {
        "app_mention": "app_mentions:read",
        "message.channels": "channels:history",
        "message.groups": "groups:history",
        "message.im": "im:history",
    }
    scopes = made["oauth_config"]["scopes"]["bot"]
    assert {needs[event] for event in made["settings"]["event_subscriptions"]["bot_events"]} <= set(scopes)
    (command,) = made["features"]["slash_commands"]
    assert (command["command"], len(command["usage_hint"]) <= 1000) == ("/brief", True)
    assert len(made["display_information"]["name"]) <= 35 and len(made["display_information"]["description"]) <= 140


async def test_doctor_is_content_with_good_tokens(slack: SlackServer) -> None:
    assert "Loopback" in await check(slack.bot_token, slack.app_token, slack.url)


@pytest.mark.parametrize(
    ("bot", "app", "word"), [("xoxb-no", "xapp-loopback", "SLACK_BOT_TOKEN"), ("xoxb-loopback", "xapp-no", "SLACK_APP_TOKEN")]
)
async def test_doctor_names_the_wrong_token(slack: SlackServer, bot: str, app: str, word: str) -> None:
    with pytest.raises(BotError, match=word):
        await check(bot, app, slack.url)


async def test_doctor_names_what_the_app_may_not_do(slack: SlackServer) -> None:
    slack.scopes.remove("chat:write")
    with pytest.raises(BotError, match="chat:write"):
        await check(slack.bot_token, slack.app_token, slack.url)


async def test_doctor_says_when_slack_is_out_of_reach(slack: SlackServer) -> None:
    slack.fail("auth.test", drop=True)
    with pytest.raises(BotError, match="cannot be reached"):
        await check(slack.bot_token, slack.app_token, slack.url)
