"""The app as a server for the Slack of cloud.py, with a desk in the place of the commands."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot import clock
from bot.config import Settings
from bot.model import Reply, Request
from bot.platforms.slack import SlackMessenger, connect
from bot.ports import Show
from bot.server import served
from bot.store import Store
from tests.platforms.slack import desk
from tests.platforms.slack.cloud import SECRET, Cloud


@dataclass
class Desk(desk.Desk):
    """Stands in for commands: its answers name the workspace that asked. ``came``: which came (+) and left (-)."""

    came: list[str] = field(default_factory=list)

    async def handle(self, request: Request, show: Show | None = None) -> Reply:
        await super().handle(request, show)
        return Reply(paragraphs=(f"Answer for {request.channel.workspace}.",))

    async def left(self, platform: str, workspace: str, at: datetime) -> None:
        self.came.append(f"-{workspace}")

    async def joined(self, platform: str, workspace: str) -> None:
        self.came.append(f"+{workspace}")


@dataclass(frozen=True)
class Running:
    """One process of the app."""

    messenger: SlackMessenger
    port: int


@asynccontextmanager
async def running(
    slack: Any, store: Store, talk: Any, now: Callable[[], datetime] = clock.now, **settings: str
) -> AsyncIterator[Running]:
    """The app with its server, for the Slack whose Web API is at ``slack.url``."""
    made = Settings(slack_api_url=slack.url, slack_signing_secret=SECRET, **settings)  # type: ignore[arg-type]
    connection = connect(made, talk, store, now)
    assert connection.listen is None, "no Socket Mode without its token"
    async with served("127.0.0.1", 0, connection.routes) as port:
        if isinstance(slack, Cloud):
            slack.runs_at(port)
        yield Running(connection.messenger, port)
