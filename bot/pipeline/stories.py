"""Which story an article belongs to: one event is one story, whatever the outlet or language."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from bot.knowledge.vectors import read as as_vectors
from bot.model import Article, Story, StoryDecision
from bot.pipeline import story_clues, story_index, story_reasons, story_weights
from bot.pipeline.story_clues import Clues
from bot.pipeline.story_evidence import Probe
from bot.pipeline.story_groups import Pairs, group, pair_key
from bot.pipeline.story_weights import LEAST, MOST, Weights

DOUBTFUL = 1.5  # log odds around the threshold within which the comparison alone may well be wrong
REACH = 10.0  # days between two articles on one event
_COMPARED = 8  # members of an open story, and of a group of new articles, that are compared with each other
_NOTHING = "first report: nothing like it in the last days"


def story_id(opening: str) -> str:
    """The id of the story that the article with id ``opening`` opens."""
    return "s" + hashlib.blake2s(opening.encode(), digest_size=6).hexdigest()


def cluster(
    articles: Iterable[Article], weights: Weights | None = None, clues: Iterable[Clues] | None = None
) -> list[StoryDecision]:
    """Decide for a whole file, in its order. The same stories come out whatever that order is.

    ``clues``: what ``story_clues.read`` makes of each article, where the caller has read them already.
    """
    articles = list(articles)
    read = map(story_clues.read, articles) if clues is None else clues
    return StoryWindow(weights=weights).decide(articles, {one.id: one for one in read})


class Doubt(NamedTuple):
    """Two reports that may or may not tell of one event: a new one and another."""

    article_id: str
    other_id: str


@dataclass(slots=True)
class _Open:
    """An open story with its members' clues in the order in which they came."""

    id: str
    members: list[Clues]
    matter: str | None = None
    number: int = 0


class StoryWindow:
    """The open stories of the last days: takes new articles, a run's together."""

    def __init__(
        self, stories: Iterable[Story] = (), weights: Weights | None = None, vectors: Mapping[str, Sequence[float]] | None = None
    ) -> None:
        """``vectors``: embeddings of articles of the ``stories``, by article id, as far as there are any."""
        self._weights = weights or story_weights.load()
        self._index = story_index.Index()
        self._stories: dict[str, _Open] = {}
        self._story_of: dict[str, str] = {}
        self._opened = 0
        read = as_vectors(vectors or {})
        for story in stories:
            members = [story_clues.read(article, read.get(article.id)) for article in story.articles]
            self._remember(_Open(story.id, [], story.matter), members)

    def __len__(self) -> int:
        return len(self._story_of)

    def assign_all(
        self,
        articles: Iterable[Article],
        vectors: Mapping[str, Sequence[float]] | None = None,
        verdicts: Mapping[Doubt, bool] | None = None,
    ) -> list[StoryDecision]:
        """Decide for articles that came together, in their order, and remember them. One that is already here keeps its story.

        They are grouped among themselves before each group looks for its open story: better than one by one.
        ``vectors``: their embeddings by article id, as far as there are any. ``verdicts``: which of the ``doubts`` are one event.
        """
        articles = list(articles)
        return self._decide(articles, _with_vectors(articles, vectors), remember=True, given=self._given(verdicts or {}))

    def doubts(self, articles: Iterable[Article], vectors: Mapping[str, Sequence[float]] | None, most: int) -> list[Doubt]:
        """The reports with which new ``articles`` may or may not tell of one event: for each the likeliest, the closest calls
        first, ``most`` of them. Nothing is decided or remembered."""
        articles = list(articles)
        known = _with_vectors(articles, vectors)
        new = [known.get(one.id) or story_clues.read(one) for one in articles if one.id not in self._story_of]
        _, pairs = group(new, self._weights, REACH)
        for one in new:
            probe = Probe(one)
            for other in self._index.candidates(one, story_index.keys(one), REACH):
                self._pair(probe, other, pairs)
        return _closest(new, pairs, self._weights.threshold)[:most]

    def _given(self, verdicts: Mapping[Doubt, bool]) -> Pairs:
        """The log odds of the pairs that were judged; a verdict on a member of an open story holds for the whole story."""
        given: Pairs = {}
        for doubt, is_same in verdicts.items():
            story = self._stories.get(self._story_of.get(doubt.other_id, ""))
            others = [member.id for member in story.members] if story else [doubt.other_id]
            given |= {pair_key(doubt.article_id, other): MOST if is_same else LEAST for other in others}
        return given

    def decide(self, articles: Iterable[Article], clues: Mapping[str, Clues] | None = None) -> list[StoryDecision]:
        """As ``assign_all``, remembering nothing. ``clues``: of articles, by id, that were read already."""
        return self._decide(list(articles), clues or {}, remember=False, given={})

    def prune(self, before: datetime) -> None:
        """Close the stories that have had no article since ``before``; stories without any date stay."""
        limit = story_clues.day(before)
        gone = [story for story in self._stories.values() if _last(story) < limit]
        ids = {member.id for story in gone for member in story.members}
        for story in gone:
            del self._stories[story.id]
        for id in ids:
            del self._story_of[id]
        if ids:
            self._index.drop(ids)

    def _decide(
        self, articles: Sequence[Article], known: Mapping[str, Clues], *, remember: bool, given: Pairs
    ) -> list[StoryDecision]:
        new = {one.id: one for one in articles if one.id not in self._story_of}
        clues = [known.get(one.id) or story_clues.read(one) for one in new.values()]
        groups, pairs = group(clues, self._weights, REACH, given)
        placed = [(self._place(members, pairs), members) for members in groups]
        self._link_matters(placed, pairs)
        decisions: dict[str, StoryDecision] = {}
        for story, members in placed:
            decisions.update((decision.article_id, decision) for decision in _decisions(story, members, pairs))
            if remember:
                self._remember(story, members)
        return [decisions.get(article.id) or self._known(article.id) for article in articles]

    def _known(self, article_id: str) -> StoryDecision:
        story = self._stories[self._story_of[article_id]]
        return StoryDecision(article_id, story.id, joined=True, matter=story.matter, reasons=("already in this story",))

    def _place(self, members: Sequence[Clues], pairs: Pairs) -> _Open:
        """The open story that a group of new articles belongs to, or a new one."""
        best, highest = None, self._weights.threshold
        some = [Probe(one) for one in members[:_COMPARED]] if self._stories else []
        for story in self._met(some, pairs):
            odds = [self._pair(probe, member, pairs) for probe in some for member in story.members[:_COMPARED]]
            link = self._weights.link(sum(odds), len(odds), max(odds))
            if link >= highest:
                best, highest = story, link
        return best or _Open(story_id(members[0].id), [])

    def _met(self, probes: Sequence[Probe], pairs: Pairs) -> list[_Open]:
        """The open stories with a member that may well be the same event as one of the new articles."""
        met: dict[str, _Open] = {}
        for probe in probes:
            for other in self._index.candidates(probe.clues, story_index.keys(probe.clues), REACH):
                if self._pair(probe, other, pairs) >= self._weights.threshold:
                    story = self._stories[self._story_of[other.id]]
                    met[story.id] = story
        return list(met.values())

    def _pair(self, probe: Probe, other: Clues, pairs: Pairs) -> float:
        key = pair_key(probe.clues.id, other.id)
        if key not in pairs:
            same = probe.clues.language == other.language
            pairs[key] = self._weights.log_odds(probe.compare(other), same_language=same)
        return pairs[key]

    def _link_matters(self, placed: Sequence[tuple[_Open, Sequence[Clues]]], pairs: Pairs) -> None:
        """Link new stories to those that told an earlier stage of the same matter."""
        where = {member.id: (member, self._stories[self._story_of[member.id]]) for member in self._compared_before(pairs)}
        order = {story.id: number for number, (_, story) in enumerate(where.values())}
        for number, (story, members) in enumerate(placed, len(order)):
            order.setdefault(story.id, number)
            where.update((member.id, (member, story)) for member in members)
        links = []
        for a, b in pairs:
            (one, first), (other, second) = sorted((where[a], where[b]), key=lambda found: order[found[1].id])
            if first.id != second.id and story_reasons.same_matter(one, other):
                links.append((order[second.id], order[first.id], second, first))
        for _, _, later, earlier in sorted(links, key=lambda link: link[:2]):
            if later.matter is None and later.id not in self._stories:
                later.matter = earlier.matter or earlier.id

    def _compared_before(self, pairs: Pairs) -> list[Clues]:
        """The members of the open stories that new articles were compared with, the story opened first at the front."""
        stories = {self._story_of[id] for pair in pairs for id in pair if id in self._story_of}
        in_order = sorted((self._stories[id] for id in stories), key=lambda story: story.number)
        return [member for story in in_order for member in story.members]

    def _remember(self, story: _Open, members: Iterable[Clues]) -> None:
        if story.id not in self._stories:
            self._opened += 1
            story.number = self._opened
            self._stories[story.id] = story
        for clues in members:
            story.members.append(clues)
            self._story_of[clues.id] = story.id
            self._index.add(clues, story_index.keys(clues))


def _decisions(story: _Open, members: Sequence[Clues], pairs: Mapping[tuple[str, str], float]) -> Iterable[StoryDecision]:
    """What to say of each new member; the first one opens the story where it is new."""
    before = list(story.members)
    for one in members:
        if before:
            odds, nearest = max(((pairs.get(pair_key(one.id, m.id), LEAST), m) for m in before), key=lambda scored: scored[0])
            news = story_reasons.news(one, before)
            reasons = (story_reasons.shared(one, nearest, odds), *news)
            yield StoryDecision(one.id, story.id, joined=True, update=bool(news), matter=story.matter, reasons=reasons)
        else:
            reason = f"{_NOTHING}; another stage of a matter told before" if story.matter else _NOTHING
            yield StoryDecision(one.id, story.id, joined=False, matter=story.matter, reasons=(reason,))
        before.append(one)


def _with_vectors(articles: Iterable[Article], vectors: Mapping[str, Sequence[float]] | None) -> dict[str, Clues]:
    """The clues of those articles that have a vector."""
    read = as_vectors(vectors or {})
    return {one.id: story_clues.read(one, read[one.id]) for one in articles if one.id in read}


def _closest(new: Iterable[Clues], pairs: Pairs, threshold: float) -> list[Doubt]:
    """Of each new report the likeliest pair, where it is close to the threshold; each pair once, the closest first."""
    likeliest: dict[str, tuple[float, str]] = {}
    for (a, b), odds in pairs.items():
        for one, other in ((a, b), (b, a)):
            likeliest[one] = max(likeliest.get(one, (odds, other)), (odds, other))
    close = sorted(
        (abs(odds - threshold), one.id, other)
        for one in new
        for odds, other in (likeliest.get(one.id, (LEAST, "")),)
        if abs(odds - threshold) <= DOUBTFUL
    )
    found: dict[tuple[str, str], Doubt] = {}
    for _, one_id, other in close:
        found.setdefault(pair_key(one_id, other), Doubt(one_id, other))
    return list(found.values())


def _last(story: _Open) -> float:
    return max((member.at for member in story.members if member.at is not None), default=float("inf"))
