"""The real discord.py on a real gateway: connections break, sessions are resumed, no interaction is lost."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import discord.gateway
import discord.http
import pytest
from yarl import URL

from bot.model import Channel, Message, Reply, Request
from bot.platforms.discord import BriefBot, DiscordMessenger, serve
from tests.platforms.discord.conftest import Desk, Drawer, new_bot
from tests.platforms.discord.server import CHANNEL, GUILD, Limit, SmallDiscord, running

PRIVILEGED = 1 << 1 | 1 << 8 | 1 << 15  # members, presences, message content
QUICK: dict[str, Any] = {"guild_ready_timeout": 0.05}  # how long discord.py waits for more servers
ONE = Message({"components": [{"type": 10, "content": "hello"}]})


@pytest.fixture
async def small(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SmallDiscord]:
    async with running() as server:
        monkeypatch.setattr(discord.http.Route, "BASE", f"{server.url}/api/v10")
        monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", URL(server.gateway.url))
        yield server
        assert not server.problems


@pytest.fixture
async def bot(small: SmallDiscord, desk: Desk) -> AsyncIterator[BriefBot]:
    """A bot that serves."""
    client = new_bot(desk, Drawer(), **QUICK)
    task = asyncio.create_task(serve(client, "right"))
    await within(small.gateway.identified.wait())
    await within(client.wait_until_ready())
    yield client
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await within(small.gateway.closed.wait())


async def within(awaitable: Awaitable[Any]) -> Any:
    return await asyncio.wait_for(awaitable, 20)


async def test_it_says_who_it_is_and_asks_for_no_privileged_intent(small: SmallDiscord, bot: BriefBot) -> None:
    (said,) = small.gateway.identifies
    assert said["token"] == "right" and not said["intents"] & PRIVILEGED
    assert {guild.id for guild in bot.guilds} == {int(GUILD)}


async def test_heartbeats_name_the_last_event(small: SmallDiscord, desk: Desk) -> None:
    small.gateway.heartbeat_seconds = 0.02
    client = new_bot(desk, **QUICK)
    task = asyncio.create_task(serve(client, "right"))
    await within(small.gateway.identified.wait())
    await within(client.wait_until_ready())
    while not small.gateway.heartbeats or small.gateway.heartbeats[-1] != 2:  # READY and one server
        await within(asyncio.sleep(0.001))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert len(small.gateway.identifies) == 1


async def test_a_command_is_acknowledged_and_answered_over_the_wire(small: SmallDiscord, bot: BriefBot, desk: Desk) -> None:
    asked = await small.command("ask", question="도쿄에 누가 갔나?")
    await within(asked.answered.wait())
    assert asked.callbacks == [{"type": 5, "data": {"flags": 64}}]
    assert asked.shown[0]["components"][0]["content"] == "ask: 도쿄에 누가 갔나?"
    assert desk.requests[0].channel == Channel("discord", CHANNEL, GUILD) and desk.requests[0].language == "ko"


@pytest.mark.parametrize("politely", [True, False])
async def test_a_resumed_gateway_loses_no_interaction(small: SmallDiscord, bot: BriefBot, desk: Desk, politely: bool) -> None:
    asked = [await small.command("ask", question=str(number)) for number in range(3)]
    await small.gateway.cut(politely=politely)
    asked += [await small.command("ask", question=str(number)) for number in range(3, 8)]
    await within(small.gateway.resumed.wait())
    asked += [await small.command("ask", question=str(number)) for number in range(8, 10)]
    for one in asked:
        await within(one.answered.wait())
    assert [len(one.callbacks) for one in asked] == [1] * 10
    assert sorted(int(request.text) for request in desk.requests) == list(range(10))
    assert len(small.gateway.identifies) == 1 and small.gateway.resumes[0]["session_id"] == "session"


async def test_a_session_that_cannot_be_resumed_begins_anew(small: SmallDiscord, bot: BriefBot, desk: Desk) -> None:
    small.gateway.refuse_resume = True
    small.gateway.identified.clear()
    await small.gateway.cut()
    await within(small.gateway.identified.wait())
    asked = await small.command("status")
    await within(asked.answered.wait())
    assert len(small.gateway.identifies) == 2


async def test_what_is_posted_does_not_need_the_gateway(small: SmallDiscord, bot: BriefBot) -> None:
    small.gateway.refuse_resume = True
    await small.gateway.cut(politely=False)
    assert await DiscordMessenger(bot).send(Channel("discord", CHANNEL, GUILD), ONE, "d1", None)


async def test_the_limits_that_discord_states_are_kept(small: SmallDiscord, bot: BriefBot) -> None:
    small.limit = Limit(3, 0.2)
    messenger = DiscordMessenger(bot)
    here = Channel("discord", CHANNEL, GUILD)
    sent = [await within(messenger.send(here, ONE, f"d{number}", None)) for number in range(8)]
    assert len(set(sent)) == 8 and small.refused == 0


async def test_servers_come_and_go(small: SmallDiscord, bot: BriefBot, desk: Desk) -> None:
    assert desk.servers == [("joined", GUILD)]
    other = "900000000000000044"
    guild: dict[str, Any] = dict(small.gateway.guilds[0], id=other, channels=[], roles=[])
    del guild["unavailable"]
    await small.gateway.tell("GUILD_CREATE", guild)
    await small.gateway.tell("GUILD_DELETE", {"id": GUILD, "unavailable": True})  # an outage of Discord's
    await small.gateway.tell("GUILD_DELETE", {"id": other})
    while len(desk.servers) < 3:
        await within(asyncio.sleep(0.001))
    assert desk.servers == [("joined", GUILD), ("joined", other), ("left", other)]


async def test_fifty_at_once_are_acknowledged_before_any_is_answered(small: SmallDiscord, bot: BriefBot, desk: Desk) -> None:
    gate = asyncio.Event()

    async def held(request: Request) -> Reply:
        await gate.wait()
        return Reply(paragraphs=("done",))

    desk.answer = held
    asked = [await small.command("ask", question=str(number)) for number in range(50)]
    for one in asked:
        await within(one.acknowledged.wait())
    assert not any(one.shown for one in asked)
    gate.set()
    for one in asked:
        await within(one.answered.wait())
    assert max(one.acknowledged_at - one.told_at for one in asked) < 3


async def test_a_user_who_brings_the_bot_along_has_a_space_of_their_own(small: SmallDiscord, bot: BriefBot, desk: Desk) -> None:
    data = {"id": "1", "name": "brief", "type": 1, "options": [{"name": "status", "type": 1, "options": []}]}
    person = "900000000000000002"
    strange = await small.interact(data, guild_id="900000000000000055", authorizing_integration_owners={"1": person})
    private = await small.interact(
        data,
        guild_id=None,
        member=None,
        user={"id": person, "username": "mina", "discriminator": "0", "avatar": None},
        context=1,
        channel={"id": CHANNEL, "type": 1},
        authorizing_integration_owners={"1": person},
    )
    for one in (strange, private):
        await within(one.answered.wait())
    assert [request.channel.workspace for request in desk.requests] == [f"@{person}"] * 2


async def test_where_discord_takes_five_more_messages_the_rest_is_pointed_to(
    small: SmallDiscord, bot: BriefBot, desk: Desk
) -> None:
    async def long(request: Request) -> Reply:
        return Reply(paragraphs=tuple(f"{number} " + "긴 문장 " * 300 for number in range(30)))

    desk.answer = long
    data = {"id": "1", "name": "brief", "type": 1, "options": [{"name": "status", "type": 1, "options": []}]}
    owners = {"authorizing_integration_owners": {"1": "900000000000000002"}}
    asked = await small.interact(data, guild_id="900000000000000055", **owners)
    while len(asked.shown) < 6:
        await within(asyncio.sleep(0.001))
    assert "다이렉트 메시지" in str(asked.shown[-1]["components"])
    await within(asyncio.sleep(0))
    assert len(asked.shown) == 6
