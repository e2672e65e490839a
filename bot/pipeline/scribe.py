"""Has the model write what an edition needs: summaries, first lines, headlines in the channel's language. Within one time limit.

A story is summarised once a language for all channels, and again only when the reports that are read of it change. What fails or
is late is left out, with the reason: the extract stands in.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot import log
from bot.errors import BadOutput, ModelError
from bot.model import Article, CitedSentence, Edition, EditionItem, Source, Story, Summary
from bot.pipeline import digest, summaries
from bot.pipeline.written import Written, key_of
from bot.ports import Writer
from bot.store import Store

AT_ONCE = 4
SOURCES_A_STORY = 6
LEAD_STORIES = 6
LEAST_LEAD = 2  # stories: a single one needs no first lines
_REASONS = ("budget", "unavailable", "late", "unusable", "failed")


@dataclass(slots=True)
class Work:
    """What the model wrote for one edition: ``summaries`` by story id; ``failures``: how often each reason left an extract."""

    summaries: dict[str, Summary] = field(default_factory=dict)
    failures: Counter[str] = field(default_factory=Counter)

    @property
    def fallback(self) -> str:
        """The reason that readers are told."""
        return next((reason for reason in _REASONS if self.failures[reason]), "")


class Scribe:
    """Writes for editions with ``writer`` and keeps in ``store`` what it wrote."""

    def __init__(self, store: Store, writer: Writer) -> None:
        self._writer = writer
        self._kept = Written(store)
        self._titling = asyncio.Lock()
        self.name = writer.name

    async def close(self) -> None:
        """End what is still being written."""
        await self._kept.close()

    async def summarize(self, stories: Sequence[Story], language: str, at: datetime, until: float) -> Work:
        """Summaries of ``stories``, as far as they come before ``until`` (time of the loop)."""
        places = asyncio.Semaphore(AT_ONCE)
        tasks = {asyncio.create_task(self._summary(story, language, places, at)): story for story in stories}
        work = Work()
        if not tasks:
            return work
        done, late = await asyncio.wait(tasks, timeout=max(0.0, until - asyncio.get_running_loop().time()))
        for task in late:
            task.cancel()
            _extracted(work, tasks[task].id, "late", "no summary in time")
        await asyncio.gather(*late, return_exceptions=True)
        for task in done:
            error = task.exception()
            if error is None:
                work.summaries[tasks[task].id] = task.result()
            elif isinstance(error, ModelError):
                _extracted(work, tasks[task].id, error.label, str(error))
            else:
                log.bug("summary.failed", error)
                _extracted(work, tasks[task].id, "failed", "an error that nobody foresaw")
        return work

    async def finish(self, edition: Edition, stories: Sequence[Story], until: float) -> Edition:
        """``edition`` with first lines of its own and its foreign headlines translated, as far as they come before ``until``."""
        left = max(0.0, until - asyncio.get_running_loop().time())
        lead, items = await asyncio.gather(
            self._in_time(self._lead(edition, stories), edition.lead, "lead", left),
            self._in_time(self._titled(edition), edition.items, "title-translation", left),
        )
        return replace(edition, lead=digest.lead(items) if lead is edition.lead else lead, items=items)

    async def _in_time(self, work: Awaitable[Any], otherwise: Any, task: str, seconds: float) -> Any:
        """What ``work`` makes; ``otherwise`` where it is late or fails."""
        running = asyncio.ensure_future(work)
        await asyncio.wait([running], timeout=seconds)
        if not running.done():
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            log.warning("edition.plain", task=task, label="late")
            return otherwise
        error = running.exception()
        if isinstance(error, ModelError):
            log.warning("edition.plain", task=task, label=error.label, reason=str(error))
        elif error is not None:
            log.bug("edition.plain", error, task=task)
        return otherwise if error else running.result()

    # ---- the pieces ----

    async def _summary(self, story: Story, language: str, places: asyncio.Semaphore, at: datetime) -> Summary:
        # In an order that a new report does not change: what is read stays the same, and with it what was paid for.
        ranked = summaries.ranked_articles(story, language)[:SOURCES_A_STORY]
        articles = sorted(ranked, key=lambda one: (one.language != language, str(one.at), one.id))

        async def write() -> dict[str, Any]:
            async with places:
                headline, sentences = await self._writer.summarize(articles, language)
            return {"headline": headline, "sentences": _as_data(sentences)}

        key = key_of(self._writer.mark("story-summary"), language, articles)
        data = await self._kept.once(key, "story-summary", write, at)
        sources: tuple[Source, ...] = tuple(summaries.source(number, article) for number, article in enumerate(articles, 1))
        extract = summaries.extract(story, language)
        if data["headline"]:
            extract = replace(extract, headline=data["headline"], headline_language="")
        return replace(extract, sentences=_as_sentences(data["sentences"]), sources=sources, method=self._writer.name)

    async def _lead(self, edition: Edition, stories: Sequence[Story]) -> tuple[CitedSentence, ...]:
        """First lines that cite what the edition cites anyway."""
        known = {article.id: article for story in stories for article in story.articles}
        weightiest = sorted(edition.items, key=lambda item: -item.weight)[:LEAD_STORIES]
        articles = [article for item in weightiest for article in _cited(item, known)[:2]]
        if len(weightiest) < LEAST_LEAD:
            return edition.lead

        async def write() -> list[Any]:
            return _as_data(await self._writer.lead(articles, edition.language))

        key = key_of(self._writer.mark("lead"), edition.language, articles)
        said = _as_sentences(await self._kept.once(key, "lead", write, edition.until))
        numbers = {source.article_id: source.number for source in edition.sources}
        return tuple(replace(one, cites=tuple(sorted({numbers[articles[cite - 1].id] for cite in one.cites}))) for one in said)

    async def _titled(self, edition: Edition) -> tuple[EditionItem, ...]:
        """The items, each foreign headline with what it says in the edition's language."""
        titles = list(dict.fromkeys(item.summary.headline for item in edition.items if item.summary.headline_language))
        if not titles:
            return edition.items
        mark = self._writer.mark("title-translation")
        keys = {title: key_of(mark, edition.language, (), title) for title in titles}
        async with self._titling, self._kept.alone(f"titles/{edition.language}"):
            known = await self._kept.get(list(keys.values()))
            missing = [title for title in titles if keys[title] not in known]
            if missing:
                try:
                    said = await self._writer.translate_titles(missing, edition.language)
                except BadOutput:
                    said = ("",) * len(missing)  # paid for; the originals do without
                fresh = {keys[title]: text for title, text in zip(missing, said, strict=True)}
                await self._kept.keep(fresh, "title-translation", edition.until)
                known |= fresh
        return tuple(_translated(item, known.get(keys.get(item.summary.headline, ""), "")) for item in edition.items)


def _extracted(work: Work, story_id: str, label: str, reason: str) -> None:
    work.failures[label] += 1
    log.warning("summary.extracted", story=story_id, label=label, reason=reason)


def _cited(item: EditionItem, known: Mapping[str, Article]) -> list[Article]:
    ids = (source.article_id for source in item.summary.sources)
    return [known[id] for id in ids if id in known]


def _translated(item: EditionItem, text: str) -> EditionItem:
    if not text or not item.summary.headline_language:
        return item
    return replace(item, summary=replace(item.summary, translated=text))


def _as_data(sentences: Sequence[CitedSentence]) -> list[Any]:
    return [[one.text, list(one.cites)] for one in sentences]


def _as_sentences(data: Sequence[Any]) -> tuple[CitedSentence, ...]:
    return tuple(CitedSentence(text, tuple(cites)) for text, cites in data)
