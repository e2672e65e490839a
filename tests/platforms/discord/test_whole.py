"""The real commands on Discord, over a real database: every verb and form, nothing that Discord would refuse."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.app import App, opened
from bot.commands.verbs import VERBS
from bot.config import Settings
from bot.platforms.discord import BriefBot, build
from bot.platforms.discord.naming import group_of
from tests.builders import NOON, article, feed
from tests.platforms.discord.payloads import texts, walk

pytestmark = pytest.mark.simcord(shard_count=1)
WORDS = {
    "filter": "japan",
    "question": "업스테이지는 어디에 사무소를 열었나?",
    "words": "업스테이지",
    "name": "업스테이지",
    "url": "https://example.com/a1",
    "story": "https://example.com/a1",
}


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with opened(Settings(database_url=f"sqlite:///{tmp_path}/bot.db"), lambda: [feed()]) as made:
        await made.store.articles.add([article("a1"), article("a2", "日本政府、AIデータセンターに450億円", language="ja")], [])
        yield made


@pytest.fixture
def simcord_bot(app: App) -> BriefBot:
    return build(app.commands, notes=app.store.notes, now=lambda: NOON + timedelta(hours=1), pace=0.0)


@pytest.fixture
def place(simcord_env: Any) -> Any:
    guild = simcord_env.create_guild()
    role = guild.create_role("managers", permissions=discord.Permissions(manage_guild=True))
    channel = guild.create_text_channel("ai-brief")
    return channel, guild.add_member(simcord_env.create_user("mina"), roles=[role])


def buttons(part: Any) -> list[Mapping[str, Any]]:
    return [one for one in walk(part.components) if one["type"] == 2]


@pytest.mark.parametrize("verb", [verb for verb in VERBS if not verb.hidden], ids=lambda verb: verb.name)
async def test_every_verb_says_something_and_so_do_its_buttons(place: Any, verb: Any) -> None:
    channel, mina = place
    filled = {verb.argument: WORDS.get(verb.argument, "업스테이지")} if verb.argument and verb.required else {}
    result = await mina.slash(channel, f"{group_of(verb)} {verb.name}", **filled)
    shown = "\n".join(texts(result.response.components))
    assert shown and "Reference:" not in shown, shown
    for button in buttons(result.response)[:6]:
        pressed = await mina.click(result.response, custom_id=button["custom_id"])
        if pressed.modal is None and pressed.response is not None:
            assert "Reference:" not in "\n".join(texts(pressed.response.components))
        if verb.argument and not verb.required:
            break  # a form or a list may have changed under the other buttons


async def test_a_briefing_is_set_up_by_its_form(place: Any, app: App) -> None:
    channel, mina = place
    card = (await mina.slash(channel, "brief-admin subscribe")).response
    sections = [button for button in buttons(card) if button["custom_id"].startswith("f1:")]
    assert sections
    for section in sections:
        opened_modal = await mina.click(card, custom_id=section["custom_id"])
        await mina.submit_modal(opened_modal, _unchanged(opened_modal.modal))
    (send,) = [button for button in buttons(card) if button["custom_id"].startswith("g1:")]
    await mina.click(card, custom_id=send["custom_id"])
    (made,) = [one.subscription for one in await app.store.subscriptions.all()]
    assert made.channel.id == str(channel.id) and made.channel.workspace == str(channel.guild.id)
    assert made.times and made.owner == str(mina.id)


def _unchanged(modal: Mapping[str, Any]) -> dict[str, Any]:
    held = {}
    for control in (label["component"] for label in modal["components"]):
        if control["type"] == 3:
            held[control["custom_id"]] = [option["value"] for option in control["options"] if option.get("default")]
        elif control["type"] == 4:
            held[control["custom_id"]] = control.get("value") or ""
    return held
