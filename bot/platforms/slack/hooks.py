"""What Slack calls over HTTP: events, commands, buttons and forms, each signed; and the pages of an installation."""

import hmac
import re
from asyncio import timeout
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256

import aiohttp
from slack_bolt.adapter.starlette.async_handler import to_starlette_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.request.async_request import AsyncBoltRequest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot import log
from bot.errors import BotError
from bot.platforms.slack.surface import EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH

MAX_BODY = 1_000_000  # bytes; a form with everything filled in has a tenth of it
BODY_SECONDS = 2.0  # Slack itself waits three seconds for an answer
_CLOCKS = timedelta(minutes=5)  # by which Slack's clock and ours may differ; an older request may be somebody's copy
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
_TIMESTAMP = re.compile(r"\d{1,12}")
_PARAMETER = re.compile(r"[\w.~=-]{1,300}", re.ASCII)


def events_route(app: AsyncApp, signing_secret: str, now: Callable[[], datetime], body_seconds: float = BODY_SECONDS) -> Route:
    """Where Slack sends whatever happens. Nothing that Slack did not sign reaches ``app``; a body must come in time."""

    async def events(request: Request) -> Response:
        if request.method != "POST":
            return PlainTextResponse("ok\n")  # Slack looks at our certificate now and then
        try:
            async with timeout(body_seconds):
                body = await request.body()
        except TimeoutError:
            return PlainTextResponse("too slow\n", status_code=408)
        sent, signature = (request.headers.get(f"x-slack-{name}", "") for name in ("request-timestamp", "signature"))
        if not is_signed(body, sent, signature, signing_secret, now()):
            log.event("slack.unsigned", bytes=len(body))
            return PlainTextResponse("not signed by Slack, or long ago\n", status_code=401)
        try:
            asked = AsyncBoltRequest(body=body.decode(), headers=dict(request.headers))
        except (ValueError, LookupError, TypeError, AttributeError):  # Bolt takes its shape for granted
            return PlainTextResponse("cannot be read\n", status_code=400)
        return to_starlette_response(await app.async_dispatch(asked))

    return Route(EVENTS_PATH, events, methods=["GET", "POST"], max_body_size=MAX_BODY)


def is_signed(body: bytes, sent: str, signature: str, secret: str, now: datetime) -> bool:
    """Whether Slack, who shares ``secret`` with us, signed ``body`` at ``sent`` (epoch seconds), minutes ago at most."""
    if not (_TIMESTAMP.fullmatch(sent) and _SIGNATURE.fullmatch(signature)):
        return False
    if abs(now.timestamp() - int(sent)) > _CLOCKS.total_seconds():
        return False
    ours = hmac.new(secret.encode(), b"v0:" + sent.encode() + b":" + body, sha256).hexdigest()
    return hmac.compare_digest(f"v0={ours}", signature)


def install_routes(flow: AsyncOAuthFlow) -> list[Route]:
    """The pages by which a workspace installs the app."""

    async def install(request: Request) -> Response:
        return to_starlette_response(await flow.handle_installation(_asked(request)))

    async def redirect(request: Request) -> Response:
        try:
            return to_starlette_response(await flow.handle_callback(_asked(request)))
        except (aiohttp.ClientError, TimeoutError, BotError) as error:
            log.warning("slack.install_failed", reason=type(error).__name__)
            return PlainTextResponse("Slack or our database did not answer: please try again\n", status_code=502)

    return [Route(INSTALL_PATH, install, methods=["GET"]), Route(REDIRECT_PATH, redirect, methods=["GET"])]


def _asked(request: Request) -> AsyncBoltRequest:
    """With the parameters that Slack and its directory send, as far as they look like such: Bolt copies them into addresses."""
    query = {key: value for key, value in request.query_params.items() if _PARAMETER.fullmatch(value)}
    return AsyncBoltRequest(body="", query=query, headers=dict(request.headers))
