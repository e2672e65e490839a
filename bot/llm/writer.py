"""Writes cited sentences with the language model and lets only those through that ``verify`` accepts (ports.Writer).

A sentence that fails is regenerated once, with the reasons; what fails again is dropped. Less than half left is BadOutput: the
caller goes on extractively.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from bot import log
from bot.errors import BadOutput, ModelError
from bot.llm import verify
from bot.llm.client import ModelClient
from bot.llm.prompts import Prompt
from bot.model import Article, CitedSentence, Page

_LANGUAGE_NAMES = {"ko": "Korean", "ja": "Japanese", "en": "English"}
SOURCE_CHARACTERS = 1_500
PAGE_CHARACTERS = 8_000


class ModelWriter:
    """The Writer of one model server. ``name`` is the model's, as readers see it.

    ``edition`` names model and story prompt together: a summary kept under another one was written otherwise.
    """

    def __init__(self, client: ModelClient, prompts: Mapping[str, Prompt], name: str) -> None:
        self._client = client
        self._prompts = prompts
        self.name = name
        self.edition = f"{name} {prompts['story-summary'].mark}"

    async def summarize(self, sources: Sequence[Article], language: str) -> tuple[str, tuple[CitedSentence, ...]]:
        """See ports.Writer."""
        prompt = self._prompts["story-summary"]
        values = {"language": _LANGUAGE_NAMES[language], "sources": _numbered(sources, SOURCE_CHARACTERS)}
        answer = await self._client.run(prompt, values)
        sentences = await self._verified(prompt, values, answer, sources, language)
        headline = verify.clean(str(answer["headline"]))
        checked = verify.Draft(headline, tuple(range(1, len(sources) + 1)), sources[0].title)
        if verify.problems(checked, sources, language) or len(headline) > 140:
            headline = ""
        return headline, sentences

    async def answer(
        self, question: str, sources: Sequence[Article], language: str, thread: Sequence[str] = ()
    ) -> tuple[CitedSentence, ...]:
        """See ports.Writer."""
        prompt = self._prompts["answer"]
        values = {
            "language": _LANGUAGE_NAMES[language],
            "question": _inert(question[:1_000]),
            "thread": "\n".join(_inert(line[:500]) for line in thread[-6:]) or "(none)",
            "sources": _numbered(sources, SOURCE_CHARACTERS),
        }
        answer = await self._client.run(prompt, values)
        if not answer["sentences"]:
            return ()
        return await self._verified(prompt, values, answer, sources, language)

    async def summarize_page(self, page: Page, language: str) -> tuple[CitedSentence, ...]:
        """See ports.Writer."""
        source = Article(id=page.url, title=page.title, body=page.text[:PAGE_CHARACTERS], url=page.url, published=page.published)
        prompt = self._prompts["page-summary"]
        values = {"language": _LANGUAGE_NAMES[language], "sources": _numbered([source], PAGE_CHARACTERS)}
        answer = await self._client.run(prompt, values)
        return await self._verified(prompt, values, answer, [source], language)

    async def _verified(
        self, prompt: Prompt, values: Mapping[str, str], answer: Mapping[str, Any], sources: Sequence[Article], language: str
    ) -> tuple[CitedSentence, ...]:
        """The sentences of ``answer`` that hold, after one more try for those that did not."""
        kept, rejected, drafts = await self._sifted(prompt, answer, sources, language)
        if rejected:
            reasons = "\n".join(f"- sentence {place + 1} {'; '.join(why)}" for place, why in rejected.items())
            again = {**values, "sources": f"{values['sources']}\n\nAn earlier answer could not be used:\n{_inert(reasons)}"}
            second = await self._second(prompt, again, sources, language)
            if second and len(second[0]) >= len(kept):
                kept, rejected, drafts = second
        if not kept or len(kept) * 2 < drafts:
            raise BadOutput("too few sentences of the model are supported by its sources")
        return tuple(CitedSentence(verify.clean(draft.text), draft.cites) for draft in kept)

    async def _second(
        self, prompt: Prompt, values: Mapping[str, str], sources: Sequence[Article], language: str
    ) -> "_Sifted | None":
        """The second try; None where it fails: what held of the first still stands."""
        try:
            return await self._sifted(prompt, await self._client.run(prompt, values), sources, language)
        except ModelError as exc:
            log.event("model.second_try_failed", task=prompt.name, reason=str(exc))
            return None

    async def _sifted(self, prompt: Prompt, answer: Mapping[str, Any], sources: Sequence[Article], language: str) -> "_Sifted":
        drafts = _drafts(answer)
        kept, rejected = await asyncio.to_thread(verify.sift, drafts, sources, language)
        for why in rejected.values():
            log.event("model.sentence_rejected", task=prompt.name, model=self.name, reason="; ".join(why))
        return kept, rejected, len(drafts)


_Sifted = tuple[list[verify.Draft], Mapping[int, list[str]], int]


def _drafts(answer: Mapping[str, Any]) -> list[verify.Draft]:
    return [
        verify.Draft(str(row["text"]), tuple(dict.fromkeys(map(int, row["cites"]))), str(row["quote"]))
        for row in answer["sentences"]
    ]


def _numbered(sources: Sequence[Article], limit: int) -> str:
    """The sources between tags that their own text cannot close."""
    parts = []
    for number, article in enumerate(sources, 1):
        text = _inert(article.text[:limit])
        day = f" published={article.published:%Y-%m-%d}" if article.published else ""
        parts.append(f"<source number={number}{day}>\n{text}\n</source>")
    return "\n".join(parts)


def _inert(text: str) -> str:
    """``text`` without anything that could close the tags around it."""
    return text.replace("<", "‹").replace(">", "›")
