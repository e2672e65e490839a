"""Answers a question from the archive: retrieve, check for evidence, then cited sentences or an honest "it does not say".

With a model the sentences are its own, verified against the sources; without one they are quoted from them.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from bot.archive import index
from bot.archive.index import Query
from bot.archive.search import Archive
from bot.errors import ModelError
from bot.knowledge import language
from bot.model import Answer, Article, CitedSentence, Passage, Request, Source
from bot.ports import Writer

SOURCES = 6
# Below this share of what was asked, the best three passages are about something else (reliability.md: at 5 % wrong refusals
# four of five questions without an answer are refused).
ENOUGH = 0.45
_ASKING = re.compile(
    r"(?i)\b(?:who|what|which|when|where|why|how|much|many|did|does|do|is|are|was|were|the|a|an|of|in|on|to|for|by|has|have|had|tell|me|about)\b"
    r"|누가|누구|무엇|뭐|언제|어디(?:에서|에|로|의)?|어느|어떤|얼마나|얼마|왜|어떻게|몇|인가요?|했나요?|했어|했나|하나요?|입니까|습니까|있나요?|있어|알려\s?줘"
    r"|誰が?|何が?|いつ|どこ|どの|どれ|いくら|なぜ|どう|何社|ですか|ますか|でしたか|ましたか|か？|教えて|とは|について"
)
_PARTICLES = re.compile(r"(?<=[가-힣])(?:은|는|이|가|을|를|의|에|에서|으로|로|과|와|도)(?=\s|$|[?!.])|[?？!！]")


class Answers:
    """Answers questions over one archive; ``writer`` is None where no model is set up."""

    def __init__(self, archive: Archive, writer: Writer | None = None) -> None:
        self._archive = archive
        self._writer = writer

    async def answer(self, request: Request) -> Answer:
        """The answer to ``request.text`` in ``request.language``. Never raises for a model: quotes take its place."""
        passages = await self._retrieve(request.text, request.at, request.thread)
        if not passages:
            return Answer(request.text, request.language, found=False)
        articles = [found.article for found in passages]
        if self._writer:
            try:
                sentences = await self._writer.answer(request.text, articles, request.language, request.thread)
            except ModelError:
                return self._quoted(request, passages)
            return _cited(request, sentences, articles, self._writer.name)
        return self._quoted(request, passages)

    async def _retrieve(self, question: str, now: datetime, thread: Sequence[str]) -> list[Passage]:
        wanted = content(question)
        query = index.read_query(wanted)
        if not query.entities and thread:
            # "And in Japan?" asks about what the thread is about.
            wanted = f"{wanted} {content(thread[-1])}"
            query = index.read_query(wanted)
        passages = list(await self._archive.search(wanted, now=now, limit=SOURCES, by_story=False))
        return passages if enough(query, passages) else []

    def _quoted(self, request: Request, passages: Sequence[Passage]) -> Answer:
        """The two or three best passages, word for word, of different wording."""
        query = index.read_query(content(request.text))
        ranked = sorted(passages, key=lambda found: -index.coverage(query, [found.text]))
        sentences: list[CitedSentence] = []
        articles: list[Article] = []
        for found in ranked:
            if len(sentences) < 3 and all(not _alike(found.text, other.text) for other in sentences):
                articles.append(found.article)
                sentences.append(CitedSentence(found.text, (len(articles),), quoted=True))
        return _cited(request, tuple(sentences), articles, "extract")


def content(question: str) -> str:
    """The question without the words that only ask."""
    return " ".join(_PARTICLES.sub(" ", _ASKING.sub(" ", question)).split()) or question


def enough(query: Query, passages: Sequence[Passage]) -> bool:
    """Whether the best three passages hold enough of what was asked; a name that was asked for must be among them."""
    texts = [found.article.text for found in passages[:3]]
    if query.entities and index.coverage(Query(entities=query.entities), texts) == 0:
        return False
    return index.coverage(query, texts) >= ENOUGH


def _alike(one: str, other: str) -> bool:
    a, b = set(language.tokens(one)), set(language.tokens(other))
    return len(a & b) > 0.6 * min(len(a), len(b)) if a and b else True


def _cited(request: Request, sentences: tuple[CitedSentence, ...], articles: Sequence[Article], method: str) -> Answer:
    """The answer with only those sources that its sentences cite, numbered anew."""
    used = sorted({number for sentence in sentences for number in sentence.cites})
    renumbered = {number: place for place, number in enumerate(used, 1)}
    sources = tuple(
        Source(renumbered[n], a.id, a.outlet, a.title, a.url, a.language, a.published) for n in used for a in (articles[n - 1],)
    )
    cited = tuple(CitedSentence(s.text, tuple(renumbered[n] for n in s.cites), s.quoted) for s in sentences)
    return Answer(request.text, request.language, bool(cited), cited, sources, method)
