"""What operators ask over HTTP: /livez, /readyz and /metrics. It shows no news and no secrets."""

from collections.abc import Awaitable, Callable, Sequence

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

Problems = Callable[[], Awaitable[Sequence[str]]]
Text = Callable[[], Awaitable[str]]


def routes(*, live: Problems, ready: Problems, metrics: Text) -> list[Route]:
    """The three pages. ``live`` and ``ready`` give what is wrong, nothing when all is well."""

    async def show(problems: Problems) -> Response:
        found = await problems()
        return PlainTextResponse("\n".join(found) + "\n" if found else "ok\n", status_code=503 if found else 200)

    async def livez(_request: Request) -> Response:
        return await show(live)

    async def readyz(_request: Request) -> Response:
        return await show(ready)

    async def numbers(_request: Request) -> Response:
        return Response(await metrics(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return [Route("/livez", livez), Route("/readyz", readyz), Route("/metrics", numbers)]
