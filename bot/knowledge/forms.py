"""Finds written forms in a text, each with what it stands for: the longest at a place, Latin ones as whole words only."""

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

from ahocorasick_rs import AhoCorasick, MatchKind

Meant = TypeVar("Meant")
_WORD = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


class Forms(Generic[Meant]):
    """``meant``: each normalised form with what it stands for."""

    def __init__(self, meant: Mapping[str, Meant]) -> None:
        self.written = list(meant)
        self._meant = list(meant.values())
        self._latin = [form[0] < "\u0250" for form in self.written]
        self._finder = AhoCorasick(self.written, matchkind=MatchKind.LeftmostLongest)

    def find(self, text: str) -> Iterator[tuple[int, int, Meant]]:
        """Start, end and meaning of every form in normalised ``text``, in order and without overlap."""
        for number, start, end in self._finder.find_matches_as_indexes(text):
            if not (self._latin[number] and _cuts_a_word(text, start, end)):
                yield start, end, self._meant[number]


def _cuts_a_word(text: str, start: int, end: int) -> bool:
    if start and text[start - 1] in _WORD and text[start] in _WORD:
        return True
    return end < len(text) and text[end] in _WORD and text[end - 1] in _WORD
