"""Foreign text made harmless for a page: nothing in it can reorder, hide or link. The templates escape it."""

import unicodedata
from urllib.parse import urlsplit

from bot.characters import JOINERS, is_hidden

_LONGEST = 2000


class _Kept(dict[int, int | None]):
    """For str.translate: which characters stay. Filled as they are met, so that a text costs a look-up a character."""

    def __missing__(self, code: int) -> int | None:
        self[code] = found = code if _visible(chr(code)) else None
        return found


def _visible(character: str) -> bool:
    if unicodedata.category(character) == "Cc":
        return character in "\n\t"
    return character in JOINERS or not is_hidden(character)


_VISIBLE = _Kept()


def clean(text: str) -> str:
    """``text`` without what nobody can see."""
    return text if text.isascii() and text.isprintable() else text.translate(_VISIBLE)


def web_url(url: str) -> str:
    """``url`` where it is a web address that may be linked, else nothing."""
    found = clean(url).strip()
    try:
        parts = urlsplit(found)
        host = parts.hostname
    except ValueError:
        return ""
    return found if parts.scheme in ("http", "https") and host and len(found) <= _LONGEST else ""
