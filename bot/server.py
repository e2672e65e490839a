"""The one HTTP server of a process: probes for operators, and whatever pages and hooks the platforms bring (door: uvicorn)."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot.errors import ConfigError

MOST_CONNECTIONS = 1000  # beyond them a request is answered 503
_SHARE = 0.001  # seconds after which a thread that computes lets the loop go on answering; Python's are five times as long
_END_SECONDS = 3  # for requests that are under way when the server ends


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: the process has its own."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def served(host: str, port: int, routes: Sequence[BaseRoute]) -> AsyncIterator[int]:
    """Serve ``routes`` while the block lasts; yields the port (of its own choice for port 0).

    Raises:
        ConfigError: the address cannot be listened on.
    """
    listening = await _listening(host, port)
    sys.setswitchinterval(_SHARE)
    # A balancer's headers are not believed: nothing here depends on who asks.
    config = uvicorn.Config(
        Starlette(routes=routes),
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_graceful_shutdown=_END_SECONDS,
        ws="none",
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve([listening]))
    try:
        yield int(listening.getsockname()[1])
    finally:
        server.should_exit = True
        await task


async def _listening(host: str, port: int) -> socket.socket:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = found[0]
        listening = socket.create_server(address, family=family)
        # Every connection inherits it. Without it an answer's second piece waits 40 ms for the word that its first one came.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening
    except OSError as exc:
        raise ConfigError([f"BOT_HTTP_HOST, BOT_HTTP_PORT: cannot listen on {host}:{port}: {exc.strerror or exc}"]) from exc
