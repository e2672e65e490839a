"""Whether an article matters, which story it belongs to, and what people say of both."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from bot.model.feeds import Article


class Topic(StrEnum):
    """The sections of a briefing, in the order in which they are shown."""

    EXPANSION = "expansion"
    INVESTMENT = "investment"
    POLICY = "policy"
    INFRASTRUCTURE = "infrastructure"
    CHIPS = "chips"
    TALENT = "talent"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Entity:
    """A company, ministry, law … of the register. ``id`` is its canonical English name, ``sector`` a company's trade."""

    id: str
    kind: str
    country: str
    parent: str | None = None
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sector: str = ""

    def name(self, language: str) -> str:
        """Its usual name in ``language`` (ko, ja or en)."""
        names = self.aliases.get(language, ())
        return names[0] if names else self.id


@dataclass(frozen=True, slots=True)
class Relevance:
    """Whether an article matters, and why. ``score`` in 0..1; main topic first; ``direction`` like "KR→JP"; reasons in words."""

    score: float
    relevant: bool
    topics: tuple[Topic, ...] = ()
    countries: tuple[str, ...] = ()
    direction: str | None = None
    entities: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoryDecision:
    """Where an article belongs. ``joined`` is False when it opens the story; ``matter`` links plan, decision and opening."""

    article_id: str
    story_id: str
    joined: bool
    update: bool = False
    matter: str | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """All articles on one event, earliest first, each with its relevance at the same index."""

    id: str
    articles: tuple[Article, ...]
    relevances: tuple[Relevance, ...]
    matter: str | None = None

    @property
    def lags(self) -> tuple[tuple[Article, timedelta], ...]:
        """Each outlet's first report, earliest first, with how long after the very first it came; undated ones are left out."""
        firsts: dict[str, tuple[datetime, Article]] = {}
        for article in self.articles:
            if article.at and (article.outlet not in firsts or article.at < firsts[article.outlet][0]):
                firsts[article.outlet] = (article.at, article)
        ordered = sorted(firsts.values(), key=lambda first: (first[0], first[1].id))
        return tuple((article, at - ordered[0][0]) for at, article in ordered)


@dataclass(frozen=True, slots=True)
class Correction:
    """What an editor decided about stories: ``articles`` (ids) left ``other_id`` for ``story_id``. ``kind``: merge or split."""

    kind: str
    story_id: str
    other_id: str
    articles: tuple[str, ...]
    platform: str
    workspace: str
    person: str
    at: datetime


class Vote(NamedTuple):
    """Whether a person wants more like ``subject``, the id of an article or a story."""

    subject: str
    wanted: bool
