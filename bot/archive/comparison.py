"""Korea and Japan side by side: what the stories of a time tell of each, and of what passes between them."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from bot.archive import ledger
from bot.archive.ledger_rows import Row
from bot.archive.totals import Total, totals
from bot.knowledge import register
from bot.knowledge.register import PLACE_KINDS
from bot.model import COUNTRIES, Relevance, Story, Topic
from bot.store import Store

_T = TypeVar("_T")

NAMED = 3  # the companies that most stories name


@dataclass(frozen=True, slots=True)
class Side:
    """One country. ``stories``: how many concern it, ``before`` in the time of the same length that ended where this one begins.

    ``topics``: stories by their main topic; ``outward``: stories that go from here to the other country; ``named``: ids of its
    own companies that most stories name; ``money``: sums of its rows of the ledger.
    """

    country: str
    stories: int
    before: int
    topics: Mapping[Topic, int]
    outward: int
    named: tuple[str, ...]
    money: tuple[Total, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both sides, in the order of COUNTRIES; ``both`` counts the ``stories`` that concern both and so stand on either side.

    ``earlier``: the stories of the time of the same length before.
    """

    sides: tuple[Side, ...]
    both: int
    stories: tuple[Story, ...]
    earlier: tuple[Story, ...] = ()


async def compare(store: Store, since: datetime, until: datetime) -> Comparison:
    """The two countries in the stories that got a report in [since, until)."""
    stories = await store.stories.touched_between(since, until)
    earlier = await store.stories.touched_between(since - (until - since), since)
    rows = await ledger.rows(store, since, until)
    return await asyncio.to_thread(_compared, stories, earlier, rows)


def _compared(stories: Sequence[Story], earlier: Sequence[Story], rows: Sequence[Row]) -> Comparison:
    money = {country: totals([row for row in rows if country in row.countries]) for country in COUNTRIES}
    sides = tuple(_side(country, stories, earlier, money[country]) for country in COUNTRIES)
    return Comparison(sides, sum(set(COUNTRIES) <= concerned(story) for story in stories), tuple(stories), tuple(earlier))


def _side(country: str, stories: Sequence[Story], earlier: Sequence[Story], money: tuple[Total, ...]) -> Side:
    own = [story for story in stories if country in concerned(story)]
    other = next(one for one in COUNTRIES if one != country)
    directions = [_most(relevance.direction for relevance in story.relevances) for story in own]
    return Side(
        country=country,
        stories=len(own),
        before=sum(country in concerned(story) for story in earlier),
        topics=Counter(main_topic(story.relevances) for story in own),
        outward=directions.count(f"{country}→{other}"),
        named=_named(country, own),
        money=money,
    )


def concerned(story: Story) -> set[str]:
    """The countries that a story concerns."""
    return {country for relevance in story.relevances for country in relevance.countries}


def main_topic(relevances: Sequence[Relevance]) -> Topic:
    """The topic that most articles of a story are mainly about, given each one's relevance."""
    return _most(relevance.topics[0] if relevance.topics else None for relevance in relevances) or Topic.OTHER


def _named(country: str, stories: Sequence[Story]) -> tuple[str, ...]:
    named = Counter(id for story in stories for id in {entity for relevance in story.relevances for entity in relevance.entities})
    own = [id for id, _ in sorted(named.items(), key=lambda pair: (-pair[1], pair[0])) if _is_of(id, country)]
    return tuple(own[:NAMED])


def _is_of(id: str, country: str) -> bool:
    try:
        entity = register.load().get(id)
    except KeyError:  # named by a version with another register
        return False
    return entity.country == country and entity.kind not in PLACE_KINDS


def _most(values: Iterable[_T | None]) -> _T | None:
    said = Counter(value for value in values if value is not None)
    return max(said, key=lambda value: said[value], default=None)
