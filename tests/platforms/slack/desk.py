"""A conversation partner that says what a test wants, and the app that serves it over a real connection."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.model import Channel, Field, Form, Option, Reply, Request
from bot.platforms.slack import SlackMessenger, build_app, serve
from bot.ports import Conversation, Notes, Show
from tests.platforms.slack.editions import edition, item
from tests.platforms.slack.server import Json, SlackServer
from tests.platforms.slack.socket_mode import Ack

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ELEVEN = Reply(paragraphs=("Eleven stories.",))
CHANNEL = Channel("slack", "C0BRIEF", "T0LOOP")
FORM = Form(
    "settings",
    "Settings of this workspace, all of them",
    (
        Field("times", "Times", value=("09:00",), hint="Such as 09:00", required=True),
        Field("language", "Language", "choice", ("ko",), (Option("ko", "한국어"), Option("ja", "日本語")), section="Words"),
        Field(
            "topics",
            "Topics",
            "choices",
            ("policy",),
            (*(Option(f"t{n}", f"Topic {n}") for n in range(5)), Option("policy", "P")),
        ),
        Field("countries", "Countries", "choices", (), tuple(Option(f"c{n}", f"Country {n}") for n in range(12))),
        Field("managers", "Managers", "people", ("U0PERSON",)),
        Field("nothing", "Nothing to choose", "choice"),
    ),
    text="the words",
    submit="Keep",
)


class KeptNotes:
    """Notes in memory."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], tuple[Mapping[str, Any], datetime]] = {}

    async def keep(self, place: Channel, data: Mapping[str, Any], until: datetime, now: datetime) -> str:
        key = f"note{len(self.kept)}"
        self.kept[place.workspace, key] = (data, until)
        return key

    async def get(self, place: Channel, key: str, now: datetime) -> Mapping[str, Any] | None:
        data, until = self.kept.get((place.workspace, key), (None, now))
        return data if until >= now else None

    async def change(self, place: Channel, key: str, data: Mapping[str, Any]) -> None:
        self.kept[place.workspace, key] = (data, self.kept[place.workspace, key][1])


@dataclass
class Desk:
    """Stands in for commands: keeps what was asked and answers when ``open`` is set.

    ``answers``: the reply or error for a verb, in place of ``reply``. ``grows``: what is shown before, each when ``step`` is set.
    """

    reply: Reply = ELEVEN
    error: Exception | None = None
    language: str = "en"
    answers: dict[str, Reply | Exception | Callable[[Request], Reply]] = field(default_factory=dict)
    grows: tuple[Reply, ...] = ()
    open: asyncio.Event = field(default_factory=asyncio.Event)
    step: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    asked: list[Request] = field(default_factory=list)
    came: list[tuple[str, str]] = field(default_factory=list)
    gone: list[tuple[str, str]] = field(default_factory=list)
    notes: Notes = field(default_factory=KeptNotes)

    async def handle(self, request: Request, show: Show | None = None) -> Reply:
        self.asked.append(request)
        for so_far in self.grows:
            await self.step.acquire()
            if show:
                await show(so_far)
        await self.open.wait()
        found = self.answers.get(request.verb, self.error or self.reply)
        if isinstance(found, Exception):
            raise found
        return found if isinstance(found, Reply) else found(request)

    async def suggest(self, request: Request) -> Sequence[Option]:
        return ()

    async def language_of(self, channel: Channel) -> str:
        return self.language

    async def left(self, platform: str, workspace: str, at: datetime) -> None:
        self.gone.append((platform, workspace))

    async def joined(self, platform: str, workspace: str) -> None:
        self.came.append((platform, workspace))


@asynccontextmanager
async def serving(
    slack: SlackServer,
    desk: Conversation,
    notes: Notes | None = None,
    *,
    ping: float = 10,
    first: Callable[[str, str], Any] | None = None,
) -> AsyncIterator[None]:
    """The app, connected; at the end nothing of it is left, and Slack has refused nothing but what the test wanted."""
    kept = notes or (desk.notes if isinstance(desk, Desk) else KeptNotes())
    app = build_app(slack.bot_token, conversation=desk, notes=kept, now=lambda: NOW, base_url=slack.url, first=first)
    before = slack.connections
    task = asyncio.create_task(serve(app, slack.app_token, ping_interval=ping))
    try:
        await slack.connected(before + 1)
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def shown(slack: SlackServer, ack: Ack) -> list[str]:
    return [message["text"] for message in slack.shown(ack)]


async def briefing(slack: SlackServer) -> Json:
    """A posted edition with two stories."""
    messenger = SlackMessenger(slack.bot_token, base_url=slack.url)
    (message,) = messenger.render(edition(item(1), item(2)))
    await messenger.send(CHANNEL, message, "d1", None)
    return slack.posted()[0]


async def view(slack: SlackServer, number: int = 1) -> Json:
    """The view that is open after ``number`` openings and changes."""
    await slack.until(lambda: len(slack.view_history) >= number)
    return slack.views[slack.view_history[-1]["id"]]
