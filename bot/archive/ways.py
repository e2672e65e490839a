"""The ways in which an article can meet a group of words, each a sum of terms, and what every term is worth."""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from bot.archive.documents import family
from bot.archive.passages import HOMES
from bot.archive.query import Group

_KANA = re.compile(r"[ぁ-ん]")

Term = tuple[str, str]  # field and value


@dataclass(frozen=True, slots=True)
class Weights:
    """What each way of meeting a group is worth, as a factor on rarity. Tuned on graded queries with ``bot evaluate search``."""

    title: float = 0.7
    text: float = 1.0
    there: float = 0.9  # that a word is there at all, however often
    han: float = 0.88
    kana: tuple[float, float] = (0.1, 0.42)  # of a bigram all in hiragana, half in hiragana: mostly grammar
    entity: tuple[float, float] = (1.5, 2.0)  # in the headline, and anywhere
    family: float = 0.95  # of what an entity is worth: its parent or a sister
    meaning: tuple[float, float] = (0.9, 1.5)
    wider: float = 0.3  # of what a meaning is worth: one that is far commoner than what was said
    number: tuple[float, float] = (4.8, 4.8)
    other_way: float = 0.12  # what a second way of meeting the same group adds
    country: float = 0.8  # an article of Korea, where Korea is asked for, need not name it
    known_words: float = 0.8  # words count by n to the minus this power where the group is known otherwise too …
    words: float = 0.2  # … and where words are all there is
    said: float = 0.06  # of what words are worth that are all there is: those of a group that is known otherwise, beside its ways
    all_groups: float = 20.0
    relevant: float = 6.0  # an article that matters
    near: float = 8.0  # an article of the days that a question names
    breadth: float = 20.0  # things that an ordinary article is about: where there are more, each says less of it


@dataclass(frozen=True)
class Way:
    """Terms with what each is worth. ``within``: the worth of a commoner way that an article met in this one is met in, too."""

    worths: Mapping[Term, float]
    within: float = 0.0

    @cached_property
    def worth(self) -> float:
        """Of all its terms together."""
        return sum(self.worths.values())


class Ways:
    """The ways to meet groups where ``frequency`` tells how many of ``size`` articles have a term."""

    def __init__(self, weights: Weights, size: int, frequency: Callable[[Term], int]) -> None:
        self._weights, self._size, self._frequency = weights, size, frequency
        self._rarity: dict[Term, float] = {}

    def rarity(self, term: Term) -> float:
        """How telling it is: its inverse document frequency, in nats."""
        if term not in self._rarity:
            self._rarity[term] = math.log1p(self._size / (1 + self._frequency(term)))
        return self._rarity[term]

    def of(self, group: Group) -> list[Way]:
        """The ways to meet a known group, the one by its own words last."""
        ways = list(self._known(group))
        if group.tokens:
            worths = {term: factor * self.rarity(term) for term, factor in self.words(group).items()}
            ways.append(Way(worths, max((way.worth for way in ways), default=0.0)))
        return ways

    def _known(self, group: Group) -> Iterator[Way]:
        weights = self._weights
        for entity in group.entities:
            house = self._about(f"family {family(entity)}", weights.entity, weights.family)
            yield house
            yield self._about(entity, weights.entity, within=house.worth)
            if entity in HOMES.values():
                yield Way({("facet", f"home {entity}"): weights.country})
        for meaning in group.meanings:
            yield self._about(meaning, weights.meaning)
        for meaning in group.wider:
            yield self._about(meaning, weights.meaning, weights.wider)
        for number in group.numbers:
            yield self._about(number, weights.number)

    def _about(self, subject: str, weights: tuple[float, float], factor: float = 1.0, within: float = 0.0) -> Way:
        terms = (("headline", subject), ("subject", subject))
        return Way({term: w * factor * self.rarity(term) for term, w in zip(terms, weights, strict=True)}, within)

    def words(self, group: Group) -> dict[Term, float]:
        """The words of ``group``, each with a factor on its rarity."""
        weights = self._weights
        factor = max(1, len(group.tokens)) ** -(weights.known_words if group.known else weights.words)
        found: dict[Term, float] = {}
        for token in group.tokens:
            telling = factor * self._telling(token)
            found["title", token] = weights.title * telling
            found["text", token] = weights.text * telling
        return found | {("han", character): weights.han * factor for character in group.han}

    def there(self, group: Group) -> dict[Term, float]:
        """What it is worth that a word is there at all, of a group that only words can meet."""
        factor = max(1, len(group.tokens)) ** -self._weights.words * self._weights.there
        terms = ((("text", token), factor * self._telling(token)) for token in group.tokens)
        return {term: telling * self.rarity(term) for term, telling in terms}

    def _telling(self, token: str) -> float:
        return (1.0, *self._weights.kana[::-1])[len(_KANA.findall(token)) if len(token) == 2 else 0]


def meeting(group: Group) -> tuple[Term, ...]:
    """The terms any one of which meets a known group, or all of which meet another one."""
    if not group.known:
        return tuple(("text", token) for token in group.tokens)
    places = HOMES.values()
    named = (("facet", f"home {id}") if id in places else ("subject", f"family {family(id)}") for id in group.entities)
    return (*named, *(("subject", name) for name in (*group.meanings, *group.numbers)))
