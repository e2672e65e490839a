"""A web server on loopback that does whatever a test tells it, hostile things above all.

    async with Server({"/feed.xml": answer(b"<rss/>"), "/drip": drip}) as server:
        await client.get(server.url("/feed.xml"))

A handler gets the request and a writer of raw bytes; ``answer`` makes an honest one. What came is in ``server.requests``.
"""

import asyncio
import gzip
import ssl
import subprocess
import sys
import zlib
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self


@dataclass(frozen=True)
class Request:
    """``headers`` by lower-case name; ``target`` as it came over the wire."""

    target: str
    headers: Mapping[str, str]


Handler = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


class Server:
    """Serves ``handlers`` (by path, "*" for all others) on a free port of 127.0.0.1; closes each connection after one answer."""

    def __init__(self, handlers: Mapping[str, Handler] | None = None, *, tls: ssl.SSLContext | None = None) -> None:
        self.handlers: dict[str, Handler] = dict(handlers or {})
        self.requests: list[Request] = []
        self.connections = 0
        self.port = 0
        self._tls = tls
        self._tasks: set[asyncio.Task[None]] = set()

    def url(self, path: str = "/") -> str:
        """The address of ``path`` here."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}{path}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, ssl=self._tls, backlog=1024)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            try:
                first, *rest = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                pairs = (line.split(":", 1) for line in rest if ":" in line)
                request = Request(first.split(" ")[1], {name.lower(): value.strip() for name, value in pairs})
                self.requests.append(request)
                handler = self.handlers.get(request.target.split("?")[0]) or self.handlers.get("*") or answer(b"", 404)
                await handler(request, writer)
                await writer.drain()
            finally:
                writer.close()


def head(status: int = 200, **headers: str | int) -> bytes:
    """Status line and headers; ``Content_Type`` stands for Content-Type."""
    lines = [f"HTTP/1.1 {status} Said", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def answer(body: bytes = b"", status: int = 200, **headers: str | int) -> Handler:
    """An honest answer with a Content-Length."""

    async def handle(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(head(status, Content_Length=len(body), Connection="close", **headers) + body)

    return handle


def raw(data: bytes) -> Handler:
    """These bytes and the end of the connection."""

    async def handle(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(data)

    return handle


def redirect(to: str, status: int = 302) -> Handler:
    """A redirect; ``to`` goes into the header as UTF-8."""
    return raw(f"HTTP/1.1 {status} Said\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode("utf-8", "surrogateescape"))


def conditional(body: bytes, etag: str, **headers: str | int) -> Handler:
    """200 with an ETag, and 304 to who sends it back."""

    async def handle(request: Request, writer: asyncio.StreamWriter) -> None:
        same = request.headers.get("if-none-match") == etag
        await answer(b"" if same else body, 304 if same else 200, ETag=etag, **headers)(request, writer)

    return handle


async def hang(request: Request, writer: asyncio.StreamWriter) -> None:
    """Take the request and say nothing."""
    await asyncio.Event().wait()


async def drip(request: Request, writer: asyncio.StreamWriter) -> None:
    """A body of one byte every tenth of a second, without an end."""
    writer.write(head(Content_Type="application/rss+xml"))
    await _repeat(writer, b"<", 0.1)


async def slow_head(request: Request, writer: asyncio.StreamWriter) -> None:
    """Headers that never come to an end, a few bytes at a time."""
    writer.write(b"HTTP/1.1 200 OK\r\n")
    await _repeat(writer, b"X-A: b\r\n", 0.1)


async def endless(request: Request, writer: asyncio.StreamWriter) -> None:
    """A body without an end, as fast as it is taken."""
    writer.write(head(Content_Type="application/rss+xml"))
    await _repeat(writer, b"<item><title>more</title></item>" * 2_000, 0)


async def endless_continue(request: Request, writer: asyncio.StreamWriter) -> None:
    """Interim answers without an end."""
    await _repeat(writer, b"HTTP/1.1 100 Continue\r\n\r\n" * 500, 0)


async def long_header(request: Request, writer: asyncio.StreamWriter) -> None:
    """One header of 5 MB."""
    writer.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    for _ in range(80):
        writer.write(b"a" * 65_536)
        await writer.drain()
    writer.write(b"\r\n\r\n")


async def many_headers(request: Request, writer: asyncio.StreamWriter) -> None:
    """Headers without an end, as fast as they are taken."""
    writer.write(b"HTTP/1.1 200 OK\r\n")
    await _repeat(writer, b"X-Many: b\r\n" * 1_000, 0)


async def gzip_bomb(request: Request, writer: asyncio.StreamWriter) -> None:
    """1 GB of blanks as 1 MB of gzip, made while it is sent."""
    writer.write(head(Content_Type="application/rss+xml", Content_Encoding="gzip"))
    packer = zlib.compressobj(9, wbits=31)
    megabyte = b" " * 1_000_000
    for _ in range(1_000):
        writer.write(packer.compress(megabyte))
        await writer.drain()
    writer.write(packer.flush())


async def gzip_of_gzips(request: Request, writer: asyncio.StreamWriter) -> None:
    """Empty gzip members without an end: nothing comes out, but each costs its reader time."""
    writer.write(head(Content_Type="application/rss+xml", Content_Encoding="gzip"))
    await _repeat(writer, gzip.compress(b"") * 1_000, 0)


async def tiny_chunks(request: Request, writer: asyncio.StreamWriter) -> None:
    """A body without an end in chunks of one byte."""
    writer.write(head(Content_Type="application/rss+xml", Transfer_Encoding="chunked"))
    await _repeat(writer, b"1\r\n<\r\n" * 4_000, 0)


async def reset(request: Request, writer: asyncio.StreamWriter) -> None:
    """A connection that is reset in the middle of the body."""
    writer.write(head(Content_Length=1_000) + b"<rss>")
    await writer.drain()
    writer.transport.abort()


cut_off = raw(head(Content_Length=1_000) + b"<rss>")
bad_chunks = raw(head(Transfer_Encoding="chunked") + b"zz\r\n<rss>\r\n0\r\n\r\n")
no_http = raw(b"\x16\x03\x01 this is no HTTP at all\r\n\r\n")
silent = raw(b"")

# p99 of the event loop's lag, in seconds: 0.1 on a quiet machine. Work on the loop that should not be there shows as seconds.
MOST_LAG = 0.2
HOSTILE: dict[str, Handler] = {
    "/hang": hang,
    "/drip": drip,
    "/slow-head": slow_head,
    "/endless": endless,
    "/endless-continue": endless_continue,
    "/long-header": long_header,
    "/many-headers": many_headers,
    "/gzip-bomb": gzip_bomb,
    "/gzip-of-gzips": gzip_of_gzips,
    "/tiny-chunks": tiny_chunks,
    "/reset": reset,
    "/cut-off": cut_off,
    "/bad-chunks": bad_chunks,
    "/no-http": no_http,
    "/silent": silent,
    "/loop": redirect("/loop"),
}


async def _repeat(writer: asyncio.StreamWriter, piece: bytes, pause: float) -> None:
    while True:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(pause)


@contextmanager
def elsewhere() -> Iterator[str]:
    """All of HOSTILE, and an honest feed at any other path, served by another process, whose work is not ours."""
    command = [sys.executable, "-m", "tests.feeds.servers"]
    with subprocess.Popen(
        command, cwd=Path(__file__).parents[2], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin and process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()  # the sign to end
            process.wait(10)


async def _serve_until_told() -> None:
    feed = answer(b"<rss>" + b"<item><title>fine</title></item>" * 20 + b"</rss>", Content_Type="application/rss+xml")
    async with Server(HOSTILE | {"*": feed}) as server:
        sys.stdout.write(server.url("") + "\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve_until_told())
