"""A small HTTP server for operators: /livez, /readyz and /metrics. Off unless a port is set; it shows no news and no secrets."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from aiohttp import web

Problems = Callable[[], Awaitable[Sequence[str]]]
Text = Callable[[], Awaitable[str]]


@asynccontextmanager
async def served(host: str, port: int, *, live: Problems, ready: Problems, metrics: Text) -> AsyncIterator[int]:
    """Serve while the block lasts; yields the port. ``live`` and ``ready`` give what is wrong, nothing when all is well."""

    async def show(problems: Problems) -> web.Response:
        found = await problems()
        return web.Response(text="\n".join(found) + "\n" if found else "ok\n", status=503 if found else 200)

    async def livez(_request: web.Request) -> web.Response:
        return await show(live)

    async def readyz(_request: web.Request) -> web.Response:
        return await show(ready)

    async def numbers(_request: web.Request) -> web.Response:
        return web.Response(body=(await metrics()).encode(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    app = web.Application()
    app.add_routes([web.get("/livez", livez), web.get("/readyz", readyz), web.get("/metrics", numbers)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()
