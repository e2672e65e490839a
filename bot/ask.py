"""Verbs that ask the archive from the command line: search and ask, one by one or in a batch, and how well both do."""

import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot import clock
from bot.app import App, opened
from bot.archive.answer import Answers
from bot.archive.query import read_query
from bot.config import Settings
from bot.evaluate import answers as answers_report
from bot.evaluate import search as search_report
from bot.feeds.jsonl import read_rows
from bot.files import progress
from bot.knowledge import language
from bot.model import LANGUAGES, Passage, Request
from bot.platforms.terminal.render import HERE, answered, console

DEEP = 50  # ids of a batch line
SHOWN = 10


async def search(settings: Settings, query: str, *, as_json: bool) -> None:
    """Show the stories that fit ``query`` best."""
    async with opened(settings, lambda: ()) as app:
        await app.archive.refresh()
        found = await app.archive.search(query, now=clock.now(), limit=SHOWN)
    if as_json:
        _write({"query": query, "found": [_passage(one) for one in found]})
        return
    for number, one in enumerate(found, 1):
        console().print(f"{number:>2}  {one.article.title}", markup=False, highlight=False)
        console().print(f"    {_origin(one)}", markup=False, highlight=False, style="dim")


async def search_batch(settings: Settings, path: Path) -> None:
    """Write for each line (qid, query) of ``path`` a line with the ids of the articles that fit best."""
    rows = _rows(path, "qid", "query")
    async with opened(settings, lambda: ()) as app:
        for qid, ids in (await _searched(app, rows)).items():
            _write({"qid": qid, "ids": ids})


async def ask(settings: Settings, question: str, *, as_json: bool, spoken: str = "") -> None:
    """Answer ``question`` with citations, or say that the archive does not: in ``spoken``, else in the question's language."""
    request = Request("ask", question, HERE, "", spoken or _language_of(question, settings.language), clock.now())
    async with opened(settings, lambda: ()) as app:
        await app.archive.refresh()
        if as_json:
            _write({"question": question, **await _answered(app.commands.desk.answers, request)})
            return
        reply = await app.commands.handle(request)
    console().print(answered(reply))


async def ask_batch(settings: Settings, path: Path) -> None:
    """Write for each line (qid, question, lang) of ``path`` a line with answer (null when refused), cited ids and quotes."""
    rows = _rows(path, "qid", "question")
    async with opened(settings, lambda: ()) as app:
        for qid, answer in (await _all_answered(app, rows)).items():
            _write({"qid": qid, **answer})


async def evaluate_search(settings: Settings, path: Path) -> dict[str, Any]:
    """The report of ``bot.evaluate.search`` on graded queries asked of the archive."""
    rows = _rows(path, "qid", "query", "relevant")
    async with opened(settings, lambda: ()) as app:
        return search_report.evaluate(rows, await _searched(app, rows))


async def evaluate_answers(settings: Settings, path: Path) -> dict[str, Any]:
    """The report of ``bot.evaluate.answers`` on questions with known answers asked of the archive."""
    asked = answers_report.questions(_rows(path, "lang"))
    async with opened(settings, lambda: ()) as app:
        return answers_report.evaluate(asked, await _all_answered(app, asked))


async def rebuild_index(settings: Settings) -> None:
    """Make the search index anew and say how large it is."""
    async with opened(settings, lambda: ()) as app:
        start = time.monotonic()
        articles = await app.archive.rebuild()
        kept = settings.index_home or "in memory only"
    sys.stdout.write(f"{articles:,} articles indexed in {time.monotonic() - start:.1f} s ({kept})\n")


# ---- asking ----


def _language_of(question: str, usual: str) -> str:
    """The one that ``question`` is in, or ``usual`` where it has no words or is in none of ours."""
    found = language.detect(question) if any(map(str.isalpha, question)) else usual
    return found if found in LANGUAGES else usual


async def _searched(app: App, rows: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    await app.archive.refresh()
    now = clock.now()
    found = {}
    with progress(len(rows), "search") as advance:
        for row in rows:
            hits = await app.archive.ranked(read_query(row["query"]), now=now, limit=DEEP)
            found[row["qid"]] = [article_id for article_id, _ in hits]
            advance(1)
    return found


async def _all_answered(app: App, rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    await app.archive.refresh()
    now = clock.now()
    found = {}
    with progress(len(rows), "ask") as advance:
        for row in rows:
            spoken = row.get("lang") or language.detect(row["question"])
            request = Request("ask", row["question"], HERE, "", spoken, now, tuple(row.get("thread") or ()))
            found[row["qid"]] = await _answered(app.commands.desk.answers, request)
            advance(1)
    return found


async def _answered(answers: Answers, request: Request) -> dict[str, Any]:
    """The answer as data. ``cited``: what its sentences rest on first, then the other articles that were good evidence."""
    answer = await answers.answer(request)
    if not answer.found:
        return {"answer": None, "cited": [], "quotes": []}
    evidence = await answers.evidence(request)
    cited = [source.article_id for source in answer.sources] + [one.article.id for one in evidence]
    quotes = [sentence.text for sentence in answer.sentences if sentence.quoted] or [one.text for one in evidence]
    text = " ".join(sentence.text for sentence in answer.sentences)
    return {"answer": text, "cited": list(dict.fromkeys(cited)), "quotes": quotes}


# ---- lines in and out ----


def _rows(path: Path, *keys: str) -> list[dict[str, Any]]:
    return [row for _, row in read_rows(path, *keys)]


def _write(row: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")


def _passage(found: Passage) -> dict[str, object]:
    article = found.article
    return {
        "id": article.id,
        "title": article.title,
        "url": article.url,
        "outlet": article.outlet,
        "lang": article.language,
        "published": article.published.isoformat() if article.published else None,
        "passage": found.text,
        "story_id": found.story_id,
        "score": round(found.score, 3),
    }


def _origin(found: Passage) -> str:
    day = f"{found.article.at:%Y-%m-%d}" if found.article.at else ""
    return " · ".join(part for part in (found.article.outlet, day, found.article.url) if part)
