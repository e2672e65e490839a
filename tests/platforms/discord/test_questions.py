"""What people say in messages: with what came before, in threads, where Discord keeps the text back; servers come and go."""

import asyncio

import discord
import pytest
from simcord.builders import ChannelHandle

from bot.model import Action, Channel, Reply
from bot.platforms.discord import DiscordMessenger
from bot.platforms.discord.gate import Gate
from bot.platforms.discord.growing import Growing
from tests.platforms.discord.conftest import new_bot
from tests.platforms.discord.editions import edition, item
from tests.platforms.discord.payloads import texts, walk

pytestmark = pytest.mark.simcord(shard_count=1)


def place(env):
    guild = env.create_guild()
    return guild.create_text_channel("ai-brief"), guild.add_member(env.create_user("mina"))


def text_of(message):
    return "\n".join(texts([component.to_dict() for component in message.components]))


def mention(env):
    return f"<@{env.bot.user.id}>"


def replying(reply):
    async def answer(request):
        return reply

    return answer


async def briefing_with_thread(env, channel):
    messenger = DiscordMessenger(env.bot)
    messages = messenger.render(edition(*[item(number, item(0).topic, "긴 문장 " * 150) for number in range(6)]))
    first = await messenger.send(Channel("discord", str(channel.id)), messages[0], "d0", None)
    await messenger.send(Channel("discord", str(channel.id)), messages[1], "d1", first)
    return first


def thread_handle(env, channel, first):
    return ChannelHandle(env, channel.guild, env.backend.get_channel(int(first)))


async def test_in_a_briefings_thread_a_mention_knows_the_briefing_and_what_was_said(simcord_env, desk):
    channel, mina = place(simcord_env)
    first = await briefing_with_thread(simcord_env, channel)
    thread = thread_handle(simcord_env, channel, first)
    await mina.send(thread, f"{mention(simcord_env)} 매출은?")
    await mina.send(thread, f"{mention(simcord_env)} 직원은?")
    one, two = desk.requests
    assert one.root == two.root == first and one.channel.id == first
    assert "번 회사, 도쿄 사무소 개소" in one.thread[0]
    assert two.thread[-2:] == ("매출은?", "ask: 매출은?")


async def test_talk_in_a_briefings_thread_whose_text_discord_keeps_back_is_answered_with_how_to_ask_once(simcord_env, desk):
    channel, mina = place(simcord_env)
    first = await briefing_with_thread(simcord_env, channel)
    thread = thread_handle(simcord_env, channel, first)
    for _ in range(2):
        await mina.send(thread, "매출은?")
    said = [text_of(message) for message in thread.history() if message.author == simcord_env.bot.user]
    assert sum("멘션" in text for text in said) == 1 and not desk.requests


async def test_talk_in_a_thread_of_others_is_left_alone(simcord_env, desk):
    channel, mina = place(simcord_env)
    said = await mina.send(channel, "let us talk")
    thread = simcord_env.backend.create_thread(channel.id, "talk", mina.id, type=11, auto_archive_duration=1440)
    handle = thread_handle(simcord_env, channel, thread.id)
    await mina.send(handle, "among ourselves")
    await mina.send(channel, "and here", reply_to=said)
    assert not desk.requests
    assert not [message for message in (*handle.history(), *channel.history()) if message.author == simcord_env.bot.user]


async def test_a_reply_says_to_which_message(simcord_env, desk):
    channel, mina = place(simcord_env)
    first = await briefing_with_thread(simcord_env, channel)
    posted = next(message for message in channel.history() if str(message.id) == first)
    await mina.send(channel, f"{mention(simcord_env)} 왜?", reply_to=posted)
    (request,) = desk.requests
    assert request.root == first and "AI 시장 브리핑" in request.thread[0]


async def test_an_answer_in_a_channel_grows_by_edits_of_one_message(simcord_env, desk):
    channel, mina = place(simcord_env)
    desk.growing = [Reply(paragraphs=("half",))]

    async def slow(request):
        for _ in range(20):
            if channel.last_message.author == simcord_env.bot.user:
                break
            await simcord_env.external_wait(asyncio.sleep(0), reason="the first part goes out")
        return Reply(paragraphs=("whole",), actions=(Action("More", "help"),))

    desk.answer = slow
    await mina.send(channel, f"{mention(simcord_env)} ?")
    posts = [one for one in simcord_env.http_requests if one.method == "POST" and one.path.endswith("/messages")]
    edits = [one for one in simcord_env.http_requests if one.method == "PATCH"]
    assert [texts(one.json["components"]) for one in (*posts, *edits)] == [["half"], ["whole"]]
    assert "whole" in text_of(channel.last_message)


async def test_files_and_buttons_reach_a_channel_too(simcord_env, desk):
    channel, mina = place(simcord_env)
    desk.answer = replying(Reply(paragraphs=("x",), actions=(Action("More", "search", "긴 " * 80),)))
    await mina.send(channel, f"{mention(simcord_env)} ?")
    (button,) = [one for one in walk([part.to_dict() for part in channel.last_message.components]) if one["type"] == 2]
    result = await mina.click(channel.last_message, custom_id=button["custom_id"])
    assert desk.requests[-1].text == "긴 " * 80 and result.response.ephemeral


async def test_who_manages_the_server_manages_by_mention_too(simcord_env, desk):
    channel, mina = place(simcord_env)
    role = simcord_env.guild.create_role("managers", permissions=discord.Permissions(manage_guild=True))
    boss = simcord_env.guild.add_member(simcord_env.create_user("boss"), roles=[role])
    for person in (mina, boss):
        await person.send(channel, f"{mention(simcord_env)} status")
    assert [request.admin for request in desk.requests] == [False, True]


# ---- servers ----


async def test_leaving_a_server_is_told(simcord_env, desk):
    guild = simcord_env.create_guild()
    await simcord_env.settle()
    simcord_env.backend.remove_guild(guild.id)
    await simcord_env.settle()
    assert desk.servers == [("left", str(guild.id))]


async def test_a_server_that_was_joined_while_the_bot_was_away_is_told_at_the_start(simcord_env, desk):
    guild = simcord_env.create_guild()
    desk.servers.clear()
    await simcord_env.restart_bot(new_bot(desk))
    await simcord_env.settle()
    assert ("joined", str(guild.id)) in desk.servers


# ---- the pace of edits ----


async def test_edits_keep_the_pace_and_show_the_newest():
    shown = []
    allowed = asyncio.Event()

    async def put(reply):
        shown.append(reply.title)
        await allowed.wait()

    growing = Growing(put, pace=0.05)
    await growing.show(Reply("1"))
    await asyncio.sleep(0)
    for number in range(2, 10):
        await growing.show(Reply(str(number)))
    ended = asyncio.create_task(growing.ended())
    await asyncio.sleep(0)
    assert not ended.done()  # what is on its way arrives first
    allowed.set()
    await ended
    assert shown == ["1"]


async def test_the_pace_is_kept_between_edits():
    loop = asyncio.get_running_loop()
    times = []
    twice = asyncio.Event()

    async def put(reply):
        times.append((loop.time(), reply.title))
        if len(times) == 2:
            twice.set()

    growing = Growing(put, pace=0.05)
    await growing.show(Reply("1"))
    await asyncio.sleep(0)
    await growing.show(Reply("2"))
    await growing.show(Reply("3"))
    await asyncio.wait_for(twice.wait(), 5)
    assert [title for _, title in times] == ["1", "3"] and times[1][0] - times[0][0] >= 0.05
    await growing.ended()


# ---- acknowledgements first ----


async def test_answers_wait_for_the_acknowledgements_of_others_but_not_for_long():
    gate, order = Gate(), []
    hold = asyncio.Event()

    async def one(name, acknowledged):
        async with gate.acknowledging():
            await acknowledged.wait()
            order.append(f"{name} acknowledged")
        order.append(f"{name} worked on")

    now = asyncio.Event()
    now.set()
    second, first = asyncio.create_task(one("second", hold)), asyncio.create_task(one("first", now))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert order == ["first acknowledged"]
    hold.set()
    await asyncio.gather(first, second)
    assert sorted(order[:2]) == ["first acknowledged", "second acknowledged"] and len(order) == 4
    impatient = Gate(longest=0.0)
    stuck = asyncio.create_task(_stuck(impatient))
    await asyncio.sleep(0)
    async with impatient.acknowledging():
        pass
    stuck.cancel()


async def _stuck(gate):
    async with gate.acknowledging():
        await asyncio.Event().wait()


async def test_who_else_sees_the_answer_is_told(simcord_env, desk):
    channel, mina = place(simcord_env)
    await mina.send(channel, f"{mention(simcord_env)} web")
    await mina.send_dm("web")
    assert [request.alone for request in desk.requests] == [False, True]
