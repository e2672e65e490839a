"""Characters that nobody sees: they can hide, reorder or smuggle text. What stands in their place each platform decides."""

import unicodedata

JOINERS = "\u200c\u200d"  # invisible, but some scripts and the emoji of families need them
# Reserved by Unicode for signs without a shape: unassigned yet, so that no category tells.
_RESERVED = (("\u2065", "\u2065"), ("\ufff0", "\ufff8"), ("\U000e0000", "\U000e00ff"), ("\U000e01f0", "\U000e0fff"))


def is_hidden(character: str) -> bool:
    """Zero-width and bidirectional signs, tags, lone surrogates, non-characters and what is reserved for such. Not controls."""
    return (
        unicodedata.category(character) in ("Cf", "Cs")
        or ord(character) & 0xFFFE == 0xFFFE
        or "\ufdd0" <= character <= "\ufdef"
        or any(first <= character <= last for first, last in _RESERVED)
    )
