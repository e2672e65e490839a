"""Makes the text of a feed into bytes that XML parsers take: nothing before the root, no DTD, no characters that XML forbids."""

import html
import re

from bot.errors import ParseError

_HEAD = 20_000  # characters in which the root has to begin
_START = re.compile(r"<\?xml\b|<!DOCTYPE\b|<(?:\w+:)?(?:rss|feed|RDF|channel)\b", re.IGNORECASE)
_DECLARATION = re.compile(r"\s*(?:<\?xml[^>]{0,300}\?>\s*)+")
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]{0,1000}(?:\[(?P<subset>.*?)\]\s*)?>", re.DOTALL | re.IGNORECASE)
_DEFINES_ENTITY = re.compile(r"<!ENTITY\s+(?!%)")
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")
_NONCHARACTERS = ("\ufffe".encode(), "\uffff".encode())
_FORBIDDEN_REFERENCE = re.compile(rb"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|[xX]0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]));")
_LONG_TAG = re.compile(r"<\w[^<>]{8000,}")
_MOST_ATTRIBUTES = 500  # of one element; feedparser's time grows with their square
_CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
_NAMED = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{1,31};)")
_BARE_AMPERSAND = re.compile(r"&(?!(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|\w{2,32});)")
_BARE_LESS = re.compile(r"<(?![A-Za-z/!?_])")


def prepare(text: str, url: str) -> bytes:
    """``text`` as UTF-8 bytes with a declaration that says so, from the root on.

    Raises:
        ParseError: it holds no feed, its DTD defines entities, or an element has hundreds of attributes.
    """
    start = _START.search(text, 0, _HEAD)
    if start is None:
        raise ParseError(url, "this is no feed" if text.strip() else "the feed is empty")
    body = text[start.start() :]
    if any(tag[0].count("=") > _MOST_ATTRIBUTES for tag in _LONG_TAG.finditer(body)):
        raise ParseError(url, f"an element has more than {_MOST_ATTRIBUTES} attributes; such feeds are not read")
    if "<!DOCTYPE" in body[:_HEAD] or "<!doctype" in body[:_HEAD]:
        body = _without_doctype(body, url)
    body = body[match.end() :] if (match := _DECLARATION.match(body)) else body
    return b'<?xml version="1.0" encoding="utf-8"?>' + _allowed(body)


def _allowed(text: str) -> bytes:
    """``text`` in UTF-8 without what XML forbids."""
    found = text.encode("utf-8", "ignore").translate(None, _CONTROLS)  # ignores halves of surrogate pairs
    for character in _NONCHARACTERS:
        found = found.replace(character, b"")
    return _FORBIDDEN_REFERENCE.sub(b"", found) if b"&#" in found else found


def repair(document: bytes) -> bytes:
    """``document`` with HTML's named entities as characters and with bare ``&`` and ``<`` escaped; CDATA stays as it is."""
    parts = _CDATA.split(document.decode("utf-8"))
    parts[::2] = [_BARE_LESS.sub("&lt;", _BARE_AMPERSAND.sub("&amp;", _NAMED.sub(_character, part))) for part in parts[::2]]
    return "".join(parts).encode("utf-8")


def _character(found: re.Match[str]) -> str:
    text = html.unescape(found[0])
    return text if text != found[0] and not set(text) & set("<&") else "&amp;" + found[1]


def _without_doctype(body: str, url: str) -> str:
    found = _DOCTYPE.search(body, 0, _HEAD)
    if found is None or _DEFINES_ENTITY.search(found["subset"] or ""):
        raise ParseError(url, "its document type defines entities; such feeds are not read")
    if body[found.start() : found.end()].lower().startswith("<!doctype html"):
        raise ParseError(url, "this is a web page, not a feed")
    return body[: found.start()] + body[found.end() :]
