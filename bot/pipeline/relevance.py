"""Decides whether an article matters, and says why: named features with weights in a readable file; no model, no I/O, no clock.

An article needs an AI subject and a Korea or Japan angle; without either it is never relevant, whatever its weights say.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache, lru_cache

from bot.knowledge import lexicon, weights
from bot.model import Article, Relevance, Topic
from bot.pipeline.relevance_evidence import Evidence, gather
from bot.pipeline.relevance_reading import countries_of, direction_of, entities_of, reasons_of, with_both_sides

MAX_TOPICS = 3
_TOPIC_MARGIN = 1.2  # a further topic is named when its log-odds come this near to the main one's
_CEILING_WITHOUT = 0.2  # highest score of an article that lacks subject or angle


def judge(article: Article, scorer: weights.Weights | None = None) -> Relevance:
    """The relevance of one article. ``scorer``: a workspace's shifted weights; the shipped ones unless given."""
    scorer = scorer or weights.load()
    evidence = gather(article)
    features = evidence.features()
    score = scorer.score(features)
    complete = _has_subject_and_angle(evidence)
    if not complete:
        score = min(score, _CEILING_WITHOUT)
    topics = rank_topics(evidence, features, scorer) if complete else ()
    direction = direction_of(evidence, topics)
    return Relevance(
        score=round(score, 4),
        relevant=score >= scorer.threshold,
        topics=topics,
        countries=with_both_sides(countries_of(evidence), direction),
        direction=direction,
        entities=entities_of(evidence),
        reasons=reasons_of(evidence, topics, scorer),
    )


def judge_many(articles: Iterable[Article], scorer: weights.Weights | None = None) -> Iterator[Relevance]:
    """The relevance of each article, in order."""
    scorer = scorer or weights.load()
    for article in articles:
        yield judge(article, scorer)


def score(article: Article, scorer: weights.Weights) -> float:
    """The score alone. What does not depend on ``scorer`` is worked out once, for every workspace has weights of its own."""
    features, complete = _read(article)
    found = scorer.score(features)
    return round(found if complete else min(found, _CEILING_WITHOUT), 4)


def features_of(article: Article) -> tuple[str, ...]:
    """The names of the features that an article has: what feedback on it may shift (weights.shifted)."""
    return tuple(sorted(_read(article)[0]))


@lru_cache(maxsize=2048)
def _read(article: Article) -> tuple[list[str], bool]:
    evidence = gather(article)
    return evidence.features(), _has_subject_and_angle(evidence)


def is_doubtful(relevance: Relevance, scorer: weights.Weights | None = None) -> bool:
    """Whether the score lies in the band that a language model may judge where one is configured."""
    low, high = (scorer or weights.load()).doubtful
    return low <= relevance.score <= high


def with_verdict(relevance: Relevance, relevant: bool, reason: str, judge_name: str) -> Relevance:
    """The relevance after a language model or a person decided; the verdict is kept among the reasons."""
    verdict = "relevant" if relevant else "not relevant"
    return replace(relevance, relevant=relevant, reasons=(*relevance.reasons, f"{judge_name}: {verdict}: {reason}"))


def rank_topics(evidence: Evidence, features: list[str], scorer: weights.Weights) -> tuple[Topic, ...]:
    """The main topic first, then those that come near it and that words of the article speak for."""
    ranked = scorer.rank_topics(features, votes_of(evidence))
    if not ranked:
        return (Topic.OTHER,)
    if decided := decided_topics(evidence):
        ranked.sort(key=lambda pair: pair[0] not in decided)
    best = ranked[0][1]
    supported = {_topics()[name] for name in evidence.whole & _topics().keys()}
    further = [topic for topic, odds in ranked[1:] if best - odds <= _TOPIC_MARGIN and topic in supported]
    return (ranked[0][0], *further[: MAX_TOPICS - 1])


def decided_topics(evidence: Evidence) -> set[Topic]:
    """The main topics that the title alone settles; mostly none, at most one."""
    return {_topics()[name] for name in _deciding() & evidence.title}


def votes_of(evidence: Evidence) -> Counter[Topic]:
    """How many names that hold for the title speak for each topic."""
    return Counter(_topics()[name] for name in evidence.title & _topics().keys())


@cache
def _deciding() -> frozenset[str]:
    return frozenset(name for name, one in lexicon.load().combinations.items() if one.decides)


@cache
def _topics() -> dict[str, Topic]:
    known = lexicon.load()
    of_groups = {name: group.topic for name, group in known.groups.items() if group.topic}
    return of_groups | {name: one.topic for name, one in known.combinations.items() if one.topic}


def _has_subject_and_angle(evidence: Evidence) -> bool:
    names = evidence.whole
    return "subject" in names and not names.isdisjoint(("angle", "home"))
