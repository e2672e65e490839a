"""Stories: the newest of them, and each with all that is known: who reported it, what it states, what was decided and why."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from bot.archive import ledger as archive
from bot.commands import explaining, reasons
from bot.commands.ledger import corrected
from bot.commands.policy import instrument_name
from bot.knowledge import boilerplate
from bot.locales import t, wording
from bot.model import Article, EventFact, Fact, PolicyFact, Relevance, Story, Summary
from bot.pipeline.summaries import extract
from bot.platforms.web import look, rows
from bot.platforms.web.page_kinds import Access, Page
from bot.platforms.web.pictures import pictures, reported
from bot.platforms.web.reader import NoSuchPage, Reader
from bot.platforms.web.shelf import shelf_of
from bot.store.issued import Issue

A_PAGE = 40
REPORTS = 60  # of a story, that are listed
FACTS = 12
_STORIES = 2000  # that the list goes back


@dataclass(frozen=True, slots=True)
class Line:
    """A story in a list. ``topic``: its main one."""

    id: str
    headline: str
    language: str
    topic: str
    countries: tuple[str, ...]
    outlets: tuple[str, ...]
    languages: tuple[str, ...]
    at: datetime | None


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


async def index(reader: Reader) -> Response:
    """The stories that were reported last."""
    first = (reader.page - 1) * A_PAGE
    found = await shelf_of(reader.site).get("stories", lambda: reader.store.stories.outlines(_STORIES), patient=60.0)
    page = found[first : first + A_PAGE]
    stories = await reader.store.stories.get([one.id for one in page])
    lines = [_line(story) for story in stories]
    days = [(day, list(its)) for day, its in groupby(lines, key=lambda one: one.at and wording.day(one.at, reader.zone, "en"))]
    return look.show(
        reader,
        "stories.html.j2",
        title=t(reader.language, "Stories"),
        days=days,
        newer=f"/stories?page={reader.page - 1}" if reader.page > 1 else "",
        older=f"/stories?page={reader.page + 1}" if len(found) > first + A_PAGE else "",
    )


def _line(story: Story) -> Line:
    best = max(zip(story.articles, story.relevances, strict=True), key=lambda pair: pair[1].score)
    article, relevance = best
    return Line(
        story.id,
        boilerplate.headline(article.title, article.outlet),
        article.language,
        relevance.topics[0] if relevance.topics else "other",
        relevance.countries,
        tuple(dict.fromkeys(one.outlet for one in story.articles)),
        tuple(dict.fromkeys(one.language for one in story.articles)),
        max((one.at for one in story.articles if one.at), default=None),
    )


async def story(reader: Reader) -> Response:
    """One story; one that was merged into another leads to that."""
    id = reader.param("id")
    found = await reader.store.stories.get([id])
    if not found:
        into = (await reader.store.corrections.merged()).get(id)
        if into is None or not await reader.store.stories.get([into]):
            raise NoSuchPage
        return RedirectResponse(path_of(into), 307)
    place = reader.place
    key = ("story", id, place.platform, place.workspace, reader.language, reader.zone)

    async def known() -> Mapping[str, Any]:
        async with reader.store.snapshot():
            return await _known(reader, found[0])

    shown = await shelf_of(reader.site).get(key, known)
    return look.show(reader, "story.html.j2", **shown)


async def _known(reader: Reader, story: Story) -> Mapping[str, Any]:
    """Everything that the page shows."""
    store, language = reader.store, reader.language
    ids = [article.id for article in story.articles]
    facts = await store.facts.of_articles(ids)
    stated = await archive.rows_of(store, ids)
    money = await corrected(store, reader.place, stated)
    request = reader.request("why", story.id)
    telling = await store.issued.telling(reader.place, story.id) if reader.visit else []
    summary = await _summary(reader, story, telling)
    reports = await _reports(reader, story)
    threads = await store.stories.of_matter(story.matter) if story.matter else []
    related = [_line(one) for one in await store.stories.get([one for one in threads if one != story.id])]
    best = max(story.relevances, key=lambda one: one.score)
    return {
        "title": summary.translated or summary.headline,
        "story": story,
        "summary": summary,
        "sources": {source.number: source for source in summary.sources},
        "reports": reports[:REPORTS],
        "more": len(reports) - REPORTS,
        "by_language": [(code, [one for one in reports if one.article.language == code]) for code in _languages(story)],
        "money": await rows.shown(store, money[:FACTS], language),
        "stated": await asyncio.to_thread(_stated, story, facts, language),
        "best": best,
        "names": [rows.name(one, language) for one in best.entities],
        "decided": await explaining.told(reader.site.desk, request, story, stated),
        "ranked": await explaining.ranked(reader.site.desk, request, story),
        "telling": telling,
        "pictures": pictures("story", story.id, await asyncio.to_thread(reported, story, language, reader.zone)),
        "related": related,
    }


async def _summary(reader: Reader, story: Story, telling: Sequence[Issue]) -> Summary:
    """What the workspace was told of it in this language, else its best sentences."""
    for issue in telling[:3]:
        found = await reader.store.issued.edition(reader.place, issue.key)
        for item in found[1].items if found else ():
            if item.story_id == story.id and item.summary.language == reader.language:
                return item.summary
    return await asyncio.to_thread(extract, story, reader.language)


async def _reports(reader: Reader, story: Story) -> list[Report]:
    ids = [article.id for article in story.articles]
    known, updates = await reader.store.stories.reasons(ids), await reader.store.stories.updates([story.id])
    first = min((article.at for article in story.articles if article.at), default=None)
    reports = [
        Report(
            article,
            boilerplate.headline(article.title, article.outlet),
            article.at - first if article.at and first else None,
            replace(relevance, reasons=reasons.say_all(relevance.reasons, reader.language)),
            reasons.say_all(known.get(article.id, ()), reader.language),
            article.id in updates,
        )
        for article, relevance in zip(story.articles, story.relevances, strict=True)
    ]
    return sorted(reports, key=lambda one: (one.article.at is None, one.article.at, one.article.id))


def _languages(story: Story) -> list[str]:
    return list(dict.fromkeys(article.language for article in story.articles))


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


def path_of(story_id: str) -> str:
    """Where a story is."""
    return f"/stories/{quote(story_id, safe='')}"


PAGES = (Page("/stories", index), Page("/stories/{id}", story, Access.ARCHIVE))
