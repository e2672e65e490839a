"""Decides when a server may be asked again: few requests at a time, and a pause between two of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

_REMEMBERED = 1_000  # servers; idle ones are forgotten beyond that


@dataclass(slots=True)
class _Server:
    slots: asyncio.Semaphore
    users: int = 0
    next_at: float = 0.0


class Manners:
    """``per_host`` requests at a time to one server (a host and a port), their starts at least ``pause`` seconds apart."""

    def __init__(self, per_host: int, pause: float) -> None:
        self._per_host = per_host
        self._pause = pause
        self._servers: dict[str, _Server] = {}

    @asynccontextmanager
    async def turn(self, origin: str) -> AsyncIterator[None]:
        """Wait for a turn at the server ``origin`` and hold it."""
        server = self._servers.get(origin)
        if server is None:
            self._forget_idle()
            server = self._servers[origin] = _Server(asyncio.Semaphore(self._per_host))
        server.users += 1
        try:
            async with server.slots:
                now = asyncio.get_running_loop().time()
                start = max(now, server.next_at)
                server.next_at = start + self._pause
                if start > now:
                    await asyncio.sleep(start - now)
                yield
        finally:
            server.users -= 1

    def __len__(self) -> int:
        return len(self._servers)

    def _forget_idle(self) -> None:
        if len(self) < _REMEMBERED:
            return
        now = asyncio.get_running_loop().time()
        for origin in [name for name, server in self._servers.items() if not server.users and server.next_at <= now]:
            del self._servers[origin]
