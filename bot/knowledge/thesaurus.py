"""Words that mean the same in Korean, Japanese and English, for searching: the concepts and what people look for besides.

The words are data: data/concepts.txt and data/thesaurus.txt, one meaning a line.
"""

from collections.abc import Iterator
from functools import cache
from importlib import resources
from itertools import chain
from typing import NamedTuple

from bot.knowledge.concepts import read_forms
from bot.knowledge.forms import Forms

_FILES = ("concepts.txt", "thesaurus.txt")


class Hit(NamedTuple):
    """text[start:end] has these meanings, each named "kind name"."""

    start: int
    end: int
    meanings: tuple[str, ...]


class Thesaurus:
    """Finds the meanings of a text."""

    def __init__(self, forms: dict[str, tuple[str, ...]]) -> None:
        """``forms``: each normalised form with its meanings."""
        self._forms = Forms(forms)

    @property
    def forms(self) -> list[str]:
        """Every form, normalised."""
        return self._forms.written

    def meanings(self, text: str) -> dict[str, None]:
        """The meanings of all forms in normalised ``text``, each once."""
        return dict.fromkeys(chain.from_iterable(meanings for _, _, meanings in self._forms.find(text)))

    def hits(self, text: str) -> Iterator[Hit]:
        """Every form in normalised ``text``, in order and without overlap, the longest first; Latin ones as whole words only."""
        for start, end, meanings in self._forms.find(text):
            yield Hit(start, end, meanings)


@cache
def load() -> Thesaurus:
    """The words of the data files."""
    forms: dict[str, dict[str, None]] = {}
    for file in _FILES:
        text = resources.files("bot.knowledge").joinpath("data", file).read_text(encoding="utf-8")
        for concept, form in read_forms(text):
            forms.setdefault(form, {})[concept.key] = None
    return Thesaurus({form: tuple(meanings) for form, meanings in forms.items()})
