"""Writes cited sentences with the language model and lets only those through that ``verify`` accepts (ports.Writer).

A sentence that fails is regenerated once, with the reasons; what fails again is dropped. Less than half left is BadOutput: the
caller goes on extractively.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot import log
from bot.errors import BadOutput, ModelError
from bot.llm import verify
from bot.llm.budget import Payer
from bot.llm.client import ModelClient
from bot.llm.growing import Growing
from bot.llm.prompts import Prompt, inert
from bot.model import Article, Channel, CitedSentence, Page
from bot.ports import ShowSentences

_LANGUAGE_NAMES = {"ko": "Korean", "ja": "Japanese", "en": "English"}
SOURCE_CHARACTERS = 1_500
LEAD_CHARACTERS = 600
PAGE_CHARACTERS = 8_000
LONGEST_HEADLINE = 140
LONGEST_TITLE = 200
LONGEST_QUESTION = 300
TURNS = 6  # lines of a conversation that are read


class ModelWriter:
    """The Writer of one model server. ``name`` is the model's, as readers see it."""

    def __init__(self, client: ModelClient, prompts: Mapping[str, Prompt], name: str, fast: str = "") -> None:
        """``fast``: the name of the model that serves small tasks."""
        self._client = client
        self._prompts = prompts
        self._models = {"quality": name, "fast": fast or name}
        self.name = name

    def mark(self, task: str) -> str:
        """See ports.Writer."""
        return f"{self._models[self._prompts[task].tier]} {self._prompts[task].mark}"

    async def summarize(self, sources: Sequence[Article], language: str) -> tuple[str, tuple[CitedSentence, ...]]:
        """See ports.Writer."""
        prompt = self._prompts["story-summary"]
        values = {"language": _LANGUAGE_NAMES[language], "sources": _numbered(sources, SOURCE_CHARACTERS)}
        answer = await self._client.run(prompt, values)
        sentences = await self._verified(prompt, values, answer, sources, language)
        headline = verify.clean(str(answer["headline"]))
        checked = verify.Draft(headline, tuple(range(1, len(sources) + 1)), sources[0].title)
        found = verify.problems(checked, sources, language)
        self._note(prompt, [found] if found else [])
        return ("" if found or len(headline) > LONGEST_HEADLINE else headline), sentences

    async def lead(self, sources: Sequence[Article], language: str) -> tuple[CitedSentence, ...]:
        """See ports.Writer."""
        prompt = self._prompts["lead"]
        values = {"language": _LANGUAGE_NAMES[language], "sources": _numbered(sources, LEAD_CHARACTERS)}
        return await self._verified(prompt, values, await self._client.run(prompt, values), sources, language)

    async def answer(
        self,
        question: str,
        sources: Sequence[Article],
        language: str,
        thread: Sequence[str] = (),
        *,
        show: ShowSentences | None = None,
        asked_in: Channel | None = None,
    ) -> tuple[CitedSentence, ...]:
        """See ports.Writer."""
        prompt = self._prompts["answer"]
        values = {
            "language": _LANGUAGE_NAMES[language],
            "question": inert(question[:1_000]),
            "thread": _conversation(thread),
            "sources": _numbered(sources, SOURCE_CHARACTERS),
        }
        payer = _payer(asked_in)
        heard = Growing(sources, language, show).take if show else None
        answer = await self._client.run(prompt, values, payer=payer, heard=heard)
        if not answer["sentences"]:
            return ()
        return await self._verified(prompt, values, answer, sources, language, payer)

    async def summarize_page(self, page: Page, language: str, *, asked_in: Channel | None = None) -> tuple[CitedSentence, ...]:
        """See ports.Writer."""
        source = Article(id=page.url, title=page.title, body=page.text[:PAGE_CHARACTERS], url=page.url, published=page.published)
        prompt, payer = self._prompts["page-summary"], _payer(asked_in)
        values = {"language": _LANGUAGE_NAMES[language], "sources": _numbered([source], PAGE_CHARACTERS)}
        answer = await self._client.run(prompt, values, payer=payer)
        return await self._verified(prompt, values, answer, [source], language, payer)

    async def translate_titles(self, titles: Sequence[str], language: str) -> tuple[str, ...]:
        """See ports.Writer."""
        prompt = self._prompts["title-translation"]
        listed = "\n".join(
            f"<title number={number}>{inert(title[:LONGEST_TITLE])}</title>" for number, title in enumerate(titles, 1)
        )
        answer = await self._client.run(prompt, {"language": _LANGUAGE_NAMES[language], "titles": listed})
        said = {row["number"]: verify.clean(str(row["text"])) for row in answer["titles"]}
        return await asyncio.to_thread(self._good_titles, prompt, titles, said, language)

    def _good_titles(self, prompt: Prompt, titles: Sequence[str], said: Mapping[int, str], language: str) -> tuple[str, ...]:
        good = []
        for number, title in enumerate(titles, 1):
            draft = verify.Draft(said.get(number, ""), (1,), title)
            found = verify.problems(draft, [Article("", title)], language) if draft.text else []
            self._note(prompt, [found] if found else [])
            good.append("" if found or len(draft.text) > LONGEST_TITLE else draft.text)
        return tuple(good)

    async def standalone(self, question: str, thread: Sequence[str], *, asked_in: Channel | None = None) -> str:
        """See ports.Writer."""
        prompt = self._prompts["follow-up"]
        values = {"question": inert(question[:1_000]), "thread": _conversation(thread)}
        answer = await self._client.run(prompt, values, payer=_payer(asked_in))
        said = verify.clean(str(answer["question"]))
        known = Article("", question, body="\n".join(thread[-TURNS:]))
        brought_in = await asyncio.to_thread(verify.content_problems, said, [known], verify.written_in(question))
        if not 0 < len(said) <= LONGEST_QUESTION or verify.has_link(said) or brought_in:
            raise BadOutput("the question was rewritten into another one")
        return said

    async def _verified(
        self,
        prompt: Prompt,
        values: Mapping[str, str],
        answer: Mapping[str, Any],
        sources: Sequence[Article],
        language: str,
        payer: Payer | None = None,
    ) -> tuple[CitedSentence, ...]:
        """The sentences of ``answer`` that hold, after one more try for those that did not."""
        kept, rejected, drafts = await self._sifted(prompt, answer, sources, language)
        if rejected:
            words = {place: "; ".join(one.words for one in why) for place, why in rejected.items()}
            reasons = "\n".join(f"- sentence {place + 1} {why}" for place, why in words.items())
            again = {**values, "sources": f"{values['sources']}\n\nAn earlier answer could not be used:\n{inert(reasons)}"}
            second = await self._second(prompt, again, sources, language, payer)
            if second and len(second[0]) >= len(kept):
                kept, rejected, drafts = second
        if not kept or len(kept) * 2 < drafts:
            raise BadOutput("too few sentences of the model are supported by its sources")
        return tuple(CitedSentence(verify.clean(draft.text), draft.cites) for draft in kept)

    async def _second(
        self, prompt: Prompt, values: Mapping[str, str], sources: Sequence[Article], language: str, payer: Payer | None
    ) -> "_Sifted | None":
        """The second try; None where it fails: what held of the first still stands."""
        try:
            return await self._sifted(prompt, await self._client.run(prompt, values, payer=payer), sources, language)
        except ModelError as exc:
            log.event("model.second_try_failed", task=prompt.name, reason=str(exc))
            return None

    async def _sifted(self, prompt: Prompt, answer: Mapping[str, Any], sources: Sequence[Article], language: str) -> "_Sifted":
        drafts = [verify.draft(row) for row in answer["sentences"]]
        kept, rejected = await asyncio.to_thread(verify.sift, drafts, sources, language)
        self._note(prompt, rejected.values())
        return kept, rejected, len(drafts)

    def _note(self, prompt: Prompt, rejected: Iterable[Sequence[verify.Problem]]) -> None:
        """Each refused sentence with its reasons in the log, where it is counted by the first check that it failed."""
        for why in rejected:
            reason = "; ".join(one.words for one in why)
            log.event("model.sentence_rejected", task=prompt.name, model=self.name, check=why[0].check, reason=reason)


_Sifted = tuple[list[verify.Draft], Mapping[int, list[verify.Problem]], int]


def _payer(asked_in: Channel | None) -> Payer | None:
    return (asked_in.platform, asked_in.workspace) if asked_in else None


def _conversation(thread: Sequence[str]) -> str:
    return "\n".join(inert(line[:500]) for line in thread[-TURNS:]) or "(none)"


def _numbered(sources: Sequence[Article], limit: int) -> str:
    """The sources between tags that their own text cannot close."""
    parts = []
    for number, article in enumerate(sources, 1):
        text = inert(article.text[:limit])
        day = f" published={article.published:%Y-%m-%d}" if article.published else ""
        parts.append(f"<source number={number}{day}>\n{text}\n</source>")
    return "\n".join(parts)
