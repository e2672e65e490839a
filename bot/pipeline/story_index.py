"""An inverted index over the rare features of articles: which few of thousands are worth comparing with a new one."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable

from bot.knowledge import rarity
from bot.pipeline import story_vectors
from bot.pipeline.story_clues import Clues

DEEPEST = 160  # articles of one key that are looked at: the latest
MOST_SAME, MOST_OTHER = 8, 6  # candidates in the article's language and in others
_TERMS = 14
_NAMES, _SUBJECTS = 5, 7
_TELLING = 4.5  # rarity from which a name alone is a key
_LARGE = 100
_LEAST = 5.0  # score


class Index:
    """Remembers articles by their keys."""

    def __init__(self) -> None:
        self._postings: defaultdict[str, list[str]] = defaultdict(list)
        self._clues: dict[str, Clues] = {}
        self._with_vector: dict[str, Clues] = {}

    def add(self, clues: Clues, keys: Iterable[str]) -> None:
        """Remember an article by its keys."""
        self._clues[clues.id] = clues
        if clues.vector:
            self._with_vector[clues.id] = clues
        for key in keys:
            posting = self._postings[key]
            posting.append(clues.id)
            if len(posting) > 2 * DEEPEST:
                del posting[:DEEPEST]

    def drop(self, gone: set[str]) -> None:
        """Forget the articles with these ids."""
        for id in gone:
            del self._clues[id]
            self._with_vector.pop(id, None)
        for key, posting in list(self._postings.items()):
            kept = [id for id in posting if id not in gone]
            if kept:
                posting[:] = kept
            else:
                del self._postings[key]

    def candidates(self, clues: Clues, keys: Iterable[str], reach: float) -> list[Clues]:
        """Those that share most of ``keys`` or are nearest in meaning, at most ``reach`` days away where both have a date."""
        scores: defaultdict[str, float] = defaultdict(float)
        for key in keys:
            posting = self._postings.get(key)
            if posting:
                weight = math.log(1 + 4 * DEEPEST / len(posting))
                for id in posting[-DEEPEST:]:
                    scores[id] += weight
        found = self._clues
        likely = [(score, id) for id, score in scores.items() if score >= _LEAST]
        near = [pair for pair in likely if _within(clues, found[pair[1]], reach)]
        same = heapq.nlargest(MOST_SAME, (pair for pair in near if found[pair[1]].language == clues.language))
        others = heapq.nlargest(MOST_OTHER, (pair for pair in near if found[pair[1]].language != clues.language))
        ids = [id for _, id in same + others]
        return [found[id] for id in dict.fromkeys(ids + self._near_in_meaning(clues, reach))]

    def _near_in_meaning(self, clues: Clues, reach: float) -> list[str]:
        if not clues.vector:
            return []
        others = ((id, other.vector) for id, other in self._with_vector.items() if other.vector and _within(clues, other, reach))
        return story_vectors.nearest(clues.vector, others)


def keys(clues: Clues) -> list[str]:
    """What an article is found by: its rarest terms, names, names with subjects, and large numbers."""
    found = dict.fromkeys(clues.title.all[:_TERMS] + clues.text.all[:_TERMS])
    names = sorted(clues.names, key=_rarest_first)[:_NAMES]
    subjects = sorted((key for kind in clues.subjects[1:] for key in kind), key=_rarest_first)[:_SUBJECTS]
    for name in names:
        if rarity.of_subject(name) > _TELLING:
            found[name] = None
        for subject in subjects:
            found[f"{name} {subject}"] = None
    for value in clues.numbers:
        if value >= _LARGE:
            found[f"{value:.6g}"] = None
    return list(found)


def _rarest_first(subject: str) -> tuple[float, str]:
    return -rarity.of_subject(subject), subject


def _within(a: Clues, b: Clues, reach: float) -> bool:
    return a.at is None or b.at is None or abs(a.at - b.at) <= reach
