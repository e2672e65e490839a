"""What operators ask over HTTP: /livez, /readyz and /metrics. It shows no news and no secrets."""

from collections.abc import Awaitable, Callable, Sequence

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

Problems = Callable[[], Awaitable[Sequence[str]]]
Ready = Callable[[], Awaitable[tuple[bool, Sequence[str]]]]
Text = Callable[[], Awaitable[str]]


def routes(*, live: Problems, ready: Ready, metrics: Text) -> list[Route]:
    """The three pages. ``live`` gives what is wrong, nothing when all is well; ``ready`` whether requests may come, and that."""

    def show(well: bool, found: Sequence[str]) -> Response:
        return PlainTextResponse("".join(f"{line}\n" for line in (*["ok"] * well, *found)), status_code=200 if well else 503)

    async def livez(_request: Request) -> Response:
        found = await live()
        return show(not found, found)

    async def readyz(_request: Request) -> Response:
        return show(*await ready())

    async def numbers(_request: Request) -> Response:
        return Response(await metrics(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return [Route("/livez", livez), Route("/readyz", readyz), Route("/metrics", numbers)]
