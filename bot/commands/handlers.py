"""What the bot does when it is spoken to: one function a verb, Request → Reply, the same for every platform."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial

from bot.archive.answer import Answers
from bot.archive.search import Archive
from bot.commands import editing, verbs
from bot.commands.filters import read_filters
from bot.commands.finding import find_article, reference
from bot.commands.status import feeds_reply, status_reply
from bot.errors import FeedError, ModelError, UserError
from bot.knowledge import language as languages
from bot.locales import t, wording
from bot.model import Article, CitedSentence, Feed, Page, Passage, Relevance, Reply, Request, Source, Story, Summary
from bot.pipeline.briefing import Briefer
from bot.pipeline.summaries import extract
from bot.ports import PageReader, Writer
from bot.store import Store

Handler = Callable[[Request], Awaitable[Reply]]
FOUND = 8
ZONE = "Asia/Seoul"  # Tokyo has the same time
PAGE_SENTENCES = 5


class Commands:
    """Everything that people can say. ``feeds`` gives the current feeds, which a changed feeds.yaml replaces."""

    def __init__(
        self,
        store: Store,
        briefer: Briefer,
        archive: Archive,
        pages: PageReader,
        writer: Writer | None,
        feeds: Callable[[], Sequence[Feed]],
    ) -> None:
        self._store, self._briefer, self._archive, self._pages, self._writer, self._feeds = (
            store, briefer, archive, pages, writer, feeds,
        )  # fmt: skip
        self._answers = Answers(archive, writer)
        self._handlers: Mapping[str, Handler] = {
            "today": self.today,
            "ask": self.ask,
            "summarize": self.summarize,
            "search": self.search,
            "why": self.why,
            "merge": partial(editing.merge, store),
            "split": partial(editing.split, store),
            "good": partial(editing.vote, store),
            "bad": partial(editing.vote, store),
            "feeds": self.feeds,
            "status": self.status,
            "help": self.help,
        }

    async def handle(self, request: Request) -> Reply:
        """The reply to any request. Raises UserError where the person can put it right."""
        verb = next(verb for verb in verbs.VERBS if verb.name == request.verb)
        if verb.required and not request.text:
            usage = t(
                request.language, "What is missing comes behind the verb, for example: /brief {example}", example=verb.example
            )
            raise UserError(usage)
        return await self._handlers[request.verb](request)

    async def today(self, request: Request) -> Reply:
        """The last 24 hours, whatever the channel was told before."""
        filters = read_filters(request.text, request.language)
        edition = await self._briefer.edition(
            key=f"now/{request.channel.id}/{request.at:%Y%m%dT%H%M%S}",
            since=request.at - timedelta(hours=24),
            until=request.at,
            language=request.language,
            filters=filters,
            reader=request.channel,
        )
        return Reply(edition=edition)

    async def ask(self, request: Request) -> Reply:
        """A cited answer, or an honest "the archive does not say"."""
        await self._archive.refresh()
        answer = await self._answers.answer(request)
        return Reply(answer=answer)

    async def search(self, request: Request) -> Reply:
        """Stories, best first, each with the sentence that was found."""
        await self._archive.refresh()
        found = await self._archive.search(request.text, now=request.at, limit=FOUND)
        if not found:
            return Reply(paragraphs=(t(request.language, "Nothing in the archive fits “{words}”.", words=request.text),))
        return Reply(title=t(request.language, "Found for “{words}”", words=request.text), summary=_listed(found, request))

    async def summarize(self, request: Request) -> Reply:
        """A page or PDF in two to five cited sentences."""
        url = reference(request.text)
        if not url.startswith(("http://", "https://")) or any(char.isspace() for char in url):
            raise UserError(t(request.language, "That is no web address. Expected something like https://example.com/news"))
        try:
            page = await self._pages.read(url)
        except FeedError as exc:
            raise UserError(t(request.language, "That page cannot be read: {reason}", reason=exc.reason)) from exc
        return Reply(title=page.title, summary=await self._page_summary(page, request.language))

    async def _page_summary(self, page: Page, language: str) -> Summary:
        article = Article(page.url, page.title, "", page.url, page.site, page.language, page.published, body=page.text)
        quoted = extract(Story(page.url, (article,), (Relevance(0.0, False),)), language, max_sentences=PAGE_SENTENCES)
        if self._writer:
            with suppress(ModelError):  # the quoted sentences stand
                written = await self._writer.summarize_page(page, language)
                return replace(quoted, language=language, sentences=written, method=self._writer.name)
        return quoted

    async def why(self, request: Request) -> Reply:
        """Why an article was kept, joined or rejected."""
        article = await find_article(self._store, request.text, request.language)
        relevance = (await self._store.articles.relevance([article.id])).get(article.id)
        lines = []
        if relevance:
            verdict = t(request.language, "Kept") if relevance.relevant else t(request.language, "Rejected")
            lines.append(f"{verdict} ({t(request.language, 'score')} {relevance.score:.2f})")
            lines += [f"• {reason}" for reason in relevance.reasons]
            lines += await editing.shifted(self._store, article, relevance, request)
        if not article.fresh:
            lines.append(t(request.language, "It was already old when the feed was first read, so it was never briefed."))
        joined = (await self._store.stories.reasons([article.id])).get(article.id)
        if joined:
            story = await self._store.stories.of_article(article.id) or ""
            lags = [wording.lags_line(one, ZONE, request.language) for one in await self._store.stories.get([story])]
            lines += [t(request.language, "Story"), *(f"• {reason}" for reason in (*lags, *joined) if reason)]
            made = await self._store.corrections.of_story(story)
            lines += [f"• {line}" for line in editing.told(made, story, request.channel, request.language)]
        return Reply(title=article.title, paragraphs=tuple(lines))

    async def feeds(self, request: Request) -> Reply:
        """The feeds and how they are."""
        feeds = self._feeds()
        return feeds_reply(feeds, await self._store.feeds.memories([feed.id for feed in feeds]), request)

    async def status(self, request: Request) -> Reply:
        """How the bot is."""
        feeds = self._feeds()
        memories = await self._store.feeds.memories([feed.id for feed in feeds])
        return status_reply(await self._store.runs.last(), feeds, memories, self._writer.name if self._writer else "", request)

    async def help(self, request: Request) -> Reply:
        """What people can say, with an example each."""
        lines = [f"/brief {verb.example or verb.name} — {t(request.language, verb.description)}" for verb in verbs.VERBS]
        hint = t(request.language, "A mention, a direct message or a reply in a briefing's thread is a question.")
        return Reply(title=t(request.language, "AI-market briefings on Korea and Japan"), paragraphs=(*lines, hint))


def _listed(found: Sequence[Passage], request: Request) -> Summary:
    sources = tuple(_source(number, hit.article) for number, hit in enumerate(found, 1))
    sentences = []
    for number, hit in enumerate(found, 1):
        day = wording.day(hit.article.at, ZONE, request.language) if hit.article.at else ""
        said = hit.text if languages.normalise(hit.text) != languages.normalise(hit.article.title) else ""
        head = " · ".join(part for part in (hit.article.title, hit.article.outlet, day) if part)
        sentences.append(CitedSentence(f"{head}: {said}" if said else head, (number,)))
    return Summary("", request.language, "", tuple(sentences), sources)


def _source(number: int, article: Article) -> Source:
    return Source(number, article.id, article.outlet, article.title, article.url, article.language, article.published)
