"""What the archive has on one name: its latest reports and stories, the money told of it, what it did, how far a law came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.archive import ledger
from bot.archive.ledger_rows import Row
from bot.archive.narrowing import Narrowing
from bot.archive.policy import Policy, clock
from bot.archive.query import Query
from bot.archive.search import Archive
from bot.knowledge.publishers import house
from bot.knowledge.rates import Rates
from bot.model import Article, Entity, EventFact, Fact, Story
from bot.store import Store

REPORTS = 120  # of the latest articles about a name
POLICIES = ("law", "programme")  # kinds of names that stand on the policy clock
_DAY = len("2026-11-23")


@dataclass(frozen=True, slots=True)
class Moment:
    """What it did on ``day`` (as the report says, else the report's own), and who first told it."""

    day: str
    event: EventFact
    article: Article


@dataclass(frozen=True, slots=True)
class Dossier:
    """``articles``, ``stories``, ``rows`` and ``moments``: the latest first. ``policy``: of a law or programme;
    ``publishers``: how many stand behind the articles.
    """

    articles: Sequence[Article]
    stories: Sequence[Story]
    rows: Sequence[Row]
    moments: Sequence[Moment]
    policy: Policy | None
    publishers: int


async def dossier(
    store: Store,
    archive: Archive,
    entity: Entity,
    now: datetime,
    *,
    stories: int,
    known: Sequence[Policy] | None = None,
    rates: Rates | None = None,
) -> Dossier:
    """The latest reports on ``entity``, at most ``stories`` of their stories, and everything that they state of it.

    ``known``: the policy clock, ``rates``: those of the store, where they were read before.
    """
    hits = await archive.ranked(Query(only=Narrowing(companies=(entity.id,))), now=now, limit=REPORTS)
    found = await archive.articles([id for id, _ in hits])
    articles = sorted((one for one in found if one.at), key=lambda one: (one.at, one.id), reverse=True)
    ids = [one.id for one in articles]
    of_articles = await store.stories.of_articles(ids)
    latest = list(dict.fromkeys(of_articles[id] for id in ids if id in of_articles))[:stories]
    facts = await store.facts.of_articles(ids)
    rows = [row for row in await ledger.rows_with(store, articles[::-1], facts, of_articles, rates) if entity.id in row.actors]
    if known is None:
        known = await clock(store, now) if entity.kind in POLICIES else ()
    return Dossier(
        articles,
        await store.stories.get(latest),
        sorted(rows, key=lambda row: row.day, reverse=True),
        timeline(entity.id, articles, facts),
        next((one for one in known if one.entity == entity.id), None),
        len({house(one.outlet, one.url) for one in articles}),
    )


def timeline(id: str, articles: Sequence[Article], facts: Mapping[str, Sequence[Fact]]) -> list[Moment]:
    """Each kind and stage of an event once, as first told; the latest first, as are ``articles``. Pure."""
    found: dict[tuple[str, str], Moment] = {}
    for article in reversed(articles):
        for fact in facts.get(article.id, ()):
            if isinstance(fact, EventFact) and fact.actors[:1] == (id,) and article.at:
                day = fact.date if fact.date and len(fact.date) == _DAY else article.at.date().isoformat()
                found.setdefault((fact.type, fact.status), Moment(day, fact, article))
    return sorted(found.values(), key=lambda one: one.day, reverse=True)
