"""Setting up: the manifest that is pasted into Slack, and what `bot doctor` finds."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft7Validator

from bot.__main__ import cli
from bot.config import Settings
from bot.errors import ConfigError
from bot.model import Channel
from bot.platforms import slack as slack_package
from bot.platforms.slack import check, manifest
from bot.platforms.slack.surface import EVENTS, SCOPES
from bot.store.installations import Installation
from tests.builders import NOON
from tests.platforms.slack import scopes
from tests.platforms.slack.cloud import Cloud
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


def test_the_documents_say_what_each_scope_is_for() -> None:
    text = (Path(__file__).parents[3] / "docs" / "slack.md").read_text("utf-8")
    assert dict(re.findall(r"^\| `([\w:]+)` \| (.+) \|$", text, re.MULTILINE)) == dict(SCOPES)


def test_there_is_no_scope_that_nothing_needs() -> None:
    source = "".join(path.read_text("utf-8") for path in Path(slack_package.__file__).parent.glob("*.py"))
    source = source.replace("files_upload_v2(", "files_getUploadURLExternal(files_completeUploadExternal(")
    names = {method.replace(".", "_"): method for method in scopes.NEEDED | scopes.READING}
    called = set(re.findall(r"\b((?:agents|apps|assistant|chat|conversations|files|reactions|users|views)_\w+)[(,\s]", source))
    assert called <= set(names), "a method whose scope the test server does not know"
    needed = scopes.every(names[name] for name in called) | set(EVENTS.values()) | {"commands"}
    assert needed - {""} == set(SCOPES)


# ---- bot doctor ----

HERE = Channel("slack", "C0BRIEF", "T0LOOP")


def settings(slack: SlackServer, **changes: Any) -> Settings:
    tokens = {"slack_bot_token": slack.bot_token, "slack_app_token": slack.app_token, "slack_api_url": slack.url}
    return Settings(**(tokens | changes))


async def states(slack: SlackServer, *channels: Channel, **changes: Any) -> list[tuple[str, str]]:
    return [(line.what, line.state) for line in await check(settings(slack, **changes), channels=channels)]


async def problem(slack: SlackServer, *channels: Channel, **changes: Any) -> str:
    """The one line that is bad."""
    (line,) = [line for line in await check(settings(slack, **changes), channels=channels) if line.state == "bad"]
    return f"{line.what}: {line.words}"


async def test_doctor_is_content_and_has_posted_nothing(slack: SlackServer) -> None:
    lines = await check(settings(slack), channels=[HERE, Channel("discord", "1", "2")])
    assert [line.state for line in lines] == ["good"] * 3
    assert "Loopback" in lines[1].what and "may read the history" in lines[2].words
    assert {call.method for call in slack.calls} == {
        "apps.connections.open", "auth.test", "conversations.info", "conversations.history",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"slack_bot_token": "xoxb-no"}, "SLACK_BOT_TOKEN"),
        ({"slack_app_token": "xapp-no"}, "SLACK_APP_TOKEN"),
        ({"slack_bot_token": "xapp-loopback"}, "SLACK_BOT_TOKEN begins with xoxb-"),
        ({"slack_app_token": "xoxb-loopback"}, "SLACK_APP_TOKEN begins with xapp-"),
        ({"slack_app_token": ""}, "SLACK_APP_TOKEN is missing"),
        ({"slack_bot_token": ""}, "SLACK_BOT_TOKEN is missing"),
        ({"slack_app_token": "", "slack_signing_secret": "secret"}, "BOT_HTTP_PORT is missing"),
    ],
    ids=str,
)
async def test_doctor_names_the_setting_that_is_wrong(slack: SlackServer, changes: dict[str, str], word: str) -> None:
    said = await problem(slack, **changes)
    assert word in said and "xoxb-no" not in said and "xapp-no" not in said


async def test_doctor_says_nothing_bad_where_slack_is_not_set_up() -> None:
    assert [line.state for line in await check(Settings())] == ["off"]


async def test_doctor_knows_http(slack: SlackServer) -> None:
    found = await states(slack, slack_app_token="", slack_signing_secret="secret", http_port=8080)
    assert found == [("slack http", "good"), ("slack Loopback", "good")]


async def test_doctor_names_each_missing_scope_with_its_purpose(slack: SlackServer) -> None:
    slack.scopes.remove("chat:write")
    slack.scopes.remove("files:write")
    said = await problem(slack)
    assert "chat:write (briefings and answers)" in said and "files:write" in said and "bot slack manifest" in said


@pytest.mark.parametrize(
    ("room", "word"),
    [
        ({"archived": True}, "archived"),
        ({"restricted": True}, "posting permissions"),
        ({"private": True, "member": False}, "/invite"),
    ],
    ids=str,
)
async def test_doctor_says_why_a_channel_would_not_get_its_briefing(slack: SlackServer, room: dict[str, bool], word: str) -> None:
    slack.add_room("C0OTHER", **room)
    said = await problem(slack, Channel("slack", "C0OTHER", "T0LOOP"))
    assert "C0OTHER" in said and word in said


async def test_doctor_knows_that_public_channels_are_joined(slack: SlackServer) -> None:
    slack.add_room("C0OPEN", "open", member=False)
    lines = await check(settings(slack), channels=[Channel("slack", "C0OPEN", "T0LOOP")])
    assert (lines[-1].what, lines[-1].state) == ("slack C0OPEN", "good") and lines[-1].words.startswith(
        "#open: public; the bot joins"
    )
    assert slack.count("conversations.join") == 0


async def test_doctor_names_a_channel_that_nobody_knows_and_one_of_another_workspace(slack: SlackServer) -> None:
    assert "correct the id" in await problem(slack, Channel("slack", "C0NOWHERE", "T0LOOP"))
    assert "T0OTHER" in await problem(slack, Channel("slack", "C0BRIEF", "T0OTHER"))


async def test_doctor_names_a_history_that_cannot_be_read(slack: SlackServer) -> None:
    slack.scopes.remove("channels:history")
    lines = [line for line in await check(settings(slack), channels=[HERE]) if line.state == "bad"]
    assert [line.what for line in lines] == ["slack Loopback", "slack C0BRIEF"]
    assert all("bot slack manifest" in line.words for line in lines)


async def test_doctor_is_patient_where_slack_is_busy(slack: SlackServer) -> None:
    slack.fail("conversations.history", retry_after=30)
    assert (await states(slack, HERE))[-1] == ("slack C0BRIEF", "off")


@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open", "conversations.info"])
async def test_doctor_says_when_slack_is_out_of_reach(slack: SlackServer, method: str) -> None:
    slack.fail(method, times=2, drop=True)
    assert "cannot be reached" in await problem(slack, HERE)


async def test_doctor_looks_into_each_workspace_that_installed_the_app() -> None:
    async with Cloud() as cloud:
        teams = [cloud.add("T0ALPHA"), cloud.add("T0BETA")]
        teams[1].scopes.remove("commands")
        found = Settings(
            slack_client_id="1", slack_client_secret="2", slack_signing_secret="3", slack_api_url=cloud.url, http_port=80
        )
        kept = [
            Installation("slack", t.team, t.team, "A", t.bot, t.bot_user, "U", (), t.bot_token, None, None, NOON) for t in teams
        ]
        channels = [Channel("slack", "C0BRIEF", team) for team in ("T0ALPHA", "T0BETA", "T0GONE")]
        lines = await check(found, kept, channels)
        assert [line.state for line in lines] == ["good", "good", "good", "bad", "good", "bad"]
        assert "commands" in lines[3].words and "T0GONE" in lines[5].words
        assert [line.state for line in await check(found)] == ["good", "off"], "nobody has installed it yet"
