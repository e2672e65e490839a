"""Slack over HTTP for several workspaces: signed requests to the app, and the OAuth pages by which a workspace installs it.

async with Cloud() as cloud:
    alpha = cloud.add("T0ALPHA")
    ...                                   # the app's own server runs; cloud.app_url is its address
    page = await cloud.install(alpha)     # as if a person of the workspace pressed "Add to Slack"
    await alpha.command("today")
"""

import hmac
import itertools
import json
import time
from base64 import b64encode
from hashlib import sha256
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

import aiohttp
from aiohttp import web

from tests.platforms.slack.server import Call, SlackServer
from tests.platforms.slack.socket_mode import Ack
from tests.platforms.slack.workspace import Json

SECRET = "a-signing-secret"


def signed(body: bytes, at: float, secret: str = SECRET) -> dict[str, str]:
    """The headers by which Slack vouches for a request."""
    stamp = str(int(at))
    mark = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={mark}"}


class Hosted(SlackServer):
    """A workspace whose requests go to the app's ``events_url`` by HTTP, signed."""

    events_url = ""

    def join(self, team: str, number: int, port: int) -> Self:
        """Take the names of ``team``; be reached at the cloud's ``port``."""
        self.team, self.port = team, port
        self.bot_token = f"xoxb-{number}-{team.lower()}"
        self.bot, self.bot_user = f"B0{team[2:]}", f"U0{team[2:]}BOT"
        self._count = itertools.count(number * 100_000)  # no message has the ts of another workspace's
        return self

    def new_response_url(self, id: str, channel: str, person: str) -> str:
        super().new_response_url(id, channel, person)
        return f"http://127.0.0.1:{self.port}/respond/{self.team}/{id}"

    async def event(self, event: Json, event_id: str = "", retry: int = 0) -> Ack:
        """Something happened; ids of events are nobody else's."""
        return await super().event(event, event_id or f"Ev{self.team}{self.next_ts()}", retry)

    async def send(self, kind: str, payload: Json, envelope_id: str = "", retry: int = 0) -> Ack:
        """POST it and wait for the answer."""
        headers = {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": "http_timeout"} if retry else {}
        if kind == "events_api":
            body, headers["Content-Type"] = json.dumps(payload).encode(), "application/json"
        else:
            form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
            body, headers["Content-Type"] = urlencode(form).encode(), "application/x-www-form-urlencoded"
        began = time.perf_counter()
        status, answer = await self.post(body, headers | signed(body, self.clock()))
        assert status == 200, (status, answer)
        return Ack(envelope_id, time.perf_counter() - began, json.loads(answer) if answer.startswith("{") else answer or None)

    async def post(self, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        """Send anything at all to where the app takes events."""
        async with aiohttp.ClientSession() as http, http.post(self.events_url, data=body, headers=headers) as answer:
            return answer.status, await answer.text()


class Cloud:
    """Workspaces behind one Web API, with OAuth v2 and token rotation."""

    client_id, client_secret = "123.456", "a-client-secret"

    def __init__(self) -> None:
        self.teams: dict[str, Hosted] = {}
        self.codes: dict[str, str] = {}  # code → team
        self.refresh_tokens: dict[str, str] = {}  # → team
        self.rotates = False
        self.app_url = ""
        self.calls: list[Call] = []
        self._numbers = itertools.count(1)

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=4 * 2**20)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/respond/{team}/{id}", self._respond)
        app.router.add_get("/oauth/v2/authorize", self._authorize)
        self._runner = web.AppRunner(app, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = int(self._runner.addresses[0][1])
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        """The Web API's base URL."""
        return f"http://127.0.0.1:{self.port}/api/"

    def add(self, team: str) -> Hosted:
        """A workspace that has not installed the app."""
        self.teams[team] = Hosted().join(team, next(self._numbers), self.port)
        return self.teams[team]

    def runs_at(self, port: int) -> None:
        """The app is served here."""
        self.app_url = f"http://127.0.0.1:{port}"
        for team in self.teams.values():
            team.events_url = f"{self.app_url}/slack/events"

    # ---- a person installs ----

    async def install(self, team: Hosted, **meddled: Any) -> tuple[int, str]:
        """Press the button, allow what is asked, come back. ``meddled``: query parameters that somebody changed on the way."""
        async with (
            aiohttp.ClientSession() as browser,
            browser.get(f"{self.app_url}/slack/install", allow_redirects=False) as begun,
        ):
            assert begun.status == 302, await begun.text()
            cookie, address = begun.headers["Set-Cookie"].split(";")[0], begun.headers["Location"]
        back = await self.allow(address, team)
        # The cookie is for https only, so that it has to be carried by hand.
        query = {key: value for key, value in (back | meddled).items() if key != "cookie"}
        return await self.come_back(query, meddled.get("cookie", cookie))

    async def allow(self, address: str, team: Hosted | None = None) -> dict[str, str]:
        """A person of ``team`` (of the first one) allows what the page at ``address`` asks; what the browser brings back."""
        params = {"team": (team or next(iter(self.teams.values()))).team}
        async with (
            aiohttp.ClientSession() as browser,
            browser.get(address, params=params, allow_redirects=False) as allowed,
        ):
            return dict(parse_qsl(urlsplit(allowed.headers["Location"]).query))

    async def come_back(self, query: dict[str, str], cookie: str) -> tuple[int, str]:
        """What the browser asks for at the end."""
        address = f"{self.app_url}/slack/oauth_redirect"
        headers = {"Cookie": cookie, "Accept-Language": "ko-KR,ko;q=0.9,en;q=0.5"}
        async with aiohttp.ClientSession() as browser, browser.get(address, params=query, headers=headers) as page:
            return page.status, await page.text()

    async def _authorize(self, request: web.Request) -> web.Response:
        assert request.query["client_id"] == self.client_id and request.query["scope"]
        code = f"code.{next(self._numbers)}"
        self.codes[code] = request.query.getall("team")[-1]
        back = {"code": code, "state": request.query["state"]}
        return web.Response(status=302, headers={"Location": f"{self.app_url}/slack/oauth_redirect?{urlencode(back)}"})

    # ---- what the client libraries call ----

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if method == "oauth.v2.access":
            return web.json_response(self._access(dict(await request.post()), request.headers.get("Authorization", "")))
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        team = next((team for team in self.teams.values() if team.bot_token == token), None)
        self.calls.append(Call(f"{method} {team.team if team else '?'}", {}, time.perf_counter()))
        return await team._api(request) if team else web.json_response({"ok": False, "error": "invalid_auth"})

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        return await self.teams[request.match_info["team"]]._respond(request)

    def _access(self, asked: Json, authorization: str) -> Json:
        ours = "Basic " + b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        if authorization != ours and (asked.get("client_id"), asked.get("client_secret")) != (self.client_id, self.client_secret):
            return {"ok": False, "error": "bad_client_secret"}
        refreshes = asked.get("grant_type") == "refresh_token"
        held, given = (self.refresh_tokens, "refresh_token") if refreshes else (self.codes, "code")
        id = held.pop(str(asked.get(given)), None)
        if id is None:
            return {"ok": False, "error": f"invalid_{given}"}
        team = self.teams[id]
        # Each installation and each exchange makes a token of its own, and ends the one before it.
        team.bot_token = f"xoxb-{next(self._numbers)}-{id.lower()}"
        made = {"ok": True, "access_token": team.bot_token, "token_type": "bot", "scope": ",".join(team.scopes)}
        made |= {"bot_user_id": team.bot_user, "app_id": team.app, "team": {"id": id, "name": f"Team {id}"}, "enterprise": None}
        made |= {"authed_user": {"id": team.person}, "is_enterprise_install": False}
        if self.rotates:
            made |= {"refresh_token": f"xoxe-1-{next(self._numbers)}", "expires_in": 43_200}
            self.refresh_tokens[str(made["refresh_token"])] = id
        return made
