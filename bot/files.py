"""Verbs that work on a file of JSON lines: import, classify, cluster, facts."""

import gc
import json
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from rich.progress import Progress

from bot import clock
from bot.config import Settings
from bot.feeds.jsonl import Text, read_articles, read_texts
from bot.model import Amount, Article, DateFact, EventFact, Fact, PolicyFact, Relevance
from bot.pipeline import facts, relevance, stories, story_clues
from bot.pipeline.story_clues import Clues
from bot.platforms.terminal.render import console

_BATCH = 500
_WORTH_PROCESSES = 4_000  # below this, starting processes costs more than it saves
_KINDS = {Amount: "money", DateFact: "date", EventFact: "event", PolicyFact: "policy"}
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


async def import_file(settings: Settings, path: Path, as_json: bool) -> None:
    """Take the articles of ``path`` into the archive, judged and joined; their ids are kept.

    Of an article that is known already, only a body that was missing is taken.
    """
    from bot.app import opened  # brings every library in, which the other verbs here do without

    now = clock.now()
    articles = [replace(article, first_seen=now, fresh=False) for article in read_articles(path)]
    async with opened(settings, lambda: ()) as app:
        known = {article.id: article.body for article in await app.store.articles.get([article.id for article in articles])}
        await app.store.articles.save_bodies({one.id: one.body for one in articles if one.body and known.get(one.id) == ""})
        new = [article for article in articles if article.id not in known]
        relevant = stories_made = 0
        with progress(len(new), "import") as advance:
            for start in range(0, len(new), _BATCH):
                run = await app.pipeline.add(new[start : start + _BATCH], now)
                relevant, stories_made = relevant + run.relevant, stories_made + run.stories
                advance(run.articles)
            stories_made += await app.pipeline.join_old(new, now)
    counts = {"read": len(articles), "new": len(new), "relevant": relevant, "stories": stories_made}
    if as_json:
        sys.stdout.write(json.dumps(counts) + "\n")
    else:
        console().print(" · ".join(f"{value:,} {key}" for key, value in counts.items()))


def classify_file(path: Path) -> None:
    """Write one JSON line for each article: score, relevant, topics, countries, direction, entities, reasons."""
    _write("classify", list(read_articles(path)), _classify)


def facts_file(path: Path) -> None:
    """Write one JSON line for each text: its facts. The index in ``converted_of`` is one into this line's facts."""
    _write("facts", list(read_texts(path)), _facts)


def _write(title: str, items: Sequence[_Item], work: Callable[[Sequence[_Item]], list[str]]) -> None:
    with progress(len(items), title) as advance:
        for lines in _worked(items, work):
            sys.stdout.write("".join(f"{line}\n" for line in lines))
            advance(len(lines))


def _worked(items: Sequence[_Item], work: Callable[[Sequence[_Item]], list[_Result]]) -> Iterator[list[_Result]]:
    starts = range(0, len(items), _BATCH)
    workers = min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, 8)
    if len(items) < _WORTH_PROCESSES or workers == 1:
        yield from (work(items[start : start + _BATCH]) for start in starts)
        return
    work(items[:1])  # loads what is known: forked workers have it then
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    with ProcessPoolExecutor(workers, context, _take, (items, work)) as pool:
        yield from pool.map(_work_from, starts)


_task: tuple[Sequence[Any], Callable[[Sequence[Any]], list[Any]]]  # of this worker process: all items, and what to do with them


def _take(items: Sequence[Any], work: Callable[[Sequence[Any]], list[Any]]) -> None:
    global _task  # a worker process has one task
    _task = (items, work)
    gc.freeze()


def _work_from(start: int) -> list[Any]:
    items, work = _task
    return work(items[start : start + _BATCH])


def _classify(articles: Sequence[Article]) -> list[str]:
    return [
        _line({"id": article.id, **_plain(found)})
        for article, found in zip(articles, relevance.judge_many(articles), strict=True)
    ]


def _plain(found: Relevance) -> dict[str, object]:
    return {
        "score": round(found.score, 4),
        "relevant": found.relevant,
        "topics": list(found.topics),
        "countries": list(found.countries),
        "direction": found.direction,
        "entities": list(found.entities),
        "reasons": list(found.reasons),
    }


def _facts(texts: Sequence[Text]) -> list[str]:
    return [
        _line({"id": one.id, "facts": [fact_row(fact) for fact in facts.extract(one.text, one.language, one.published)]})
        for one in texts
    ]


def fact_row(fact: Fact) -> dict[str, object]:
    """A fact as JSON data: its kind, then its fields; an amount of no stated size is marked as vague."""
    row: dict[str, object] = {"kind": _KINDS[type(fact)], **asdict(fact)}
    if isinstance(fact, Amount):
        row["value"] = _number(fact.value)
        row |= {"vague": True} if fact.value is None else {}
    return row


def _number(value: Decimal | None) -> int | float | None:
    return None if value is None else int(value) if value == value.to_integral_value() else float(value)


def cluster_file(path: Path) -> None:
    """Write one JSON line for each article: its story and why it belongs there."""
    articles = list(read_articles(path))
    with progress(len(articles), "cluster") as advance, _without_collection():
        clues: list[Clues] = []
        for read in _worked(articles, _clues):
            clues += read
            advance(len(read))
        decisions = stories.cluster(articles, clues=clues)
    for decision in decisions:
        line: dict[str, object] = {
            "id": decision.article_id,
            "story_id": decision.story_id,
            "matter": decision.matter,
            "reasons": decision.reasons,
        }
        sys.stdout.write(_line(line) + "\n")


def _clues(articles: Sequence[Article]) -> list[Clues]:
    return [story_clues.read(article) for article in articles]


@contextmanager
def _without_collection() -> Iterator[None]:
    """Clues are many and make no cycles: looking for some again and again would take a third of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _line(row: dict[str, object]) -> str:
    return json.dumps(row, ensure_ascii=False)


@contextmanager
def progress(total: int, title: str) -> Iterator[Callable[[int], None]]:
    """A bar on standard error while a person watches; call what it gives with the steps that were done."""
    with Progress(console=console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(title, total=total)
        yield lambda steps: bar.advance(task, steps)
