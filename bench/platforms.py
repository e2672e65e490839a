"""Slack and Discord on loopback for many channels: fast, strict about rate limits, and keeping count of all that arrives.

Slack: one message a second to a channel, MINUTE a minute to a workspace. Discord: five messages in five seconds to a channel, and
so many requests a second of one bot. What comes too fast is answered by 429 with the seconds to wait.
"""

import asyncio
import json
import time
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from aiohttp import web

from tests.platforms.discord.gateway import Gateway
from tests.platforms.discord.server import APPLICATION, ME

MINUTE = 300  # messages: "several hundred"
_EARLY = 0.05  # seconds that a clock may be off
TOKEN = "xoxb-bench"  # noqa: S105 - of a platform of our own
Headers = dict[str, str]
Answer = tuple[int, Any, Headers]


class Arrived(NamedTuple):
    """A message: its delivery's id, where it stands, below which message, and when it came."""

    delivery: str
    channel: str
    thread: str
    id: str
    at: float


@dataclass
class Window:
    """At most ``most`` in ``seconds``, counted over the last of them."""

    most: int
    seconds: float
    used: deque[float] = field(default_factory=deque)

    def wait(self, now: float) -> float:
        """Seconds until there is room for one more; where there is, it is taken."""
        while self.used and self.used[0] <= now - self.seconds + _EARLY:
            self.used.popleft()
        if len(self.used) < self.most:
            self.used.append(now)
            return 0.0
        return self.used[0] + self.seconds - now


class Platforms:
    """Both platforms. ``limits``: whether rate limits are kept, else everything is taken as fast as it comes."""

    def __init__(self, *, limits: bool, discord_a_second: int) -> None:
        self.url = ""
        self.arrived: list[Arrived] = []
        self.repeated: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.gateway = Gateway(ME, [])
        self._limits = limits
        self._known: dict[str, str] = {}  # by delivery: the message's id
        self._last: dict[str, float] = {}
        self._workspaces: defaultdict[str, Window] = defaultdict(lambda: Window(MINUTE, 60.0))
        self._channels: defaultdict[str, Window] = defaultdict(lambda: Window(5, 5.0))
        self._global = Window(discord_a_second, 1.0)

    # ---- Slack ----

    def slack(self, method: str, body: dict[str, Any]) -> Answer:
        """One call of the Web API."""
        if method == "auth.test":
            return 200, {"ok": True, "bot_id": "B1", "user_id": "U1", "team_id": "T1", "user": "brief", "team": "T"}, {}
        if method != "chat.postMessage":
            return 200, {"ok": True, "messages": self._history(body.get("channel", ""))}, {}
        channel, now = body["channel"], time.monotonic()
        if self._limits and (wait := self._slack_wait(channel, now)):
            self.refused[wait] += 1
            return 429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "1"}
        metadata = body["metadata"] if isinstance(body["metadata"], dict) else json.loads(body["metadata"])
        delivery, ts = metadata["event_payload"]["d"], f"{1_790_000_000 + len(self.arrived)}.000100"
        self._take(Arrived(delivery, channel, body.get("thread_ts") or "", ts, now))
        return 200, {"ok": True, "ts": ts, "channel": channel}, {}

    def _history(self, channel: str) -> list[dict[str, Any]]:
        """What stands in a channel, for who looks whether a message whose answer was late is there."""
        ours = [one for one in self.arrived if one.channel == channel]
        return [{"ts": one.id, "bot_id": "B1", "metadata": {"event_payload": {"d": one.delivery}}} for one in ours]

    def _slack_wait(self, channel: str, now: float) -> str:
        if now - self._last.get(channel, now - 9) < 1.0 - _EARLY:
            return "slack channel"
        # A channel's id begins with the number of its workspace (crowd).
        if self._workspaces[channel[:6]].wait(now):
            return "slack workspace"
        self._last[channel] = now
        return ""

    # ---- Discord ----

    def discord(self, method: str, path: list[str], body: dict[str, Any]) -> Answer:
        """One request of the REST interface."""
        if path[0] != "channels":
            return self._about(path)
        now = time.monotonic()
        if self._limits and (wait := self._global.wait(now)):
            self.refused["discord global"] += 1
            return _too_fast(wait, everywhere=True)
        if method == "GET":
            return 200, {"id": path[1], "type": 0, "name": "brief", "position": 0, "permission_overwrites": []}, {}
        if path[-1] == "threads":
            thread = {"type": 11, "name": "t", "parent_id": path[1], "owner_id": ME["id"], "guild_id": "1"}
            return 201, {"id": path[3], **thread}, {}
        return self._posted(path[1], body, now)

    def _posted(self, channel: str, body: dict[str, Any], now: float) -> Answer:
        window = self._channels[channel]
        if self._limits and (wait := window.wait(now)):
            self.refused["discord channel"] += 1
            return _too_fast(wait, everywhere=False)
        headers = {
            "X-RateLimit-Limit": "5",
            "X-RateLimit-Remaining": str(5 - len(window.used)),
            "X-RateLimit-Reset-After": "5.0",
            "X-RateLimit-Bucket": "messages",
        }
        id = self._known.get(body["nonce"]) or str(950_000_000_000_000_000 + len(self.arrived))
        self._take(Arrived(body["nonce"], channel, "", id, now))
        message = {"id": id, "channel_id": channel, "author": ME, "content": "", "timestamp": "2026-11-24T00:00:00+00:00"}
        empty = {"edited_timestamp": None, "mentions": [], "mention_roles": [], "attachments": [], "embeds": [], "components": []}
        rest = {"tts": False, "mention_everyone": False, "pinned": False, "type": 0, "flags": 0, "nonce": body["nonce"]}
        return 200, message | empty | rest, headers if self._limits else {}

    def _about(self, path: list[str]) -> Answer:
        if path[0] == "users":
            return 200, ME, {}
        if path[0] == "oauth2":
            return 200, APPLICATION, {}
        if path[0] == "gateway":
            limit = {"total": 1000, "remaining": 999, "reset_after": 14_400_000, "max_concurrency": 1}
            return 200, {"url": self.gateway.url, "shards": 1, "session_start_limit": limit}, {}
        return 200, [], {}

    def _take(self, one: Arrived) -> None:
        if one.delivery in self._known:
            self.repeated[one.channel] += one.id != self._known[one.delivery]
            return
        self._known[one.delivery] = one.id
        self.arrived.append(one)


def _too_fast(seconds: float, *, everywhere: bool) -> Answer:
    """Discord's refusal. Without "Via" its client takes a 429 for a ban by what stands before Discord."""
    headers = {"Via": "1.1 bench", "Retry-After": f"{seconds:.3f}"} | ({"X-RateLimit-Global": "true"} if everywhere else {})
    return 429, {"message": "limited", "retry_after": round(seconds, 3), "global": everywhere}, headers


class _Connection(asyncio.Protocol):
    """Requests of one keep-alive connection, one after the other."""

    def __init__(self, answer: Callable[[str, str, bytes, bytes], Answer]) -> None:
        self._answer = answer
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (ends := self._received.find(b"\r\n\r\n")) >= 0:
            head, lowered = self._received[:ends], self._received[:ends].lower()
            at = lowered.find(b"content-length:")
            length = int(lowered[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self._received) < ends + 4 + length:
                return
            body, self._received = self._received[ends + 4 : ends + 4 + length], self._received[ends + 4 + length :]
            method, path, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
            self._respond(*self._answer(method, path, lowered, body))

    def _respond(self, status: int, found: Any, headers: Headers) -> None:
        data = json.dumps(found).encode()
        more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n{more}\r\n"
        self._transport.write(head.encode() + data)


def _body(head: bytes, body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    if b"application/json" in head:
        found: dict[str, Any] = json.loads(body)
        return found
    return dict(parse_qsl(body.decode()))


@asynccontextmanager
async def served(*, limits: bool = True, discord_a_second: int = 50) -> AsyncIterator[Platforms]:
    """Both, for as long as the block lasts: Slack below /slack/, Discord as DISCORD_API_URL has it."""
    both = Platforms(limits=limits, discord_a_second=discord_a_second)

    def answer(method: str, path: str, head: bytes, body: bytes) -> Answer:
        parts = path.split("?")[0].strip("/").split("/")
        if parts[0] == "slack":
            return both.slack(parts[-1], dict(parse_qsl(path.partition("?")[2])) | _body(head, body))
        return both.discord(method, parts[2:], _body(head, body))

    app = web.Application()
    app.router.add_get("/gateway", both.gateway.connected)
    app.router.add_get("/gateway/", both.gateway.connected)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    both.gateway.url = f"ws://127.0.0.1:{runner.addresses[0][1]}/gateway"
    server = await asyncio.get_running_loop().create_server(lambda: _Connection(answer), "127.0.0.1", 0)
    both.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield both
    finally:
        server.close()
        await runner.cleanup()
