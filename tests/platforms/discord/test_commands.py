"""Every verb, its completions and the menus of messages, from the click to the answer."""

import asyncio

import discord
import pytest

from bot.commands.suggesting import completes
from bot.commands.verbs import VERBS
from bot.model import Action, Channel, CitedSentence, File, Option, Reply, Summary, Table
from bot.platforms.discord import DiscordMessenger
from bot.platforms.discord.naming import group_of
from tests.platforms.discord.conftest import new_bot
from tests.platforms.discord.editions import edition, item, source
from tests.platforms.discord.payloads import texts, walk

pytestmark = pytest.mark.simcord(shard_count=1)
SHOWN = [verb for verb in VERBS if not verb.hidden]


def place(env, **member):
    guild = env.create_guild()
    return guild.create_text_channel("ai-brief"), guild.add_member(env.create_user("mina"), **member)


def command(verb):
    return f"{group_of(verb)} {verb.name}"


def words(part):
    return "\n".join(texts(part.components))


async def answer_with(reply):
    return reply


def requests(env, method, ending):
    return [entry for entry in env.http_requests if entry.method == method and entry.path.endswith(ending)]


@pytest.fixture
def admin(simcord_env):
    guild = simcord_env.create_guild()
    role = guild.create_role("managers", permissions=discord.Permissions(manage_guild=True))
    channel = guild.create_text_channel("ai-brief")
    return channel, guild.add_member(simcord_env.create_user("mina"), roles=[role])


@pytest.mark.parametrize("verb", SHOWN, ids=lambda verb: verb.name)
async def test_every_verb_is_acknowledged_and_answered(simcord_env, desk, admin, verb):
    channel, mina = admin
    filled = {verb.argument: "업스테이지"} if verb.argument else {}
    result = await mina.slash(channel, command(verb), **filled)
    (acknowledged,) = requests(simcord_env, "POST", "/callback")
    assert acknowledged.json == {"type": 5, "data": {"flags": 64}}
    (request,) = desk.requests
    assert (request.verb, request.text) == (verb.name, filled.get(verb.argument, ""))
    assert request.admin and result.response.ephemeral
    assert words(result.response).startswith(f"{verb.name}:")


@pytest.mark.parametrize("verb", [verb for verb in SHOWN if verb.argument and not verb.required], ids=lambda verb: verb.name)
async def test_an_argument_that_may_be_left_out_may(simcord_env, desk, admin, verb):
    channel, mina = admin
    await mina.slash(channel, command(verb))
    assert desk.requests[0].text == ""


async def test_who_does_not_manage_the_server_is_not_taken_for_an_admin(simcord_env, desk):
    channel, mina = place(simcord_env)
    await mina.slash(channel, "brief status")
    assert desk.requests[0].admin is False
    assert not any(name.startswith("brief-admin") for name in mina.available_commands(channel))


async def test_hidden_verbs_stand_in_no_menu(simcord_env, admin):
    channel, mina = admin
    shown = {name.split(" ")[1] for name in mina.available_commands(channel) if " " in name}
    assert shown == {verb.name for verb in SHOWN}


async def test_commands_are_called_as_they_are_called_here(simcord_env, desk):
    channel, mina = place(simcord_env)
    managing = next(verb.name for verb in VERBS if verb.managing)
    said = f"/brief {managing} x, /brief {managing}ing, https://news.example/brief {managing}, /brief help"
    desk.answer = lambda request: answer_with(Reply(paragraphs=(said,), details=(("so", said),)))
    result = await mina.slash(channel, "brief help")
    here = f"/brief-admin {managing} x, /brief {managing}ing"
    assert words(result.response).count(here) == 2 and words(result.response).count("/brief-admin") == 2


# ---- completions ----


COMPLETED = [verb for verb in SHOWN if verb.argument and completes(verb.name)]


@pytest.mark.parametrize("verb", COMPLETED, ids=lambda verb: verb.name)
async def test_what_is_typed_is_completed(simcord_env, desk, admin, verb):
    channel, mina = admin
    desk.options = [Option("upstage", "Upstage (업스테이지)"), Option("x" * 101, "too long to send"), Option("y", "긴 " * 80)]
    choices = await mina.autocomplete(channel, command(verb), verb.argument, "업")
    assert [choice["value"] for choice in choices] == ["upstage", "y"]
    assert choices[0]["name"] == "Upstage (업스테이지)" and len(choices[1]["name"]) == 100
    (typed,) = desk.typed
    assert (typed.verb, typed.text, typed.language) == (verb.name, "업", "en")


async def test_no_more_choices_than_discord_shows(simcord_env, desk, admin):
    channel, mina = admin
    desk.options = [Option(str(number), f"name {number}") for number in range(40)]
    assert len(await mina.autocomplete(channel, "brief today", "filter", "")) == 25


# ---- what a reply holds ----


async def test_a_whole_reply_in_its_order(simcord_env, desk):
    channel, mina = place(simcord_env)
    rows = tuple((f"{number}월", f"{number},000억 원") for number in range(1, 4))
    desk.answer = lambda request: answer_with(
        Reply(
            title="원장",
            details=(("기간", "30일"), ("나라", "한국")),
            summary=Summary("", "ko", "요약", (CitedSentence("한 문장.", (1,)),), (source(1),)),
            table=Table(("달", "금액"), rows, frozenset({1}), ("환율: 11월 20일",)),
            paragraphs=("• 항목",),
            files=(File("원장 2026.csv", b"a,b\n", "표"), File("chart.png", b"\x89PNG", "막대그래프")),
            actions=(Action("다음", "search", "원장", page=2), Action("지우기", "status", style="danger")),
        )
    )
    result = await mina.slash(channel, "brief search", words="원장")
    shown = list(walk(result.response.components))
    (gallery,), (attached,) = ([one for one in shown if one["type"] == kind] for kind in (12, 13))
    assert attached["file"]["url"].endswith("2026.csv") and gallery["items"][0]["description"] == "막대그래프"
    assert {file.filename for file in result.response.attachments} == {"2026.csv", "2-chart.png"}
    text = words(result.response)
    order = ["**원장**", "**기간** 30일", "**나라** 한국", "**요약**", "한 문장.", "```", "환율", "• 항목"]
    assert [text.index(one) for one in order] == sorted(text.index(one) for one in order)
    assert "1월  1,000억 원" in text and text.count("```") == 2
    labels = [(one["label"], one["style"]) for one in shown if one["type"] == 2]
    assert labels == [("다음", 2), ("지우기", 4), ("Show everyone", 2)]


async def test_an_answer_grows_before_the_askers_eyes(simcord_env, desk):
    channel, mina = place(simcord_env)
    desk.growing = [Reply(paragraphs=("half",))]

    async def slow(request):
        for _ in range(20):
            if requests(simcord_env, "PATCH", "/messages/@original"):
                break
            await simcord_env.external_wait(_turn(), reason="the edit goes out")
        return Reply(paragraphs=("whole",))

    desk.answer = slow
    result = await mina.slash(channel, "brief ask", question="?")
    edits = [texts(entry.json["components"])[0] for entry in requests(simcord_env, "PATCH", "/messages/@original")]
    assert edits == ["half", "whole"] and words(result.response) == "whole"


async def _turn():
    await asyncio.sleep(0)


# ---- menus of messages ----


async def test_the_links_of_a_message_are_summarised(simcord_env, desk):
    channel, mina = place(simcord_env)
    said = await mina.send(channel, "see <https://news.example/a?b=1>, (https://news.example/c) and https://news.example/a?b=1.")
    result = await mina.context_menu(channel, "Summarize links", said)
    (request,) = desk.requests
    assert (request.verb, request.text) == ("summarize", "https://news.example/a?b=1 https://news.example/c")
    assert result.response.ephemeral


async def test_a_message_without_links_or_stories_says_so(simcord_env, desk):
    channel, mina = place(simcord_env)
    said = await mina.send(channel, "no news")
    assert "no link" in words((await mina.context_menu(channel, "Summarize links", said)).response)
    assert "neither" in words((await mina.context_menu(channel, "Why this story", said)).response)
    assert not desk.requests


async def briefing(env, channel, *numbers):
    messenger = DiscordMessenger(env.bot)
    (message,) = messenger.render(edition(*[item(number) for number in numbers], lead=()))
    await messenger.send(Channel("discord", str(channel.id)), message, "d1", None)
    return channel.last_message


async def test_why_the_story_of_a_message(simcord_env, desk):
    channel, mina = place(simcord_env)
    await mina.context_menu(channel, "Why this story", await briefing(simcord_env, channel, 7))
    assert [(request.verb, request.text) for request in desk.requests] == [("why", "s7")]


async def test_of_several_stories_one_is_picked(simcord_env, desk):
    channel, mina = place(simcord_env)
    result = await mina.context_menu(channel, "Why this story", await briefing(simcord_env, channel, 1, 2, 3))
    (menu,) = [one for one in walk(result.response.components) if one["type"] == 3]
    assert [option["label"] for option in menu["options"]] == [f"{number}번 회사, 도쿄 사무소 개소" for number in (1, 2, 3)]
    await simcord_env.restart_bot(new_bot(desk))
    answer = await mina.select(result.response, [menu["options"][1]["value"]])
    assert [(request.verb, request.text) for request in desk.requests] == [("why", "s2")]
    assert answer.response.ephemeral


async def test_why_of_a_message_with_a_link(simcord_env, desk):
    channel, mina = place(simcord_env)
    said = await mina.send(channel, "https://news.example/a")
    await mina.context_menu(channel, "Why this story", said)
    assert [(request.verb, request.text) for request in desk.requests] == [("why", "https://news.example/a")]


# ---- pages ----


async def test_a_secret_answer_opens_a_page_and_is_offered_to_nobody_else(simcord_env, desk):
    channel, mina = place(simcord_env)
    url = "https://briefings.example.com/sign-in?token=abc"
    desk.answer = lambda request: answer_with(Reply(title="Pages", actions=(Action("Open", "web", url=url),), secret=True))
    result = await mina.slash(channel, "brief web")
    shown = [one for one in walk(result.response.components) if one["type"] == 2]
    assert [(one["label"], one["style"], one["url"]) for one in shown] == [("Open", 5, url)]
    assert result.response.ephemeral and desk.requests[0].alone
