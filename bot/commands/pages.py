"""Pages that people point at: each in a few cited sentences, with the facts that it states."""

import asyncio
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot import log
from bot.commands.desk import Desk
from bot.commands.finding import reference
from bot.commands.policy import instrument_name
from bot.errors import FeedError, ModelError, UserError
from bot.locales import amounts, t, tn, wording
from bot.model import (
    Amount,
    Article,
    CitedSentence,
    EventFact,
    Fact,
    Page,
    PolicyFact,
    Relevance,
    Reply,
    Request,
    Source,
    Story,
    Summary,
    Table,
)
from bot.pipeline import facts
from bot.pipeline.summaries import extract

MOST_PAGES = 5
SENTENCES = (5, 3)  # of one page, and of each of several
FACTS_READ = 20_000  # characters of a page
MOST_FACTS = 10  # of all pages together
_LABELLED = re.compile(r"<(https?://[^\s|>]+)(?:\|[^>]*)?>")  # as Slack writes links


@dataclass(frozen=True, slots=True)
class _Read:
    """One page, its summary with the page as source 1, and what it states."""

    page: Page
    summary: Summary
    facts: tuple[Fact, ...]


async def summarize(desk: Desk, request: Request) -> Reply:
    """One to five pages or PDFs in a few cited sentences, their facts beside them; what cannot be read is said plainly.

    Raises UserError where no page could be read.
    """
    urls = _urls(request)
    most = SENTENCES[len(urls) > 1]
    found = await asyncio.gather(*(_read(desk, url, request, most) for url in urls))
    reads = [one for one in found if isinstance(one, _Read)]
    failures = [one for one in found if isinstance(one, str)]
    if not reads:
        raise UserError("\n".join(failures))
    language = request.language
    title = reads[0].page.title if len(reads) == 1 else tn(language, "{n} page", "{n} pages", len(reads))
    return Reply(
        title=title,
        summary=_together([one.summary for one in reads]),
        table=_table(reads, language),
        paragraphs=(*_warnings(reads, language), *failures),
    )


def _urls(request: Request) -> list[str]:
    bare = _LABELLED.sub(r" \1 ", request.text).replace(",http", " http")
    urls = list(dict.fromkeys(reference(word) for word in bare.split()))
    if not urls or any(not url.startswith(("http://", "https://")) for url in urls):
        raise UserError(t(request.language, "That is no web address. Expected something like https://example.com/news"))
    if len(urls) > MOST_PAGES:
        raise UserError(t(request.language, "At most {n} pages at a time.", n=MOST_PAGES))
    return urls


async def _read(desk: Desk, url: str, request: Request, most: int) -> _Read | str:
    """The page, or in words why not."""
    language = request.language
    try:
        page = await desk.pages.read(url)
    except FeedError as exc:
        reason = t(language, "That page cannot be read: {reason}", reason=t(language, exc.reason))
        return reason if reference(request.text) == url else f"{url}: {t(language, exc.reason)}"
    article = Article(page.url, page.title, "", page.url, page.site, page.language, page.published, body=page.text)
    stated = await asyncio.to_thread(facts.extract, article.text[:FACTS_READ], page.language or language, page.published)
    return _Read(page, await _summary(desk, page, article, request, most), stated)


async def _summary(desk: Desk, page: Page, article: Article, request: Request, most: int) -> Summary:
    story = Story(page.url, (article,), (Relevance(0.0, False),))
    quoted = await asyncio.to_thread(lambda: extract(story, request.language, max_sentences=most))
    if desk.writer is None:
        return quoted
    try:
        written = await desk.writer.summarize_page(page, request.language, asked_in=request.channel)
    except ModelError as exc:
        log.warning("page.extracted", label=exc.label, reason=str(exc))
        return replace(quoted, fallback=exc.label)
    return replace(quoted, language=request.language, sentences=written[:most], method=desk.writer.name)


def _together(summaries: Sequence[Summary]) -> Summary:
    """One summary of several pages: each page is a source, and its sentences cite it."""
    if len(summaries) == 1:
        return summaries[0]
    sources: list[Source] = []
    sentences: list[CitedSentence] = []
    for number, one in enumerate(summaries, 1):
        sources.append(replace(one.sources[0], number=number))
        sentences += (replace(said, cites=(number,)) for said in one.sentences)
    written = [one for one in summaries if one.method != "extract"]
    fallback = next((one.fallback for one in summaries if one.fallback), "")
    base = replace((written or summaries)[0], headline="", headline_language="", fallback=fallback)
    return replace(base, sentences=tuple(sentences), sources=tuple(sources))


def _warnings(reads: Iterable[_Read], language: str) -> Iterator[str]:
    for one in reads:
        if one.page.paywalled:
            yield t(language, "{site}: only the beginning is open to everybody; the rest is for subscribers.", site=one.page.site)


# ---- facts ----


def _table(reads: Sequence[_Read], language: str) -> Table | None:
    """What the pages state that can be checked: amounts first, then events and policies, each in the page's words."""
    rows: list[tuple[str, ...]] = []
    for number, one in enumerate(reads, 1):
        own = list(dict.fromkeys(_rows(one.facts, language)))[: max(2, MOST_FACTS // len(reads))]
        rows += ((*row, f"[{number}]") for row in own) if len(reads) > 1 else own
    if not rows:
        return None
    columns = (t(language, "Fact"), t(language, "Value"), t(language, "In the page's words"))
    return Table((*columns, t(language, "Source")) if len(reads) > 1 else columns, tuple(rows))


def _rows(stated: Sequence[Fact], language: str) -> Iterator[tuple[str, str, str]]:
    for fact in stated:
        if isinstance(fact, Amount) and fact.value is not None and fact.currency and fact.converted_of is None:
            yield wording.role_name(fact.role or "", language) or t(language, "Amount"), amounts.say(fact, language), fact.quote
    for fact in stated:
        if isinstance(fact, EventFact):
            status = wording.stage_name(fact.status, language)
            yield wording.event_name(fact.type, language), " · ".join(filter(None, (status, fact.date))), fact.quote
        elif isinstance(fact, PolicyFact):
            dates = "–".join(filter(None, (fact.in_force, fact.until)))
            what = instrument_name(fact.instrument, language)
            yield what, " · ".join(filter(None, (wording.stage_name(fact.stage, language), dates))), fact.quote
