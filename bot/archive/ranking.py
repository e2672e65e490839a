"""Ranks articles for a query: those that are likely to fit are found first, then each of them is weighed by all that counts.

That the best of several ways to meet a group counts, and that meeting all groups does, can only be had by reading all postings.
Where those are many a sum of terms, which skips what cannot win, finds the likely ones instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.archive.documents import days
from bot.archive.index_view import Found, View
from bot.archive.query import Group
from bot.archive.ways import Term, Way, Ways, Weights, meeting

_LIKELY = 150  # articles that are weighed at least
_WIDE = 3  # and for each one wanted
_SHORT = 100_000  # postings that may all be read
_COMMON = 0.5  # what more articles than this share of all meet does not narrow a search
_K1, _B = 1.2, 0.75  # of BM25

RELEVANT: Term = ("facet", "relevant")

Hit = tuple[str, float, int]  # id, score, day


class Ranking:
    """A search in one state of the index. ``short``: up to so many postings are all read to find the likely articles."""

    def __init__(self, view: View, weights: Weights, short: int = _SHORT) -> None:
        self._view, self._weights, self._short = view, weights, short
        self._ways = Ways(weights, view.size, view.frequency)

    def best(self, groups: Sequence[Group], near: tuple[date, date] | None, limit: int) -> list[Hit]:
        """The best ``limit`` articles for ``groups``, best first; those of days ``near`` are likelier."""
        groups = [group for group in groups if group.known or group.tokens]
        found = self._likely(groups, near, max(_LIKELY, limit * _WIDE)) if groups and self._view.size else None
        if found is None or not found.ids:
            return []
        flags = _Flags()
        relevant = flags.bit(RELEVANT)
        plans = [self._plan(group, flags) for group in groups]
        said, bits = self._said(found, groups), self._view.flags(found, list(flags.asked))
        signs = {one: self._sign(one, plans, relevant) for one in set(bits.values())}
        hits = []
        for place, id, day, breadth in zip(found.places, found.ids, found.days, found.breadths, strict=True):
            sign = signs[bits[place]]
            narrow = (1 + _K1) / (1 + _K1 * (1 - _B + _B * breadth / self._weights.breadth))
            score = said.get(place, 0.0) + sign.worth(narrow, self._weights.other_way)
            if score > 0:
                hits.append((id, score + sign.premium + self._timely(day, near), day))
        return sorted(hits, key=lambda hit: -hit[1])[:limit]

    # ---- the likely ones ----

    def _likely(self, groups: Sequence[Group], near: tuple[date, date] | None, count: int) -> Found:
        """Articles by what they say of the groups, by meeting them all, and of days ``near``."""
        view = self._view
        added = self._added(groups)
        if sum(map(view.frequency, added)) <= self._short:
            ways = [[self._factors(way, group) for way in self._ways.of(group)] for group in groups if group.known]
            some = view.best_of(ways, self._weights.other_way, self._words(groups))
        else:
            some = view.sum_of(added)
        addresses = view.top([some], count)
        if len(groups) > 1:
            addresses += view.top([view.with_any(terms) for terms in self._narrowing(groups)], count // 2)
        if near:
            addresses += view.top([some, view.between(*near)], count)
        return view.found(addresses)

    def _added(self, groups: Sequence[Group]) -> dict[Term, float]:
        """Terms with factors on their BM25: the best of all ways as a sum, where each adds to those that it is met along with."""
        factors = self._words(groups)
        other = self._weights.other_way
        for group in groups:
            for way in self._ways.of(group) if group.known else ():
                share = max(other, 1.0 - (1.0 - other) * way.within / way.worth)
                for term, factor in self._factors(way, group).items():
                    if term[0] != "han":
                        factors[term] = factors.get(term, 0.0) + factor * share
        return factors

    def _words(self, groups: Sequence[Group]) -> dict[Term, float]:
        """The words of groups that nothing else can meet, and that an article matters."""
        factors = {RELEVANT: self._weights.relevant / self._ways.rarity(RELEVANT)}
        for group in groups:
            for term, factor in {} if group.known else self._ways.words(group).items():
                factors[term] = factors.get(term, 0.0) + factor * group.weight
        return factors

    def _factors(self, way: Way, group: Group) -> dict[Term, float]:
        return {term: worth / self._ways.rarity(term) * group.weight for term, worth in way.worths.items()}

    def _narrowing(self, groups: Sequence[Group]) -> list[Sequence[Term]]:
        """Terms any of which an article must have, for each group that not every other article meets anyway."""
        words = dict.fromkeys(term for group in groups if not group.known for term in meeting(group))
        counts = {terms: sum(map(self._view.frequency, terms)) for terms in (meeting(group) for group in groups if group.known)}
        rare = [terms for terms, count in counts.items() if count <= self._view.size * _COMMON]
        if not rare and not words:
            rare = [min(counts, key=lambda terms: counts[terms])]
        return [*((word,) for word in words), *rare]

    # ---- what they are worth ----

    def _said(self, found: Found, groups: Sequence[Group]) -> dict[int, float]:
        """For each place what words come to by BM25, which is how often they are said, if any group has nothing but words."""
        if all(group.known for group in groups):
            return {}
        share = self._weights.said
        spoken = [_bare(group, group.weight * share) if group.known else group for group in groups]
        factors = {term: factor for term, factor in self._words(spoken).items() if term != RELEVANT}
        there: dict[Term, float] = {}
        for group in spoken:
            for term, worth in self._ways.there(group).items():
                there[term] = there.get(term, 0.0) + worth * group.weight
        return self._view.scores(found, factors, there)

    def _plan(self, group: Group, flags: "_Flags") -> "_Plan":
        terms = meeting(group)
        if not group.known:
            return _Plan((), (flags.bit(*terms),))
        ways = tuple(
            tuple((flags.bit(term), worth * group.weight, term[0] == "subject") for term, worth in way.worths.items())
            for way in self._ways.of(group)
        )
        words = sum({flags.bit(("text", token)) for token in group.tokens})
        return _Plan(ways, (*map(flags.bit, terms), *([words] if words else [])))

    def _sign(self, bits: int, plans: Sequence["_Plan"], relevant: int) -> "_Sign":
        whole = len(plans) > 1 and all(plan.met(bits) for plan in plans)
        premium = self._weights.all_groups * whole + self._weights.relevant * (bits & relevant != 0)
        return _Sign(tuple(values for plan in plans if (values := plan.values(bits))), premium)

    def _timely(self, day: int, near: tuple[date, date] | None) -> float:
        return self._weights.near if near and days(near[0]) <= day <= days(near[1]) else 0.0


def _bare(group: Group, weight: float) -> Group:
    """``group`` as if nothing but its words were known."""
    return replace(group, entities=(), meanings=(), numbers=(), wider=(), weight=weight)


class _Flags:
    """What is asked of each article: whether it has all of some terms. The answers are the bits of a number."""

    def __init__(self) -> None:
        self.asked: dict[tuple[Term, ...], int] = {}

    def bit(self, *terms: Term) -> int:
        """The bit that says whether an article has all ``terms``."""
        return self.asked.setdefault(terms, 1 << len(self.asked))


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a group is weighed: ways of (bit, worth, whether it says less in a broad article), and the bits that meet it."""

    ways: tuple[tuple[tuple[int, float, bool], ...], ...]
    meets: tuple[int, ...]

    def values(self, bits: int) -> list[tuple[float, float]]:
        """What each way that an article goes is worth, and what of it in an article of ordinary breadth only."""
        found = []
        for way in self.ways:
            fixed = sum(worth for bit, worth, broad in way if bits & bit and not broad)
            broad = sum(worth for bit, worth, broad in way if bits & bit and broad)
            if fixed or broad:
                found.append((fixed, broad))
        return found

    def met(self, bits: int) -> bool:
        """Whether an article meets the group as a whole."""
        return any(bits & mask == mask for mask in self.meets)


@dataclass(frozen=True, slots=True)
class _Sign:
    """What articles with the same terms have in common: the values of the ways they go, for each group, and a premium."""

    groups: tuple[list[tuple[float, float]], ...]
    premium: float

    def worth(self, narrow: float, other_way: float) -> float:
        """The best way to meet each group and a little of the others. ``narrow``: how much more a narrow article says."""
        total = 0.0
        for values in self.groups:
            ways = [fixed + broad * narrow for fixed, broad in values]
            best = max(ways)
            total += best + other_way * (sum(ways) - best)
        return total
