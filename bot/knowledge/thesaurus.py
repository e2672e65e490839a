"""Words that mean the same in Korean, Japanese and English, for searching: the concepts and what people look for besides.

The words are data: data/concepts.txt and data/thesaurus.txt, one meaning a line.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from ahocorasick_rs import AhoCorasick, MatchKind

from bot.knowledge.concepts import read_forms

_FILES = ("concepts.txt", "thesaurus.txt")
_WORD = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


@dataclass(frozen=True, slots=True)
class Hit:
    """text[start:end] has these meanings, each named "kind name"."""

    start: int
    end: int
    meanings: tuple[str, ...]


class Thesaurus:
    """Finds the meanings of a text."""

    def __init__(self, forms: dict[str, tuple[str, ...]]) -> None:
        """``forms``: each normalised form with its meanings."""
        self._forms = list(forms)
        self._meanings = list(forms.values())
        self._latin = [form[0] < "\u0250" for form in self._forms]
        self._finder = AhoCorasick(self._forms, matchkind=MatchKind.LeftmostLongest)

    @property
    def forms(self) -> list[str]:
        """Every form, normalised."""
        return self._forms

    def hits(self, text: str) -> Iterator[Hit]:
        """Every form in normalised ``text``, in order and without overlap, the longest first; Latin ones as whole words only."""
        for number, start, end in self._finder.find_matches_as_indexes(text):
            if not (self._latin[number] and _cuts_a_word(text, start, end)):
                yield Hit(start, end, self._meanings[number])


@cache
def load() -> Thesaurus:
    """The words of the data files."""
    forms: dict[str, dict[str, None]] = {}
    for file in _FILES:
        text = resources.files("bot.knowledge").joinpath("data", file).read_text(encoding="utf-8")
        for concept, form in read_forms(text):
            forms.setdefault(form, {})[concept.key] = None
    return Thesaurus({form: tuple(meanings) for form, meanings in forms.items()})


def _cuts_a_word(text: str, start: int, end: int) -> bool:
    if start and text[start - 1] in _WORD and text[start] in _WORD:
        return True
    return end < len(text) and text[end] in _WORD and text[end - 1] in _WORD
