"""What holds for every page: security headers, our host only, bounded requests, and no writing from elsewhere."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.platforms.web.reader import MOST_FORM, TooMuch

LONGEST_QUERY = 2000  # bytes
_LOOPBACK = frozenset(("127.0.0.1", "localhost", "[::1]", "testserver"))
_POLICY = "; ".join(
    (
        "default-src 'none'", "style-src 'self'", "img-src 'self'", "form-action 'self'", "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)  # fmt: skip
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_HSTS = "max-age=31536000; includeSubDomains"


class Guard:
    """Around the pages. ``base_url``: where people reach them; else only this machine does. ``indexed``: search engines may."""

    def __init__(self, app: ASGIApp, base_url: str, *, indexed: bool = False) -> None:
        self._app = app
        self._base = base_url
        self._hosts = {urlsplit(base_url).netloc.lower()} if base_url else _LOOPBACK
        headers = dict(_HEADERS)
        if base_url.startswith("https://"):
            headers["strict-transport-security"] = _HSTS
        if not indexed:
            headers["x-robots-tag"] = "noindex, nofollow"
        self._headers = [(name.encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name for name, _ in message["headers"]}
                # A list of its own: an answer that is kept goes out more than once.
                message["headers"] = [*message["headers"], *(pair for pair in self._headers if pair[0] not in given)]
            await send(message)

        refused = self._refusal(scope)
        if refused is not None:
            await refused(scope, receive, guarded)
            return
        await self._app(scope, _bounded(receive), guarded)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "").lower()
        if host not in self._hosts and (self._base or host.rsplit(":", 1)[0] not in self._hosts):
            return PlainTextResponse("this address is not served here\n", 421)
        if len(scope["query_string"]) > LONGEST_QUERY:
            return PlainTextResponse("the address is too long\n", 414)
        if scope["method"] not in ("GET", "HEAD", "OPTIONS") and not _from_here(headers, host):
            return PlainTextResponse("forms are taken from our own pages only\n", 403)
        return None


def _from_here(headers: Headers, host: str) -> bool:
    """Whether a browser says that the form stands on a page of ours; what says nothing brings the form's token all the same."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == host


def _bounded(receive: Receive) -> Receive:
    taken = 0

    async def bounded() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > MOST_FORM:
            raise TooMuch
        return message

    return bounded
