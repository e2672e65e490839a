"""Chooses and orders the stories of an edition, and puts the edition together.

In two steps, because summaries may cost a model's work: ``select`` says what will be shown, ``compose`` puts the summaries
of just those in. Nothing here writes a sentence, reads a clock or remembers what was told.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.knowledge import publishers
from bot.knowledge.rates import Rates
from bot.model import (
    COUNTRIES,
    Amount,
    Article,
    CitedSentence,
    Converted,
    Edition,
    EditionCounts,
    EditionItem,
    Filters,
    Source,
    Story,
    Summary,
    Told,
    Topic,
)
from bot.pipeline import materiality, story_amounts, summaries
from bot.pipeline.filters import boosted, main_topics, passes

PER_TOPIC = 5
MOST_STORIES = 20
LEAD_LINES = 3
EVERYTHING = Filters()
NO_COUNTS = EditionCounts()
# An article seen shortly before the period may have found its story only within it.
JUDGED_WITHIN = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A story that an edition shows: where, as what, and how much it matters."""

    story: Story
    topic: Topic
    mark: str
    weight: float
    reasons: tuple[str, ...]
    amounts: tuple[Amount, ...] = ()
    countries: tuple[str, ...] = ()
    direction: str | None = None
    entities: tuple[str, ...] = ()


# ---- choosing ----


def select(
    stories: Sequence[Story],
    *,
    since: datetime,
    until: datetime,
    told: Mapping[str, Told] | None = None,
    updates: Collection[str] | None = None,
    filters: Filters = EVERYTHING,
    watchlist: Collection[str] = (),
    per_topic: int = PER_TOPIC,
    max_stories: int = MOST_STORIES,
    amounts_of: Callable[[Story], tuple[Amount, ...]] = story_amounts.of_story,
) -> tuple[Chosen, ...]:
    """The stories to show, in showing order: topics as Topic has them, the weightiest first.

    ``stories``: those that got an article in [since, until); ``told``: what the channel was told before, by story id;
    ``updates``: ids of articles that made their story materially new, None where nobody noted them (then a new amount counts).
    ``amounts_of``: the amounts of a story, the main one first.
    """
    told = told or {}
    judged = [_judge(story, since, until, told.get(story.id), updates, filters, watchlist, amounts_of) for story in stories]
    ranked = sorted((one for one in judged if one), key=lambda one: (-one.weight, one.story.id))
    order = list(Topic)
    return tuple(sorted(_within_quotas(ranked, per_topic, max_stories), key=lambda one: order.index(one.topic)))


def _judge(
    story: Story,
    since: datetime,
    until: datetime,
    told: Told | None,
    updates: Collection[str] | None,
    filters: Filters,
    watchlist: Collection[str],
    amounts_of: Callable[[Story], tuple[Amount, ...]],
) -> Chosen | None:
    fresh = [article for article in story.articles if _is_fresh(article, since, until)]
    topic = _topic(story, filters)
    if not fresh or topic is None or not passes(story, filters):
        return None
    why: tuple[str, ...] = ()
    if told is not None:
        why = _news(story, fresh, told, updates)
        if not why:
            return None
    amounts = amounts_of(story)
    direction = _most(relevance.direction for relevance in story.relevances if relevance.direction)
    weight, reasons = materiality.weigh(story, amounts, direction=direction, watchlist=watchlist, boosts=boosted(story, filters))
    return Chosen(
        story=story,
        topic=topic,
        mark="update" if told is not None else "new",
        weight=weight,
        reasons=(*why, *reasons),
        amounts=amounts,
        countries=_countries(story),
        direction=direction,
        entities=_entities(story),
    )


def _seen(article: Article) -> datetime | None:
    return article.first_seen or article.published


def _is_fresh(article: Article, since: datetime, until: datetime) -> bool:
    seen = _seen(article)
    return article.fresh and seen is not None and since - JUDGED_WITHIN <= seen < until


def _news(story: Story, fresh: Sequence[Article], told: Told, updates: Collection[str] | None) -> tuple[str, ...]:
    """Why the channel should hear of a story again; empty where nothing material was added since it was told."""
    in_order = sorted(story.articles, key=lambda article: (_seen(article) is not None, _seen(article), article.id))
    added = {article.id for article in in_order[told.articles :]}
    newer = [article for article in fresh if article.id in added or (_seen(article) or told.at) > told.at]
    if updates is not None:
        return tuple(f"materially new: {article.outlet}" for article in newer if article.id in updates)[:1]
    older = [article for article in story.articles if article not in newer]
    return tuple(f"new amount: {amount.quote}" for amount in story_amounts.new_amounts(newer, older))[:1]


def _topic(story: Story, filters: Filters) -> Topic | None:
    """The topic under which a story stands: what most of its articles are about, as far as the channel wants it."""
    votes: Counter[Topic] = Counter()
    for relevance in story.relevances:
        for place, topic in enumerate(relevance.topics):
            votes[topic] += 3 if place == 0 else 1
    wanted = [topic for topic in Topic if votes[topic] or (not votes and topic is Topic.OTHER)]
    if filters.topics:
        wanted = [topic for topic in wanted if topic in filters.topics and topic in main_topics(story)]
    return max(wanted, key=lambda topic: votes[topic], default=None)


def _within_quotas(ranked: Sequence[Chosen], per_topic: int, most: int) -> list[Chosen]:
    """The weightiest stories such that each topic has a say: quotas first; what they leave unused goes to the next best.

    Where even the quotas are too many, each topic keeps its weightiest story. Beside other topics none gets more than twice
    its quota.
    """
    limit = 2 * per_topic if len({one.topic for one in ranked}) > 1 else most
    places: defaultdict[Topic, int] = defaultdict(int)
    tiers: tuple[list[Chosen], list[Chosen], list[Chosen]] = ([], [], [])
    for one in ranked:
        place = places[one.topic]
        places[one.topic] += 1
        if place < limit:
            tiers[0 if place == 0 else 1 if place < per_topic else 2].append(one)
    kept = [one for tier in tiers for one in tier][:most]
    return [one for one in ranked if one in kept]


# ---- putting together ----


def compose(
    chosen: Sequence[Chosen],
    written: Mapping[str, Summary],
    *,
    key: str,
    language: str,
    time_zone: str,
    since: datetime,
    until: datetime,
    counts: EditionCounts = NO_COUNTS,
    method: str = "extract",
    sample: bool = False,
    delayed: bool = False,
    rates: Rates | None = None,
) -> Edition:
    """The edition of the stories that ``select`` chose, its citations numbered through.

    ``written``: summaries by story id; where one is missing, or cites nothing that it has, the story's extract stands in.
    ``rates``: what the main amounts are converted by, to those of won, yen and dollars that no article gives.
    """
    numbers = _Numbers()
    items = tuple(_item(one, _usable(written.get(one.story.id), one.story, language), numbers, rates) for one in chosen)
    return Edition(
        key=key,
        language=language,
        time_zone=time_zone,
        since=since,
        until=until,
        items=items,
        lead=lead(items),
        sources=numbers.sources(),
        counts=counts,
        method=method,
        sample=sample,
        delayed=delayed,
    )


class _Numbers:
    """One numbering of sources for a whole edition."""

    def __init__(self) -> None:
        self._sources: dict[str, Source] = {}

    def of(self, source: Source) -> int:
        known = self._sources.setdefault(source.article_id, replace(source, number=len(self._sources) + 1))
        return known.number

    def sources(self) -> tuple[Source, ...]:
        return tuple(self._sources.values())


def _usable(summary: Summary | None, story: Story, language: str) -> Summary:
    """``summary`` with only what it has a source for."""
    if summary is not None:
        there = {source.number for source in summary.sources}
        said = (replace(one, cites=tuple(cite for cite in one.cites if cite in there)) for one in summary.sentences)
        kept = tuple(one for one in said if one.cites)
        if kept:
            return replace(summary, sentences=kept)
    return summaries.extract(story, language)


def _item(chosen: Chosen, summary: Summary, numbers: _Numbers, rates: Rates | None) -> EditionItem:
    first = chosen.story.articles[0]
    return EditionItem(
        story_id=chosen.story.id,
        topic=chosen.topic,
        mark=chosen.mark,
        summary=_renumbered(summary, numbers),
        amounts=chosen.amounts,
        outlets=_outlets(chosen.story),
        languages=tuple(dict.fromkeys(article.language for article in chosen.story.articles if article.language)),
        first_outlet=first.outlet,
        first_at=first.at,
        countries=chosen.countries,
        direction=chosen.direction,
        entities=chosen.entities,
        weight=chosen.weight,
        reasons=chosen.reasons,
        converted=_converted(chosen, rates) if rates else (),
    )


def _converted(chosen: Chosen, rates: Rates) -> tuple[Converted, ...]:
    """The main amount in the other currencies, by the rates of the day of its first report."""
    main = chosen.amounts[0] if chosen.amounts else None
    first = chosen.story.articles[0].at
    if main is None or main.value is None or main.currency is None or first is None:
        return ()
    given = {amount.currency for amount in chosen.amounts if amount.converted_of == 0}
    return tuple(one for one in rates.in_all(main.value, main.currency, first.date()) if one.currency not in given)


def _renumbered(summary: Summary, numbers: _Numbers) -> Summary:
    """``summary`` with the edition's numbers, and only the sources that it needs: those cited, and that of a quoted headline."""
    own = {source.number: source for source in summary.sources}
    needed = [cite for one in summary.sentences for cite in one.cites]
    if summary.method == "extract" and summary.sources:
        needed.insert(0, summary.sources[0].number)
    new = {old: numbers.of(own[old]) for old in dict.fromkeys(needed)}
    said = tuple(replace(one, cites=tuple(sorted(new[cite] for cite in one.cites))) for one in summary.sentences)
    sources = tuple(replace(own[old], number=number) for old, number in new.items())
    return replace(summary, sentences=said, sources=sources)


def lead(items: Sequence[EditionItem]) -> tuple[CitedSentence, ...]:
    """The headlines of the weightiest stories, with the sources that they stand on."""
    weightiest = sorted(items, key=lambda item: -item.weight)[:LEAD_LINES]
    return tuple(_headline(item.summary) for item in weightiest)


def _headline(summary: Summary) -> CitedSentence:
    if summary.method == "extract":
        number = summary.sources[0].number
        return CitedSentence(summary.translated or summary.headline, (number,), quoted=not summary.translated)
    return CitedSentence(summary.headline, summary.sentences[0].cites)


# ---- what a story is as a whole ----


def _outlets(story: Story) -> tuple[str, ...]:
    """Who reported, earliest first; a publisher with several titles counts once, under the first."""
    by_house: dict[str, str] = {}
    for article in story.articles:
        by_house.setdefault(publishers.house(article.outlet, article.url), article.outlet)
    return tuple(by_house.values())


def _countries(story: Story) -> tuple[str, ...]:
    named = {country for relevance in story.relevances for country in relevance.countries}
    return (*(country for country in COUNTRIES if country in named), *sorted(named.difference(COUNTRIES)))


def _entities(story: Story) -> tuple[str, ...]:
    """The names of the story, those that most articles have first."""
    votes = Counter(name for relevance in story.relevances for name in dict.fromkeys(relevance.entities))
    return tuple(name for name, _ in votes.most_common())


def _most(values: Iterable[str]) -> str | None:
    return next((value for value, _ in Counter(values).most_common(1)), None)
