"""A story with all that is known of it: who reported it in which language, what it states, what was decided and why.

What is kept of it is read once for all languages and time zones in which it is shown.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from starlette.responses import RedirectResponse, Response

from bot.archive import ledger
from bot.archive.ledger_rows import Row
from bot.commands import explaining, reasons
from bot.commands.ledger import as_corrected
from bot.commands.policy import instrument_name
from bot.knowledge import boilerplate
from bot.knowledge.rates import Rates
from bot.locales import wording
from bot.model import Article, Channel, Correction, EventFact, Fact, PolicyFact, Relevance, Story, Summary
from bot.pipeline.digest import Chosen
from bot.pipeline.summaries import extract
from bot.platforms.web import look, own, rows
from bot.platforms.web.page_kinds import Page
from bot.platforms.web.pictures import pictures, reported
from bot.platforms.web.reader import NOBODY, NoSuchPage, Reader
from bot.platforms.web.shelf import shelf_of
from bot.platforms.web.stories import Line, line_of, path_of
from bot.store import Store
from bot.store.issued import Telling
from bot.store.overrides import Override
from bot.store.stories import Standing

REPORTS = 60  # that are listed, and of one language
FACTS = 12
_LOOKED_INTO = 3  # of the editions that told it, the newest: for what they said


@dataclass(frozen=True, slots=True)
class Known:
    """What is kept of a story, as one workspace may see it. ``rows``: of the ledger, before its editors; ``said``: by them;
    ``told``: the summaries that its channels got, the latest first; ``related``: stories of the same matter; ``weighed``: what
    speaks for it in a briefing.
    """

    story: Story
    facts: Mapping[str, Sequence[Fact]]
    rows: Sequence[Row]
    moved: Sequence[Correction]
    standings: Mapping[str, Standing]
    related: Sequence[Line]
    weighed: Sequence[Chosen]
    said: Sequence[Override] = ()
    telling: Sequence[Telling] = ()
    told: Sequence[Summary] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """An article of a story: how much later than the first it came, and why it was kept and joined."""

    article: Article
    title: str
    lag: timedelta | None
    relevance: Relevance
    joined: tuple[str, ...]
    update: bool


@dataclass(frozen=True, slots=True)
class Stated:
    """An event or a policy as reports tell it, each passage with its quote marked."""

    what: str
    stage: str
    who: tuple[rows.Name, ...]
    dates: str
    passages: tuple[rows.Passage, ...]


async def story(reader: Reader) -> Response:
    """One story; one that was merged into another leads to that."""
    id, place, shelf = reader.param("id"), reader.place, shelf_of(reader.site)

    async def read() -> Known:
        rates = await shelf.get("rates", reader.store.rates.known)
        moved = id in await shelf.get("corrected stories", reader.store.corrections.stories)
        async with reader.store.snapshot():
            return await _read(reader.store, place, id, rates, reader.now, moved=moved)

    try:
        known = await shelf.get(("story", id, place.platform, place.workspace), read)
    except NoSuchPage:
        into = (await reader.store.corrections.merged()).get(id)
        if into is None or not await reader.store.stories.get([into]):
            raise
        return RedirectResponse(path_of(into), 307)
    return look.show(reader, "story.html.j2", **await asyncio.to_thread(_shown, known, reader))


# ---- what is kept ----


async def _read(store: Store, place: Channel, id: str, rates: Rates, now: datetime, *, moved: bool) -> Known:
    """Everything that is kept of a story. ``moved``: an editor moved articles of it. Raises NoSuchPage."""
    found = await store.stories.get([id])
    if not found:
        raise NoSuchPage
    story = found[0]
    ids = [article.id for article in story.articles]
    facts, former = await store.facts.of_articles(ids), await store.facts.former(ids)
    threads = await store.stories.of_matter(story.matter) if story.matter else []
    related = await store.stories.get([one for one in threads if one != id])

    def weighed() -> tuple[Sequence[Row], Sequence[Chosen]]:
        return ledger.of_story(story, facts, former, rates), explaining.judged(story, (), now)

    money, chosen = await asyncio.to_thread(weighed)
    corrections = await store.corrections.of_story(id) if moved else ()
    standings = await store.stories.standings(id)
    known = Known(story, facts, money, corrections, standings, [line_of(one) for one in related], chosen)
    return known if place == NOBODY else await _seen_by(store, place, known, now)


async def _seen_by(store: Store, place: Channel, known: Known, now: datetime) -> Known:
    """With what belongs to a workspace."""
    id = known.story.id
    said = (await store.overrides.of_stories([id], place)).get(id, ())
    telling = await store.issued.telling(place, id)
    editions = [await store.issued.edition(place, issue.key) for issue in telling[:_LOOKED_INTO]]
    items = [item for found in editions if found for item in found[1].items]
    told = [item.summary for item in items if item.story_id == id]
    weighed = await asyncio.to_thread(explaining.judged, known.story, said, now) if said else known.weighed
    return replace(known, said=said, weighed=weighed, telling=telling, told=told)


# ---- as it is shown ----


def _shown(known: Known, reader: Reader) -> Mapping[str, Any]:
    """Everything that the page shows. Takes some milliseconds of the processor."""
    story, language = known.story, reader.language
    # What the workspace was told of it in this language, else its best sentences.
    summary = next((one for one in known.told if one.language == language), None) or extract(story, language)
    listed = _reports(known, language)
    languages = dict.fromkeys(one.article.language for one in listed)
    money = as_corrected(known.rows, {story.id: known.said})[:FACTS]
    request = reader.request("why", story.id)
    best = max(story.relevances, key=lambda one: one.score)
    return {
        "title": summary.translated or summary.headline,
        "summary": summary,
        "sources": {source.number: source for source in summary.sources},
        "reports": listed[:REPORTS],
        "more": len(listed) - REPORTS,
        "by_language": [(code, [one for one in listed if one.article.language == code]) for code in languages],
        "opened": language if language in languages else listed[0].article.language,
        "most": REPORTS,
        "money": rows.worded(money, story.articles, language),
        "stated": _stated(story, known.facts, language),
        "best": best,
        "names": [rows.name(one, language) for one in best.entities],
        "decided": explaining.decided(request, story.id, known.rows, known.moved, known.said),
        "ranked": explaining.told_rank(known.weighed, language),
        "telling": known.telling,
        "pictures": pictures("story", story.id, reported(story, language, reader.zone)),
        "related": known.related,
    }


def _reports(known: Known, language: str) -> list[Report]:
    """The earliest first."""
    story, none = known.story, Standing((), False)
    first = min((article.at for article in story.articles if article.at), default=None)
    reports = [
        Report(
            article,
            boilerplate.headline(article.title, article.outlet),
            article.at - first if article.at and first else None,
            replace(relevance, reasons=reasons.say_all(relevance.reasons, language)),
            reasons.say_all(standing.reasons, language),
            standing.update,
        )
        for article, relevance in zip(story.articles, story.relevances, strict=True)
        for standing in (known.standings.get(article.id, none),)
    ]
    return sorted(reports, key=lambda one: (one.article.at is None, one.article.at, one.article.id))


def _stated(story: Story, facts: Mapping[str, Sequence[Fact]], language: str) -> list[Stated]:
    """Events and policies, what several reports say alike told once."""
    found: dict[tuple[str, ...], tuple[Stated, list[rows.Passage]]] = {}
    for article in story.articles:
        for fact in facts.get(article.id, ()):
            if not isinstance(fact, EventFact | PolicyFact):
                continue
            one = _of_event(fact, language) if isinstance(fact, EventFact) else _of_policy(fact, language)
            _, passages = found.setdefault((one.what, one.stage, one.dates, *(who.said for who in one.who)), (one, []))
            if len(passages) < rows.QUOTES:
                passages.append(_passage(article, fact))
    kept = list(found.values())[:FACTS]
    return [Stated(one.what, one.stage, one.who, one.dates, tuple(passages)) for one, passages in kept]


def _of_event(fact: EventFact, language: str) -> Stated:
    who = tuple(rows.name(actor, language) for actor in fact.actors[:3])
    return Stated(wording.event_name(fact.type, language), wording.stage_name(fact.status, language), who, fact.date or "", ())


def _of_policy(fact: PolicyFact, language: str) -> Stated:
    dates = " – ".join(filter(None, (fact.in_force, fact.until)))
    who = (rows.name(fact.name, language),) if fact.name else ()
    return Stated(instrument_name(fact.instrument, language), wording.stage_name(fact.stage, language), who, dates, ())


def _passage(article: Article, fact: EventFact | PolicyFact) -> rows.Passage:
    before = after = ""
    if article.text[fact.start : fact.end] == fact.quote:
        before, after = rows.around(article.text, fact.start, fact.end)
    return rows.Passage(before, fact.quote, after, article.outlet, article.url, article.language, article.at)


async def _own(reader: Reader) -> bool:
    return await own.corrected(reader) or await own.told(reader, reader.param("id"))


PAGES = (Page("/stories/{id}", story, own=_own),)
