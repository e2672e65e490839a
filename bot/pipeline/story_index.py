"""An inverted index over the rare features of articles: which few of thousands are worth comparing with a new one."""

from __future__ import annotations

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Iterator

from bot.knowledge import rarity
from bot.pipeline.story_clues import Clues

DEEPEST = 160  # articles of one key that are looked at: the latest
MOST_SAME, MOST_OTHER = 8, 6  # candidates in the article's language and in others
_TERMS = 14
_NAMES, _SUBJECTS = 5, 7
_LEAST = 5.0


class Index:
    """Remembers articles by their keys."""

    def __init__(self) -> None:
        self._postings: defaultdict[str, list[Clues]] = defaultdict(list)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, clues: Clues) -> None:
        """Remember an article."""
        self._count += 1
        for key in set(_keys(clues)):
            posting = self._postings[key]
            posting.append(clues)
            if len(posting) > 2 * DEEPEST:
                del posting[:DEEPEST]

    def drop(self, gone: set[str]) -> None:
        """Forget the articles with these ids."""
        self._count -= len(gone)
        for key in list(self._postings):
            kept = [clues for clues in self._postings[key] if clues.id not in gone]
            if kept:
                self._postings[key] = kept
            else:
                del self._postings[key]

    def candidates(self, clues: Clues, reach: float) -> list[Clues]:
        """The articles that share most with ``clues``, at most ``reach`` days away where both have a date."""
        scores: Counter[str] = Counter()
        found: dict[str, Clues] = {}
        for key in set(_keys(clues)):
            posting = self._postings.get(key)
            if posting:
                weight = math.log(1 + 4 * DEEPEST / len(posting))
                for other in posting[-DEEPEST:]:
                    scores[other.id] += weight  # type: ignore[assignment]
                    found[other.id] = other
        near = [
            (score, id) for id, score in scores.items() if score >= _LEAST and _within(clues, found[id], reach) and id != clues.id
        ]
        same = heapq.nlargest(MOST_SAME, (pair for pair in near if found[pair[1]].language == clues.language))
        others = heapq.nlargest(MOST_OTHER, (pair for pair in near if found[pair[1]].language != clues.language))
        return [found[id] for _, id in same + others]


def _within(a: Clues, b: Clues, reach: float) -> bool:
    return a.at is None or b.at is None or abs(a.at - b.at) <= reach


def _keys(clues: Clues) -> Iterator[str]:
    yield from _rarest(clues.title.all)
    yield from _rarest(clues.text.all)
    names = heapq.nlargest(_NAMES, clues.names, key=lambda name: (rarity.of_subject(name), name))
    subjects = [key for keys in clues.subjects[1:] for key in keys]
    subjects = heapq.nlargest(_SUBJECTS, subjects, key=lambda key: (rarity.of_subject(key), key))
    for name in names:
        if rarity.of_subject(name) > 4.5:
            yield name
        for subject in subjects:
            yield f"{name} {subject}"
    for value in clues.numbers:
        if value >= 100:
            yield f"{value:.6g}"


def _rarest(terms: tuple[str, ...]) -> list[str]:
    return heapq.nlargest(_TERMS, terms, key=lambda term: (rarity.of_term(term), term))
