"""Makes foreign text inert in Discord: it can format nothing, link nothing and mention nobody.

Also measures text as Discord's limits do and cuts what is too long into pieces at spaces, losing nothing.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from urllib.parse import quote, urlsplit, urlunsplit

from discord.utils import escape_mentions

from bot.characters import is_hidden

MAX_URL = 1500
_BLANK = {"Cc", "Zl", "Zp", "Zs"}
_BASIC_PLANE = 0xFFFF
_MARKUP = re.compile(r"([\\*_~|`\[\]<>])")
_LINE_MARKUP = re.compile(r"^(?:(#{1,3}|[-+]#?)(?=\s|$)|(\d+)([.)])(?=\s|$))")  # at the end a citation may follow
_MARKS = re.compile(r"(?<=[̀-ͯ᪰-᫿᷀-᷿⃐-⃿︠-︯]{2})[̀-ͯ᪰-᫿᷀-᷿⃐-⃿︠-︯]+")


def length(text: str) -> int:
    """Its size in UTF-16 units: never less than Discord counts, whether it counts those or code points."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class _Shown(dict[int, str | int | None]):
    """For str.translate: blanks become spaces, invisible characters go. Remembers the usual planes, which are many at most."""

    def __missing__(self, code: int) -> str | int | None:
        category = unicodedata.category(chr(code))
        shown = " " if category in _BLANK else None if category == "Co" or is_hidden(chr(code)) else code
        if code <= _BASIC_PLANE:
            self[code] = shown
        return shown


_SHOWN = _Shown()


@lru_cache(maxsize=4096)  # the editions of one morning share their words
def clean(text: str) -> str:
    """``text`` on one line, in NFC, without invisible, bidirectional or control characters and without piled-up accents."""
    return _MARKS.sub("", unicodedata.normalize("NFC", " ".join(text.translate(_SHOWN).split())))


def escape(text: str) -> str:
    """Clean ``text`` with all that Discord would act upon made literal: markup, links, bare URLs, timestamps, mentions."""
    text = _MARKUP.sub(r"\\\1", text).replace("://", ":\\//")
    text = _LINE_MARKUP.sub(lambda found: "\\" + found[1] if found[1] else f"{found[2]}\\{found[3]}", text)
    return escape_mentions(text)


def inert(text: str) -> str:
    """``text`` cleaned and escaped, ready to stand anywhere in a message."""
    return escape(clean(text))


def safe_url(url: str) -> str | None:
    """``url`` encoded so that it cannot end its link early; None where it is no plain http(s) address or too long to show."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = f":{parts.port}" if parts.port else ""
    except (ValueError, UnicodeError):
        return None
    if parts.scheme not in ("http", "https") or not re.fullmatch(r"[A-Za-z0-9.-]+", host) or parts.username is not None:
        return None
    path, query, fragment = (_encoded(part) for part in (parts.path, parts.query, parts.fragment))
    safe = urlunsplit((parts.scheme, host + port, path, query, fragment))
    return safe if len(safe) <= MAX_URL else None


def _encoded(part: str) -> str:
    # "~" and "_" stay: quote never touches them, and inside <…> they are literal.
    return quote(part, safe="%/:=&?+!$,;'", errors="replace")


def link(label: str, url: str) -> str:
    """A masked link without preview to ``url``, or the bare label where it cannot be linked."""
    target = safe_url(url)
    text = inert(label.translate({ord("["): "(", ord("]"): ")"}))
    return f"[{text}](<{target}>)" if target and text else text


def citation(number: int, url: str) -> str:
    """``[number]`` as readers know it, linked to its source where possible."""
    target = safe_url(url)
    return f"[[{number}]](<{target}>)" if target else rf"\[{number}\]"


def plain(markup: str) -> str:
    """What people see of our own markup: no link targets, no backslashes."""
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", re.sub(r"\]\(<[^<>]*>\)", "]", markup))


def pieces(text: str, limit: int) -> Iterator[str]:
    """``text`` made inert, in pieces of at most ``limit`` characters each, cut at spaces where there are any."""
    rest = clean(text)
    while length(whole := escape(rest)) > limit:
        cut = _cut(rest, limit // 2)  # escaping at most doubles what a character counts
        yield escape(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    if rest:
        yield whole


def _cut(text: str, at: int) -> int:
    space = text.rfind(" ", at // 2, at + 1)
    if space > 0:
        return space
    while at > 1 and unicodedata.category(text[at]).startswith("M"):
        at -= 1
    return at


def lines(tokens: Iterable[str], limit: int, prefix: str = "") -> list[str]:
    """Inert tokens joined by spaces to as few lines as hold them, each with ``prefix`` and at most ``limit`` characters."""
    made: list[str] = []
    for token in tokens:
        joined = f"{made[-1]} {token}" if made else ""
        if made and length(joined) <= limit:
            made[-1] = joined
        else:
            made.append(prefix + token)
    return made
