"""A gateway on loopback as Discord's own is described: hello, identify, heartbeats, numbered events, resuming."""

import asyncio
from collections.abc import Mapping
from typing import Any

from aiohttp import WSMsgType, web

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID_SESSION, HELLO, ACKNOWLEDGED = 0, 1, 2, 6, 7, 9, 10, 11


class Gateway:
    """One session, which outlives its connections: what is told while nobody listens is told again when it is resumed."""

    def __init__(self, me: Mapping[str, Any], guilds: list[dict[str, Any]]) -> None:
        self.me = me
        self.guilds = guilds
        self.url = ""
        self.heartbeat_seconds = 40.0
        self.identifies: list[dict[str, Any]] = []
        self.resumes: list[dict[str, Any]] = []
        self.heartbeats: list[int | None] = []
        self.refuse_resume = False
        self.identified = asyncio.Event()
        self.resumed = asyncio.Event()
        self.closed = asyncio.Event()
        self._told: list[dict[str, Any]] = []
        self._socket: web.WebSocketResponse | None = None

    async def tell(self, event: str, data: Mapping[str, Any]) -> None:
        """Number an event and send it, if somebody listens."""
        self._told.append({"op": DISPATCH, "t": event, "s": len(self._told) + 1, "d": data})
        if self._socket is not None and not self._socket.closed:
            await self._socket.send_json(self._told[-1])

    async def cut(self, *, politely: bool = True) -> None:
        """End the connection: with the request to come back, or as a cable that is pulled."""
        socket, self._socket = self._socket, None
        assert socket is not None
        self.resumed.clear()
        if politely:
            await socket.send_json({"op": RECONNECT, "d": None})
        else:
            await socket.close(code=4000)

    async def connected(self, request: web.Request) -> web.WebSocketResponse:
        """One connection, from hello to its end."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": HELLO, "d": {"heartbeat_interval": self.heartbeat_seconds * 1000}})
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await self._hear(socket, message.json())
        if self._socket is socket:
            self._socket = None
        self.closed.set()
        return socket

    async def _hear(self, socket: web.WebSocketResponse, said: Mapping[str, Any]) -> None:
        match said.get("op"):
            case 1:
                self.heartbeats.append(said["d"])
                await socket.send_json({"op": ACKNOWLEDGED})
            case 2:
                self.identifies.append(said["d"])
                self._told.clear()
                self._socket = socket
                await self.tell("READY", self._ready(said["d"]))
                for guild in self.guilds:
                    await self.tell("GUILD_CREATE", guild)
                self.identified.set()
            case 6:
                self.resumes.append(said["d"])
                if self.refuse_resume:
                    self.refuse_resume = False
                    await socket.send_json({"op": INVALID_SESSION, "d": False})
                    return
                self._socket = socket
                for missed in self._told[said["d"]["seq"] :]:
                    await socket.send_json(missed)
                await self.tell("RESUMED", {})
                self.resumed.set()

    def _ready(self, identify: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "v": 10,
            "user": self.me,
            "guilds": [{"id": guild["id"], "unavailable": True} for guild in self.guilds],
            "session_id": "session",
            "resume_gateway_url": self.url,
            "application": {"id": self.me["id"], "flags": 0},
            "shard": identify.get("shard", [0, 1]),
        }
