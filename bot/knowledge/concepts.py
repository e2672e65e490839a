"""What reports are about, whatever their language: acts, objects and places, with Korean, Japanese and English forms."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from bot.knowledge.forms import Forms
from bot.knowledge.language import normalise


@dataclass(frozen=True, slots=True)
class Concept:
    """``kind`` is act, object or place; ``key`` is unique: kind and name."""

    kind: str
    key: str


class Concepts:
    """Finds the concepts of a text."""

    def __init__(self, forms: dict[str, tuple[Concept, ...]]) -> None:
        self._forms = Forms(forms)

    def find(self, text: str) -> dict[Concept, int]:
        """The concepts of normalised ``text`` with the position of their first mention."""
        found: dict[Concept, int] = {}
        for start, _, concepts in self._forms.find(text):
            for concept in concepts:
                found.setdefault(concept, start)
        return found


@cache
def load() -> Concepts:
    """The concepts of the data file."""
    text = resources.files("bot.knowledge").joinpath("data/concepts.txt").read_text(encoding="utf-8")
    forms: dict[str, tuple[Concept, ...]] = {}
    for concept, form in read_forms(text):
        if concept not in forms.get(form, ()):
            forms[form] = (*forms.get(form, ()), concept)
    return Concepts(forms)


def read_forms(text: str) -> Iterator[tuple[Concept, str]]:
    """Each concept of a data file with each of its normalised forms; a ``[kind]`` heads its lines ``name: ko | ja | en``."""
    kind = ""
    for line in text.splitlines():
        if line.startswith("["):
            kind = line.strip("[]")
        elif line and not line.startswith("#"):
            name, _, rest = line.partition(":")
            for form in re.split(r"[|,]", rest):
                if form.strip():
                    yield Concept(kind, f"{kind} {name}"), normalise(form)
