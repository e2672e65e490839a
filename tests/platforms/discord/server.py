"""A small Discord on loopback: REST with nonces and faults to order, and a gateway that says hello and stays."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import WSMsgType, web

ME = {"id": "900000000000000001", "username": "brief", "discriminator": "0", "avatar": None, "bot": True, "global_name": None}
APPLICATION = {
    "id": "900000000000000001",
    "name": "brief",
    "icon": None,
    "description": "",
    "bot_public": True,
    "bot_require_code_grant": False,
    "verify_key": "",
    "flags": 0,
    "owner": ME,
    "team": None,
}
Fault = Callable[[web.Request], web.StreamResponse]


def _json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """Like Discord, without a charset: discord.py reads no other as JSON."""
    return web.Response(body=json.dumps(body).encode(), status=status, headers=headers, content_type="application/json")


class SmallDiscord:
    """Keeps messages by channel and nonce; ``faults`` are met one a posting, None meaning no fault."""

    def __init__(self) -> None:
        self.url = ""
        self.token = "right"
        self.posts: list[tuple[str, dict[str, Any]]] = []
        self.messages: dict[tuple[str, str], dict[str, Any]] = {}
        self.faults: list[Fault | None] = []
        self.login_faults: list[Fault] = []
        self.commands: list[Any] = []
        self.identified = asyncio.Event()
        self.gateway_closed = asyncio.Event()

    async def me(self, request: web.Request) -> web.StreamResponse:
        if self.login_faults:
            return self.login_faults.pop(0)(request)
        if request.headers.get("Authorization") != f"Bot {self.token}":
            return _json({"message": "401: Unauthorized", "code": 0}, status=401)
        return _json(ME)

    async def application(self, _request: web.Request) -> web.Response:
        return _json(APPLICATION)

    async def get_commands(self, _request: web.Request) -> web.Response:
        return _json(self.commands)

    async def put_commands(self, request: web.Request) -> web.Response:
        self.commands = await request.json()
        held = [{"description": "", **one, "id": "1", "application_id": ME["id"], "version": "1"} for one in self.commands]
        return _json(held)

    async def post(self, request: web.Request) -> web.StreamResponse:
        channel, body = request.match_info["channel"], await request.json()
        self.posts.append((channel, body))
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            return fault(request)
        key = (channel, body["nonce"])
        number = str(910000000000000000 + len(self.messages))
        message = {
            "id": number,
            "channel_id": channel,
            "author": ME,
            "content": "",
            "timestamp": "2026-11-23T00:00:00+00:00",
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": [],
            "embeds": [],
            "pinned": False,
            "type": 0,
            "flags": body["flags"],
            "components": [],
            "nonce": body["nonce"],
        }
        return _json(self.messages.setdefault(key, message))

    async def gateway_address(self, _request: web.Request) -> web.Response:
        limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        return _json({"url": self.url.replace("http", "ws") + "/gateway", "shards": 1, "session_start_limit": limit})

    async def gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 40000}, "s": None, "t": None})
        async for message in socket:
            said = message.json() if message.type is WSMsgType.TEXT else {}
            if said.get("op") == 1:
                await socket.send_json({"op": 11, "d": None, "s": None, "t": None})
            if said.get("op") == 2:
                await socket.send_json({"op": 0, "t": "READY", "s": 1, "d": self._ready(said)})
                self.identified.set()
        self.gateway_closed.set()
        return socket

    def _ready(self, identify: dict[str, Any]) -> dict[str, Any]:
        shard = identify["d"].get("shard", [0, 1])
        application = {"id": APPLICATION["id"], "flags": 0}
        address = self.url.replace("http", "ws") + "/gateway"
        return {
            "v": 10,
            "user": ME,
            "guilds": [],
            "session_id": "s",
            "resume_gateway_url": address,
            "application": application,
            "shard": shard,
        }


def answers(status: int, body: Any, **headers: str) -> Fault:
    return lambda request: _json(body, status=status, headers=headers)


def hangs_up(request: web.Request) -> web.Response:
    """Close the connection without an answer, after the message may have been taken."""
    assert request.transport is not None
    request.transport.close()
    return web.Response()


@asynccontextmanager
async def running() -> AsyncIterator[SmallDiscord]:
    small = SmallDiscord()
    app = web.Application()
    root = "/api/v10"
    app.router.add_get(f"{root}/users/@me", small.me)
    app.router.add_get(f"{root}/oauth2/applications/@me", small.application)
    app.router.add_get(f"{root}/applications/{{id}}/commands", small.get_commands)
    app.router.add_put(f"{root}/applications/{{id}}/commands", small.put_commands)
    app.router.add_post(f"{root}/channels/{{channel}}/messages", small.post)
    app.router.add_get(f"{root}/gateway/bot", small.gateway_address)
    app.router.add_get(f"{root}/gateway", small.gateway_address)
    app.router.add_get("/gateway/", small.gateway)
    app.router.add_get("/gateway", small.gateway)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    small.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield small
    finally:
        await runner.cleanup()
