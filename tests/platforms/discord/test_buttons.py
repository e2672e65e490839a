"""Buttons: what they carry, what a press does, after any restart."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.commands.verbs import VERBS
from bot.errors import UserError
from bot.model import Action, Channel, Reply
from bot.platforms.discord import DiscordMessenger
from bot.platforms.discord.asking import KEPT
from bot.platforms.discord.buttons import custom_id, distinct, kept, read, rows, shortened, to_keep
from tests.platforms.discord.conftest import NOW, new_bot
from tests.platforms.discord.editions import edition, item
from tests.platforms.discord.payloads import assert_within_limits, texts, walk

patient = settings(deadline=None, suppress_health_check=list(HealthCheck))  # other work may hold the machine up
pytestmark = pytest.mark.simcord(shard_count=1)


def place(env):
    guild = env.create_guild()
    return guild.create_text_channel("ai-brief"), guild.add_member(env.create_user("mina"))


def words(part):
    return "\n".join(texts(part.components))


def buttons(part):
    return {one["label"]: one["custom_id"] for one in walk(part.components) if one["type"] == 2}


def replying(reply):
    async def answer(request):
        return reply

    return answer


def requests(env, method, ending):
    return [entry for entry in env.http_requests if entry.method == method and entry.path.endswith(ending)]


async def post(env, channel, *numbers):
    messenger = DiscordMessenger(env.bot)
    (message,) = messenger.render(edition(*[item(number) for number in numbers], lead=(), language="en"))
    await messenger.send(Channel("discord", str(channel.id)), message, "d1", None)
    return channel.last_message


# ---- what a custom_id carries ----

verbs = st.sampled_from([verb.name for verb in VERBS])
anything = st.text(max_size=120)


@patient
@given(verbs, anything, anything, st.integers(1, 5000), st.booleans())
def test_what_a_button_carries_comes_back_from_it_or_from_its_note(verb, text, about, page, turns):
    action = Action("x", verb, text, about, page)
    id = custom_id(action, turns=turns)
    press = read(id) if id is not None else kept(to_keep(action, turns=turns))
    assert (press.verb, press.text, press.about, press.page) == (verb, text, about, page)
    assert press.kind == ("p" if turns else "b") and (id is None or len(id) <= 98)


@patient
@given(st.text(max_size=110))
def test_any_other_id_is_refused_or_says_a_verb_that_is(id):
    press = read(id)
    assert press is None or press.key or press.verb in {verb.name for verb in VERBS}


@pytest.mark.parametrize("id", ["", "b1::nonsense:::", "b2::ask:::", "b1:123:ask:::", "s1::", "s1::a b", "s1::äöü", "n1::k:123"])
def test_what_no_version_of_ours_writes_says_nothing(id):
    assert read(id) is None


def test_twins_in_a_message_are_told_apart_and_say_the_same():
    action = Action("x", "why", "s1")
    made = rows([{"type": 2, "style": 2, "label": "x", "custom_id": custom_id(action)} for _ in range(12)])
    distinct(made)
    assert_within_limits(made)
    assert {read(one["custom_id"]) for one in walk(made) if one["type"] == 2} == {read(custom_id(action))}


@patient
@given(st.text(max_size=200), st.integers(2, 100))
def test_a_label_keeps_its_limit(label, limit):
    assert 1 <= len(shortened(label, limit).encode("utf-16-le")) // 2 <= limit


# ---- below a story ----


async def test_the_buttons_below_a_story_work_after_a_restart(simcord_env, desk):
    channel, mina = place(simcord_env)
    message = await post(simcord_env, channel, 1, 2)
    await simcord_env.restart_bot(new_bot(desk))
    shown = [component.to_dict() for component in message.components]
    labels = [[one["label"] for one in row["components"]] for row in walk(shown) if row["type"] == 1]
    assert labels == [["Sources", "Why", "Ask", "👍", "👎"]] * 2
    for verb in ("sources", "why", "good", "bad"):
        result = await mina.click(message, custom_id=f"b1::{verb}:::s2")
        assert result.response.ephemeral and words(result.response) == f"{verb}: s2"
    assert [(request.verb, request.text) for request in desk.requests] == [
        (verb, "s2") for verb in ("sources", "why", "good", "bad")
    ]
    assert all(request.channel.id == str(channel.id) and request.person == str(mina.id) for request in desk.requests)


async def test_ask_opens_a_modal_and_what_is_typed_is_about_the_story_also_after_a_restart(simcord_env, desk):
    channel, mina = place(simcord_env)
    message = await post(simcord_env, channel, 1)
    shown = [component.to_dict() for component in message.components]
    (ask,) = [one["custom_id"] for one in walk(shown) if one.get("label") == "Ask"]
    opened = await mina.click(message, custom_id=ask)
    assert opened.modal["title"] == "Your question about this story"
    await simcord_env.restart_bot(new_bot(desk))
    answer = await mina.submit_modal(opened, {"text": "  매출은 얼마인가? "})
    (request,) = desk.requests
    assert (request.verb, request.text, request.about) == ("ask", "매출은 얼마인가?", "s1")
    assert answer.response.ephemeral and words(answer.response) == "ask: 매출은 얼마인가?"


# ---- below a reply ----


async def test_a_page_takes_the_place_of_the_one_before(simcord_env, desk):
    channel, mina = place(simcord_env)

    async def page(request):
        turn = (Action("Previous", request.verb, request.text, page=request.page - 1),) if request.page > 1 else ()
        return Reply(
            paragraphs=(f"page {request.page}",),
            actions=(*turn, Action("Next", request.verb, request.text, page=request.page + 1), Action("Help", "help")),
        )

    desk.answer = page
    first = await mina.slash(channel, "brief search", words="업스테이지")
    second = await mina.click(first.response, label="Next")
    assert words(first.response) == "page 2" and second.response.id == first.response.id
    await mina.click(first.response, label="Next")
    await mina.click(first.response, label="Previous")
    assert [request.page for request in desk.requests] == [1, 2, 3, 2] and words(first.response) == "page 2"
    other = await mina.click(first.response, label="Help")
    assert other.response.id != first.response.id and other.response.ephemeral


async def test_in_a_channel_a_page_is_turned_for_the_presser_only(simcord_env, desk):
    channel, mina = place(simcord_env)
    desk.answer = replying(Reply(paragraphs=("one",), actions=(Action("Next", "search", "x", page=2),)))
    await mina.send(channel, f"<@{simcord_env.bot.user.id}> search x")
    public = channel.last_message
    other = simcord_env.guild.add_member(simcord_env.create_user("jun"))
    desk.answer = replying(Reply(paragraphs=("two",)))
    result = await other.click(public, label="Next")
    assert result.response.ephemeral and words(result.response) == "two"
    assert "one" in str([component.to_dict() for component in channel.last_message.components])


async def test_words_too_long_for_a_button_are_kept_in_a_note(simcord_env, desk, drawer):
    channel, mina = place(simcord_env)
    long = "업스테이지 " * 80
    actions = (
        Action("Short", "help"),
        Action("Long", "search", long, page=3),
        Action("Longer", "ask", about="s" * 70, asks="What?"),
    )
    desk.answer = replying(Reply(paragraphs=("one",), actions=actions))
    first = await mina.slash(channel, "brief status")
    await simcord_env.restart_bot(new_bot(desk, drawer))
    await mina.click(first.response, label="Long")
    assert (desk.requests[-1].verb, desk.requests[-1].text, desk.requests[-1].page) == ("search", long, 3)
    opened = await mina.click(first.response, label="Longer")
    assert opened.modal["components"][0]["label"] == "What?"


async def test_what_one_asks_everyone_can_be_shown_once(simcord_env, desk, drawer):
    channel, mina = place(simcord_env)
    desk.answer = replying(Reply(paragraphs=("an answer",), actions=(Action("More", "help"),)))
    first = await mina.slash(channel, "brief ask", question="@everyone?")
    assert first.response.ephemeral
    await simcord_env.restart_bot(new_bot(desk, drawer))
    shown = await mina.click(first.response, label="Show everyone")
    (public,) = shown.followups
    assert not public.ephemeral and words(public) == "-# mina asked: /brief ask @\u200beveryone?\nan answer"
    assert list(buttons(public)) == ["More"]
    again = await mina.click(first.response, label="Show everyone")
    assert again.response.ephemeral and not again.followups and len(desk.requests) == 1


async def test_a_long_answer_is_shown_to_everyone_as_a_whole(simcord_env, desk):
    channel, mina = place(simcord_env)
    stories = [item(number, item(0).topic, *["긴 문장 " * 60] * 3) for number in range(1, 10)]
    desk.answer = replying(Reply(edition=edition(*stories)))
    first = await mina.slash(channel, "brief today")
    shown = await mina.click(first.followups[-1], label="모두에게 보이기" if not first.followups else "Show everyone")
    text = "\n".join(words(part) for part in shown.followups)
    assert all(f"{number}번 회사" in text for number in range(1, 10))
    assert not any(part.ephemeral for part in shown.followups)


async def test_nothing_is_offered_to_be_shown_where_nobody_else_is_or_after_an_error(simcord_env, desk):
    channel, mina = place(simcord_env)

    async def wrong(request):
        raise UserError("That is no web address.")

    desk.answer = wrong
    assert not buttons((await mina.slash(channel, "brief summarize", url="x")).response)


async def test_a_button_that_is_too_old_says_so(simcord_env, desk, drawer):
    channel, mina = place(simcord_env)
    first = await mina.slash(channel, "brief status")
    drawer.held = {key: (NOW - timedelta(seconds=1), data) for key, (_, data) in drawer.held.items()}
    result = await mina.click(first.response, label="Show everyone")
    assert "too old" in words(result.response) and result.response.ephemeral and not result.followups


async def test_a_note_is_kept_for_a_day(simcord_env, desk, drawer):
    channel, mina = place(simcord_env)
    await mina.slash(channel, "brief status")
    ((until, _),) = drawer.held.values()
    assert until == NOW + KEPT == NOW + timedelta(days=1)


async def test_a_button_of_another_version_says_so(simcord_env, desk):
    channel, mina = place(simcord_env)
    message = await post(simcord_env, channel, 1)
    stored = simcord_env.backend.get_message(channel.id, message.id)
    for button in (one for one in walk(stored.components) if one.get("label") == "Why"):
        button["custom_id"] = "b1::gone:::s1"
    result = await mina.click(channel.last_message, label="Why")
    assert "too old" in words(result.response) and not desk.requests


async def test_a_drawer_that_is_stuck_gives_a_reference_and_stops_nothing(simcord_env, desk, drawer, caplog):
    channel, mina = place(simcord_env)

    async def stuck(*_):
        raise RuntimeError("secret detail")

    drawer.keep = stuck
    result = await mina.slash(channel, "brief status")
    told = result.response  # the first that follows takes the place of "thinking"
    assert told.ephemeral and "Reference:" in words(told) and "secret" not in words(told)
    assert "discord.bug" in caplog.text
