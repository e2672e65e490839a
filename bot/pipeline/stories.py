"""Which story an article belongs to: one event is one story, whatever the outlet or language."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.model import Article, Relevance, Story, StoryDecision
from bot.pipeline import story_clues, story_index, story_reasons, story_weights
from bot.pipeline.story_clues import Clues
from bot.pipeline.story_evidence import Evidence, Probe
from bot.pipeline.story_groups import group, pair_key
from bot.pipeline.story_weights import LEAST, Weights

REACH = 14.0  # days between two articles on one event
_FIRST = "first report: nothing like it in the last days"
_COMPARED = 8  # members of a story that a new article is compared with


def story_id(opening: str) -> str:
    """The id of the story that the article with id ``opening`` opens."""
    return "s" + hashlib.blake2s(opening.encode(), digest_size=6).hexdigest()


@dataclass(slots=True)
class _Open:
    """An open story: its members' clues in the order in which they came."""

    id: str
    members: list[Clues]
    matter: str | None = None


@dataclass(frozen=True, slots=True)
class _Pair:
    other: Clues
    evidence: Evidence
    odds: float


class StoryWindow:
    """The open stories of the last days; takes one article after the other."""

    def __init__(self, stories: Iterable[Story] = (), weights: Weights | None = None) -> None:
        self._weights = weights or story_weights.load()
        self._index = story_index.Index()
        self._stories: dict[str, _Open] = {}
        self._story_of: dict[str, str] = {}
        for story in stories:
            members = [story_clues.read(article) for article in story.articles]
            self._stories[story.id] = opened = _Open(story.id, [], story.matter)
            for clues in members:
                self._add(opened, clues, story_index.keys(clues))

    def __len__(self) -> int:
        return len(self._story_of)

    def assign(self, article: Article, relevance: Relevance | None = None) -> StoryDecision:
        """Decide for one article and remember it. An article that is already here keeps its story."""
        known = self._story_of.get(article.id)
        if known:
            return StoryDecision(
                article.id, known, joined=True, matter=self._stories[known].matter, reasons=("already in this story",)
            )
        clues = story_clues.read(article)
        probe = Probe(clues)
        keys = story_index.keys(clues)
        pairs = {other.id: self._pair(probe, other) for other in self._index.candidates(clues, keys, REACH)}
        best, odds = self._best(probe, pairs)
        if best and odds >= self._weights.threshold:
            decision = self._join(clues, best, pairs)
        else:
            best = self._stories[story_id(clues.id)] = _Open(story_id(clues.id), [])
            decision = self._begin(clues, best, pairs)
        self._add(best, clues, keys)
        return decision

    def assign_all(self, articles: Iterable[Article]) -> Iterator[StoryDecision]:
        """Decide for each article in turn."""
        return map(self.assign, articles)

    def prune(self, before: datetime) -> None:
        """Close the stories that have had no article since ``before``; stories without any date stay."""
        limit = story_clues.day(before)
        gone = [story for story in self._stories.values() if _last(story) < limit]
        for story in gone:
            del self._stories[story.id]
        ids = {member.id for story in gone for member in story.members}
        for id in ids:
            del self._story_of[id]
        if ids:
            self._index.drop(ids)

    def _pair(self, probe: Probe, other: Clues) -> _Pair:
        evidence = probe.compare(other)
        same = probe.clues.language == other.language
        return _Pair(other, evidence, self._weights.log_odds(evidence, same_language=same))

    def _best(self, probe: Probe, pairs: dict[str, _Pair]) -> tuple[_Open | None, float]:
        """The likeliest story among those of the candidates, by its best and its average member."""
        best: _Open | None = None
        highest = -99.0
        for id in dict.fromkeys(self._story_of[other] for other, pair in pairs.items() if pair.odds >= self._weights.threshold):
            story = self._stories[id]
            scored = [pairs[member.id].odds for member in story.members if member.id in pairs]
            missing = [member for member in story.members if member.id not in pairs][: max(0, _COMPARED - len(scored))]
            odds = scored + [self._pair(probe, member).odds for member in missing]
            link = self._weights.link(sum(odds), len(odds), max(odds))
            if link > highest:
                best, highest = story, link
        return best, highest

    def _join(self, clues: Clues, story: _Open, pairs: dict[str, _Pair]) -> StoryDecision:
        nearest = max((pairs[m.id] for m in story.members if m.id in pairs), key=lambda pair: pair.odds)
        news = story_reasons.news(clues, story.members)
        reasons = (story_reasons.shared(clues, nearest.other, nearest.odds), *news)
        return StoryDecision(clues.id, story.id, joined=True, update=bool(news), matter=story.matter, reasons=reasons)

    def _begin(self, clues: Clues, story: _Open, pairs: dict[str, _Pair]) -> StoryDecision:
        reasons: list[str] = []
        closest = max(pairs.values(), key=lambda pair: pair.odds, default=None)
        related = [pair for pair in pairs.values() if story_reasons.same_matter(clues, pair.other)]
        if related:
            nearest = max(related, key=lambda pair: pair.odds)
            root = self._stories[self._story_of[nearest.other.id]]
            story.matter = root.matter or root.id
            reasons.append(story_reasons.matter(clues, nearest.other))
        elif closest:
            reasons.append(story_reasons.apart(closest.other, closest.evidence, closest.odds))
        return StoryDecision(clues.id, story.id, joined=False, matter=story.matter, reasons=tuple(reasons) or (_FIRST,))

    def _add(self, story: _Open, clues: Clues, keys: Iterable[str]) -> None:
        story.members.append(clues)
        self._story_of[clues.id] = story.id
        self._index.add(clues, keys)


def cluster(articles: Iterable[Article], weights: Weights | None = None) -> list[StoryDecision]:
    """Decide for a whole file at once, in its order; the same stories come out whatever that order is."""
    weights = weights or story_weights.load()
    clues = {article.id: story_clues.read(article) for article in articles}
    groups, pairs = group(clues.values(), weights, REACH)
    matters = _matters(groups, pairs, clues)
    decisions: dict[str, StoryDecision] = {}
    for members in groups:
        id = story_id(members[0].id)
        decisions[members[0].id] = StoryDecision(members[0].id, id, joined=False, matter=matters.get(id), reasons=(_FIRST,))
        for count, one in enumerate(members[1:], 1):
            earlier = members[:count]
            odds, nearest = max(((pairs.get(pair_key(one.id, m.id), LEAST), m) for m in earlier), key=lambda scored: scored[0])
            news = story_reasons.news(one, earlier)
            reasons = (story_reasons.shared(one, nearest, odds), *news)
            decisions[one.id] = StoryDecision(one.id, id, joined=True, update=bool(news), matter=matters.get(id), reasons=reasons)
    return [decisions[id] for id in clues]


def _matters(
    groups: Sequence[Sequence[Clues]], pairs: Mapping[tuple[str, str], float], clues: Mapping[str, Clues]
) -> dict[str, str]:
    """For stories that are stages of one matter: story id → id of the matter's first story."""
    position = {one.id: number for number, members in enumerate(groups) for one in members}
    matters: dict[str, str] = {}
    links = sorted({tuple(sorted((position[a], position[b]))) for a, b in pairs if story_reasons.same_matter(clues[a], clues[b])})
    for first, second in links:
        if first != second:
            earlier, later = (story_id(groups[number][0].id) for number in (first, second))
            matters.setdefault(later, matters.get(earlier, earlier))
    return matters


def _last(story: _Open) -> float:
    return max((member.at for member in story.members if member.at is not None), default=float("inf"))
