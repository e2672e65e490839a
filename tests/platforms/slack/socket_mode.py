"""Socket Mode's side of the loopback Slack: single-use addresses, hello, envelopes, and the acknowledgements with their times."""

import asyncio
import itertools
import time
from abc import abstractmethod
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

Json = dict[str, Any]


@dataclass
class Ack:
    """An envelope's acknowledgement. ``seconds``: since it was sent; ``ts``: of the message that it carried."""

    envelope_id: str
    seconds: float
    payload: Any = None
    ts: str = ""


@dataclass
class _Pending:
    sent: float
    done: asyncio.Future[Ack] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class SocketMode:
    """Keeps the connections of the app and sends what persons do down the newest one."""

    team: str
    app: str
    bot_user: str
    person: str
    rooms: dict[str, Any]

    def __init__(self) -> None:
        self.sockets: list[web.WebSocketResponse] = []
        self.connections = 0
        self.acks: list[Ack] = []
        self.refuse_sockets = 0
        self.deaf_sockets = 0  # the next so many answer no ping
        self.mute_sockets = 0  # the next so many never say hello
        self._tickets: set[str] = set()
        self._numbers = itertools.count(1)
        self._pending: dict[str, _Pending] = {}

    @abstractmethod
    async def until(self, truth: Any, seconds: float = 10) -> Any: ...

    @abstractmethod
    def new_trigger(self) -> str: ...

    @abstractmethod
    def next_ts(self) -> str: ...

    @abstractmethod
    def new_response_url(self, id: str, channel: str, person: str) -> str: ...

    # ---- connections ----

    def new_ticket(self) -> str:
        """The end of an address that works once, as Slack's do."""
        ticket = f"ticket-{next(self._numbers)}"
        self._tickets.add(ticket)
        return ticket

    async def socket(self, request: web.Request) -> web.StreamResponse:
        ticket = request.match_info["ticket"]
        known = ticket in self._tickets
        self._tickets.discard(ticket)
        if self.refuse_sockets:
            self.refuse_sockets -= 1
            return web.Response(status=503)
        if not known:
            return web.Response(status=404)
        deaf, self.deaf_sockets = self.deaf_sockets > 0, max(0, self.deaf_sockets - 1)
        mute, self.mute_sockets = self.mute_sockets > 0, max(0, self.mute_sockets - 1)
        socket = web.WebSocketResponse(autoping=not deaf)
        await socket.prepare(request)
        self.sockets.append(socket)
        self.connections += 1
        if not mute:
            await socket.send_json(self._hello())
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                await self._acknowledged(message.json())
        self.sockets.remove(socket)
        return socket

    def _hello(self) -> Json:
        return {"type": "hello", "num_connections": len(self.sockets), "connection_info": {"app_id": self.app}}

    async def connected(self, times: int = 1) -> None:
        """Wait for the ``times``-th connection of this server's life to stand."""
        await self.until(lambda: self.connections >= times and self.sockets)

    async def refresh(self) -> None:
        """Ask the app to connect anew, as Slack does every few hours."""
        await self.sockets[-1].send_json({"type": "disconnect", "reason": "refresh_requested", "debug_info": {}})

    async def close_sockets(self) -> None:
        """Hang up without a warning."""
        for socket in list(self.sockets):
            await socket.close()

    # ---- envelopes ----

    async def _acknowledged(self, message: Json) -> None:
        pending = self._pending.pop(message.get("envelope_id", ""), None)
        if pending:
            ack = Ack(message["envelope_id"], time.perf_counter() - pending.sent, message.get("payload"))
            self.acks.append(ack)
            pending.done.set_result(ack)

    async def send(self, kind: str, payload: Json, envelope_id: str = "", retry: int = 0) -> Ack:
        """Send one envelope and wait for its acknowledgement."""
        envelope_id = envelope_id or f"envelope-{next(self._numbers)}"
        pending = self._pending[envelope_id] = _Pending(time.perf_counter())
        envelope = {
            "envelope_id": envelope_id,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": retry, "retry_reason": "timeout" if retry else ""}
        await self.sockets[-1].send_json(envelope)
        async with asyncio.timeout(10):
            return await pending.done

    async def command(self, text: str, channel: str = "C0BRIEF", person: str = "", command: str = "/brief") -> Ack:
        """A person types ``command text``."""
        envelope_id, person = f"command-{next(self._numbers)}", person or self.person
        payload = {
            "command": command,
            "text": _escaped(text),
            "team_id": self.team,
            "team_domain": "loopback",
            "channel_id": channel,
            "channel_name": "briefings",
            "user_id": person,
            "user_name": "person",
            "api_app_id": self.app,
            "is_enterprise_install": "false",
            "trigger_id": self.new_trigger(),
            "response_url": self.new_response_url(envelope_id, channel, person),
        }
        return await self.send("slash_commands", payload, envelope_id)

    async def event(self, event: Json, event_id: str = "", retry: int = 0) -> Ack:
        """Something happened; the same ``event_id`` again is a repetition."""
        payload = {
            "type": "event_callback",
            "team_id": self.team,
            "api_app_id": self.app,
            "event_id": event_id or f"Ev{next(self._numbers)}",
            "event_time": int(float(event.get("ts", "0"))),
            "event": event,
            "authorizations": [{"team_id": self.team, "user_id": self.bot_user, "is_bot": True, "is_enterprise_install": False}],
        }
        ack = await self.send("events_api", payload, retry=retry)
        ack.ts = event.get("ts", "")
        return ack

    def say(self, text: str, channel: str, thread: str | None = None, person: str = "") -> Json:
        """A person's message, put into its channel and returned as Slack tells apps of it."""
        message: Json = {"type": "message", "user": person or self.person, "text": text, "ts": self.next_ts(), "team": self.team}
        room = self.rooms[channel]
        if thread:
            message |= {"thread_ts": thread, "parent_user_id": room.find(thread)["user"]}
        room.messages.append(message)
        return message | {"channel": channel, "channel_type": "im" if room.im else "channel", "event_ts": message["ts"]}

    async def mention(self, text: str, channel: str = "C0BRIEF", thread: str | None = None) -> Ack:
        """A person writes to the bot in a channel."""
        said = self.say(f"<@{self.bot_user}> {_escaped(text)}", channel, thread)
        return await self.event(said | {"type": "app_mention"})

    async def reply(self, text: str, thread: str, channel: str = "C0BRIEF") -> Ack:
        """A person writes below a message, without a mention of the bot."""
        return await self.event(self.say(text, channel, thread))

    async def direct(self, text: str, channel: str = "D0PERSON", thread: str | None = None) -> Ack:
        """A person writes to the bot alone."""
        return await self.event(self.say(_escaped(text), channel, thread))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
