"""What people read: the digest of a day or week, stories found by words, the sources of a story, a page in a few sentences."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

from bot.archive import policy
from bot.commands import browsing
from bot.commands.desk import Desk
from bot.commands.filters import read_filters
from bot.commands.finding import find_story
from bot.commands.weekly import weekly
from bot.knowledge import language as languages
from bot.locales import t, wording
from bot.model import Action, Article, CitedSentence, Passage, Reply, Request, Source, Summary
from bot.pipeline.briefing import Wanted

FOUND = 8
MOST_PAGES = 10
_PERIODS = {"today": timedelta(hours=24), "week": timedelta(days=7)}


async def digest(desk: Desk, request: Request) -> Reply:
    """The last 24 hours or seven days, whatever the channel was told before."""
    filters = read_filters(request.text, request.language)
    wanted = Wanted(
        key=f"now/{request.channel.id}/{request.at:%Y%m%dT%H%M%S}",
        since=request.at - _PERIODS[request.verb],
        until=request.at,
        language=request.language,
        time_zone=await desk.zone_of(request.channel),
        filters=filters,
        reader=request.channel,
        watchlist=await desk.store.watchlist.names(request.channel),
    )
    edition = await desk.briefer.edition(wanted, feeds=desk.feeds())
    if request.verb == "week":
        known = await policy.clock(desk.store, request.at, filters.countries)
        ahead = policy.dates_ahead(known, request.at.date(), request.language)[: policy.MOST_AHEAD]
        week = await weekly(desk.store, edition.since, edition.until)
        charts = await week.charts(edition.language, edition.time_zone, filters, request.channel)
        edition = replace(edition, ahead=ahead, charts=charts)
    return Reply(edition=edition)


async def search(desk: Desk, request: Request) -> Reply:
    """Stories, best first, each with the sentence that was found, a page at a time."""
    await desk.archive.refresh()
    page = min(max(request.page, 1), MOST_PAGES)
    found = await desk.archive.search(request.text, now=request.at, limit=page * FOUND + 1)
    shown = found[(page - 1) * FOUND : page * FOUND]
    language = request.language
    if not shown:
        return Reply(paragraphs=(t(language, "Nothing in the archive fits “{words}”.", words=request.text),))
    more = len(found) > page * FOUND and page < MOST_PAGES
    actions = (Action(t(language, "More"), "search", request.text, page=page + 1),) if more else ()
    opens = browsing.page(desk, f"/search?{urlencode({'q': request.text})}", language)
    title = t(language, "Found for “{words}”", words=request.text)
    return Reply(title=title, summary=_listed(shown, request, await desk.zone_of(request.channel)), actions=(*actions, *opens))


async def sources(desk: Desk, request: Request) -> Reply:
    """All reports of a story, the earliest first."""
    story = await find_story(desk.store, request.text, request.language)
    zone = await desk.zone_of(request.channel)
    reports = [source_of(number, article) for number, article in enumerate(story.articles, 1)]
    lines = tuple(CitedSentence(_head(article, zone, request.language), (n,)) for n, article in enumerate(story.articles, 1))
    return Reply(title=story.articles[0].title, summary=Summary(story.id, request.language, "", lines, tuple(reports)))


def _listed(found: Sequence[Passage], request: Request, zone: str) -> Summary:
    listed = tuple(source_of(number, hit.article) for number, hit in enumerate(found, 1))
    sentences = []
    for number, hit in enumerate(found, 1):
        said = hit.text if languages.normalise(hit.text) != languages.normalise(hit.article.title) else ""
        head = _head(hit.article, zone, request.language)
        sentences.append(CitedSentence(f"{head}: {said}" if said else head, (number,)))
    return Summary("", request.language, "", tuple(sentences), listed)


def _head(article: Article, zone: str, language: str) -> str:
    day = wording.day(article.at, zone, language) if article.at else ""
    return " · ".join(part for part in (article.title, article.outlet, day) if part)


def source_of(number: int, article: Article) -> Source:
    """An article as readers see it."""
    return Source(number, article.id, article.outlet, article.title, article.url, article.language, article.published)
