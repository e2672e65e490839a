"""Groups a whole file of articles into stories, whatever their order: the likeliest pairs first, by the average of all pairs."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.pipeline import story_index
from bot.pipeline.story_clues import Clues
from bot.pipeline.story_evidence import Probe
from bot.pipeline.story_weights import Weights

Pairs = dict[tuple[str, str], float]


def group(clues: Iterable[Clues], weights: Weights, reach: float, given: Pairs | None = None) -> tuple[list[list[Clues]], Pairs]:
    """The articles by story, each story and its articles in order of time; and the log odds of the pairs that were compared.

    ``given``: log odds of pairs, also with other articles, that stand whatever a comparison says.
    """
    ordered = sorted(clues, key=lambda one: (one.at if one.at is not None else float("inf"), one.id))
    by_id = {one.id: one for one in ordered}
    pairs = _likely_pairs(ordered, weights, reach)
    pairs |= {pair: odds for pair, odds in (given or {}).items() if by_id.keys() >= set(pair)}
    position = {one.id: number for number, one in enumerate(ordered)}
    groups: list[list[Clues]] = []
    neighbours = _neighbours(pairs, weights.threshold)
    for component in _components(by_id, neighbours):
        members = [by_id[id] for id in component]
        for merged in _Agglomeration(members, neighbours, pairs, weights).run():
            groups.append(sorted(merged, key=lambda one: position[one.id]))
    return sorted(groups, key=lambda members: position[members[0].id]), pairs | (given or {})


def _likely_pairs(ordered: Sequence[Clues], weights: Weights, reach: float) -> Pairs:
    index = story_index.Index()
    pairs: Pairs = {}
    for one in ordered:
        keys = story_index.keys(one)
        candidates = index.candidates(one, keys, reach)
        if candidates:
            probe = Probe(one)
            for other in candidates:
                pairs[pair_key(one.id, other.id)] = _odds(probe, other, weights)
        index.add(one, keys)
    return pairs


def _odds(probe: Probe, other: Clues, weights: Weights) -> float:
    return weights.log_odds(probe.compare(other), same_language=probe.clues.language == other.language)


def pair_key(a: str, b: str) -> tuple[str, str]:
    """The two ids in the order in which pairs are kept."""
    return (a, b) if a < b else (b, a)


def _neighbours(pairs: Pairs, threshold: float) -> dict[str, set[str]]:
    """For each article those that it could be merged with."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for (a, b), odds in pairs.items():
        if odds >= threshold:
            found[a].add(b)
            found[b].add(a)
    return found


def _components(ids: Iterable[str], neighbours: Mapping[str, set[str]]) -> Iterator[list[str]]:
    """What hangs together by such pairs."""
    seen: set[str] = set()
    for id in ids:
        if id not in seen:
            seen.add(id)
            component = [id]
            for reached in component:
                new = neighbours.get(reached, set()) - seen
                seen |= new
                component += sorted(new)
            yield component


class _Agglomeration:
    """Merges the members of one component while some two groups are likely enough one event."""

    def __init__(self, members: Sequence[Clues], neighbours: Mapping[str, set[str]], pairs: Pairs, weights: Weights) -> None:
        self._weights = weights
        self._pairs = pairs
        self._probes: dict[str, Probe] = {}
        self._summed: dict[tuple[str, str], tuple[float, float]] = {}
        self._groups = {one.id: [one] for one in members}
        self._neighbours = {one.id: set(neighbours.get(one.id, ())) for one in members}

    def run(self) -> list[list[Clues]]:
        """The groups that remain when no merge is likely enough any more."""
        version = dict.fromkeys(self._groups, 0)
        heap = [(-self._link(a, b), a, b, 0, 0) for a in self._neighbours for b in self._neighbours[a] if a < b]
        heapq.heapify(heap)
        while heap:
            negative, a, b, age_a, age_b = heapq.heappop(heap)
            if -negative < self._weights.threshold:
                break
            if version.get(a) != age_a or version.get(b) != age_b:
                continue
            self._merge(a, b)
            version[a] += 1
            del version[b]
            for other in self._neighbours[a]:
                first, second = pair_key(a, other)
                heapq.heappush(heap, (-self._link(first, second), first, second, version[first], version[second]))
        return list(self._groups.values())

    def _merge(self, a: str, b: str) -> None:
        for other in (self._neighbours[a] | self._neighbours[b]) - {a, b}:
            (total, highest), (more, higher) = self._sums(a, other), self._sums(b, other)
            self._summed[pair_key(a, other)] = (total + more, max(highest, higher))
        self._groups[a] += self._groups.pop(b)
        for other in self._neighbours.pop(b) - {a}:
            self._neighbours[other].discard(b)
            self._neighbours[other].add(a)
            self._neighbours[a].add(other)
        self._neighbours[a].discard(b)

    def _link(self, a: str, b: str) -> float:
        total, highest = self._sums(a, b)
        return self._weights.link(total, len(self._groups[a]) * len(self._groups[b]), highest)

    def _sums(self, a: str, b: str) -> tuple[float, float]:
        """The sum of the log odds of all pairs of two groups, and the highest: summed once, then kept up by merges."""
        key = pair_key(a, b)
        if key not in self._summed:
            odds = [self._pair(one, other) for one in self._groups[a] for other in self._groups[b]]
            self._summed[key] = (sum(odds), max(odds))
        return self._summed[key]

    def _pair(self, a: Clues, b: Clues) -> float:
        key = pair_key(a.id, b.id)
        if key not in self._pairs:
            if a.id not in self._probes:
                self._probes[a.id] = Probe(a)
            self._pairs[key] = _odds(self._probes[a.id], b, self._weights)
        return self._pairs[key]
