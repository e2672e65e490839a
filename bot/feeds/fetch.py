"""Gets bytes from the web, politely and within bounds of time and size. The door of aiohttp as an HTTP client.

Whatever a server does, the caller gets a ``Fetched`` or a ``FetchError`` before the deadline.
"""

import asyncio
import os
import ssl
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from socket import AF_INET, AF_INET6, AF_UNSPEC, AI_NUMERICHOST, AddressFamily, gaierror
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot.errors import FetchError
from bot.feeds import body
from bot.feeds.addresses import AddressRefused, Gate, Lookup, OpenSocket, is_loopback
from bot.feeds.headers import instant, seconds_fresh, seconds_to_wait, validator
from bot.feeds.manners import Manners
from bot.feeds.urls import Parts, parse

_REDIRECTS = {301, 302, 303, 307, 308}
_PERMANENT_REDIRECTS = {301, 308}
_PORTS = {80, 443}
_ACCEPT = "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/html;q=0.8, */*;q=0.5"


class Unreachable(FetchError):
    """No answer could be had: no such name, no connection, no valid certificate, or an address that we do not connect to."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer. ``status`` is 200, or 304 with an empty body where nothing changed since the validators that were sent.

    ``url``: where the bytes came from in the end. ``fresh_for``: seconds for which the server calls them fresh.
    ``moved_to``: the new address, where every redirect on the way was a permanent one. ``date``: by the server's clock.
    """

    url: str
    status: int
    body: bytes = b""
    etag: str | None = None
    last_modified: str | None = None
    content_type: str = ""
    fresh_for: float | None = None
    moved_to: str | None = None
    date: datetime | None = None


class Client:
    """Fetches over HTTP and HTTPS from public addresses. An async context manager.

    ``allow_private``: loopback and any port as well, without manners on loopback (for tests and the sample).
    ``total``: seconds for one fetch from the lookup to the last byte, redirects included; waiting for one's turn comes before.
    ``max_bytes``: of a body, inflated. ``per_host``, ``pause``: requests at a time to one server, seconds between starts.
    ``at_once``: requests in all. ``lookup``, ``open_socket``: see ``addresses.Gate``.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        allow_private: bool = False,
        total: float = 20.0,
        max_bytes: int = 10_000_000,
        max_redirects: int = 5,
        per_host: int = 2,
        pause: float = 0.3,
        at_once: int = 100,
        lookup: Lookup | None = None,
        open_socket: OpenSocket | None = None,
    ) -> None:
        self.total = total
        self._user_agent = user_agent
        self._allow_private = allow_private
        self.max_bytes = max_bytes
        self._max_redirects = max_redirects
        self._manners = Manners(per_host, pause)
        self._places = asyncio.Semaphore(at_once)
        self._gate = Gate(allow_loopback=allow_private, lookup=lookup, open_socket=open_socket)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(
            resolver=_Resolver(self._gate),
            socket_factory=self._gate.socket,
            use_dns_cache=False,
            limit=0,  # at_once is the limit; waiting here would use up the deadline
            keepalive_timeout=1.0,  # long enough for redirects and feeds of one host; idle TLS connections cost memory
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),  # one deadline of our own, in get()
            auto_decompress=False,
            trust_env=False,  # a proxy would connect to addresses in our place, unchecked
            headers={"User-Agent": self._user_agent, "Accept-Encoding": "gzip"},
            max_line_size=16_384,
            max_field_size=32_768,
            max_headers=256,
        )
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._session is not None:
            await self._session.close()

    async def get(self, url: str, *, etag: str | None = None, last_modified: str | None = None, accept: str = _ACCEPT) -> Fetched:
        """Fetch ``url``; with validators of an earlier answer, the result may be a 304.

        Raises:
            FetchError: whatever went wrong, with a reason for people. ``permanent`` for 410 Gone.
        """
        headers = {"Accept": accept}
        if etag := validator(etag):
            headers["If-None-Match"] = etag
        if last_modified := validator(last_modified):
            headers["If-Modified-Since"] = last_modified
        try:
            parts = self._checked(url, url)
            async with self._turn(parts), self._places, asyncio.timeout(self.total):
                return await self._follow(url, parts, headers)
        except TimeoutError as exc:
            raise FetchError(url, f"not done after {self.total:g} seconds") from exc
        except body.BodyError as exc:
            raise FetchError(url, str(exc)) from exc
        except (aiohttp.ClientError, OSError, ValueError) as exc:
            raise _failure(url, exc) from exc

    async def _follow(self, url: str, parts: Parts, headers: dict[str, str]) -> Fetched:
        """Ask, and go where redirects point to, each hop checked like the first."""
        permanent = True
        for hop in range(self._max_redirects + 1):
            async with self._open(parts, headers) as response:
                if response.status not in _REDIRECTS or "Location" not in response.headers:
                    fetched = await self._taken(url, response, parts, headers)
                    return replace(fetched, moved_to=str(parts)) if hop and permanent else fetched
                permanent &= response.status in _PERMANENT_REDIRECTS
                parts = self._checked(url, response.headers["Location"], str(parts))
        raise FetchError(url, f"redirects more than {self._max_redirects} times")

    def _open(self, parts: Parts, headers: dict[str, str]) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        if self._session is None:
            raise RuntimeError("the client is used outside its context")
        return self._session.get(URL(str(parts), encoded=True), headers=headers, allow_redirects=False)

    async def _taken(self, url: str, response: aiohttp.ClientResponse, parts: Parts, sent: dict[str, str]) -> Fetched:
        """What the last answer says."""
        status, headers = response.status, response.headers
        unchanged = status == 304 and not sent.keys().isdisjoint(("If-None-Match", "If-Modified-Since"))
        if status not in (200, 203) and not unchanged:
            raise _refusal(url, status, headers.get("Retry-After"))
        encoding = headers.get("Content-Encoding", "").strip().lower()
        content = b"" if unchanged else await body.read(response.content.iter_any(), encoding, self.max_bytes)
        return Fetched(
            url=str(parts),
            status=304 if unchanged else 200,
            body=content,
            etag=validator(headers.get("ETag")),
            last_modified=validator(headers.get("Last-Modified")),
            content_type=headers.get("Content-Type", "")[:200],
            fresh_for=seconds_fresh(headers.get("Cache-Control", ""), headers.get("Expires"), headers.get("Date")),
            date=instant(headers.get("Date")),
        )

    def _checked(self, url: str, target: str, base: str | None = None) -> Parts:
        """``target`` taken apart, if it is an address that we ask at all. Raises FetchError about ``url``."""
        parts = parse(target, base)
        if parts is None:
            raise Unreachable(url, "is not a plain web address" if base is None else "redirects to what is no web address")
        if parts.port not in _PORTS and not self._allow_private:
            raise Unreachable(url, f"port {parts.port} is not one of the web's")
        return parts

    def _turn(self, parts: Parts) -> AbstractAsyncContextManager[None]:
        if self._allow_private and (parts.host == "localhost" or is_loopback(parts.host.strip("[]"))):
            return nullcontext()
        return self._manners.turn(parts.origin)


class _Resolver(AbstractResolver):
    """Our gate in aiohttp's words."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    async def resolve(self, host: str, port: int = 0, family: AddressFamily = AF_UNSPEC) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=AF_INET6 if ":" in address else AF_INET,
                proto=0,
                flags=AI_NUMERICHOST,
            )
            for address in await self._gate.resolve(host, port)
        ]

    async def close(self) -> None:
        """Nothing is held open."""


def _failure(url: str, exc: Exception) -> FetchError:
    """The reason, in words, why the library gave up."""
    cause = exc.__cause__ if isinstance(exc, aiohttp.ClientConnectorError) else exc
    if isinstance(cause, AddressRefused):
        return Unreachable(url, "its address is not public")
    if isinstance(cause, gaierror):
        return Unreachable(url, "its name cannot be resolved")
    if isinstance(cause, ssl.SSLCertVerificationError):
        return Unreachable(url, f"its certificate is not valid ({cause.verify_message})")
    if isinstance(exc, aiohttp.ClientSSLError):
        return Unreachable(url, "no secure connection could be made")
    if isinstance(exc, aiohttp.ClientConnectorError):
        return Unreachable(url, f"no connection ({os.strerror(exc.errno or 0).lower()})")
    if isinstance(exc, aiohttp.ClientResponseError | aiohttp.ClientPayloadError):
        return FetchError(url, "answers in broken HTTP, or breaks off")
    if isinstance(exc, aiohttp.ClientConnectionError | OSError):
        return FetchError(url, "closes the connection without an answer")
    return FetchError(url, "cannot be fetched")


def _refusal(url: str, status: int, retry_after: str | None) -> FetchError:
    """The server answered, but not with what was asked for."""
    phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else ""
    later = seconds_to_wait(retry_after) if status in (429, 503) and retry_after else None
    return FetchError(
        url, f"answers {status} {phrase}".strip(), permanent=status == HTTPStatus.GONE, retry_after=later, status=status
    )
