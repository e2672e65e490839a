"""Sending through simcord: what is posted, where it goes on, and what each refusal means."""

from datetime import timedelta

import discord
import pytest

from bot.errors import DeliveryError
from bot.model import Channel, Message, Topic
from bot.platforms.discord import DiscordMessenger
from bot.platforms.discord.layout import MAX_TEXT, size
from bot.platforms.discord.reference import bears, signed
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


def before(env):
    """An instant before anything was posted."""
    return env.bot.user.created_at - timedelta(minutes=2)


def posts(env):
    return [entry for entry in env.http_requests if entry.method == "POST" and entry.path.endswith("/messages")]


async def test_a_briefing_is_posted_as_components_and_can_mention_nobody(simcord_env, messenger, channel):
    (message,) = messenger.render(edition(item(1), item(2, Topic.POLICY)))
    number = await messenger.send(at(channel), message, ID, None)
    last = channel.last_message
    assert str(last.id) == number and last.author == simcord_env.bot.user
    assert last.flags.components_v2 and last.flags.suppress_embeds
    (posted,) = posts(simcord_env)
    assert posted.json["components"] == signed(message.payload["components"], ID)
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
    assert texts([component.to_dict() for component in channel.last_message.components]) == ["more\n-# #d1"]


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


# ---- finding again what was posted ----


async def test_a_message_is_found_by_its_reference_in_the_channel_and_in_the_thread(simcord_env, messenger, channel):
    since = before(simcord_env)
    assert await messenger.find(at(channel), ID, since, None) is None
    first = await messenger.send(at(channel), ONE, ID, None)
    below = await messenger.send(at(channel), MORE, "secondpart", first)
    assert await messenger.find(at(channel), ID, since, None) == first
    assert await messenger.find(at(channel), "secondpart", since, first) == below
    assert await messenger.find(at(channel), "secondpart", since, None) is None
    assert await messenger.find(at(channel), "other", since, first) is None


async def test_a_part_that_had_to_go_into_the_channel_is_found_there(simcord_env, messenger, channel):
    first = await messenger.send(at(channel), ONE, "d0", None)
    simcord_env.inject_error("POST", "/channels/*/messages/*/threads", status=403, code=50013, times=None)
    second = await messenger.send(at(channel), MORE, "d1", first)
    assert await messenger.find(at(channel), "d1", before(simcord_env), first) == second


async def test_what_others_write_is_never_taken_for_ours(simcord_env, messenger, channel, guild):
    mina = guild.add_member(simcord_env.create_user("mina"))
    await mina.send(channel, "-# #d41d8cd9")
    assert await messenger.find(at(channel), ID, before(simcord_env), None) is None


async def test_an_empty_history_is_not_trusted_without_the_right_to_read_it(simcord_env, messenger, guild):
    overwrites = {guild.default_role: discord.PermissionOverwrite(read_message_history=False)}
    blind = guild.create_text_channel("blind", overwrites=overwrites)
    await messenger.send(at(blind), ONE, ID, None)
    with pytest.raises(DeliveryError, match="Read Message History") as caught:
        await messenger.find(at(blind), ID, before(simcord_env), None)
    assert caught.value.permanent


async def test_a_history_that_cannot_be_read_now_is_read_later(simcord_env, messenger, channel):
    simcord_env.inject_error("GET", "/channels/*/messages", status=503, code=0, times=None)
    with pytest.raises(DeliveryError) as caught:
        await messenger.find(at(channel), ID, before(simcord_env), None)
    assert not caught.value.permanent


async def test_a_channel_that_is_gone_cannot_be_searched(messenger, simcord_env):
    with pytest.raises(DeliveryError) as caught:
        await messenger.find(Channel("discord", "123456789012345678"), ID, before(simcord_env), None)
    assert caught.value.permanent


async def test_a_repeat_of_a_message_that_was_deleted_since_counts_as_posted(simcord_env, messenger, channel):
    simcord_env.inject_error("POST", "/channels/*/messages", status=404, code=10008)
    with pytest.raises(DeliveryError) as caught:
        await messenger.send(at(channel), ONE, ID, None)
    assert caught.value.posted is True


def test_the_reference_adds_no_component_and_few_characters_to_any_briefing(messenger):
    for message in messenger.render(edition(*[item(number, Topic.CHIPS, "긴 문장 " * 150) for number in range(12)])):
        made = signed(message.payload["components"], ID)
        (before, parts), (after, same_parts) = size(message.payload["components"]), size(made)
        assert parts == same_parts and before < after <= min(before + 14, MAX_TEXT)
        assert bears(made, ID) and not bears(made, "e" + ID[1:]) and not bears(message.payload["components"], ID)
