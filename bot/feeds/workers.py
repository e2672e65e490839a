"""Parses feeds in child processes, so that no feed can hold up the event loop, fill the memory or stop the rest.

Two lanes: a fast one that nearly every feed leaves after a millisecond, and a slow one for what only feedparser can read. A child
that overruns its limits is killed and replaced. What it answers is JSON, never anything that could run here.
"""

import asyncio
import contextlib
import functools
import gc
import json
import os
import socket
import struct
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bot import log
from bot.errors import ParseError
from bot.feeds.parse import ParsedFeed, better, parse_fast, parse_patiently
from bot.model import Entry, Feed, FeedKind

_SIZES = struct.Struct(">II")  # a frame: length of the JSON head, length of the body, both of them
_LARGEST_ANSWER = 32_000_000  # bytes; 500 entries of the longest kind stay below 10 MB
_KEPT_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT")  # and no token or key
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


@dataclass(frozen=True, slots=True)
class Lane:
    """What a child of this lane may use for one feed: ``wall`` and ``cpu`` in seconds, ``memory`` in bytes of address space."""

    name: str
    children: int
    wall: float
    cpu: int
    memory: int = 512_000_000


FAST = Lane("fast", children=2, wall=2.0, cpu=2)
SLOW = Lane("slow", children=1, wall=12.0, cpu=10)


class _Failed(Exception):
    """A child gave no answer: too slow, too big, or dead."""


class ParserPool:
    """Parses away from the event loop. An async context manager; children start when they are first needed.

    ``total``: seconds in the slow lane for one feed, the wait for a free child included. The fast lane is too quick to need one.
    """

    def __init__(self, *, fast: Lane = FAST, slow: Lane = SLOW, total: float = 15.0) -> None:
        self._fast = _Children(fast)
        self._slow = _Children(slow)
        self._total = total

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._fast.close()
        await self._slow.close()

    async def parse(self, body: bytes, feed: Feed, *, content_type: str | None = None, now: datetime) -> ParsedFeed:
        """Read ``body`` as ``parse.parse`` does, within bounds of time and memory.

        Raises:
            ParseError: it is no feed, or reading it takes more than we give to one feed.
        """
        head = json.dumps({"feed": _plain(feed), "content_type": content_type, "now": now.isoformat()}).encode()
        try:
            fast = _parsed(await self._fast.ask(head, body), feed)
        except _Failed as exc:
            fast = ParsedFeed((), doubts=(str(exc),))
        if not fast.doubts:
            return fast
        try:
            async with asyncio.timeout(self._total):
                patient = _parsed(await self._slow.ask(head, body), feed)
        except (_Failed, TimeoutError, ParseError) as exc:
            if fast.entries:
                return fast
            if isinstance(exc, TimeoutError):
                raise ParseError(feed.url, f"not parsed after {self._total:g} seconds") from None
            raise ParseError(feed.url, exc.reason if isinstance(exc, ParseError) else f"too hard to parse: {exc}") from exc
        return better(fast, patient, feed.url)


class _Children:
    """The processes of one lane; the one used last is used next, so that idle ones need not be started."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self._free = asyncio.Semaphore(lane.children)
        self._idle: list[_Child] = []

    async def ask(self, head: bytes, body: bytes) -> dict[str, Any]:
        async with self._free:
            child = self._idle.pop() if self._idle else _Child(self._lane)
            try:
                async with asyncio.timeout(self._lane.wall + child.warming):
                    answer = await child.ask(head, body)
            except BaseException as exc:
                await child.end()
                if isinstance(exc, TimeoutError):
                    raise _Failed(f"not done after {self._lane.wall:g} seconds") from None
                if isinstance(exc, OSError | ValueError):
                    raise _Failed("it used up its processor time or memory") from exc
                raise
            self._idle.append(child)
            return answer

    async def close(self) -> None:
        while self._idle:
            await self._idle.pop().end()


class _Child:
    """One process and the socket to it."""

    def __init__(self, lane: Lane) -> None:
        self._socket, theirs = socket.socketpair()
        self._socket.setblocking(False)
        self.warming = 10.0  # seconds that the first answer may take longer: Python starts, libraries load
        command = f"from bot.feeds.workers import serve; serve({theirs.fileno()}, {lane.name!r}, {lane.cpu}, {lane.memory})"
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no outside word in it
                [sys.executable, "-c", command],
                pass_fds=[theirs.fileno()],
                cwd=Path(__file__).parents[2],
                env={name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )

    async def ask(self, head: bytes, body: bytes) -> dict[str, Any]:
        """The child's answer. Raises OSError where it died and ValueError where it talks nonsense."""
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(self._socket, _SIZES.pack(len(head), len(body)) + head + body)
        size, _ = _SIZES.unpack(await self._exactly(_SIZES.size))
        if size > _LARGEST_ANSWER:
            raise ValueError(size)
        answer = json.loads(await self._exactly(size))
        self.warming = 0.0
        return dict(answer)

    async def _exactly(self, size: int) -> bytearray:
        loop = asyncio.get_running_loop()
        data = bytearray(size)
        view = memoryview(data)
        while view:
            got = await loop.sock_recv_into(self._socket, view)
            if not got:
                raise ConnectionResetError
            view = view[got:]
        return data

    async def end(self) -> None:
        """Kill it. It holds nothing that would be lost."""
        self._socket.close()
        self._process.kill()
        await asyncio.to_thread(self._process.wait)


def _plain(feed: Feed) -> dict[str, str]:
    return {"id": feed.id, "url": feed.url, "language": feed.language, "time_zone": feed.time_zone}


def _parsed(answer: dict[str, Any], feed: Feed) -> ParsedFeed:
    if "error" in answer:
        raise ParseError(feed.url, answer["error"])
    if "bug" in answer:
        log.warning("feed.parser_failed", feed=feed.id, trace=answer["bug"])
        raise _Failed("the parser failed on it")
    entries = tuple(
        Entry(title, url, guid, summary, None if at is None else datetime.fromtimestamp(at, UTC), language, outlet)
        for title, url, guid, summary, at, language, outlet in answer["entries"]
    )
    return ParsedFeed(entries, answer["title"], answer["ttl"], answer["parser"], tuple(answer["doubts"]))


# ---- the child's side ----


def serve(descriptor: int, lane: str, cpu: int, memory: int) -> None:
    """Answer requests on the socket ``descriptor`` until the other side closes it. Runs in a child process."""
    _die_with_parent()
    gc.freeze()  # the modules stay; collecting garbage need not look at them again and again
    read = parse_fast if lane == "fast" else parse_patiently
    with socket.socket(fileno=descriptor) as channel, channel.makefile("rb") as requests:
        while sizes := requests.read(_SIZES.size):
            head_size, body_size = _SIZES.unpack(sizes)
            head = json.loads(requests.read(head_size))
            body = requests.read(body_size)
            _limit(cpu, memory)
            answer = json.dumps(_answer(read, head, body), ensure_ascii=False).encode("utf-8", "replace")
            channel.sendall(_SIZES.pack(len(answer), 0) + answer)


def _answer(read: Callable[..., ParsedFeed], head: dict[str, Any], body: bytes) -> dict[str, Any]:
    feed = Feed(name="", country="", kind=FeedKind.PRESS, **head["feed"])
    try:
        parsed = read(body, feed, content_type=head["content_type"], now=datetime.fromisoformat(head["now"]))
    except ParseError as exc:
        return {"error": exc.reason}
    except Exception as exc:  # noqa: BLE001 - the edge of a parsing job; the parent logs it and goes on
        return {"bug": f"{type(exc).__name__}: {exc}"[:500]}
    rows = [_row(entry) for entry in parsed.entries]
    return {"entries": rows, "title": parsed.title, "ttl": parsed.ttl, "parser": parsed.parser, "doubts": parsed.doubts}


def _row(entry: Entry) -> tuple[object, ...]:
    at = None if entry.published is None else entry.published.timestamp()
    return (entry.title, entry.url, entry.guid, entry.summary, at, entry.language, entry.outlet)


def _limit(cpu: int, memory: int) -> None:
    """Allow this process ``cpu`` more seconds and ``memory`` bytes; the system kills it when it takes more time."""
    if sys.platform != "win32":
        import resource
        import time

        resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + 1 + cpu, resource.RLIM_INFINITY))
        _limit_memory(memory)


@functools.cache
def _limit_memory(memory: int) -> None:
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _die_with_parent() -> None:
    if sys.platform == "linux":
        import ctypes
        import signal

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
