"""Calls of Discord: within one deadline, and those that send something each in its turn and never made again on a guess.

discord.py repeats by itself what a server answers with 5xx, and what got no answer. A message may stand there by then.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import SimpleNamespace

import aiohttp  # discord.py lets the errors of its transport through and takes its trace hooks
import discord

from bot.errors import DeliveryError

DEADLINE = 40.0  # seconds

Turn = Callable[[], Awaitable[None]]


class _SecondAttempt(Exception):
    """Stops discord.py's own retry of a request whose first outcome is unknown."""


@dataclass(frozen=True, slots=True)
class _Send:
    """One request of ours as discord.py makes it, perhaps several times: what came of each, None where nothing did."""

    turn: Turn | None
    outcomes: list[int | None] = field(default_factory=list)


_send: ContextVar[_Send | None] = ContextVar("_send", default=None)


def trace() -> aiohttp.TraceConfig:
    """Hooks for a discord.Client (``http_trace``) for what is done ``once``: each request waits for its turn, and none is made
    again unless Discord surely refused it (429).
    """
    hooks = aiohttp.TraceConfig()

    async def start(_session: object, _context: SimpleNamespace, _params: aiohttp.TraceRequestStartParams) -> None:
        send = _send.get()
        if send is None:
            return
        if any(status != 429 for status in send.outcomes):
            raise _SecondAttempt
        if send.turn:
            await send.turn()
        send.outcomes.append(None)

    async def end(_session: object, _context: SimpleNamespace, params: aiohttp.TraceRequestEndParams) -> None:
        send = _send.get()
        if send and send.outcomes:
            send.outcomes[-1] = params.response.status

    hooks.on_request_start.append(start)
    hooks.on_request_end.append(end)
    return hooks


@asynccontextmanager
async def once(turn: Turn | None) -> AsyncIterator[None]:
    """One request that sends something; ``turn`` waits before each. Raises DeliveryError as ``answered`` does."""
    send = _Send(turn)
    token = _send.set(send)
    try:
        async with answered(posted=None):
            yield
    except _SecondAttempt as error:
        raise DeliveryError(f"Discord: HTTP {send.outcomes[-1] or 'connection lost'}", posted=None) from error
    finally:
        _send.reset(token)


@asynccontextmanager
async def answered(posted: bool | None) -> AsyncIterator[None]:
    """What is done within the deadline. Turns what is no answer from Discord into DeliveryError; ``posted``: what a lost answer
    means for the message.
    """
    try:
        async with asyncio.timeout(DEADLINE):
            yield
    except discord.RateLimited as error:
        raise DeliveryError("Discord: rate limited", retry_after=error.retry_after) from error
    except aiohttp.ClientConnectorError as error:  # refused before a byte went out
        raise DeliveryError("Discord: cannot connect") from error
    except TimeoutError as error:
        raise DeliveryError("Discord: no answer in time", posted=posted) from error
    except (aiohttp.ClientError, OSError) as error:
        raise DeliveryError("Discord: connection lost", posted=posted) from error
