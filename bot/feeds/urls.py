"""Decides what a URL is: the one reading of it that we check, request, compare and show.

Browsers, libraries and people disagree about odd URLs; an address that one of them checks and another opens is a hole.
"""

import ipaddress
import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qs, unquote, unquote_plus, urljoin, urlsplit

LONGEST = 4_000  # characters; longer ones are attacks or data, not links

_DEFAULT_PORTS = {"http": 80, "https": 443}
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
# Neither quotes nor brackets of any kind: the URL can stand in HTML, in Slack's <url|label> and in Discord's [label](url).
_PLAIN = _UNRESERVED | frozenset(b"!$&*+,;=:@/")
_ALL_PLAIN = re.compile(r"[\w.~!$&*+,;=:@/-]*", re.ASCII)
# What nearly all links look like. They need no second look but at their host and at dots in the path.
_PLAIN_URL = re.compile(
    r"(https?)://([a-z0-9.-]+)(?::(\d{1,5}))?(/[\w.~!$&*+,;=:@/-]*)?(?:\?([\w.~!$&*+,;=:@/?-]*))?(?:#[!-~]*)?", re.ASCII
)
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})|(.)", re.DOTALL)
_JUNK = re.compile(r"[\x00-\x20\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]+")

_TRACKING = re.compile(
    r"(fb|g|d|ms|y|tw|tt)clid|gclsrc|wbraid|gbraid|igshid|igsh|li_fat_id|mc_[ce]id|mkt_tok|vero_id|cmpid|i_cid|ncid|feedtype|feedname"
    r"|pk_(campaign|source|medium)|__twitter_impression|guccounter|guce_referrer(_sig)?|(utm|at|mtm|hsa|oly)_.*|_hs.*"
)
# Parameters that mean something elsewhere, but nothing when they only say that the reader came from a feed.
_ORIGINS = {"ref", "source", "from", "src", "via", "site", "partner", "emc", "cmp", "r"}
_FROM_FEED = re.compile(r"rss\w{0,12}|feed|atom|feedburner|fexrss", re.IGNORECASE)
_WRAPPERS = {("www.google.com", "/url"): ("url", "q"), ("www.bing.com", "/news/apiclick.aspx"): ("url",)}


class Parts(NamedTuple):
    """A URL taken apart. ``host`` is ASCII and lower-case, IPv6 in brackets; ``port`` is the effective one."""

    scheme: str
    host: str
    port: int
    path: str
    query: str

    @property
    def origin(self) -> str:
        """Host, and port where it is not the scheme's own."""
        return self.host if self.port == _DEFAULT_PORTS[self.scheme] else f"{self.host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.origin}{self.path}{'?' if self.query else ''}{self.query}"


def parse(url: str, base: str | None = None) -> Parts | None:
    """``url`` read as browsers read it, without its fragment; None for what is no http(s) URL, or names a user or password."""
    if base is None and (plain := _PLAIN_URL.fullmatch(url)) and len(url) < LONGEST:
        return _plain_parts(*plain.groups(default=""))
    try:
        split = _split(url, base)
        if split is None or "@" in split.netloc:
            return None
        host, port = _host(split.hostname or ""), split.port
    except ValueError:  # what urllib and the codecs raise for brackets, ports and labels that cannot be
        return None
    if host is None or port == 0:
        return None
    path = _without_dots(_quoted(split.path) or "/")
    parts = Parts(split.scheme, host, port or _DEFAULT_PORTS[split.scheme], path, _quoted(split.query, "?"))
    return parts if len(str(parts)) <= LONGEST else None


def _plain_parts(scheme: str, name: str, port: str, path: str, query: str) -> Parts | None:
    host, number = _host(name), int(port) if port else _DEFAULT_PORTS[scheme]
    return Parts(scheme, host, number, _without_dots(path or "/"), query) if host and 0 < number < 65_536 else None


def canonical(url: str, base: str | None = None) -> str | None:
    """The URL to store, show and click: http or https as given, no tracking, no fragment, all quoted; None if there is none.

    A relative ``url`` is resolved against ``base``. Links that only lead to another page through a counter become that page.
    """
    parts = parse(url, base)
    if parts is None:
        return None
    while target := _unwrapped(parts):
        parts = target
    kept = "&".join([pair for pair in parts.query.split("&") if pair and not _is_tracking(pair)])
    return str(parts if kept == parts.query else parts._replace(query=kept))


def _split(url: str, base: str | None) -> SplitResult | None:
    text = _trimmed(url)
    head = re.split(r"[?#]", text, maxsplit=1)[0]
    text = head.replace("\\", "/") + text[len(head) :]
    if base is not None:
        text = urljoin(_trimmed(base), text)
    elif text.startswith("//"):
        text = "https:" + text
    split = urlsplit(text)
    return split if split.scheme in _DEFAULT_PORTS and len(text) <= LONGEST else None


def _trimmed(text: str) -> str:
    """Without the white space and invisible marks around it, and without line breaks inside it."""
    start = _JUNK.match(text)
    text = text[start.end() if start else 0 :]
    while text and _JUNK.fullmatch(text[-1]):
        text = text[:-1]
    return re.sub(r"[\t\r\n]", "", text)


@lru_cache(maxsize=2_000)  # the links of a feed have few hosts
def _host(name: str) -> str | None:
    """The host in ASCII; None where it is none. Odd numeric forms stay as they are: the connection decides about those."""
    if ":" in name:
        return f"[{ipaddress.IPv6Address(name)}]" if "%" not in name else None
    name = unquote(name)
    if len(name) > 253:
        return None
    ascii_name = name.encode("idna").decode("ascii").lower() if not name.isascii() else name.lower()
    ascii_name = ascii_name.removesuffix(".")
    return ascii_name if all(_LABEL.fullmatch(label) for label in ascii_name.split(".")) else None


def _bytes(text: str) -> bytes:
    """UTF-8; bytes that came in as surrogates (a header in EUC-KR, say) go out as they came."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def _quoted(text: str, also_plain: str = "") -> str:
    """Percent-encoded once and only once, in one spelling: capital hex, nothing encoded that need not be."""
    if _ALL_PLAIN.fullmatch(text):  # as nearly all are; a poll of many feeds comes by here
        return text
    plain = _PLAIN | frozenset(also_plain.encode())

    def one(found: re.Match[bytes]) -> bytes:
        code = int(found[1], 16) if found[1] else found[2][0]
        keep = _UNRESERVED if found[1] else plain
        return bytes([code]) if code in keep else b"%%%02X" % code

    return _ESCAPE.sub(one, _bytes(text)).decode("ascii")


def _without_dots(path: str) -> str:
    """``path`` with "." and ".." segments carried out (RFC 3986, 5.2.4)."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            kept[-1:] = []
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _is_tracking(pair: str) -> bool:
    name, _, value = pair.partition("=")
    tracks = _tracks(name)
    return bool(_FROM_FEED.fullmatch(unquote_plus(value))) if tracks is None else tracks


@lru_cache(maxsize=500)
def _tracks(name: str) -> bool | None:
    """Whether a parameter of this name is there to track; None where its value decides."""
    name = unquote_plus(name).lower().removeprefix("amp;")
    return None if name in _ORIGINS else bool(_TRACKING.fullmatch(name))


def _unwrapped(parts: Parts) -> Parts | None:
    names = _WRAPPERS.get((parts.host, parts.path))
    if names is None:
        return None
    values = parse_qs(parts.query)
    targets = (parse(values[name][0]) for name in names if name in values)
    return next((target for target in targets if target), None)
