"""Which parts of a page are for whom. One drawing of a page serves who is signed in and who is not: where they see something else
it is marked, and the marks are taken out for each reader, with the token of their own forms put in.

No text can hold a mark: ``look`` takes such characters out of everything that is put into a page.
"""

from markupsafe import Markup, escape

from bot.platforms.web.reader import Reader

_TOKEN, _PLATFORM = "\1", "\2"
# In templates: what stands behind MEMBERS is for who is signed in, behind OTHERS for who is not, until EVERYBODY.
IN_TEMPLATES = {
    "MEMBERS": Markup("\0m"),
    "OTHERS": Markup("\0o"),
    "EVERYBODY": Markup("\0e"),
    "TOKEN": Markup(_TOKEN),  # noqa: S704 our own characters
    "PLATFORM": Markup(_PLATFORM),  # noqa: S704
}


def fitted(drawn: bytes, reader: Reader) -> bytes:
    """A page as drawn, in UTF-8, as this reader sees it."""
    others = b"o" if reader.visit else b"m"
    first, *parts = drawn.split(b"\0")
    seen = b"".join([first, *(part[1:] for part in parts if part[:1] != others)])
    platform = reader.visit.platform.capitalize() if reader.visit else ""
    return seen.replace(_TOKEN.encode(), reader.token.encode()).replace(_PLATFORM.encode(), escape(platform).encode())
