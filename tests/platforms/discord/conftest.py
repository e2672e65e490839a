"""A bot whose answers are made up, in simcord's Discord; editions to show."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from bot.model import Reply, Request
from bot.platforms.discord import BriefBot, build

NOW = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)


class Desk:
    """Takes requests down and answers each with ``answer``."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answer: Callable[[Request], Awaitable[Reply]] = self.echo

    async def echo(self, request: Request) -> Reply:
        return Reply(paragraphs=(f"{request.verb}: {request.text}",))

    async def __call__(self, request: Request) -> Reply:
        self.requests.append(request)
        return await self.answer(request)


def new_bot(desk: Desk, language: str = "ko") -> BriefBot:
    return build(desk, language_of=lambda channel: language, now=lambda: NOW)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def simcord_bot(desk: Desk) -> BriefBot:
    return new_bot(desk)
