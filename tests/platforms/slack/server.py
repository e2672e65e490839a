"""Slack on loopback for the real slack_bolt and slack_sdk: Web API, response_url and Socket Mode, with faults on demand.

async with SlackServer() as slack:
    app = build_app(slack.bot_token, base_url=slack.url, ...)
    ack = await slack.command("today")          # as if a person typed /brief today
    await slack.until(lambda: slack.shown(ack))
"""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from aiohttp import web

from bot.platforms.slack.surface import SCOPES
from tests.platforms.slack import scopes
from tests.platforms.slack.persons import Persons
from tests.platforms.slack.socket_mode import Ack
from tests.platforms.slack.surfaces import Surfaces
from tests.platforms.slack.workspace import Json, Refused

# What Slack says to a payload that should never have been sent.
_INVALID = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "invalid_arguments", "no_text", "invalid_chunks"}
    | {"too_many_blocks", "metadata_too_large", "invalid_metadata_format", "missing_thread_ts", "missing_recipient_user_id"}
)
_JSON_FIELDS = frozenset({"blocks", "metadata", "view", "files", "prompts", "chunks"})
RESPONSE_URL_USES = 5
RESPONSE_URL_SECONDS = 30 * 60


@dataclass
class Fault:
    """One misbehaviour of the server. ``applied``: the call takes effect all the same; ``drop``: no answer, a closed connection;
    ``hold``: wait for this event first; ``delay`` in seconds."""

    error: str | None = None
    status: int | None = None
    retry_after: int | None = None
    drop: bool = False
    applied: bool = False
    hold: asyncio.Event | None = None
    delay: float = 0.0
    more: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """One call of the Web API as it came in."""

    method: str
    body: Json
    at: float


@dataclass
class ResponseUrl:
    """Where a slash command's answers go, and what its person sees."""

    channel: str
    person: str
    made: float
    uses: int = 0
    shown: list[Json] = field(default_factory=list)
    history: list[Json] = field(default_factory=list)


class SlackServer(Surfaces, Persons):
    """One workspace with one app, on a free port of 127.0.0.1."""

    bot_token = "xoxb-loopback"
    app_token = "xapp-loopback"

    def __init__(self, schema: Path | None = None, clock: Callable[[], float] = time.time) -> None:
        Surfaces.__init__(self, schema, clock)
        Persons.__init__(self)
        self.calls: list[Call] = []
        self.scopes = sorted(SCOPES)
        self.responses: dict[str, ResponseUrl] = {}
        self.refused: list[Json] = []  # no test passes with an invalid payload among them
        self.takes_anything = False  # unless it says so
        self.shown_to_all: list[Json] = []
        self._faults: dict[str, list[Fault]] = {}

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=4 * 2**20)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/respond/{id}", self._respond)
        app.router.add_post("/upload/{id}", self._upload)
        app.router.add_get("/link/{ticket}", self.socket)
        self._runner = web.AppRunner(app, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = int(self._runner.addresses[0][1])
        return self

    async def __aexit__(self, failed: object, *_: object) -> None:
        await self.close_sockets()
        await self._runner.cleanup()
        invalid = [each for each in self.refused if each["error"] in _INVALID]
        assert failed or self.takes_anything or not invalid, f"Slack would have refused: {invalid}"

    @property
    def url(self) -> str:
        """The Web API's base URL."""
        return f"http://127.0.0.1:{self.port}/api/"

    # ---- what tests say ----

    def fail(self, method: str, *, times: int = 1, **fault: Any) -> None:
        """Let the next calls of ``method`` ("respond" for response_url) meet a Fault with these fields."""
        self._faults.setdefault(method, []).extend(Fault(**fault) for _ in range(times))

    def count(self, method: str) -> int:
        """How many times ``method`` was called."""
        return sum(1 for call in self.calls if call.method == method)

    async def until(self, truth: Callable[[], Any], seconds: float = 10) -> Any:
        """Wait until ``truth()`` is true, here or anywhere in this process, and return it."""
        async with asyncio.timeout(seconds):
            while not (found := truth()):  # noqa: ASYNC110 what is waited for may happen outside this server
                await asyncio.sleep(0.002)
        return found

    def shown(self, ack: Ack) -> list[Json]:
        """What the person who typed a command sees below it now."""
        return self.responses[ack.envelope_id].shown

    def new_response_url(self, id: str, channel: str, person: str) -> str:
        self.responses[id] = ResponseUrl(channel, person, self.clock())
        return f"http://127.0.0.1:{self.port}/respond/{id}"

    # ---- what the client libraries call ----

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method, body = request.match_info["method"], await _body(request)
        self.calls.append(Call(method, body, time.perf_counter()))
        token = request.headers.get("Authorization", "").removeprefix("Bearer ") or body.get("token", "")
        return await self._with_fault(method, request, lambda: self._called(method, body, token))

    def _called(self, method: str, body: Json, token: str) -> web.Response:
        try:
            call = self._method(method, token)
            scopes.check(method, self.rooms.get(str(body.get("channel", ""))), self.scopes)
            answer = {"ok": True, **call(body)}
        except Refused as refused:
            answer = refused.body
            self.refused.append(answer | {"method": method})
        return web.json_response(answer, headers={"x-oauth-scopes": ",".join(self.scopes)})

    def _method(self, method: str, token: str) -> Callable[[Json], Json]:
        if not token:
            raise Refused("not_authed")
        if token != (self.app_token if method == "apps.connections.open" else self.bot_token):
            raise Refused("not_allowed_token_type" if token in (self.app_token, self.bot_token) else "invalid_auth")
        found = getattr(self, method.replace(".", "_"), None)
        if "." not in method or found is None:
            raise Refused("unknown_method", req_method=method)
        call: Callable[[Json], Json] = found
        return call

    def auth_test(self, body: Json) -> Json:
        return {
            "url": "https://loopback.slack.com/",
            "team": "Loopback",
            "team_id": self.team,
            "user": "brief",
            "user_id": self.bot_user,
            "bot_id": self.bot,
            "is_enterprise_install": False,
        }

    def apps_connections_open(self, body: Json) -> Json:
        return {"url": f"ws://127.0.0.1:{self.port}/link/{self.new_ticket()}"}

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        self.calls.append(Call("respond", body, time.perf_counter()))
        return await self._with_fault("respond", request, lambda: self._responded(request.match_info["id"], body))

    def _responded(self, id: str, body: Json) -> web.Response:
        place = self.responses.get(id)
        if place is None or self.clock() - place.made > RESPONSE_URL_SECONDS:
            return web.json_response({"ok": False, "error": "expired_url"}, status=404)
        if place.uses >= RESPONSE_URL_USES:
            return web.json_response({"ok": False, "error": "used_url"}, status=404)
        try:
            if not body.get("delete_original"):
                self.check(body)
        except Refused as refused:
            self.refused.append(refused.body)
            return web.Response(status=400, text=str(refused))
        place.uses += 1
        place.history.append(body)
        if body.get("delete_original"):
            place.shown.clear()
        elif body.get("response_type") == "in_channel":
            self.shown_to_all.append(body)
        elif body.get("replace_original") and place.shown:
            place.shown[-1] = body
        else:
            place.shown.append(body)
        return web.Response(text="ok")

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        file, content = self.files.get(request.match_info["id"]), await request.read()
        if file is None or len(content) != file["length"]:
            return web.Response(status=400, text="unknown file or wrong length")
        file["content"] = content
        return web.Response(text=f"OK - {len(content)}")

    async def _with_fault(self, name: str, request: web.Request, act: Callable[[], web.Response]) -> web.StreamResponse:
        waiting = self._faults.get(name)
        fault = waiting.pop(0) if waiting else Fault()
        if fault.hold:
            await fault.hold.wait()
        if fault.delay:
            await asyncio.sleep(fault.delay)
        harmful = bool(fault.error or fault.status or fault.retry_after is not None or fault.drop)
        response = act() if fault.applied or not harmful else None
        if fault.drop and request.transport:
            request.transport.abort()
        return response if response is not None and not harmful else _refusal(fault)


def _refusal(fault: Fault) -> web.Response:
    if fault.retry_after is not None:
        limited = {"ok": False, "error": "ratelimited"}
        return web.json_response(limited, status=429, headers={"Retry-After": str(fault.retry_after)})
    if fault.status and not fault.error:
        return web.Response(status=fault.status, text="<html>upstream trouble</html>", content_type="text/html")
    return web.json_response({"ok": False, "error": fault.error, **fault.more}, status=fault.status or 200)


async def _body(request: web.Request) -> Json:
    if request.content_type == "application/json":
        found: Json = await request.json()
        return found
    given = {**request.query, **{key: str(value) for key, value in (await request.post()).items()}}
    return {key: json.loads(value) if key in _JSON_FIELDS else value for key, value in given.items()}
