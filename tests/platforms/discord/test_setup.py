"""Setting up: the invite, and what the doctor finds."""

import base64
from urllib.parse import parse_qs, urlsplit

import discord
import pytest
from click.testing import CliRunner

from bot.__main__ import cli
from bot.errors import UserError
from bot.model import Channel, Subscription
from bot.platforms.discord import check, invite
from tests.platforms.discord.conftest import Desk, new_bot
from tests.platforms.discord.server import CHANNEL, GUILD, SmallDiscord

ID = "900000000000000001"
TOKEN = base64.b64encode(ID.encode()).decode().rstrip("=") + ".x.y"
HERE = Subscription("s", Channel("discord", CHANNEL, GUILD), ())


def addresses(text: str) -> list[dict[str, list[str]]]:
    return [parse_qs(urlsplit(line.strip()).query) for line in text.splitlines() if "https://" in line]


# ---- the invite ----


def test_the_invite_asks_for_the_least() -> None:
    server, person = addresses(invite(TOKEN))
    assert server["client_id"] == person["client_id"] == [ID]
    assert server["scope"] == ["bot applications.commands"] and person["scope"] == ["applications.commands"]
    granted = {name for name, given in discord.Permissions(int(server["permissions"][0])) if given}
    assert granted == {
        "read_messages",
        "send_messages",
        "send_messages_in_threads",
        "create_public_threads",
        "read_message_history",
        "attach_files",
    }
    assert person["integration_type"] == ["1"] and "permissions" not in person
    assert "none" in invite(TOKEN).splitlines()[-1]


@pytest.mark.parametrize("token", ["", "nonsense", "ÄÖ.x", base64.b64encode(b"name").decode() + ".x"])
def test_without_an_id_it_says_where_to_find_it(token: str) -> None:
    with pytest.raises(UserError, match="Application ID"):
        invite(token)
    assert addresses(invite(token, ID))[0]["client_id"] == [ID]


def test_the_command_prints_it(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = CliRunner().invoke(cli, ["discord", "invite"], env={"DISCORD_TOKEN": TOKEN})
    assert shown.exit_code == 0 and f"client_id={ID}" in shown.output and TOKEN not in shown.output


# ---- the doctor ----


async def words(*subscriptions: Subscription, token: str = SmallDiscord().token) -> dict[str, tuple[str, str]]:
    return {line.what: (line.state, line.words) for line in await check(token, subscriptions)}


async def test_without_a_token_it_is_off() -> None:
    assert (await words(token=""))["discord"][0] == "off"


async def test_all_is_well(small: SmallDiscord) -> None:
    async with new_bot(Desk()) as bot:
        await bot.login("right")
    slack = Subscription("other", Channel("slack", "C1", "T1"), ())
    found = await words(HERE, slack)
    assert {state for state, _ in found.values()} == {"good"}
    assert list(found) == ["discord", "discord intents", "discord commands", "discord #ai-brief"]
    assert "brief is in Desk" in found["discord"][1] and small.syncs == 1


async def test_a_refused_token_and_commands_that_are_not_there_yet(small: SmallDiscord) -> None:
    assert "new one" in (await words(token="wrong"))["discord"][1]
    found = await words()
    assert found["discord commands"][0] == "off" and "bot run" in found["discord commands"][1] and small.syncs == 0


async def test_an_intent_that_is_not_used_is_named(small: SmallDiscord) -> None:
    small.application_flags = 1 << 18 | 1 << 15
    state, said = (await words())["discord intents"]
    assert state == "good" and "Message Content" in said and "Server Members" in said


async def test_each_missing_permission_is_named(small: SmallDiscord) -> None:
    small.permissions = str(discord.Permissions(view_channel=True, send_messages=True, attach_files=True).value)
    state, said = (await words(HERE))["discord #ai-brief"]
    assert state == "bad"
    assert said.split(": ")[1].split(", ") == ["Read Message History", "Create Public Threads", "Send Messages in Threads"]


async def test_a_channel_that_is_gone_or_no_channel_says_so(small: SmallDiscord) -> None:
    for id in ("910000000000000077", "general"):
        state, said = (await words(Subscription("s", Channel("discord", id, GUILD), ())))[f"discord {id}"]
        assert state == "bad" and "no such channel" in said
