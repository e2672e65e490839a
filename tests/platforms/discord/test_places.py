"""Where a briefing stands: forums, announcements, mentioned roles."""

from datetime import timedelta

import discord
import pytest

from bot.errors import DeliveryError
from bot.model import Channel, Message, Subscription, Topic
from bot.platforms.discord import DiscordMessenger
from tests.platforms.discord.editions import edition, item
from tests.platforms.discord.payloads import texts

pytestmark = pytest.mark.simcord(shard_count=1)
ROLE = "123456789012345678"


@pytest.fixture
def messenger(simcord_env):
    return DiscordMessenger(simcord_env.bot)


@pytest.fixture
def guild(simcord_env):
    return simcord_env.create_guild()


def at(channel):
    return Channel("discord", str(channel.id), "")


def requests(env, method, ending):
    return [entry for entry in env.http_requests if entry.method == method and entry.path.endswith(ending)]


def subscription(**changes):
    return Subscription("x", Channel("discord", "1", "2"), (), **changes)


LONG = [item(number, Topic.CHIPS, "긴 문장 " * 150) for number in range(6)]


async def forum(env, guild, *tags, **options):
    channel = guild.create_forum_channel("브리핑")
    place = env.bot.get_channel(channel.id)
    if tags:
        await place.edit(available_tags=[discord.ForumTag(name=name, **options) for name in tags])
    return channel


def opened(env):
    return [entry.json for entry in env.http_requests if entry.method == "POST" and entry.path.endswith("/threads")]


async def test_in_a_forum_an_edition_is_one_post_with_the_tags_of_its_topics(simcord_env, messenger, guild):
    channel = await forum(simcord_env, guild, "정책", "Chips", "人材", "Other things")
    messages = messenger.render(edition(item(1, Topic.POLICY), *LONG, item(9, Topic.TALENT)))
    first = await messenger.send(at(channel), messages[0], "d0", None)
    for number, message in enumerate(messages[1:], 1):
        await messenger.send(at(channel), message, f"d{number}", first)
    (post,) = opened(simcord_env)
    assert post["name"].startswith("AI 시장 브리핑 · 한국·일본 · 2026년")
    held = {tag.id: tag.name for tag in simcord_env.bot.get_channel(channel.id).available_tags}
    assert [held[int(tag)] for tag in post["applied_tags"]] == ["정책", "Chips", "人材"]
    assert post["message"]["allowed_mentions"] == {"parse": []}
    below = [entry.path.split("/")[2] for entry in requests(simcord_env, "POST", "/messages")]
    assert below == [first] * (len(messages) - 1)


async def test_a_post_that_the_forum_holds_already_is_found_and_not_opened_again(simcord_env, messenger, guild):
    channel = await forum(simcord_env, guild)
    (message,) = messenger.render(edition(item(1)))
    first = await messenger.send(at(channel), message, "d0", None)
    await messenger.send(at(channel), message, "other", None)
    assert await DiscordMessenger(simcord_env.bot).send(at(channel), message, "d0", None) == first
    assert len(opened(simcord_env)) == 2
    since = simcord_env.bot.user.created_at - timedelta(minutes=2)
    assert await messenger.find(at(channel), "d0", since, None) == first
    assert await messenger.find(at(channel), "never", since, None) is None


async def test_after_a_restart_an_edition_goes_on_in_its_post(simcord_env, messenger, guild):
    channel = await forum(simcord_env, guild)
    messages = messenger.render(edition(*LONG))
    first = await messenger.send(at(channel), messages[0], "d0", None)
    simcord_env.inject_error("POST", "/channels/*/messages/*/threads", status=400, code=50024, times=None)
    await DiscordMessenger(simcord_env.bot).send(at(channel), messages[1], "d1", first)
    assert [entry.path.split("/")[2] for entry in requests(simcord_env, "POST", "/messages")] == [first]


async def test_a_forum_that_the_gateway_told_nothing_of_is_recognised_by_its_refusal(simcord_env, messenger, guild):
    channel = await forum(simcord_env, guild)
    simcord_env.bot._connection._guilds[guild.id]._channels.pop(channel.id)
    simcord_env.inject_error("POST", "/channels/*/messages", status=400, code=50008)
    (message,) = messenger.render(edition(item(1)))
    assert await messenger.send(at(channel), message, "d0", None)
    assert len(opened(simcord_env)) == 1


async def test_what_takes_no_messages_and_is_no_forum_stops_the_subscription(simcord_env, messenger, guild):
    channel = guild.create_text_channel("strange")
    simcord_env.inject_error("POST", "/channels/*/messages", status=400, code=50008)
    (message,) = messenger.render(edition(item(1)))
    with pytest.raises(DeliveryError) as caught:
        await messenger.send(at(channel), message, "d0", None)
    assert caught.value.permanent


async def test_a_forum_without_a_fitting_tag_that_wants_one_is_explained(simcord_env, messenger, guild):
    channel = await forum(simcord_env, guild)
    simcord_env.inject_error("POST", "/channels/*/threads", status=400, code=40067)
    (message,) = messenger.render(edition(item(1)))
    with pytest.raises(DeliveryError) as caught:
        await messenger.send(at(channel), message, "d0", None)
    assert caught.value.permanent and "tag" in caught.value.cure


async def test_tags_that_only_moderators_set_are_left_alone(simcord_env, messenger, guild):
    channel = await forum(simcord_env, guild, "Chips", moderated=True)
    (message,) = messenger.render(edition(item(1, Topic.CHIPS)))
    await messenger.send(at(channel), message, "d0", None)
    assert opened(simcord_env)[0].get("applied_tags", []) == []


# ---- announcements ----


async def test_followers_of_announcements_see_the_whole_edition(simcord_env, messenger, guild):
    channel = guild.create_news_channel("announcements")
    messages = messenger.render(edition(*LONG), subscription(publish=True))
    first = await messenger.send(at(channel), messages[0], "d0", None)
    second = await messenger.send(at(channel), messages[1], "d1", first)
    published = [entry.path.split("/")[-2] for entry in requests(simcord_env, "POST", "/crosspost")]
    assert published == [first, second] and not opened(simcord_env)


async def test_without_the_wish_nothing_is_published(simcord_env, messenger, guild):
    channel = guild.create_news_channel("announcements")
    (message,) = messenger.render(edition(item(1)), subscription())
    await messenger.send(at(channel), message, "d0", None)
    assert not requests(simcord_env, "POST", "/crosspost")


@pytest.mark.parametrize(("status", "code"), [(400, 50024), (403, 50013), (500, 0)])
async def test_what_cannot_be_published_is_posted_all_the_same(simcord_env, messenger, guild, caplog, status, code):
    channel = guild.create_text_channel("ai-brief")
    simcord_env.inject_error("POST", "/channels/*/messages/*/crosspost", status=status, code=code, times=None)
    messages = messenger.render(edition(*LONG), subscription(publish=True))
    first = await messenger.send(at(channel), messages[0], "d0", None)
    await messenger.send(at(channel), messages[1], "d1", first)
    assert "discord.publish.failed" in caplog.text
    assert len(opened(simcord_env)) == 1  # no channel for announcements: the rest stands in the thread


# ---- mentions ----


async def test_the_role_that_an_admin_chose_is_mentioned_once(simcord_env, messenger, guild):
    channel = guild.create_text_channel("ai-brief")
    messages = messenger.render(edition(*LONG), subscription(mention=ROLE))
    first = await messenger.send(at(channel), messages[0], "d0", None)
    await messenger.send(at(channel), messages[1], "d1", first)
    posted = [entry.json for entry in requests(simcord_env, "POST", "/messages")]
    assert texts(posted[0]["components"])[0].startswith(f"<@&{ROLE}>\n## ")
    assert [post["allowed_mentions"] for post in posted] == [{"parse": [], "roles": [int(ROLE)]}, {"parse": []}]
    assert ROLE not in str(posted[1])


@pytest.mark.parametrize("role", ["everyone", "@everyone", "1 <@&2>", "12", "１２３４５６７８９０１２３４５６"])
def test_what_is_no_role_is_not_mentioned(role):
    (message,) = DiscordMessenger(discord.Client(intents=discord.Intents.none())).render(
        edition(item(1)), subscription(mention=role)
    )
    assert isinstance(message, Message) and "mention" not in message.payload
    assert "<@" not in texts(message.payload["components"])[0]
