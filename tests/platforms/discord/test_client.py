import asyncio
import logging

import discord
import pytest
from discord import Locale

from bot.commands.verbs import VERBS
from bot.errors import UserError
from bot.model import Answer, Channel, CitedSentence, Reply
from bot.platforms.discord.asking import reply_language
from tests.platforms.discord.conftest import NOW, Desk, new_bot
from tests.platforms.discord.editions import edition, item, source
from tests.platforms.discord.payloads import texts

pytestmark = pytest.mark.simcord(shard_count=1)


def place(env):
    guild = env.create_guild()
    return guild.create_text_channel("ai-brief"), guild.add_member(env.create_user("mina"))


def requests(env, method, ending):
    return [entry for entry in env.http_requests if entry.method == method and entry.path.endswith(ending)]


async def test_every_verb_is_a_command_with_its_words_in_korean_and_japanese(simcord_env):
    (sync,) = requests(simcord_env, "PUT", "/commands")
    options = {group["name"]: group.get("options", []) for group in sync.json if group["type"] == 1}
    shown = {verb for verb in VERBS if not verb.hidden}
    assert {option["name"] for option in options["brief"]} == {verb.name for verb in shown if not verb.managing}
    assert {option["name"] for option in options.get("brief-admin", [])} == {verb.name for verb in shown if verb.managing}
    assert all(len(group) <= 25 for group in options.values())
    by_name = {option["name"]: option for group in options.values() for option in group}
    for verb in shown:
        option = by_name[verb.name]
        assert set(option["name_localizations"]) == {"ko", "ja"}, verb.name
        assert 1 <= len(option["description"]) <= 100
        if verb.argument:
            (argument,) = option["options"]
            assert argument["name"] == verb.argument
            assert argument["required"] is verb.required
            assert set(argument["name_localizations"]) == {"ko", "ja"}, verb.name
            assert len(argument["description"]) <= 100


async def test_discord_shows_managing_verbs_to_those_who_manage_the_server_only(simcord_env):
    (sync,) = requests(simcord_env, "PUT", "/commands")
    held = {command["name"]: command for command in sync.json}
    assert held["brief"]["default_member_permissions"] is None
    assert held["brief"]["contexts"] == [0, 1, 2] and held["brief"]["integration_types"] == [0, 1]
    if admin := held.get("brief-admin"):
        assert int(admin["default_member_permissions"]) == discord.Permissions(manage_guild=True).value
        assert admin["contexts"] == [0, 1] and admin["integration_types"] == [0]


async def test_a_restart_does_not_send_unchanged_commands_again(simcord_env, desk):
    await simcord_env.restart_bot(new_bot(desk))
    assert len(requests(simcord_env, "PUT", "/commands")) == 1


async def test_commands_changed_elsewhere_are_put_right(simcord_env, desk):
    registered = simcord_env.backend.commands[None]["brief", 1]
    registered["options"] = registered["options"][:-1]
    await simcord_env.restart_bot(new_bot(desk))
    assert len(requests(simcord_env, "PUT", "/commands")) == 2


async def test_a_command_is_deferred_at_once_and_filled_in_for_its_asker_only(simcord_env, desk):
    channel, mina = place(simcord_env)
    result = await mina.slash(channel, "brief ask", question="도쿄에 누가 갔나?")
    (acknowledged,) = requests(simcord_env, "POST", "/callback")
    assert acknowledged.json == {"type": 5, "data": {"flags": 64}}  # deferred, "thinking", ephemeral
    assert texts(result.response.components) == ["ask: 도쿄에 누가 갔나?"]
    assert result.response.flags.components_v2 and result.response.ephemeral
    (request,) = desk.requests
    assert request.verb == "ask" and request.text == "도쿄에 누가 갔나?"
    assert request.channel == Channel("discord", str(channel.id), str(simcord_env.guild.id))
    assert request.person == str(mina.id) and request.at == NOW
    assert request.language == "en"  # simcord's people use Discord in English


async def test_the_deferral_does_not_wait_for_the_answer(simcord_env, desk):
    channel, mina = place(simcord_env)
    ready = asyncio.Event()

    async def slow(request):
        await simcord_env.external_wait(ready.wait(), reason="a long search")
        return Reply(paragraphs=("done",))

    desk.answer = slow
    result = await mina.slash(channel, "brief today")
    assert result.deferred and result.response.flags.loading
    ready.set()
    await simcord_env.settle()
    assert texts(result.response.components) == ["done"]


async def test_a_long_answer_goes_on_in_further_messages_that_are_ephemeral_too(simcord_env, desk):
    channel, mina = place(simcord_env)
    stories = tuple(item(number, item(0).topic, *["긴 문장 " * 60] * 3) for number in range(1, 13))
    desk.answer = lambda request: answer_with(Reply(edition=edition(*stories)))
    result = await mina.slash(channel, "brief today")
    assert result.followups and all(message.ephemeral for message in result.followups)
    shown = "\n".join(texts(result.response.components) + [text for more in result.followups for text in texts(more.components)])
    assert all(f"{number}번 회사, 도쿄 사무소 개소" in shown for number in range(1, 13))


async def test_a_mention_is_a_question_and_is_answered_in_the_channels_language(simcord_env, desk):
    channel, mina = place(simcord_env)
    sentences = (CitedSentence("업스테이지가 도쿄에 사무소를 열었다.", (1,), quoted=True),)
    desk.answer = lambda request: answer_with(
        Reply(answer=Answer(request.text, request.language, True, sentences, (source(1, url="https://news.example/1"),)))
    )
    asked = await mina.send(channel, f"<@{simcord_env.bot.user.id}> 도쿄에 누가 갔나?")
    (request,) = desk.requests
    assert (request.verb, request.text, request.language) == ("ask", "도쿄에 누가 갔나?", "ko")
    shown = channel.last_message
    assert shown.author == simcord_env.bot.user and shown.reference.message_id == asked.id
    assert shown.flags.components_v2
    assert "> 업스테이지가 도쿄에 사무소를 열었다. [[1]](<https://news.example/1>)" in shown_text(shown)


async def test_a_mention_with_a_verb_is_that_verb_and_an_empty_one_asks_for_help(simcord_env, desk):
    channel, mina = place(simcord_env)
    await mina.send(channel, f"<@{simcord_env.bot.user.id}> today japan policy")
    await mina.send(channel, f"<@!{simcord_env.bot.user.id}>")
    assert [(request.verb, request.text) for request in desk.requests] == [("today", "japan policy"), ("help", "")]


async def test_a_direct_message_and_a_reply_are_questions_and_talk_among_people_is_not(simcord_env, desk):
    channel, mina = place(simcord_env)
    await mina.send(channel, "nobody asked the bot")
    assert not desk.requests
    await mina.send_dm("도쿄에 누가 갔나?")
    assert desk.requests[0].channel.workspace == f"@{mina.id}" and desk.requests[0].text == "도쿄에 누가 갔나?"
    await mina.send(channel, f"<@{simcord_env.bot.user.id}> first")
    await mina.send(channel, "and Japan?", reply_to=channel.last_message)
    assert desk.requests[-1].text == "and Japan?"


async def test_a_reply_carries_what_the_bot_said_before(simcord_env, desk):
    channel, mina = place(simcord_env)
    sentences = (CitedSentence("업스테이지가 도쿄에 *사무소*를 열었다.", (1,)),)
    desk.answer = lambda request: answer_with(Reply(answer=Answer(request.text, "ko", True, sentences, (source(1),))))
    await mina.send(channel, f"<@{simcord_env.bot.user.id}> 도쿄에 누가 갔나?")
    await mina.send(channel, "매출은?", reply_to=channel.last_message)
    first, second = desk.requests
    assert first.thread == ()
    (said,) = second.thread
    assert "도쿄에 누가 갔나?" in said and "업스테이지가 도쿄에 *사무소*를 열었다. [[1]]" in said


async def test_people_see_that_the_bot_is_at_work(simcord_env, desk):
    channel, mina = place(simcord_env)

    async def check(request):
        assert requests(simcord_env, "POST", "/typing")
        return Reply(paragraphs=("done",))

    desk.answer = check
    await mina.send(channel, f"<@{simcord_env.bot.user.id}> hello")
    assert "done" in shown_text(channel.last_message)


async def test_a_language_that_cannot_be_found_is_a_bug_with_a_reference_too(simcord_env, desk):
    channel, mina = place(simcord_env)

    async def broken(channel):
        raise RuntimeError("no database")

    desk.language_of = broken
    await mina.send(channel, f"<@{simcord_env.bot.user.id}> hello")
    assert "Reference:" in shown_text(channel.last_message) and not desk.requests


async def test_other_bots_are_not_answered(simcord_env, desk):
    channel, _ = place(simcord_env)
    other = simcord_env.guild.add_member(simcord_env.create_user("other", bot=True))
    await other.send(channel, f"<@{simcord_env.bot.user.id}> hello")
    assert not desk.requests


async def test_people_see_what_they_can_put_right(simcord_env, desk):
    channel, mina = place(simcord_env)
    desk.answer = lambda request: fail_with(UserError("That is no web address."))
    result = await mina.slash(channel, "brief summarize", url="nonsense")
    assert texts(result.response.components) == ["That is no web address."]


async def test_a_bug_is_logged_and_shown_as_a_reference_only(simcord_env, desk, caplog):
    channel, mina = place(simcord_env)
    desk.answer = lambda request: fail_with(RuntimeError("secret detail"))
    with caplog.at_level(logging.ERROR, logger="bot"):
        result = await mina.slash(channel, "brief status")
    (shown,) = texts(result.response.components)
    (record,) = caplog.records
    assert record.fields["reference"] in shown and "secret" not in shown
    assert "secret detail" in str(record.exc_info[1])


async def test_a_reply_that_discord_refuses_stops_nothing(simcord_env, desk, caplog):
    channel, mina = place(simcord_env)
    simcord_env.inject_error("POST", "/channels/*/messages", status=403, code=50013)
    await mina.send(channel, f"<@{simcord_env.bot.user.id}> one")
    await mina.send(channel, f"<@{simcord_env.bot.user.id}> two")
    assert "two" in shown_text(channel.last_message)
    assert "discord.reply.failed" in caplog.text


async def test_nothing_the_bot_says_can_mention_anyone(simcord_env, desk):
    channel, mina = place(simcord_env)
    desk.answer = lambda request: answer_with(Reply(paragraphs=("@everyone <@&1234567890123456789>",)))
    await mina.slash(channel, "brief ask", question="x")
    await mina.send(channel, f"<@{simcord_env.bot.user.id}> x")
    (posted,) = requests(simcord_env, "POST", f"/channels/{channel.id}/messages")
    (edited,) = requests(simcord_env, "PATCH", "/messages/@original")
    assert posted.json["allowed_mentions"] == {"parse": []}
    assert edited.json["allowed_mentions"] == {"parse": []}


@pytest.mark.parametrize(
    ("locale", "language"),
    [(Locale.korean, "ko"), (Locale.japanese, "ja"), (Locale.american_english, "en"), (Locale.british_english, "en")],
)
def test_the_reply_speaks_the_persons_own_language(locale, language):
    assert reply_language(locale) == language


def test_the_language_of_others_is_not_known_from_their_discord():
    assert reply_language(Locale.french) is None and reply_language(None) is None


def test_no_privileged_intent_is_asked_for():
    intents = new_bot(Desk()).intents
    assert not (intents.message_content or intents.members or intents.presences)


async def answer_with(reply: Reply) -> Reply:
    return reply


async def fail_with(error: Exception) -> Reply:
    raise error


def shown_text(message: discord.Message) -> str:
    return "\n".join(texts([component.to_dict() for component in message.components]))
