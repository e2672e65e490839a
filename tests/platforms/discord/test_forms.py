"""Forms: a card, a modal for each section, what has to be put right, what was typed before."""

import discord
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.commands.verbs import get
from bot.errors import FormError
from bot.model import Action, Field, Form, Option, Reply
from bot.platforms.discord import forms
from bot.platforms.discord.naming import group_of
from tests.platforms.discord.conftest import new_bot
from tests.platforms.discord.openapi import judge
from tests.platforms.discord.payloads import texts, walk

patient = settings(deadline=None, suppress_health_check=list(HealthCheck))  # other work may hold the machine up
pytestmark = pytest.mark.simcord(shard_count=1)
DAYS = tuple(Option(str(day), name) for day, name in enumerate(["월", "화", "수", "목", "금", "토", "일"]))
ZONES = tuple(Option(f"Zone/{number}", f"도시 {number}") for number in range(40))
FORM = Form(
    "subscribe",
    "브리핑 구독",
    (
        Field("times", "시각", value=("09:00",), hint="예: 09:00, 18:30", required=True, section="언제"),
        Field("days", "요일", "choices", ("0", "1"), DAYS, required=True, section="언제"),
        Field("zone", "시간대", "choice", ("Zone/1",), ZONES, section="언제"),
        Field("language", "언어", "choice", ("",), (Option("", "서버의 언어"), Option("ja", "일본어")), section="무엇을"),
        *(Field(f"more{number}", f"더 {number}", section="무엇을") for number in range(6)),
    ),
    text="here",
    submit="구독",
)


def place(env):
    guild = env.create_guild()
    role = guild.create_role("managers", permissions=discord.Permissions(manage_guild=True))
    return guild.create_text_channel("ai-brief"), guild.add_member(env.create_user("mina"), roles=[role])


def words(part):
    return "\n".join(texts(part.components))


def labels(part):
    return [one["label"] for one in walk(part.components) if one["type"] == 2]


def controls(result):
    return {label["component"]["custom_id"]: label["component"] for label in result.modal["components"]}


@pytest.fixture
def filled(desk):
    """The desk shows the form, finds fault with an early hour, and is pleased otherwise."""

    async def answer(request):
        if request.values is None:
            return Reply(form=FORM)
        if request.values["times"] != ("08:00",):
            raise FormError({"times": "시각은 08:00이어야 합니다"})
        return Reply(title="구독했습니다", actions=(Action("미리 보기", "preview", "x"),))

    desk.answer = answer
    return desk


async def test_a_form_is_filled_in_section_by_section_and_sent(simcord_env, filled):
    channel, mina = place(simcord_env)
    card = (await mina.slash(channel, f"{group_of(get('subscribe'))} subscribe")).response
    assert card.ephemeral
    assert words(card).splitlines() == [
        "**브리핑 구독**",
        "**시각** 09:00",
        "**요일** 월, 화",
        "**시간대** 도시 1",
        "**언어** 서버의 언어",
        *(f"**더 {number}** (empty)" for number in range(6)),
    ]
    assert labels(card) == ["✏️ 언제", "✏️ 무엇을 1", "✏️ 무엇을 2", "구독"]

    opened = await mina.click(card, label="✏️ 언제")
    assert opened.modal["title"] == "언제"
    held = controls(opened)
    assert held["times"]["value"] == "09:00" and held["zone"]["type"] == 4 and held["zone"]["value"] == "도시 1"
    assert [option["value"] for option in held["days"]["options"] if option.get("default")] == ["0", "1"]
    await mina.submit_modal(opened, {"times": "7:00", "days": ["4", "6"], "zone": "도시 3"})
    assert words(card).splitlines()[1:4] == ["**시각** 7:00", "**요일** 금, 일", "**시간대** 도시 3"]

    await mina.click(card, label="구독")
    assert "시각은 08:00이어야 합니다" in words(card)
    assert labels(card)[0] == "⚠️ 언제"
    again = await mina.click(card, label="⚠️ 언제")
    assert controls(again)["times"]["value"] == "7:00"
    assert again.modal["components"][0]["description"] == "⚠️ 시각은 08:00이어야 합니다"
    await mina.submit_modal(again, {"times": "08:00", "days": ["4", "6"], "zone": "도시 3"})
    assert "⚠️" not in words(card)

    await mina.click(card, label="구독")
    assert "구독했습니다" in words(card) and labels(card)[0] == "미리 보기"
    sent = filled.requests[-1]
    assert (sent.verb, sent.text) == ("subscribe", "here")
    assert sent.values["times"] == ("08:00",) and sent.values["days"] == ("4", "6")
    assert sent.values["zone"] == ("Zone/3",) and sent.values["language"] == ("",) and sent.values["more0"] == ()


async def test_what_was_typed_outlives_a_restart_at_every_step(simcord_env, filled, drawer):
    channel, mina = place(simcord_env)
    card = (await mina.slash(channel, f"{group_of(get('subscribe'))} subscribe")).response
    await simcord_env.restart_bot(new_bot(filled, drawer))
    opened = await mina.click(card, label="✏️ 언제")
    await simcord_env.restart_bot(new_bot(filled, drawer))
    await mina.submit_modal(opened, {"times": "08:00", "days": ["2"], "zone": "도시 9"})
    await simcord_env.restart_bot(new_bot(filled, drawer))
    await mina.click(card, label="구독")
    assert filled.requests[-1].values["days"] == ("2",)


async def test_in_a_channel_only_who_opened_a_form_fills_it_in(simcord_env, filled):
    channel, mina = place(simcord_env)
    await mina.send(channel, f"<@{simcord_env.bot.user.id}> subscribe")
    card = channel.last_message
    other = simcord_env.guild.add_member(simcord_env.create_user("jun"))
    for label in ("✏️ 언제", "구독"):
        result = await other.click(card, label=label)
        assert result.modal is None and result.response.ephemeral and "somebody else's" in words(result.response)
    assert len(filled.requests) == 1
    opened = await mina.click(card, label="✏️ 언제")
    await mina.submit_modal(opened, {"times": "08:00", "days": ["1"], "zone": "도시 1"})
    await mina.click(card, label="구독")
    assert filled.requests[-1].values["times"] == ("08:00",)


async def test_a_form_that_expired_says_so(simcord_env, filled, drawer):
    channel, mina = place(simcord_env)
    card = (await mina.slash(channel, f"{group_of(get('subscribe'))} subscribe")).response
    opened = await mina.click(card, label="✏️ 언제")
    drawer.held.clear()
    result = await mina.submit_modal(opened, {"times": "08:00", "days": ["1"], "zone": ""})
    assert "too old" in words(result.response)
    assert "too old" in words((await mina.click(card, label="구독")).response)


async def test_a_wrong_field_that_the_form_does_not_hold_is_told_too(simcord_env, desk):
    channel, mina = place(simcord_env)

    async def answer(request):
        if request.values is None:
            return Reply(form=Form("settings", "설정", (Field("a", "A"),)))
        raise FormError({"other": "nothing fits"})

    desk.answer = answer
    card = (await mina.slash(channel, "brief status")).response
    await mina.click(card, label="Save")
    assert "⚠️ nothing fits" in words(card)


# ---- properties ----

anything = st.text(max_size=150)
options = st.lists(st.builds(Option, anything, anything), min_size=1, max_size=40, unique_by=lambda one: one.value).map(tuple)
fields = st.builds(
    lambda name, label, kind, found, hint, required, section: Field(
        f"f{name}",
        label,
        kind,
        tuple(option.value for option in found[: 1 if kind == "choice" else 3]) if kind != "text" else (label,),
        found if kind != "text" else (),
        hint,
        required,
        section,
    ),
    st.integers(0, 9999),
    anything,
    st.sampled_from(["text", "choice", "choices"]),
    options,
    anything,
    st.booleans(),
    st.sampled_from(["", "one", "두 번째 " * 20]),
)
whole = st.builds(
    lambda title, held, submit: Form("settings", title, tuple(held), "", submit),
    anything,
    st.lists(fields, min_size=1, max_size=9, unique_by=lambda one: one.name),
    anything,
)


@patient
@given(whole, st.sampled_from(["ko", "ja", "en"]), anything)
def test_any_form_makes_modals_that_discord_takes_and_gives_back_what_it_holds(form, language, error):
    draft = forms.draft(form, "1", language)
    draft["errors"] = {form.fields[0].name: error}
    assert forms.values_of(draft) == {field.name: field.value for field in form.fields}
    for number in range(len(forms.sections(draft))):
        modal = forms.section_modal(draft, "k" * 16, number).to_dict()
        judge("POST", "/interactions/1/token/callback", {"type": 9, "data": modal})
        sent = {label["component"]["custom_id"]: defaults(label["component"]) for label in modal["components"]}
        menus = {label["component"]["custom_id"] for label in modal["components"] if label["component"]["type"] == 3}
        kept = forms.typed_in(draft, sent)
        for field in form.fields:
            if field.name in menus:
                assert tuple(kept["values"][field.name]) == field.value


def defaults(control):
    if control["type"] == 3:
        return [option["value"] for option in control["options"] if option.get("default")]
    return [control.get("value") or ""]


def test_people_and_roles_are_picked_from_discord_s_own_lists():
    form = Form(
        "settings",
        "Settings",
        (Field("managers", "May manage", "people", ("123456789012345678", "U1")), Field("mention", "Role", "role")),
    )
    kept = forms.draft(form, "1", "en")
    modal = forms.section_modal(kept, "key", 0)
    assert modal is not None
    users, roles = [label["component"] for label in modal.to_dict()["components"]]
    assert (users["type"], roles["type"]) == (5, 6)
    assert users["default_values"] == [{"id": "123456789012345678", "type": "user"}] and "default_values" not in roles
    sent = forms.typed_in(kept, {"managers": ["223456789012345678"], "mention": ["323456789012345678"]})
    assert forms.values_of(sent) == {"managers": ("223456789012345678",), "mention": ("323456789012345678",)}
