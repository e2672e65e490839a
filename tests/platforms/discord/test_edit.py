"""Posted messages are edited in place, wherever they stand, and people told in direct messages."""

from datetime import timedelta

import pytest

from bot.errors import DeliveryError
from bot.model import Channel, Message, Reply
from bot.platforms.discord import DiscordMessenger
from bot.platforms.discord.reference import signed
from tests.platforms.discord.conftest import Desk, new_bot
from tests.platforms.discord.test_send import ID, MORE, ONE, at, channel, guild, messenger  # noqa: F401 fixtures

pytestmark = pytest.mark.simcord(shard_count=1)
RIGHT = Message({"components": [{"type": 10, "content": "right"}]})
NOTICE = Reply(title="A briefing has stopped", paragraphs=("@everyone The channel is gone.",))


def texts(message):
    return [component.content for component in message.components]


async def test_an_edit_replaces_the_message_and_keeps_its_reference(simcord_env, messenger, channel):  # noqa: F811
    number = await messenger.send(at(channel), ONE, ID, None)
    for _ in range(2):  # to do it again changes nothing
        await messenger.edit(at(channel), number, RIGHT, delivery_id=ID)
    assert texts(channel.last_message) == [component["content"] for component in signed(RIGHT.payload["components"], ID)]
    patches = [entry for entry in simcord_env.http_requests if entry.method == "PATCH"]
    assert len(patches) == 2 and patches[0].json["allowed_mentions"] == {"parse": []}


async def test_a_message_in_the_thread_is_edited_there(simcord_env, messenger, channel):  # noqa: F811
    first = await messenger.send(at(channel), ONE, "d0", None)
    below = await messenger.send(at(channel), MORE, "d1", first)
    await messenger.edit(at(channel), below, RIGHT, first, "d1")
    [patch] = [entry for entry in simcord_env.http_requests if entry.method == "PATCH"]
    assert patch.path.split("/")[2] == first


async def test_what_stands_in_the_channel_after_all_is_edited_there(simcord_env, messenger, channel):  # noqa: F811
    first = await messenger.send(at(channel), ONE, "d0", None)
    second = await messenger.send(at(channel), RIGHT, "d1", None)  # as where no thread could be opened
    await messenger.edit(at(channel), second, ONE, first, "d1")
    assert texts(channel.last_message)[0].startswith("hello")


async def test_a_message_that_is_gone_needs_no_correction(messenger, channel):  # noqa: F811
    with pytest.raises(DeliveryError) as caught:
        await messenger.edit(at(channel), "930000000000000001", RIGHT, delivery_id=ID)
    assert caught.value.posted is True


async def test_a_person_is_told_in_a_direct_message_and_never_twice(simcord_env, messenger, guild):  # noqa: F811
    person = simcord_env.create_user("mina")
    await messenger.tell(str(guild.id), str(person.id), NOTICE, "n1")
    since = simcord_env.bot.user.created_at - timedelta(minutes=2)
    await messenger.tell(str(guild.id), str(person.id), NOTICE, "n1", since)
    posted = [entry for entry in simcord_env.http_requests if entry.method == "POST" and entry.path.endswith("/messages")]
    assert len(posted) == 1 and posted[0].json["allowed_mentions"] == {"parse": []} and posted[0].json["nonce"] == "n1"


async def test_an_operator_may_be_a_channel(simcord_env, messenger, channel):  # noqa: F811
    await messenger.tell("", f"#{channel.id}", NOTICE, "n1")
    assert "A briefing has stopped" in texts(channel.last_message)[0]


async def test_before_the_bot_is_logged_in_both_wait():
    messenger = DiscordMessenger(new_bot(Desk()))  # noqa: F811
    for work in (messenger.edit(Channel("discord", "1"), "2", ONE), messenger.tell("", "3", NOTICE, "n1")):
        with pytest.raises(DeliveryError) as caught:
            await work
        assert caught.value.retry_after == 5.0
