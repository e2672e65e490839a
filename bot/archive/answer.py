"""Answers a question from the archive: retrieve, check for evidence, then cited sentences or an honest "it does not say".

With a model the sentences are its own, verified against the sources and shown one by one as they come; without one they are
quoted from them. A question that goes on with a conversation is first made into one that stands by itself.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from bot import log
from bot.archive import evidence
from bot.archive.evidence import Evidence
from bot.archive.question import read_question
from bot.archive.search import Archive
from bot.errors import ModelError
from bot.knowledge import language
from bot.model import Answer, Article, CitedSentence, Request, Source
from bot.ports import Writer

SOURCES = 6
REWRITING_SECONDS = 8.0  # a person waits
_POOL = 12  # articles that are read for evidence
_QUOTES = 3
_ALIKE = 0.6  # share of tokens in common above which a second quote says nothing new
_WORSE = 0.6  # share of the best passage's score below which a passage is about something else


ShowAnswer = Callable[[Answer], Awaitable[None]]


class Answers:
    """Answers questions over one archive; ``writer`` is None where no model is set up."""

    def __init__(self, archive: Archive, writer: Writer | None = None) -> None:
        self._archive = archive
        self._writer = writer

    async def answer(self, request: Request, show: ShowAnswer | None = None, about: Sequence[str] = ()) -> Answer:
        """The answer to ``request.text`` in ``request.language``. Never raises for a model: quotes take its place.

        ``about``: ids of the articles that the person has before them; they count as found, and as well as the best.
        ``show`` is called with the answer as far as it is there and holds, each time that a sentence is added.
        """
        asked = await self._standalone(request)
        found = await self.evidence(asked, about)
        if not found and asked is not request:
            found = await self.evidence(request, about)
        if not found:
            return Answer(request.text, request.language, found=False)
        return await self._written(request, found, self._writer, show) if self._writer else _quoted(request, found)

    async def _written(self, request: Request, found: Sequence[Evidence], writer: Writer, show: ShowAnswer | None) -> Answer:
        articles = [one.article for one in found]

        async def shown(sentences: tuple[CitedSentence, ...]) -> None:
            if show:
                await show(_cited(request, sentences, articles, writer.name))

        try:
            sentences = await writer.answer(
                request.text,
                articles,
                request.language,
                request.thread,
                show=shown if show else None,
                asked_in=request.channel,
            )
        except ModelError as exc:
            log.warning("answer.extracted", label=exc.label, reason=str(exc))
            return replace(_quoted(request, found), fallback=exc.label)
        return _cited(request, sentences, articles, writer.name)

    async def _standalone(self, request: Request) -> Request:
        """The request with a question that needs no thread; as it is where no model makes one, then our own rules read both."""
        if self._writer is None or not request.thread:
            return request
        try:
            async with asyncio.timeout(REWRITING_SECONDS):
                question = await self._writer.standalone(request.text, request.thread, asked_in=request.channel)
        except (ModelError, TimeoutError) as exc:
            log.event("question.not_rewritten", reason=str(exc) or "too slow")
            return request
        return replace(request, text=question, thread=())

    async def evidence(self, request: Request, about: Sequence[str] = ()) -> list[Evidence]:
        """The passages that an answer rests on, the best first; none where the archive does not say. ``about`` as above."""
        question = read_question(request.text, request.at, request.thread)
        hits = await self._archive.ranked(question.query, now=request.at, limit=_POOL, near=question.near)
        scores = dict(hits)
        best = max(scores.values(), default=1.0)
        scores |= dict.fromkeys(about, best)
        articles = await self._archive.articles(list(scores))
        question = replace(question, about=self._archive.sharpened(question.about))
        weights = self._archive.rarity(question.about)
        pairs = [(article, scores[article.id]) for article in articles]
        found = await asyncio.to_thread(evidence.weigh, question, pairs, weights)
        return found[:SOURCES] if evidence.enough(found) else []


def _quoted(request: Request, found: Sequence[Evidence]) -> Answer:
    """The two or three best passages, word for word, each with all articles that say it in like words."""
    quotes: dict[str, list[int]] = {}
    for number, one in enumerate(found, 1):
        if one.score < found[0].score * _WORSE:
            break
        said = next((quote for quote in quotes if _alike(one.text, quote)), None)
        if said is not None:
            quotes[said].append(number)
        elif len(quotes) < _QUOTES:
            quotes[one.text] = [number]
    sentences = tuple(CitedSentence(quote, tuple(numbers), quoted=True) for quote, numbers in quotes.items())
    return _cited(request, sentences, [one.article for one in found], "extract")


def _alike(one: str, other: str) -> bool:
    a, b = set(language.tokens(one)), set(language.tokens(other))
    return len(a & b) > _ALIKE * min(len(a), len(b)) if a and b else True


def _cited(request: Request, sentences: tuple[CitedSentence, ...], articles: Sequence[Article], method: str) -> Answer:
    """The answer with only those sources that its sentences cite, numbered in the order in which they do: so the numbers stay
    while an answer grows."""
    used = list(dict.fromkeys(number for sentence in sentences for number in sorted(sentence.cites)))
    renumbered = {number: place for place, number in enumerate(used, 1)}
    sources = tuple(
        Source(renumbered[n], a.id, a.outlet, a.title, a.url, a.language, a.published) for n in used for a in (articles[n - 1],)
    )
    cited = tuple(CitedSentence(s.text, tuple(sorted(renumbered[n] for n in s.cites)), s.quoted) for s in sentences)
    return Answer(request.text, request.language, bool(cited), cited, sources, method)
