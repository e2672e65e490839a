"""Foreign text made harmless for Slack: nothing in it can mention, link, reorder or hide. Only our own code makes links."""

import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache

from bot.characters import JOINERS, is_hidden

# Slack counts like JavaScript: UTF-16 units. Every limit of this package is in these units.
OBJECT_LIMIT = 2900
_URL_LIMIT = 2500
_MARKS_PER_LETTER = 2
_BREAKS = re.compile(r"\r\n?|[\x85\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]+")
_NEWLINES = re.compile(r" ?\n[\s]*")
_MARKUP = re.compile(r"<([^<>]*)>")
_WEB = re.compile(r"(https?)(://[^/?#\s].*)", re.IGNORECASE | re.DOTALL)
_URL_UNSAFE = re.compile(r'[|<>"\\^`{}\s\x00-\x1f\x7f-\x9f]')
_GOOD_BREAK = re.compile(r"[\s。、.,;!?！？」』）)]")


def units(text: str) -> int:
    """Its length as Slack counts it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _invisible(character: str) -> bool:
    return unicodedata.category(character) == "Cc" or (is_hidden(character) and character not in JOINERS)


class _Kept(dict[int, int | None]):
    """For str.translate: which characters stay. Filled as they are met, so that a text costs a look-up a character."""

    def __init__(self, stays: Callable[[str], bool]) -> None:
        super().__init__()
        self._stays = stays

    def __missing__(self, code: int) -> int | None:
        self[code] = found = code if self._stays(chr(code)) else None
        return found


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) in ("Mn", "Me")


_VISIBLE = _Kept(lambda character: character == "\n" or not _invisible(character))
_MARKS = _Kept(_is_mark)


@lru_cache(maxsize=4096)  # the editions of one morning share their words
def clean(text: str) -> str:
    """``text`` in NFC without invisible characters and piled-up marks; runs of spaces and of line breaks become one."""
    # CR, tabs and Unicode's line separators are spacing, not characters to drop: words must not grow together.
    spaced = unicodedata.normalize("NFC", _BREAKS.sub("\n", text).replace("\t", " "))
    seen = spaced.translate(_VISIBLE)
    if not seen.isascii() and seen.translate(_MARKS):
        seen = _without_piles(seen)
    # Dropping characters can bring others together that compose.
    joined = unicodedata.normalize("NFC", seen)
    return _NEWLINES.sub("\n", _SPACES.sub(" ", joined)).strip()


def _without_piles(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if _is_mark(character) else 0
        if marks <= _MARKS_PER_LETTER:
            kept.append(character)
    return "".join(kept)


def bounded(text: str, limit: int) -> str:
    """``text`` on one line of at most ``limit`` units; what does not fit ends in "…". For labels, never for news."""
    line = clean(text).replace("\n", " ")
    return line if units(line) <= limit else next(pieces(line, limit - 1)) + "…"


def said(text: str, bot_user: str = "") -> str:
    """What a person typed, without Slack's markup and without the mention of ourselves."""

    def plain(found: re.Match[str]) -> str:
        target, _, label = found[1].partition("|")
        if target.startswith(("@", "#", "!")):
            mine = bot_user and target == f"@{bot_user}"
            return " " if mine else label or target.lstrip("!")
        return target if target.startswith(("http://", "https://")) else label or target

    return clean(html.unescape(_MARKUP.sub(plain, text)))


def escape(text: str) -> str:
    """``text`` for mrkdwn and fallback texts: the three characters that Slack reads as syntax, and no others."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def web_url(url: str) -> str | None:
    """``url`` as it may be linked, percent-encoded where Slack would misread it; None when it is no web address or too long."""
    web = _WEB.match(url)
    if not web:
        return None
    url = web[1].lower() + web[2]
    safe = _URL_UNSAFE.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace")), url)
    safe = safe.encode("utf-8", "ignore").decode("utf-8")
    return safe if units(safe) <= _URL_LIMIT and not any(map(_invisible, safe)) else None


def link(url: str, label: str) -> str:
    """A mrkdwn link; only the label where the address cannot be linked."""
    label = escape(clean(label)).replace("|", "¦") or "·"
    safe = web_url(url)
    return f"<{safe.replace('&', '&amp;')}|{label}>" if safe else label


def _joined(text: str, at: int) -> bool:
    """Whether a break before ``text[at]`` would tear a letter from its mark or an emoji apart."""
    return unicodedata.category(text[at]).startswith("M") or JOINERS[1] in text[at - 1 : at + 1]


def pieces(text: str, limit: int = OBJECT_LIMIT) -> Iterator[str]:
    """``text`` whole, in parts of at most ``limit`` units, broken after a space or a sentence mark where there is one."""
    while units(text) > limit:
        end = limit if units(text[:limit]) <= limit else limit // 2
        breaks = [at for at in range(end, end // 2, -1) if not _joined(text, at)] or [end]
        at = next((at for at in breaks if _GOOD_BREAK.match(text[at - 1])), breaks[0])
        yield text[:at]
        text = text[at:]
    if text:
        yield text
