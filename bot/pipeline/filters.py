"""Decides whether a story is what a subscription wants to see, and which of its boosts hold for it.

Words are looked for as they stand, never as regular expressions: no configuration can make a run slow.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.knowledge.language import normalise
from bot.model import Article, Boost, Filters, Story, Topic

MOST_SHIFT = 0.3  # all boosts together
_LETTER = "[0-9a-z\u00c0-\u024f]"  # of a script that puts spaces between words


def passes(story: Story, filters: Filters) -> bool:
    """Whether everything that ``filters`` ask for holds for the story as a whole."""
    return _traits(story, _shift(story, filters)).fit(filters)


def score(story: Story, filters: Filters) -> float:
    """The relevance of the story's best article, boosts included: what ``min_score`` is compared with."""
    return max(relevance.score for relevance in story.relevances) + _shift(story, filters)


def _shift(story: Story, filters: Filters) -> float:
    return max(-MOST_SHIFT, min(MOST_SHIFT, sum(boost.shift for boost in boosted(story, filters))))


def boosted(story: Story, filters: Filters) -> tuple[Boost, ...]:
    """The boosts of topics and entities that the story has."""
    if not filters.boosts:
        return ()
    names = {*main_topics(story), *_entities(story)}
    return tuple(boost for boost in filters.boosts if boost.name in names)


def main_topics(story: Story) -> frozenset[Topic]:
    """The main topic of each article."""
    return frozenset(relevance.topics[0] if relevance.topics else Topic.OTHER for relevance in story.relevances)


def holds(word: str, text: str) -> bool:
    """Whether ``text``, normalised, holds ``word``.

    Latin words count as whole words, with ``*`` behind them as the beginning of one; Korean and Japanese ones anywhere.
    """
    return _pattern(word).search(text) is not None


@lru_cache(maxsize=1024)
def _pattern(word: str) -> re.Pattern[str]:
    """An escaped text between two borders: searching takes linear time whatever the word is."""
    plain = normalise(word.rstrip("* "))
    before = rf"(?<!{_LETTER})" if re.match(_LETTER, plain) else ""
    after = rf"(?!{_LETTER})" if re.match(_LETTER, plain[-1:]) and not word.rstrip().endswith("*") else ""
    return re.compile(before + re.escape(plain) + after)


@dataclass(frozen=True, slots=True)
class _Traits:
    """A story as filters see it: what any of its articles has. ``score`` is that of its best article, boosts included."""

    topics: frozenset[Topic]
    countries: frozenset[str]
    entities: frozenset[str]
    languages: frozenset[str]
    outlets: frozenset[str]
    score: float
    text: str

    def fit(self, filters: Filters) -> bool:
        return (
            self._has_any(filters)
            and self.score >= filters.min_score
            and self._says(filters)
            and all(self.fit(one) for one in filters.all_of)
            and (not filters.any_of or any(self.fit(one) for one in filters.any_of))
            and not any(self.fit(one) for one in filters.none_of)
        )

    def _has_any(self, filters: Filters) -> bool:
        pairs = (
            (filters.topics, self.topics),
            (filters.countries, self.countries),
            (filters.entities, self.entities),
            (filters.languages, self.languages),
            (frozenset(normalise(outlet) for outlet in filters.outlets), self.outlets),
        )
        return all(not wanted or not wanted.isdisjoint(there) for wanted, there in pairs)

    def _says(self, filters: Filters) -> bool:
        wanted = not filters.include or any(holds(word, self.text) for word in filters.include)
        return wanted and not any(holds(word, self.text) for word in filters.exclude)


def _traits(story: Story, shift: float) -> _Traits:
    return _Traits(
        topics=main_topics(story),
        countries=frozenset(country for relevance in story.relevances for country in relevance.countries),
        entities=_entities(story),
        languages=frozenset(article.language for article in story.articles),
        outlets=frozenset(normalise(article.outlet) for article in story.articles),
        score=max(relevance.score for relevance in story.relevances) + shift,
        text=_text(story.articles),
    )


@lru_cache(maxsize=512)  # every subscription with filters asks for the same
def _text(articles: tuple[Article, ...]) -> str:
    return normalise("\n".join(f"{article.title}\n{article.summary}" for article in articles))


def _entities(story: Story) -> frozenset[str]:
    return frozenset(name for relevance in story.relevances for name in relevance.entities)
