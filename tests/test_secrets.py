"""Canaries: a secret that goes in at any door never comes out in a log, an error, a reply, the metrics or a traceback."""

import io
import json
import logging
import socket
import traceback
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import discord.http
import pytest
import yaml
from aiohttp import web

from bot import clock, doctor, log, standing
from bot.config import Settings
from bot.config.settings import read_settings
from bot.errors import BotError, ConfigError
from bot.feeds.fetch import Client
from bot.feeds.reader import Reader
from bot.feeds.workers import ParserPool
from bot.llm.budget import Budget
from bot.llm.client import ModelClient
from bot.metrics import Metrics
from bot.model import Channel, FeedMemory, Message
from bot.platforms.discord import DiscordMessenger
from bot.platforms.slack.send import SlackMessenger
from bot.store import Store
from tests.builders import NOON, feed
from tests.commands.place import Talk
from tests.platforms.discord.conftest import Desk, new_bot
from tests.platforms.slack.server import SlackServer

CANARY = "Kanarienvogel0815"
SHAPES = {
    "slack bot token": f"xoxb-{CANARY}",
    "slack refresh token": f"xoxe-1-{CANARY}",
    "slack rotated token": f"xoxe.xoxb-1-{CANARY}",
    "slack app token": f"xapp-1-{CANARY}",
    "openai key": f"sk-proj-{CANARY}",
    "discord token": f"MTIzNDU2Nzg5MDEyMzQ1Njc4.Gabcde.{CANARY}{CANARY}",
    "password in a url": f"postgresql://bot:{CANARY}@db.example.com/bot",
    "user alone in a url": f"https://{CANARY}@feeds.example.com/rss",
    "slack webhook": f"https://hooks.slack.com/services/T0/B0/{CANARY}",
    "discord webhook": f"https://discord.com/api/v10/webhooks/123/{CANARY}?wait=true",
    "interaction": f"https://discord.com/api/v10/interactions/123/{CANARY}/callback",
    "parameter": f"https://example.com/feed?lang=ko&access_token={CANARY}&page=2",
    "another parameter": f"https://example.com/feed?apiKey={CANARY}",
    "header": f"Authorization: Bearer {CANARY}",
}


class Ears:
    """Everything that is said while it listens: the log as it is written, the events as they are counted."""

    def __init__(self) -> None:
        self.metrics = Metrics()
        self._streams = [io.StringIO(), io.StringIO()]
        self.more: list[str] = []

    def __enter__(self) -> "Ears":
        self._root = logging.getLogger()
        self._before = (list(self._root.handlers), self._root.level, logging.getLogger("bot").level)
        self._root.handlers[:] = []
        for stream, as_json in zip(self._streams, (False, True), strict=True):
            handler = logging.StreamHandler(stream)
            handler.setFormatter(log._Formatter(as_json))
            self._root.addHandler(handler)
        self._root.setLevel(logging.WARNING)
        logging.getLogger("bot").setLevel(logging.INFO)
        self._stop = log.listen(self.metrics.note)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()
        self._root.handlers[:], self._root.level, logging.getLogger("bot").level = self._before

    async def hear(self, work: Awaitable[Any]) -> None:
        """Do it; what it raises is logged as an edge does, and shown as the command line does."""
        try:
            self.more.append(log.mask(repr(await work)))
        except Exception as error:  # noqa: BLE001 whatever a door lets out
            log.bug("edge", error, words=str(error))
            self.more.append(log.mask("".join(traceback.format_exception(error))))

    def heard(self) -> str:
        return "\n".join([*(stream.getvalue() for stream in self._streams), *self.more, self.metrics.text()])


@pytest.fixture
def ears() -> Iterator[Ears]:
    with Ears() as made:
        yield made


@pytest.mark.parametrize("what", SHAPES)
@pytest.mark.parametrize("around", ["{}", "before {} after", '{{"url": "{}"}}', "'{}'", "{}\nnext", "({})"])
def test_every_shape_of_a_secret_is_masked_wherever_it_stands(what: str, around: str) -> None:
    masked = log.mask(around.format(SHAPES[what]))
    assert CANARY not in masked and "***" in masked
    assert json.loads(log.mask(json.dumps({"said": around.format(SHAPES[what])})))["said"].count(CANARY) == 0


def test_what_is_no_secret_stays_readable() -> None:
    for text in (
        "https://example.com/a?lang=ko&page=2",
        "delivery 3f9x8a2b1c4d5e6f7g8h9i0j",
        "업스테이지 450억엔",
        "a/b@c",
        "me@example.com",
    ):
        assert log.mask(text) == text


def test_every_secret_that_is_set_is_masked_whatever_it_looks_like_and_shown_by_no_settings(ears: Ears) -> None:
    odd = f"plain words {CANARY}"
    names = [
        "OPENAI_API_KEY",
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "SLACK_SIGNING_SECRET",
        "SLACK_CLIENT_SECRET",
        "DISCORD_TOKEN",
    ]
    for name in names:
        environment = {name: odd} | ({"SLACK_CLIENT_ID": "1"} if name == "SLACK_CLIENT_SECRET" else {})
        assert CANARY not in repr(read_settings(environment))
        log.event("said", words=odd)
    settings = read_settings(
        {"DATABASE_URL": f"postgresql://bot:{CANARY}@127.0.0.1:1/bot", "BOT_PING_URL": f"https://x.example/{CANARY}"}
    )
    assert CANARY not in repr(settings)
    with pytest.raises(ConfigError) as caught:
        read_settings({"BOT_PING_URL": f"ftp://x.example/{CANARY}"})
    assert CANARY not in str(caught.value) and CANARY not in ears.heard()


def _closed_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@asynccontextmanager
async def _echo(status: int = 401) -> AsyncIterator[str]:
    """A server that answers every request with all that it was told: the worst that a peer can do."""

    async def answer(request: web.Request) -> web.Response:
        told = {"headers": dict(request.headers), "url": str(request.url), "body": await request.text()}
        message = f"Incorrect API key provided: {told}"
        return web.json_response(
            {"error": {"message": message, "code": "invalid_api_key"}, "message": message, "code": 0}, status=status
        )

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_slack(ears: Ears) -> None:
    here, message = Channel("slack", "C0BRIEF", "T0LOOP"), Message({"text": "hello"})
    token = f"xoxb-{CANARY}"
    async with SlackServer() as slack, _echo(403) as echo:
        for url in (slack.url, f"{echo}/api/", f"http://127.0.0.1:{_closed_port()}/api/"):
            messenger = SlackMessenger(token, base_url=url, timeout=2)
            await ears.hear(messenger.send(here, message, "d1", None))
            await ears.hear(messenger.find(here, "d1", NOON, None))
            await ears.hear(messenger.edit(here, "1.1", message))
            await ears.hear(messenger.tell("T0LOOP", "U1", doctor_reply(), "n1"))
    assert "invalid_auth" in ears.heard() and CANARY not in ears.heard()


def doctor_reply() -> Any:
    from bot.model import Reply

    return Reply(title="something")


async def test_discord(ears: Ears, monkeypatch: pytest.MonkeyPatch) -> None:
    token = SHAPES["discord token"]
    async with _echo(401) as echo:
        for base in (echo, f"http://127.0.0.1:{_closed_port()}"):
            monkeypatch.setattr(discord.http.Route, "BASE", f"{base}/api/v10")
            async with new_bot(Desk()) as client:
                await ears.hear(client.login(token))
                await ears.hear(DiscordMessenger(client).send(Channel("discord", "1"), Message({"components": []}), "d1", None))
                log.warning("discord.http", url=f"{base}/api/v10/interactions/1/{CANARY}/callback")
    assert CANARY not in ears.heard()


async def test_the_model(ears: Ears) -> None:
    key = f"sk-{CANARY}"
    async with _echo(401) as echo:
        for url in (f"{echo}/v1", f"http://bot:{CANARY}@127.0.0.1:{_closed_port()}/v1"):
            client = ModelClient(budget=Budget(1000, clock.now), api_key=key, base_url=url, model="m", timeout=2.0)
            await ears.hear(client.models())
            await client.close()
    assert CANARY not in ears.heard()


async def test_feeds_with_credentials_in_their_urls(ears: Ears, tmp_path: Path) -> None:
    async with _echo(404) as echo:
        urls = [
            f"{echo}/feed.xml?token={CANARY}",
            f"http://bot:{CANARY}@127.0.0.1:{_closed_port()}/rss",
            f"{echo}/rss?x=1&api_key={CANARY}",
        ]
        feeds = [feed(f"f{number}", url) for number, url in enumerate(urls)]
        async with Client(user_agent="test", allow_private=True, total=3.0) as client, ParserPool() as parsers:
            due = [(one, FeedMemory(one.id, one.url)) for one in feeds]
            readings = [reading async for reading in Reader(client, parsers).read_all(due, NOON)]
    assert all(reading.error for reading in readings)
    store = await Store.open(f"sqlite:///{tmp_path}/bot.db")
    await store.feeds.save([reading.memory for reading in readings])
    here = Channel("slack", "C1", "T1")
    for one in feeds[:1]:
        await store.added_feeds.add(here, replace(one, id="mine"), "U1", NOON)
    talk = Talk(store, lambda: feeds)
    for said in ("feeds", "status", "home", "help"):
        reply = await talk(said)
        ears.more += [*reply.paragraphs, *(f"{label} {value}" for label, value in reply.details), reply.title]
    await store.close()
    assert "feed.failed" in ears.heard() and CANARY not in ears.heard()


async def test_the_database_and_the_verbs_of_the_operator(ears: Ears, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"postgresql://bot:{CANARY}@127.0.0.1:{_closed_port()}/bot"
    await ears.hear(Store.open(url))
    await ears.hear(Store.open(f"mysql://bot:{CANARY}@127.0.0.1/bot"))
    await ears.hear(Store.open(f"nonsense://bot:{CANARY}@127.0.0.1:x/bot"))
    rows = [
        {"id": "f", "name": "F", "url": f"http://127.0.0.1:1/f?key={CANARY}", "language": "ko", "country": "KR", "kind": "press"}
    ]
    rows[0] |= {"tier": 2, "time_zone": "Asia/Seoul"}  # type: ignore[dict-item]
    (tmp_path / "feeds.yaml").write_text(yaml.safe_dump({"feeds": rows}))
    settings = Settings(
        database_url=url,
        feeds_file=tmp_path / "feeds.yaml",
        openai_api_key=f"sk-{CANARY}",
        openai_base_url=f"http://127.0.0.1:{_closed_port()}/v1",
        slack_bot_token=f"xoxb-{CANARY}",
        slack_app_token=f"xapp-{CANARY}",
        slack_api_url=f"http://127.0.0.1:{_closed_port()}/api/",
    )
    own = replace(settings, database_url=f"sqlite:///{tmp_path}/bot.db")
    for work in (
        doctor.examine(settings, True),
        doctor.examine(own, False),
        standing.status(own, True),
        standing.status(own, False),
    ):
        await ears.hear(work)
    out = capsys.readouterr()
    assert "database" in out.out and CANARY not in out.out + out.err + ears.heard()


def test_the_errors_of_the_command_line_are_masked(capsys: pytest.CaptureFixture[str]) -> None:
    from bot.__main__ import _complain

    with pytest.raises(SystemExit):
        _complain(str(BotError(f"postgresql://bot:{CANARY}@127.0.0.1/bot: cannot be reached")))
    assert CANARY not in capsys.readouterr().err
