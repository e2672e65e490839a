"""How much a story matters to the reader of a briefing, and why in words: what orders an edition."""

import math
from collections.abc import Collection, Sequence

from bot.knowledge import publishers, register
from bot.knowledge.language import normalise
from bot.model import Amount, Boost, Story
from bot.pipeline import story_amounts
from bot.pipeline.filters import holds

_LARGEST = 12.0  # powers of ten, dollars: beyond it no amount weighs more
_BOOST = 10.0  # the weight of a boost of 1.0: the largest, 0.3, comes before a hit of the watchlist
_PASSIVE_ROLES = frozenset(("market_size", "valuation", "revenue", "other"))


def weigh(
    story: Story,
    amounts: Sequence[Amount],
    *,
    direction: str | None = None,
    watchlist: Collection[str] = (),
    boosts: Sequence[Boost] = (),
) -> tuple[float, tuple[str, ...]]:
    """The weight of ``story`` (about 1 to 15) and what it rests on.

    ``watchlist``: names and words that a channel follows; ``boosts``: those of its subscription that hold for this story.
    """
    parts = [
        _relevance(story),
        _money(amounts),
        _actors(story),
        _coverage(story),
        _border(direction),
        *(_watched(story, name) for name in sorted(watchlist)),
        *((_BOOST * boost.shift, f"boost {boost.name} {boost.shift:+g}") for boost in boosts),
    ]
    told = [(weight, reason) for weight, reason in parts if weight]
    return round(sum(weight for weight, _ in told), 3), tuple(reason for _, reason in told if reason)


def watched(story: Story, watchlist: Collection[str]) -> tuple[str, ...]:
    """What of ``watchlist``, names and words that a channel follows, the story is about."""
    return tuple(name for name in sorted(watchlist) if _watched(story, name)[0])


def _relevance(story: Story) -> tuple[float, str]:
    score = max(relevance.score for relevance in story.relevances)
    return 2.0 * score, f"relevance {score:.2f}"


def _money(amounts: Sequence[Amount]) -> tuple[float, str]:
    if not amounts or story_amounts.dollars(amounts[0]) <= 0:
        return 0.0, ""
    power = min(math.log10(story_amounts.dollars(amounts[0])), _LARGEST)
    share = 0.4 if amounts[0].role in _PASSIVE_ROLES else 1.0
    return max(power - 5.0, 0.0) * 0.5 * share, f"amount {amounts[0].quote}"


def _actors(story: Story) -> tuple[float, str]:
    names = list(dict.fromkeys(name for relevance in story.relevances for name in relevance.entities))
    kinds = {name: kind for name in names if (kind := _kind(name))}
    weight = 0.3 * min(len(kinds), 5) + 0.6 * any(kind in ("government", "law", "programme") for kind in kinds.values())
    return weight, f"{len(kinds)} actors: {', '.join(list(kinds)[:5])}" if len(kinds) > 1 else next(iter(kinds), "")


def _kind(name: str) -> str | None:
    """What kind of actor this is; None for who only reports, and for names that have left the register."""
    try:
        entity = register.load().get(name)
    except KeyError:
        return None
    return None if entity.sector == "media" else entity.kind


def _coverage(story: Story) -> tuple[float, str]:
    houses = {publishers.house(article.outlet, article.url) for article in story.articles}
    languages = {article.language for article in story.articles}
    state = any(publishers.is_government(article.outlet, article.url) for article in story.articles)
    weight = 0.5 * (min(len(houses), 7) - 1) + 0.5 * (len(languages) - 1) + 0.5 * state
    said = f"{len(houses)} publishers in {len(languages)} languages" if len(houses) > 1 else ""
    return weight, ", ".join(part for part in (said, "a government source" if state else "") if part)


def _border(direction: str | None) -> tuple[float, str]:
    if not direction:
        return 0.0, ""
    return (1.2 if direction in ("KR→JP", "JP→KR") else 0.5), direction


def _watched(story: Story, name: str) -> tuple[float, str]:
    """A name of the register counts where the story has its entity, any other word where a title or summary ``holds`` it."""
    meant = {entity.id for entity in register.load().find(name)}
    if meant:
        held = any(meant & set(relevance.entities) for relevance in story.relevances)
    else:
        held = any(holds(name, normalise(f"{article.title}\n{article.summary}")) for article in story.articles)
    return (2.0, f"on the watchlist: {name}") if held else (0.0, "")
