"""Answers a question from the archive: retrieve, check for evidence, then cited sentences or an honest "it does not say".

With a model the sentences are its own, verified against the sources; without one they are quoted from them.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from bot.archive import evidence
from bot.archive.evidence import Evidence
from bot.archive.question import read_question
from bot.archive.search import Archive
from bot.errors import ModelError
from bot.knowledge import language
from bot.model import Answer, Article, CitedSentence, Request, Source
from bot.ports import Writer

SOURCES = 6
_POOL = 12  # articles that are read for evidence
_QUOTES = 3
_ALIKE = 0.6  # share of tokens in common above which a second quote says nothing new
_WORSE = 0.6  # share of the best passage's score below which a passage is about something else


class Answers:
    """Answers questions over one archive; ``writer`` is None where no model is set up."""

    def __init__(self, archive: Archive, writer: Writer | None = None) -> None:
        self._archive = archive
        self._writer = writer

    async def answer(self, request: Request) -> Answer:
        """The answer to ``request.text`` in ``request.language``. Never raises for a model: quotes take its place."""
        found = await self.evidence(request)
        if not found:
            return Answer(request.text, request.language, found=False)
        articles = [one.article for one in found]
        if self._writer:
            try:
                sentences = await self._writer.answer(request.text, articles, request.language, request.thread)
            except ModelError:
                return _quoted(request, found)
            return _cited(request, sentences, articles, self._writer.name)
        return _quoted(request, found)

    async def evidence(self, request: Request) -> list[Evidence]:
        """The passages that an answer rests on, the best first; none where the archive does not say."""
        question = read_question(request.text, request.at, request.thread)
        hits = await self._archive.ranked(question.query, now=request.at, limit=_POOL, near=question.near)
        scores = dict(hits)
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
    """The answer with only those sources that its sentences cite, numbered anew."""
    used = sorted({number for sentence in sentences for number in sentence.cites})
    renumbered = {number: place for place, number in enumerate(used, 1)}
    sources = tuple(
        Source(renumbered[n], a.id, a.outlet, a.title, a.url, a.language, a.published) for n in used for a in (articles[n - 1],)
    )
    cited = tuple(CitedSentence(s.text, tuple(renumbered[n] for n in s.cites), s.quoted) for s in sentences)
    return Answer(request.text, request.language, bool(cited), cited, sources, method)
