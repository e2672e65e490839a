"""The real discord.py over real sockets: one request a send, what a lost answer means, logging in, serving, closing."""

import asyncio
import socket

import discord.http
import pytest

from bot.errors import ConfigError, DeliveryError
from bot.model import Channel, Message
from bot.platforms.discord import BriefBot, DiscordMessenger, serve
from tests.platforms.discord.conftest import Desk, new_bot
from tests.platforms.discord.server import answers, hangs_up

HERE = Channel("discord", "910000000000000009", "")
ONE = Message({"components": [{"type": 10, "content": "hello"}]})


async def failure(bot: BriefBot, nonce: str = "d1") -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await DiscordMessenger(bot).send(HERE, ONE, nonce, None)
    return caught.value


async def test_a_send_needs_no_gateway_and_the_same_delivery_is_the_same_message(small, bot):
    messenger = DiscordMessenger(bot)
    first = await messenger.send(HERE, ONE, "d1", None)
    assert await messenger.send(HERE, ONE, "d1", None) == first
    assert len(small.messages) == 1
    assert await messenger.send(HERE, ONE, "d2", None) != first
    assert not small.gateway.identified.is_set()


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_an_unknown_outcome_is_not_tried_again_behind_the_ledgers_back(small, bot, status):
    small.faults = [answers(status, {"message": "oops", "code": 0})]
    error = await failure(bot)
    assert (error.permanent, error.posted) == (False, None)
    assert len(small.posts) == 1


async def test_a_connection_lost_after_the_request_leaves_the_outcome_open(small, bot):
    small.faults = [hangs_up]
    error = await failure(bot)
    assert (error.permanent, error.posted) == (False, None)
    assert len(small.posts) == 1


async def test_a_short_rate_limit_is_waited_out(small, bot):
    small.faults = [answers(429, {"message": "slow", "retry_after": 0.01, "global": False}, Via="1.1 loopback")]
    assert await DiscordMessenger(bot).send(HERE, ONE, "d1", None)
    assert len(small.posts) == 2


async def test_a_server_error_after_a_rate_limit_is_still_unknown(small, bot):
    limited = answers(429, {"message": "slow", "retry_after": 0.01, "global": False}, Via="1.1 loopback")
    small.faults = [limited, answers(500, {"message": "oops", "code": 0}), limited]
    error = await failure(bot)
    assert error.posted is None and len(small.posts) == 2


async def test_a_long_rate_limit_is_handed_back(small, bot):
    small.faults = [answers(429, {"message": "slow", "retry_after": 90, "global": False}, Via="1.1 loopback")]
    error = await failure(bot)
    assert (error.retry_after, error.posted) == (90, False)


async def test_a_ban_of_our_address_says_when_to_come_back(small, bot):
    small.faults = [answers(429, "banned", **{"Retry-After": "600"})]
    error = await failure(bot)
    assert (error.retry_after, error.permanent, error.posted) == (600, False, False)


async def test_a_refused_connection_surely_posted_nothing(small, bot, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setattr(discord.http.Route, "BASE", f"http://127.0.0.1:{free.getsockname()[1]}/api/v10")
        error = await failure(bot)
    assert (error.permanent, error.posted) == (False, False)


async def test_serving_lasts_until_it_is_cancelled_and_then_closes(small):
    bot = new_bot(Desk())
    task = asyncio.create_task(serve(bot, "right"))
    await asyncio.wait_for(small.gateway.identified.wait(), 10)
    await asyncio.wait_for(bot.wait_until_ready(), 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert bot.is_closed()
    await asyncio.wait_for(small.gateway.closed.wait(), 10)
    assert {"brief", "Summarize links", "Why this story"} <= {command["name"] for command in small.commands}


async def test_discord_being_away_at_the_start_is_waited_out(small):
    small.login_faults = [answers(503, {"message": "away", "code": 0}), hangs_up]
    bot = new_bot(Desk())
    task = asyncio.create_task(serve(bot, "right", pause=0.001))
    await asyncio.wait_for(small.gateway.identified.wait(), 10)
    assert not small.login_faults
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_refused_token_is_a_setting_to_put_right(small):
    bot = new_bot(Desk())
    with pytest.raises(ConfigError, match="DISCORD_TOKEN"):
        await serve(bot, "wrong")
    assert bot.is_closed()
