"""Sending through simcord: what is posted, where it goes on, and what each refusal means."""

import discord
import pytest

from bot.errors import DeliveryError
from bot.model import Channel, Message, Topic
from bot.platforms.discord import DiscordMessenger
from tests.platforms.discord.conftest import Desk, new_bot
from tests.platforms.discord.editions import edition, item
from tests.platforms.discord.payloads import texts

pytestmark = pytest.mark.simcord(shard_count=1)
ID = "d41d8cd98f00b204e9800998e"
ONE = Message({"components": [{"type": 10, "content": "hello"}]})
MORE = Message({"components": [{"type": 10, "content": "more"}], "thread_name": "AI 시장 브리핑"}, in_thread=True)


@pytest.fixture
def messenger(simcord_env):
    return DiscordMessenger(simcord_env.bot)


@pytest.fixture
def guild(simcord_env):
    return simcord_env.create_guild()


@pytest.fixture
def channel(guild):
    return guild.create_text_channel("ai-brief")


def at(channel):
    return Channel("discord", str(channel.id), "")


def shown(channel):
    return [message for message in channel.history() if message.type is discord.MessageType.default]


def posts(env):
    return [entry for entry in env.http_requests if entry.method == "POST" and entry.path.endswith("/messages")]


async def test_a_briefing_is_posted_as_components_and_can_mention_nobody(simcord_env, messenger, channel):
    (message,) = messenger.render(edition(item(1), item(2, Topic.POLICY)))
    number = await messenger.send(at(channel), message, ID, None)
    last = channel.last_message
    assert str(last.id) == number and last.author == simcord_env.bot.user
    assert last.flags.components_v2 and last.flags.suppress_embeds
    (posted,) = posts(simcord_env)
    assert posted.json["components"] == message.payload["components"]
    assert posted.json["nonce"] == ID and posted.json["enforce_nonce"] is True
    assert posted.json["allowed_mentions"] == {"parse": []}
    assert not any(posted.json.get(name) for name in ("content", "embeds", "poll"))


async def test_a_long_briefing_goes_on_in_one_thread_below_its_first_message(simcord_env, messenger, channel, guild):
    messages = messenger.render(edition(*[item(number, Topic.CHIPS, "긴 문장 " * 150) for number in range(12)]))
    assert len(messages) > 2
    first = await messenger.send(at(channel), messages[0], "d0", None)
    for number, message in enumerate(messages[1:], 1):
        await messenger.send(at(channel), message, f"d{number}", first)
    threads = [entry for entry in simcord_env.http_requests if entry.path.endswith("/threads")]
    assert len(threads) == 1 and threads[0].json["name"].startswith("AI 시장 브리핑")
    assert [post.path.split("/")[2] for post in posts(simcord_env)] == [str(channel.id)] + [first] * (len(messages) - 1)
    assert len(shown(channel)) == 1


async def test_a_thread_that_exists_already_is_used_after_a_restart(simcord_env, messenger, channel):
    first = await messenger.send(at(channel), ONE, "d0", None)
    await messenger.send(at(channel), MORE, "d1", first)
    await DiscordMessenger(simcord_env.bot).send(at(channel), MORE, "d2", first)
    assert [post.path.split("/")[2] for post in posts(simcord_env)] == [str(channel.id), first, first]


@pytest.mark.parametrize(("status", "code"), [(403, 50013), (400, 50024), (404, 10008)])
async def test_without_a_thread_the_briefing_goes_on_in_the_channel(simcord_env, messenger, channel, status, code):
    first = await messenger.send(at(channel), ONE, "d0", None)
    simcord_env.inject_error("POST", "/channels/*/messages/*/threads", status=status, code=code, times=None)
    await messenger.send(at(channel), MORE, "d1", first)
    await messenger.send(at(channel), MORE, "d2", first)
    assert len(shown(channel)) == 3
    assert sum(entry.path.endswith("/threads") for entry in simcord_env.http_requests) == 1


async def test_a_thread_that_may_not_be_written_leads_back_to_the_channel(simcord_env, messenger, channel):
    first = await messenger.send(at(channel), ONE, "d0", None)
    simcord_env.inject_error("POST", f"/channels/{first}/messages", status=403, code=50013, times=None)
    await messenger.send(at(channel), MORE, "d1", first)
    assert texts([component.to_dict() for component in channel.last_message.components]) == ["more"]


async def test_a_failure_to_open_the_thread_that_may_pass_is_reported_before_anything_is_posted(simcord_env, messenger, channel):
    first = await messenger.send(at(channel), ONE, "d0", None)
    simcord_env.inject_error("POST", "/channels/*/messages/*/threads", status=500)
    with pytest.raises(DeliveryError) as caught:
        await messenger.send(at(channel), MORE, "d1", first)
    assert (caught.value.permanent, caught.value.posted) == (False, False)
    await messenger.send(at(channel), MORE, "d1", first)
    assert posts(simcord_env)[-1].path == f"/channels/{first}/messages"


@pytest.mark.parametrize(
    ("status", "code", "permanent", "posted"),
    [
        (404, 10003, True, False),
        (404, 10004, True, False),
        (403, 50001, True, False),
        (403, 50013, True, False),
        (400, 50008, True, False),
        (401, 0, True, False),
        (403, 0, False, False),
        (400, 50035, False, False),
        (429, 0, False, False),
        (400, 130000, False, False),
        (500, 0, False, None),
        (503, 0, False, None),
    ],
)
async def test_what_each_refusal_means(simcord_env, messenger, channel, status, code, permanent, posted):
    simcord_env.inject_error("POST", "/channels/*/messages", status=status, code=code)
    with pytest.raises(DeliveryError) as caught:
        await messenger.send(at(channel), ONE, ID, None)
    assert (caught.value.permanent, caught.value.posted) == (permanent, posted)
    assert str(status) in str(caught.value)
    assert isinstance(caught.value.__cause__, discord.HTTPException)


async def test_a_deleted_channel_and_one_without_permission_are_permanent(messenger, guild):
    with pytest.raises(DeliveryError) as caught:
        await messenger.send(Channel("discord", "123456789012345678"), ONE, ID, None)
    assert caught.value.permanent
    silent = guild.create_text_channel(
        "silent", overwrites={guild.default_role: discord.PermissionOverwrite(send_messages=False)}
    )
    with pytest.raises(DeliveryError) as caught:
        await messenger.send(at(silent), ONE, ID, None)
    assert caught.value.permanent


async def test_an_address_that_is_no_id_is_permanent(messenger):
    with pytest.raises(DeliveryError) as caught:
        await messenger.send(Channel("discord", "general"), ONE, ID, None)
    assert caught.value.permanent


async def test_an_id_that_is_no_nonce_is_a_bug(messenger, channel):
    with pytest.raises(ValueError, match="25"):
        await messenger.send(at(channel), ONE, "x" * 26, None)


@pytest.mark.simcord()
async def test_before_the_login_nothing_is_lost():
    with pytest.raises(DeliveryError) as caught:
        await DiscordMessenger(new_bot(Desk())).send(Channel("discord", "1"), ONE, ID, None)
    assert (caught.value.permanent, caught.value.posted) == (False, False)
    assert caught.value.retry_after
