"""The ledger: which money the stories of a time tell of, by country, topic, company and role, latest first."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.archive import ledger_rows
from bot.archive.ledger_rows import Row
from bot.knowledge.rates import Rates
from bot.model import Article, Fact, Former, Relevance, Story
from bot.store import Store


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the ledger is wanted; None wants everything. ``actor``: id of the register, or a name as written."""

    country: str | None = None
    topic: str | None = None
    role: str | None = None
    actor: str | None = None

    def wants(self, row: Row) -> bool:
        """Whether ``row`` is wanted."""
        pairs = ((self.country, row.countries), (self.topic, row.topics), (self.actor, row.actors))
        return all(one is None or one in among for one, among in pairs) and self.role in (None, row.role)


async def rows(
    store: Store, since: datetime, until: datetime, wanted: Filter = Filter(), rates: Rates | None = None
) -> list[Row]:
    """The rows of the articles of that time, latest first, converted by ``rates`` (without them by those of the store)."""
    ids = await store.facts.articles_with("money", since, until)
    made = await _made(store, ids, rates or await store.rates.known())
    return sorted((row for row in made if wanted.wants(row)), key=lambda row: row.day, reverse=True)


async def rows_of(store: Store, article_ids: Sequence[str]) -> list[Row]:
    """The rows of these articles, those of one story together."""
    return await _made(store, article_ids, await store.rates.known())


def of_story(
    story: Story, facts: Mapping[str, Sequence[Fact]], former: Mapping[str, Sequence[Former]], rates: Rates
) -> list[Row]:
    """The rows of a story that was read before, with what its articles state and stated. Pure."""
    relevances = {article.id: found for article, found in zip(story.articles, story.relevances, strict=True)}
    return ledger_rows.of_story(story.id, story.matter, ledger_rows.told(story.articles, facts, former, relevances), rates)


async def rows_with(
    store: Store,
    articles: Sequence[Article],
    facts: Mapping[str, Sequence[Fact]],
    stories: Mapping[str, str],
    rates: Rates | None = None,
) -> list[Row]:
    """As ``rows_of``, of articles that were read with their facts and stories, by article id; ``rates`` as of ``rows``."""
    return await _with(store, articles, facts, stories, rates or await store.rates.known())


async def _made(store: Store, ids: Sequence[str], rates: Rates) -> list[Row]:
    articles, facts = await store.articles.get(ids), await store.facts.of_articles(ids)
    return await _with(store, articles, facts, await store.stories.of_articles(ids), rates)


async def _with(
    store: Store, articles: Sequence[Article], facts: Mapping[str, Sequence[Fact]], stories: Mapping[str, str], rates: Rates
) -> list[Row]:
    ids = [article.id for article in articles]
    former, relevances = await store.facts.former(ids), await store.articles.relevance(ids)
    matters = await store.stories.matters(set(stories.values()))
    return await asyncio.to_thread(build, articles, facts, relevances, stories, rates, matters=matters, former=former)


def build(
    articles: Iterable[Article],
    facts: Mapping[str, Sequence[Fact]],
    relevances: Mapping[str, Relevance],
    stories: Mapping[str, str],
    rates: Rates,
    *,
    matters: Mapping[str, str] | None = None,
    former: Mapping[str, Sequence[Former]] | None = None,
) -> list[Row]:
    """One row an amount and story. ``articles``: earliest first; ``stories``, ``matters``: by article id and story id."""
    by_story: dict[str, list[Article]] = {}
    for article in articles:
        by_story.setdefault(stories.get(article.id, article.id), []).append(article)
    made: list[Row] = []
    for story, its in by_story.items():
        listed = ledger_rows.told(its, facts, former or {}, relevances)
        made += ledger_rows.of_story(story, (matters or {}).get(story), listed, rates)
    return made
