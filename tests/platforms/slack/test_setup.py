"""Setting up: the manifest that is pasted into Slack, and what `bot doctor` finds."""

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft7Validator

from bot.__main__ import cli
from bot.errors import BotError, ConfigError
from bot.platforms.slack import check, manifest
from bot.platforms.slack.surface import EVENTS, SCOPES
from tests.platforms.slack.server import SlackServer

BOTH = pytest.mark.parametrize("url", [None, "https://brief.example.com/"], ids=["socket", "http"])
# What Slack knows and the types of its own library do not know yet.
NEWER_THAN_THE_SCHEMA = {"'assistant:write'", "'agent_session_stopped'"}


@BOTH
def test_the_manifest_is_one_that_slack_takes(shared: Path, url: str | None) -> None:
    schema = json.loads((shared / "schemas" / "AppManifest.schema.json").read_text("utf-8"))
    problems = [error.message for error in Draft7Validator(schema).iter_errors(manifest(url))]
    assert {problem.split(" is not one of")[0] for problem in problems} == NEWER_THAN_THE_SCHEMA


@BOTH
def test_the_manifest_stays_within_slacks_limits(url: str | None) -> None:
    made = manifest(url)
    shown, features = made["display_information"], made["features"]
    assert len(shown["name"]) <= 35 and len(shown["description"]) <= 140 and 174 <= len(shown["long_description"]) <= 4000
    (command,) = features["slash_commands"]
    assert len(command["command"]) <= 32 and len(command["description"]) <= 2000 and len(command["usage_hint"]) <= 1000
    assert len(features["agent_view"]["agent_description"]) <= 300 and len(features["agent_view"]["suggested_prompts"]) <= 4
    assert len(features["shortcuts"]) <= 10
    for shortcut in features["shortcuts"]:
        assert len(shortcut["name"]) <= 24 and len(shortcut["description"]) <= 150 and len(shortcut["callback_id"]) <= 255


def test_the_manifest_asks_for_the_scope_of_each_event() -> None:
    made = manifest()
    assert {EVENTS[event] for event in made["settings"]["event_subscriptions"]["bot_events"]} - {""} <= set(SCOPES)
    assert made["oauth_config"]["scopes"] == {"bot": sorted(SCOPES)}, "a bot token, and nobody's own"


def test_socket_mode_needs_no_address_and_http_names_ours_everywhere() -> None:
    assert "http" not in json.dumps(manifest()["settings"]) and manifest()["settings"]["socket_mode_enabled"]
    made = manifest("https://brief.example.com/")
    events = "https://brief.example.com/slack/events"
    assert made["settings"]["socket_mode_enabled"] is False
    assert made["settings"]["event_subscriptions"]["request_url"] == made["settings"]["interactivity"]["request_url"] == events
    assert made["features"]["slash_commands"][0]["url"] == events
    assert made["oauth_config"]["redirect_urls"] == ["https://brief.example.com/slack/oauth_redirect"]


@pytest.mark.parametrize("url", ["http://brief.example.com", "https://", "brief.example.com", "https://a.example/?x=1"])
def test_an_address_that_slack_would_not_call_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="https"):
        manifest(url)


@pytest.mark.parametrize("arguments", [[], ["--http", "https://brief.example.com"]])
def test_yaml_and_json_say_the_same(arguments: list[str]) -> None:
    shown = [CliRunner().invoke(cli, ["slack", "manifest", "--format", form, *arguments]).output for form in ("json", "yaml")]
    assert json.loads(shown[0]) == yaml.safe_load(shown[1])


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
