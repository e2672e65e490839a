"""Chooses the sentence of an article that says most of what was asked, whatever language either is in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.archive.query import Group, codes, number_term
from bot.knowledge import language, register, thesaurus
from bot.knowledge.numbers import numbers
from bot.model import Article

HOMES = {"ko": "KR", "ja": "JP"}  # what an article in this language speaks of without saying so
_MOST_SENTENCES = 80
_KIN = 0.7
_BESIDE = 0.6  # what a group counts that the headline or the rest of the article holds, not the sentence


@dataclass(frozen=True, slots=True)
class Content:
    """What a text can be met by."""

    tokens: frozenset[str]
    subjects: frozenset[str]
    named: frozenset[str]
    codes: frozenset[str] = frozenset()

    def holds(self, group: Group) -> float:
        """How far ``group`` is met, 0 to 1: whole by name, meaning or number, else by the share of its words."""
        if not self.subjects.isdisjoint((*group.entities, *group.meanings, *group.numbers)):
            return 1.0
        if any(self._holds_kin(entity) for entity in group.entities):
            return _KIN
        if group.code:
            return float(group.code in self.codes)
        if not group.tokens:
            return 0.0
        there = sum(token in self.tokens for token in group.tokens) / len(group.tokens)
        return there if there > 0.5 else 0.0

    def _holds_kin(self, id: str) -> bool:
        """A branch where the house itself is named, a government where its country is."""
        entity = register.load().get(id)
        if entity.kind == "government":
            return entity.country in self.subjects
        return entity.kind == "company" and entity.parent in self.named


@dataclass(frozen=True, slots=True)
class Found:
    """``text`` is the sentence; ``coverage``, 0..1, how much of what was asked it and its article hold.

    ``missing``: the weight of the heaviest group that can be met in any language and is met nowhere in the article.
    """

    text: str
    coverage: float
    within: float
    missing: float


def read(text: str) -> Content:
    """What ``text`` can be met by; a company or place stands for its country and its parent too."""
    normal = language.normalise(text)
    mentions = [mention for mention in register.load().mentions(text) if mention.kind != "currency"]
    named = frozenset(mention.entity for mention in mentions)
    subjects = named | {mention.country for mention in mentions}
    subjects |= {family for entity in named if (family := register.load().get(entity).parent)}
    subjects |= thesaurus.load().meanings(normal).keys()
    subjects |= {number_term(number) for number in numbers(normal)}
    return Content(frozenset(language.tokens(text)), subjects, named, codes(text))


def best(article: Article, groups: Sequence[Group], weights: Sequence[float] = ()) -> Found:
    """The sentence of ``article`` that holds most of ``groups``, each of which counts by its weight."""
    return ranked(article, read(article.text), groups, weights)[0]


def ranked(article: Article, whole: Content, groups: Sequence[Group], weights: Sequence[float] = ()) -> list[Found]:
    """The sentences of ``article``, those first that hold most of ``groups``; the shorter first among equals.

    ``whole``: what its whole text can be met by, as ``read`` gives it.
    """
    weights = weights or [1.0] * len(groups)
    if home := HOMES.get(article.language):
        whole = replace(whole, subjects=whole.subjects | {home})
    held = [whole.holds(group) for group in groups]
    beside = [value * _BESIDE for value in held]
    missing = max(
        (w for g, w, value in zip(groups, weights, held, strict=True) if (g.known or g.code) and value < 0.5), default=0.0
    )
    found = []
    for sentence in (language.sentences(article.text) or [article.title])[:_MOST_SENTENCES]:
        here = [content.holds(group) for content in (read(sentence),) for group in groups]
        coverage = _share(list(map(max, here, beside)), weights)
        found.append(Found(sentence, coverage, _share(here, weights), missing))
    return sorted(found, key=lambda one: (-one.coverage, -one.within, len(one.text)))


def _share(held: Sequence[float], weights: Sequence[float]) -> float:
    total = sum(weights)
    return sum(value * weight for value, weight in zip(held, weights, strict=True)) / total if total else 0.0
