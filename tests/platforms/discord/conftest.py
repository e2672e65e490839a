"""A bot whose answers are made up, in simcord's Discord, where every payload has to be one that Discord takes."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import discord.http
import pytest

from bot.model import Channel, Option, Reply, Request
from bot.platforms.discord import BriefBot, build
from bot.ports import Show
from tests.platforms.discord.openapi import judge
from tests.platforms.discord.server import SmallDiscord, running

NOW = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)


class Desk:
    """A conversation that takes requests down and answers each with ``answer``."""

    def __init__(self, language: str = "ko") -> None:
        self.requests: list[Request] = []
        self.typed: list[Request] = []
        self.options: Sequence[Option] = ()
        self.answer: Callable[[Request], Awaitable[Reply]] = self.echo
        self.growing: Sequence[Reply] = ()
        self.language = language
        self.servers: list[tuple[str, str]] = []

    async def echo(self, request: Request) -> Reply:
        return Reply(paragraphs=(f"{request.verb}: {request.text}",))

    async def handle(self, request: Request, show: Show | None = None) -> Reply:
        self.requests.append(request)
        for reply in self.growing:
            assert show is not None
            await show(reply)
        return await self.answer(request)

    async def suggest(self, request: Request) -> Sequence[Option]:
        self.typed.append(request)
        return self.options

    async def language_of(self, channel: Channel) -> str:
        return self.language

    async def left(self, platform: str, workspace: str, at: datetime) -> None:
        self.servers.append(("left", workspace))

    async def joined(self, platform: str, workspace: str) -> None:
        self.servers.append(("joined", workspace))


class Drawer:
    """Notes in a dictionary, by workspace and key."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], tuple[datetime, Mapping[str, Any]]] = {}

    async def keep(self, place: Channel, data: Mapping[str, Any], until: datetime, now: datetime) -> str:
        key = f"note-{len(self.held)}"
        self.held[place.workspace, key] = until, data
        return key

    async def get(self, place: Channel, key: str, now: datetime) -> Mapping[str, Any] | None:
        until, data = self.held.get((place.workspace, key), (now, None))
        return data if until >= now else None

    async def change(self, place: Channel, key: str, data: Mapping[str, Any]) -> None:
        until, _ = self.held[place.workspace, key]
        self.held[place.workspace, key] = until, data


def new_bot(desk: Desk, drawer: Drawer | None = None, **options: Any) -> BriefBot:
    return build(desk, notes=drawer or Drawer(), now=lambda: NOW, pace=0.0, **options)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def drawer() -> Drawer:
    """Outlives the bot, as the database does."""
    return Drawer()


@pytest.fixture
def simcord_bot(desk: Desk, drawer: Drawer) -> BriefBot:
    return new_bot(desk, drawer)


@pytest.fixture
async def small(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SmallDiscord]:
    """A Discord on loopback, which the real discord.py speaks with."""
    async with running() as server:
        monkeypatch.setattr(discord.http.Route, "BASE", f"{server.url}/api/v10")
        yield server
        assert not server.problems


@pytest.fixture
async def bot(small: SmallDiscord) -> AsyncIterator[BriefBot]:
    """Logged in there, without a gateway."""
    async with new_bot(Desk()) as client:
        await client.login("right")
        yield client


@pytest.fixture(autouse=True)
def only_what_discord_takes(request: pytest.FixtureRequest) -> Iterator[None]:
    """No test passes in which the bot sent what Discord would refuse."""
    yield
    env = request.node.funcargs.get("simcord_env")
    for entry in env.http_requests if env else ():
        judge(entry.method, entry.path, entry.json)
