"""Lets acknowledgements out before answers are worked on: Discord waits three seconds for the first, minutes for the others."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

LONGEST = 0.5  # seconds that an answer waits for the acknowledgements of others


class Gate:
    """Knows how many acknowledgements are on their way."""

    def __init__(self, longest: float = LONGEST) -> None:
        self._longest = longest
        self._on_their_way = 0
        self._calm = asyncio.Event()
        self._calm.set()

    @asynccontextmanager
    async def acknowledging(self) -> AsyncIterator[None]:
        """While the block lasts, answers wait; behind it this one waits for its turn."""
        self._on_their_way += 1
        self._calm.clear()
        try:
            yield
        finally:
            self._on_their_way -= 1
            if not self._on_their_way:
                self._calm.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._longest):
                await self._calm.wait()
