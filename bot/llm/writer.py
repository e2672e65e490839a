"""Writes cited sentences with the language model and lets only those through that ``verify`` accepts (ports.Writer).

A sentence that fails is regenerated once, with the reasons; what fails again is dropped. Nothing left is BadOutput: the
caller goes on extractively.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.errors import BadOutput
from bot.llm import verify
from bot.llm.client import ModelClient
from bot.llm.prompts import Prompt
from bot.model import Article, CitedSentence, Page

_LANGUAGE_NAMES = {"ko": "Korean", "ja": "Japanese", "en": "English"}
SOURCE_CHARACTERS = 1_500
PAGE_CHARACTERS = 8_000


class ModelWriter:
    """The Writer of one model server. ``name`` is the model's, as readers see it."""

    def __init__(self, client: ModelClient, prompts: Mapping[str, Prompt], name: str) -> None:
        self._client = client
        self._prompts = prompts
        self.name = name

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
            "question": question[:1_000],
            "thread": "\n".join(line[:500] for line in thread[-6:]) or "(none)",
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
        kept, rejected = verify.sift(_drafts(answer), sources, language)
        if rejected:
            reasons = "\n".join(f"- sentence {place + 1} {'; '.join(why)}" for place, why in rejected.items())
            again = {**values, "sources": f"{values['sources']}\n\nAn earlier answer could not be used:\n{reasons}"}
            second, _ = verify.sift(_drafts(await self._client.run(prompt, again)), sources, language)
            kept = max(kept, second, key=len)
        if not kept:
            raise BadOutput("no sentence of the model is supported by its sources")
        return tuple(CitedSentence(verify.clean(draft.text), draft.cites) for draft in kept)


def _drafts(answer: Mapping[str, Any]) -> list[verify.Draft]:
    return [
        verify.Draft(str(row["text"]), tuple(dict.fromkeys(map(int, row["cites"]))), str(row["quote"]))
        for row in answer["sentences"]
    ]


def _numbered(sources: Sequence[Article], limit: int) -> str:
    """The sources between tags that their own text cannot close."""
    parts = []
    for number, article in enumerate(sources, 1):
        text = article.text[:limit].replace("<", "‹").replace(">", "›")
        day = f" published={article.published:%Y-%m-%d}" if article.published else ""
        parts.append(f"<source number={number}{day}>\n{text}\n</source>")
    return "\n".join(parts)
