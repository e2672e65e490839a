"""Decides which stories cannot wait for the next digest: their score reaches the threshold, or the channel watches for them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.model import Alerts, Article, Filters
from bot.pipeline.digest import Chosen
from bot.pipeline.filters import score
from bot.pipeline.materiality import watched


@dataclass(frozen=True, slots=True)
class Urgent:
    """A story to be told at once. ``names``: what of the watchlist it is about; ``score``: boosts included."""

    chosen: Chosen
    names: tuple[str, ...]
    score: float

    @property
    def story_id(self) -> str:
        """The story's id."""
        return self.chosen.story.id

    @property
    def has_new_fact(self) -> bool:
        """Whether the channel knew the story, and an amount, stage or actor was added to it."""
        return self.chosen.mark == "update"


def urgent(
    chosen: Sequence[Chosen], *, since: datetime, alerts: Alerts, filters: Filters, watchlist: Collection[str]
) -> list[Urgent]:
    """Those of ``chosen`` that cannot wait, the weightiest first. Only what was published and seen after ``since`` is news."""
    found = []
    for one in sorted(chosen, key=lambda one: (-one.weight, one.story.id)):
        if any(_is_news(article, since) for article in one.story.articles):
            names, reached = watched(one.story, watchlist), score(one.story, filters)
            if names or reached >= alerts.min_score:
                found.append(Urgent(one, names, reached))
    return found


def _is_news(article: Article, since: datetime) -> bool:
    return article.fresh and all(at is None or at > since for at in (article.published, article.first_seen))
