"""Slack over HTTP: what it signed is answered once and at once, and nothing else reaches the app."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp

from bot.errors import ConfigError
from bot.model import Channel
from bot.platforms.slack.hooks import MAX_BODY, events_route, is_signed
from bot.server import served
from bot.store import Store
from tests.platforms.slack.cloud import SECRET, Cloud, Hosted, signed
from tests.platforms.slack.hosting import Desk, running

EVENT = b'{"type":"event_callback","event_id":"Ev1","event":{"type":"app_mention"}}'


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.open.set()
    return desk


@pytest.fixture
async def team(store: Store, desk: Desk) -> AsyncIterator[Hosted]:
    """One workspace, served by its token."""
    async with Cloud() as cloud:
        hosted = cloud.add("T0ALPHA")
        async with running(cloud, store, desk, slack_bot_token=hosted.bot_token):
            yield hosted


async def test_a_command_is_acknowledged_while_its_answer_takes_its_time(team: Hosted, desk: Desk) -> None:
    desk.open.clear()
    ack = await team.command("ask Who opened an office in Tokyo?")
    assert ack.seconds < 1 and ack.payload is None
    await team.until(lambda: desk.asked and team.shown(ack))
    desk.open.set()
    await team.until(lambda: [shown["text"] for shown in team.shown(ack)] == ["Answer for T0ALPHA."])
    assert desk.asked[0].channel == Channel("slack", "C0BRIEF", "T0ALPHA")


async def test_a_mention_is_answered_in_its_thread(team: Hosted, desk: Desk) -> None:
    ack = await team.mention("Who opened an office?")
    await team.until(lambda: team.posted(thread=ack.ts) and team.posted(thread=ack.ts)[0]["text"] == "Answer for T0ALPHA.")


async def test_the_address_proves_itself_when_it_is_entered(team: Hosted) -> None:
    body = b'{"type":"url_verification","challenge":"3eZbrw1aB","token":"x"}'
    status, answer = await team.post(body, {"Content-Type": "application/json"} | signed(body, time.time()))
    assert status == 200 and "3eZbrw1aB" in answer


async def test_a_repetition_is_answered_once_whichever_process_it_comes_to(store: Store) -> None:
    first, second = Desk(), Desk()
    async with Cloud() as cloud:
        team = cloud.add("T0ALPHA")
        said = team.say(f"<@{team.bot_user}> Who?", "C0BRIEF") | {"type": "app_mention"}
        async with running(cloud, store, first, slack_bot_token=team.bot_token):
            await team.event(said, "Ev7")
            await team.event(said, "Ev7", retry=1)
            await team.until(lambda: first.asked)
        async with running(cloud, store, second, slack_bot_token=team.bot_token):
            await team.event(said, "Ev7", retry=2)
            await team.event(said | {"ts": team.next_ts()}, "Ev8")
            await team.until(lambda: second.asked)
    assert len(first.asked) == 1 and len(second.asked) == 1, "Ev7 once, and Ev8"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        (signed(EVENT, time.time(), "another-secret"), 401),
        (signed(EVENT + b" ", time.time()), 401),
        (signed(EVENT, time.time() - 360), 401),
        (signed(EVENT, time.time() + 86_400), 401),  # made when the tests are collected, long before this one may run
        (signed(EVENT, time.time()) | {"X-Slack-Request-Timestamp": "soon"}, 401),
        (signed(EVENT, time.time()) | {"X-Slack-Request-Timestamp": "9" * 400}, 401),
        (signed(EVENT, time.time()) | {"X-Slack-Signature": "v0=ü"}, 401),
    ],
    ids=["nothing", "secret", "body", "old", "future", "word", "huge", "letters"],
)
async def test_what_slack_did_not_sign_just_now_is_refused(
    team: Hosted, desk: Desk, headers: dict[str, str], status: int
) -> None:
    assert (await team.post(EVENT, {"Content-Type": "application/json"} | headers))[0] == status
    assert not desk.asked and not team.calls


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[]", b"payload=%7B", b""])
async def test_signed_nonsense_does_no_harm(team: Hosted, body: bytes) -> None:
    kind = "application/x-www-form-urlencoded" if body.startswith(b"payload") else "application/json"
    status, _ = await team.post(body, {"Content-Type": kind} | signed(body, time.time()))
    assert 400 <= status < 500
    assert (await team.command("today")).seconds < 1


async def test_a_body_without_bounds_is_not_read(team: Hosted) -> None:
    body = b"x" * (MAX_BODY + 1)
    assert (await team.post(body, signed(body, time.time())))[0] == 413

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(MAX_BODY // 65_536 + 2):
            yield b"x" * 65_536

    async with aiohttp.ClientSession() as http, http.post(team.events_url, data=endless()) as answer:
        assert answer.status == 413


async def test_a_body_that_does_not_come_ends_in_time() -> None:
    app = AsyncApp(token="xoxb-1", name="slack")
    async with served("127.0.0.1", 0, [events_route(app, SECRET, lambda: datetime.now(UTC), body_seconds=0.05)]) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /slack/events HTTP/1.1\r\nHost: brief\r\nContent-Length: 100\r\n\r\nslowly")
        assert b" 408 " in await asyncio.wait_for(reader.readline(), 10)
        writer.close()


async def test_slack_may_look_at_the_certificate(team: Hosted) -> None:
    async with aiohttp.ClientSession() as http, http.get(team.events_url, params={"ssl_check": "1"}) as answer:
        assert answer.status == 200


def test_a_signature_is_compared_over_the_bytes_that_came() -> None:
    now = datetime.now(UTC)
    body = "text=%EC%97%85&x=업스테이지".encode()
    marks = signed(body, now.timestamp())
    mark, sent = marks["X-Slack-Signature"], marks["X-Slack-Request-Timestamp"]
    assert is_signed(body, sent, mark, SECRET, now)
    assert is_signed(body, sent, mark, SECRET, now + timedelta(minutes=4))
    assert not is_signed(body, sent, mark, SECRET, now + timedelta(minutes=6))
    assert not is_signed(body, sent, mark.upper(), SECRET, now)
    assert not is_signed(body.replace(b"text", b"Text"), sent, mark, SECRET, now)


async def test_an_address_in_use_is_a_problem_that_says_which() -> None:
    async with served("127.0.0.1", 0, []) as port:
        with pytest.raises(ConfigError, match=f"BOT_HTTP_PORT.*{port}"):
            async with served("127.0.0.1", port, []):
                pass
