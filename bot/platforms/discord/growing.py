"""Lets an answer grow before people's eyes by edits, at a rate that Discord does not mind."""

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp
import discord

from bot.model import Reply

PACE = 1.5  # seconds between two edits; Discord allows five in five seconds, for all that is shown in a channel


class Growing:
    """Shows the newest of what there is, now or when the pace allows it. ``put`` shows a reply; it may fail."""

    def __init__(self, put: Callable[[Reply], Awaitable[None]], pace: float = PACE) -> None:
        self._put = put
        self._pace = pace
        self._last = -pace
        self._newest: Reply | None = None
        self._task: asyncio.Task[None] | None = None
        self._putting = False

    async def show(self, reply: Reply) -> None:
        """Show this before long, unless something newer comes first. Does not wait."""
        self._newest = reply
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._shown())

    async def ended(self) -> None:
        """From now on nothing is shown: the whole answer is there."""
        self._newest = None
        if self._task is None or self._task.done():
            return
        if not self._putting:  # what is on its way arrives before the whole answer, not after it
            self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _shown(self) -> None:
        loop = asyncio.get_running_loop()
        while self._newest is not None:
            wait = self._last + self._pace - loop.time()
            if wait > 0:
                await asyncio.sleep(wait)
            reply, self._newest = self._newest, None
            if reply is None:
                return
            self._last = loop.time()
            self._putting = True
            try:
                await self._put(reply)
            except (discord.HTTPException, aiohttp.ClientError):
                return  # the whole answer comes all the same
            finally:
                self._putting = False
