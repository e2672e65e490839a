"""A small Discord on loopback: REST with nonces, rate limits and faults to order, interactions, and a gateway.

Every body that comes in is judged by Discord's own description; ``problems`` holds what it would refuse.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.platforms.discord.gateway import Gateway
from tests.platforms.discord.openapi import judge

ME = {"id": "900000000000000001", "username": "brief", "discriminator": "0", "avatar": None, "bot": True, "global_name": None}
PERSON = {"id": "900000000000000002", "username": "mina", "discriminator": "0", "avatar": None, "global_name": "Mina"}
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
GUILD, CHANNEL = "900000000000000003", "910000000000000009"
_ALL = str((1 << 50) - 1)
Fault = Callable[[web.Request], web.StreamResponse]


def _json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """Like Discord, without a charset: discord.py reads no other as JSON."""
    return web.Response(body=json.dumps(body).encode(), status=status, headers=headers, content_type="application/json")


@dataclass
class Interaction:
    """Something a person did, and what became of it. Times are those of the event loop, in seconds."""

    id: str
    told_at: float
    acknowledged_at: float = 0.0
    callbacks: list[dict[str, Any]] = field(default_factory=list)
    shown: list[dict[str, Any]] = field(default_factory=list)
    acknowledged: asyncio.Event = field(default_factory=asyncio.Event)
    answered: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Limit:
    """So many messages to a channel in so many seconds."""

    messages: int
    seconds: float
    used: list[float] = field(default_factory=list)


class SmallDiscord:
    """Keeps messages by channel and nonce; ``faults`` are met one a posting, None meaning no fault."""

    def __init__(self) -> None:
        self.url = ""
        self.token = "right"
        self.posts: list[tuple[str, dict[str, Any]]] = []
        self.files: list[dict[str, bytes]] = []  # of each post, by name
        self.messages: dict[tuple[str, str], dict[str, Any]] = {}
        self.faults: list[Fault | None] = []
        self.login_faults: list[Fault] = []
        self.commands: list[Any] = []
        self.syncs = 0
        self.limit: Limit | None = None
        self.refused = 0
        self.problems: list[str] = []
        self.judging = True
        self.interactions: dict[str, Interaction] = {}
        self.application_flags = 0
        self.permissions = _ALL
        self.gateway = Gateway(ME, [_guild()])

    # ---- what people do ----

    async def interact(self, data: Mapping[str, Any], type: int = 2, **more: Any) -> Interaction:
        """Tell the bot of a command (2), a press (3) or a modal (5)."""
        id = str(920000000000000000 + len(self.interactions))
        made = self.interactions[id] = Interaction(id, asyncio.get_running_loop().time())
        await self.gateway.tell("INTERACTION_CREATE", _interaction(id, type, data) | more)
        return made

    async def command(self, verb: str, option: str = "", value: str = "", **options: str) -> Interaction:
        """Tell the bot of ``/brief VERB`` with its options."""
        filled = {**options, option: value} if value else options
        given = [{"name": name, "type": 3, "value": value} for name, value in filled.items()]
        return await self.interact(
            {"id": "1", "name": "brief", "type": 1, "options": [{"name": verb, "type": 1, "options": given}]}
        )

    # ---- routes ----

    async def me(self, request: web.Request) -> web.StreamResponse:
        if self.login_faults:
            return self.login_faults.pop(0)(request)
        if request.headers.get("Authorization") != f"Bot {self.token}":
            return _json({"message": "401: Unauthorized", "code": 0}, status=401)
        return _json(ME)

    async def application(self, _request: web.Request) -> web.Response:
        return _json(APPLICATION | {"flags": self.application_flags})

    async def guilds(self, _request: web.Request) -> web.Response:
        return _json([{"id": GUILD, "name": "Desk", "icon": None, "owner": False, "permissions": "0", "features": []}])

    async def guild(self, request: web.Request) -> web.Response:
        if request.match_info["guild"] != GUILD:
            return _json({"message": "Unknown Guild", "code": 10004}, status=404)
        return _json(_guild(self.permissions))

    async def member(self, _request: web.Request) -> web.Response:
        return _json(_member(ME))

    async def channels(self, _request: web.Request) -> web.Response:
        return _json([_channel()])

    async def channel(self, request: web.Request) -> web.Response:
        if request.match_info["channel"] != CHANNEL:
            return _json({"message": "Unknown Channel", "code": 10003}, status=404)
        return _json(_channel())

    async def get_commands(self, _request: web.Request) -> web.Response:
        return _json([_held(one) for one in self.commands])

    async def put_commands(self, request: web.Request) -> web.Response:
        self.commands = await request.json()
        self.syncs += 1
        return _json([_held(one) for one in self.commands])

    async def post(self, request: web.Request) -> web.StreamResponse:
        channel, body = request.match_info["channel"], await _body(request)
        self.posts.append((channel, body))
        self.files.append(await _files(request))
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            return fault(request)
        headers = self._limited()
        if headers is None:
            self.refused += 1
            return _json({"message": "slow", "retry_after": 0.1, "global": False}, 429, {"Via": "1.1 loopback"})
        key = (channel, body["nonce"])
        number = str(910000000000000000 + len(self.messages))
        held = self.messages.setdefault(key, _message(number, channel, body))
        return _json(held, headers=headers)

    def _limited(self) -> dict[str, str] | None:
        """Discord's words on what is left; None where too much was asked."""
        if self.limit is None:
            return {}
        now = asyncio.get_running_loop().time()
        self.limit.used = [at for at in self.limit.used if at > now - self.limit.seconds]
        if len(self.limit.used) >= self.limit.messages:
            return None
        self.limit.used.append(now)
        return {
            "X-RateLimit-Limit": str(self.limit.messages),
            "X-RateLimit-Remaining": str(self.limit.messages - len(self.limit.used)),
            "X-RateLimit-Reset-After": str(self.limit.used[0] + self.limit.seconds - now),
            "X-RateLimit-Bucket": "messages",
        }

    async def callback(self, request: web.Request) -> web.Response:
        done = self.interactions[request.match_info["id"]]
        done.acknowledged_at = asyncio.get_running_loop().time()
        done.callbacks.append(await _body(request))
        done.acknowledged.set()
        if done.callbacks[-1]["type"] in (8, 9):
            done.answered.set()
        answer = {"interaction": {"id": done.id, "type": 2}, "resource": {"type": done.callbacks[-1]["type"]}}
        return _json(answer if request.query.get("with_response") else None, status=200 if request.query else 204)

    async def fill_in(self, request: web.Request) -> web.Response:
        return await self._shown(request)

    async def follow_up(self, request: web.Request) -> web.Response:
        return await self._shown(request)

    async def _shown(self, request: web.Request) -> web.Response:
        done = self.interactions[request.match_info["token"].removeprefix("token-")]
        done.shown.append(await _body(request))
        done.answered.set()
        return _json(_message(str(930000000000000000 + len(done.shown)), CHANNEL, {"flags": 1 << 15 | 1 << 6}))

    async def gateway_address(self, _request: web.Request) -> web.Response:
        limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        return _json({"url": self.gateway.url, "shards": 1, "session_start_limit": limit})

    @web.middleware
    async def judged(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """Take down what Discord would refuse."""
        path = request.path.removeprefix("/api/v10")
        if self.judging and request.method in ("POST", "PUT", "PATCH"):
            try:
                judge(request.method, path, await _body(request))
            except AssertionError as error:
                self.problems.append(f"{request.method} {path}: {error}")
        response: web.StreamResponse = await handler(request)
        return response


async def _body(request: web.Request) -> Any:
    if request.content_type == "multipart/form-data":
        return json.loads(str((await request.post())["payload_json"]))
    raw = await request.read()  # kept by aiohttp, so that it can be read again
    return json.loads(raw) if raw and request.content_type == "application/json" else None


async def _files(request: web.Request) -> dict[str, bytes]:
    if request.content_type != "multipart/form-data":
        return {}
    parts = [part for part in (await request.post()).values() if isinstance(part, web.FileField)]
    return {part.filename: part.file.read() for part in parts}


def _held(command: Mapping[str, Any]) -> dict[str, Any]:
    return {"description": "", **command, "id": "1", "application_id": ME["id"], "version": "1"}


def _channel() -> dict[str, Any]:
    return {"id": CHANNEL, "type": 0, "name": "ai-brief", "position": 0, "guild_id": GUILD, "permission_overwrites": []}


def _guild(permissions: str = _ALL) -> dict[str, Any]:
    everyone = {"id": GUILD, "name": "@everyone", "color": 0, "hoist": False, "position": 0, "permissions": permissions}
    return {
        "id": GUILD,
        "name": "Desk",
        "icon": None,
        "owner_id": "1",
        "features": [],
        "emojis": [],
        "roles": [everyone | {"managed": False, "mentionable": False, "flags": 0}],
        "channels": [_channel()],
        "members": [_member(ME)],
        "member_count": 2,
        "unavailable": False,
    }


def _member(user: Mapping[str, Any]) -> dict[str, Any]:
    return {"user": user, "roles": [], "joined_at": "2026-01-01T00:00:00+00:00", "deaf": False, "mute": False, "flags": 0}


def _interaction(id: str, type: int, data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": id,
        "application_id": APPLICATION["id"],
        "type": type,
        "token": f"token-{id}",
        "version": 1,
        "data": data,
        "guild_id": GUILD,
        "channel_id": CHANNEL,
        "channel": _channel() | {"permissions": _ALL},
        "member": _member(PERSON) | {"permissions": "0"},
        "locale": "ko",
        "guild_locale": "ko",
        "app_permissions": _ALL,
        "entitlements": [],
        "authorizing_integration_owners": {"0": GUILD},
        "context": 0,
        "attachment_size_limit": 10_000_000,
    }


def _message(number: str, channel: str, body: Mapping[str, Any]) -> dict[str, Any]:
    return {
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
        "flags": body.get("flags", 0),
        "components": [],
        "nonce": body.get("nonce"),
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
    app = web.Application(middlewares=[small.judged])
    root = "/api/v10"
    app.router.add_get(f"{root}/users/@me", small.me)
    app.router.add_get(f"{root}/users/@me/guilds", small.guilds)
    app.router.add_get(f"{root}/guilds/{{guild}}", small.guild)
    app.router.add_get(f"{root}/guilds/{{guild}}/channels", small.channels)
    app.router.add_get(f"{root}/guilds/{{guild}}/members/{{member}}", small.member)
    app.router.add_get(f"{root}/channels/{{channel}}", small.channel)
    app.router.add_get(f"{root}/oauth2/applications/@me", small.application)
    app.router.add_get(f"{root}/applications/{{id}}/commands", small.get_commands)
    app.router.add_put(f"{root}/applications/{{id}}/commands", small.put_commands)
    app.router.add_post(f"{root}/channels/{{channel}}/messages", small.post)
    app.router.add_post(f"{root}/interactions/{{id}}/{{token}}/callback", small.callback)
    app.router.add_patch(f"{root}/webhooks/{{app}}/{{token}}/messages/@original", small.fill_in)
    app.router.add_post(f"{root}/webhooks/{{app}}/{{token}}", small.follow_up)
    app.router.add_get(f"{root}/gateway/bot", small.gateway_address)
    app.router.add_get(f"{root}/gateway", small.gateway_address)
    app.router.add_get("/gateway/", small.gateway.connected)
    app.router.add_get("/gateway", small.gateway.connected)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    small.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    small.gateway.url = small.url.replace("http", "ws") + "/gateway"
    try:
        yield small
    finally:
        await runner.cleanup()
