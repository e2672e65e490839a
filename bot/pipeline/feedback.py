"""How the votes of a workspace shift what its editions choose: bounded for each article, and gone when the votes are."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.knowledge import weights
from bot.model import Article, Relevance, Story
from bot.pipeline import relevance
from bot.pipeline.stories import StoryWindow

MOST_SHIFT = 0.3  # of a score: what is surely relevant stays so, whatever the votes are
# What nearly every article of a briefing has tells nothing of taste: eight votes on it would thin out all of them.
_COMMON = frozenset(
    (
        "ai", "subject", "ai_subject", "angle", "angle.country", "kr", "jp", "home", "subject_and_angle", "ai_and_angle",
        "ai_and_home", "co.any", "third", "third.any", "outlet.korea_press", "outlet.japan_press",
    )
)  # fmt: skip
SHIFTED = "votes of this workspace"


def scorer(votes: Iterable[tuple[Sequence[Article], bool]]) -> weights.Weights:
    """The shipped weights, moved by votes: each on an article, or on the articles of one story, which count as one."""
    return weights.shifted(weights.load(), [(_features(voted), wanted) for voted, wanted in votes])


def _features(voted: Sequence[Article]) -> list[str]:
    names = {name for one in voted for name in relevance.features_of(one)}
    return sorted(name for name in names if name.partition("@")[0] not in _COMMON)


def rejudged(article: Article, found: Relevance, moved: weights.Weights) -> Relevance:
    """``found`` with its score as the votes shift it. What a language model decided against the scorer stays decided."""
    shift = relevance.score(article, moved) - relevance.score(article, weights.load())
    shift = max(-MOST_SHIFT, min(MOST_SHIFT, shift))
    if not round(shift, 2):
        return found
    threshold = weights.load().threshold
    score = round(max(0.0, min(1.0, found.score + shift)), 4)
    was_decided = found.relevant != (found.score >= threshold)
    relevant = found.relevant if was_decided else score >= threshold
    return replace(found, score=score, relevant=relevant, reasons=(*found.reasons, f"{SHIFTED}: {shift:+.2f}"))


def wanted(stories: Iterable[Story], moved: weights.Weights) -> list[Story]:
    """The stories of which at least one article is still relevant, with their shifted scores."""
    shifted = (_shifted(story, moved) for story in stories)
    return [story for story in shifted if any(found.relevant for found in story.relevances)]


def least() -> float:
    """The lowest score of an article that votes may let in."""
    return weights.load().threshold - MOST_SHIFT


def newcomers(rejected: Iterable[tuple[Article, Relevance]], stories: Sequence[Story], moved: weights.Weights) -> list[Story]:
    """Stories of articles that only this workspace's votes make relevant, unless one of ``stories`` tells the event already."""
    near = [(one, found) for one, found in rejected if one.fresh and found.topics and found.score >= least()]
    found_of = {one.id: (one, found) for one, found in near if rejudged(one, found, moved).relevant}
    if not found_of:
        return []
    decisions = StoryWindow(stories).decide(one for one, _ in found_of.values())
    known = {story.id for story in stories}
    new: defaultdict[str, list[tuple[Article, Relevance]]] = defaultdict(list)
    for made in decisions:
        if made.story_id not in known:
            new[made.story_id].append(found_of[made.article_id])
    return [_shifted(_story(story_id, sorted(pairs, key=_by_time)), moved) for story_id, pairs in new.items()]


def _shifted(story: Story, moved: weights.Weights) -> Story:
    """The story itself where nothing of it is shifted: what is worked out of it is remembered by it."""
    pairs = zip(story.articles, story.relevances, strict=True)
    again = tuple(rejudged(one, found, moved) for one, found in pairs)
    return story if again == story.relevances else replace(story, relevances=again)


def _story(story_id: str, pairs: Sequence[tuple[Article, Relevance]]) -> Story:
    return Story(story_id, tuple(one for one, _ in pairs), tuple(found for _, found in pairs))


def _by_time(pair: tuple[Article, Relevance]) -> tuple[bool, object, str]:
    return pair[0].at is None, pair[0].at, pair[0].id
