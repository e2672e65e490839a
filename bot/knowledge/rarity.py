"""How telling it is that two texts share something: rare terms, names and concepts tell, common ones do not.

Rarity is an inverse document frequency in nats, from tables of what is common in three years of news in three languages.
"""

import math
from collections.abc import Iterable
from functools import cache
from importlib import resources

RAREST_TERM = 7.0
RAREST_SUBJECT = 6.0


def of_term(term: str) -> float:
    """Of a term of ``terms.terms``: 0 for one of every text, ``RAREST_TERM`` for one that the table lacks."""
    return _terms().get(term, RAREST_TERM)


def of_terms(terms: Iterable[str]) -> list[tuple[str, float]]:
    """Each of many terms with its rarity."""
    rarity = _terms().get
    return [(term, rarity(term, RAREST_TERM)) for term in terms]


def of_subject(subject: str) -> float:
    """Of an entity's id or a concept's key; ``RAREST_SUBJECT`` for what the table lacks."""
    return _subjects().get(subject, RAREST_SUBJECT)


def norm(subjects: Iterable[str]) -> float:
    """The length of the vector of their rarities."""
    return math.sqrt(sum(of_subject(subject) ** 2 for subject in subjects))


@cache
def _terms() -> dict[str, float]:
    return _table("common_terms.tsv")


@cache
def _subjects() -> dict[str, float]:
    return _table("common_subjects.tsv")


def _table(name: str) -> dict[str, float]:
    text = resources.files("bot.knowledge").joinpath("data", name).read_text(encoding="utf-8")
    table: dict[str, float] = {}
    for line in text.splitlines():
        value, *members = line.split("\t")
        table.update(dict.fromkeys(members, float(value)))
    return table
