"""Measures summaries offline: sentences cited, quotes exact, figures and names in the sources, language, length, repetition.

A file holds a summary a line: ``language``, ``sentences`` (``text``, ``cites``, ``quote``; or ``quoted`` true where the text
itself is word for word from a source) and ``sources`` (``title``, ``summary``, ``body``, ``language``, ``published``).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from pathlib import Path
from typing import Any

from bot.errors import UserError
from bot.feeds.jsonl import read_rows
from bot.knowledge import language
from bot.llm import figures, names, verify
from bot.model import Article

_SHOWN = 40
_CHECKS = ("cited", "quote exact", "figures in sources", "names in sources", "form and language")


@dataclass(frozen=True, slots=True)
class _Row:
    """One summary of the file."""

    place: str
    language: str
    sentences: tuple[Mapping[str, Any], ...]
    sources: tuple[Article, ...]


def evaluate(path: Path) -> dict[str, Any]:
    """The share of sentences that pass each check, by language; compression and repetition. Raises UserError naming the line."""
    rows = list(_rows(path))
    errors: list[str] = []
    passed: dict[str, dict[str, int]] = {}
    for row in rows:
        counts = passed.setdefault(row.language, dict.fromkeys((*_CHECKS, "sentences"), 0))
        for sentence in row.sentences:
            counts["sentences"] += 1
            for check, why in _checked(sentence, row).items():
                counts[check] += not why
                errors += [f"[{row.place}] {check}: {why}: {sentence['text']}"] if why else []
    return {
        "summaries": len(rows),
        "languages": {code: _shares(counts) for code, counts in sorted(passed.items())},
        "compression": _mean([_compression(row) for row in rows]),
        "repetition": _mean([_repetition(row) for row in rows]),
        "errors": errors[:_SHOWN],
    }


def render(report: Mapping[str, Any]) -> str:
    """The report for people."""
    lines = [f"{report['summaries']} summaries", ""]
    for code, shares in report["languages"].items():
        lines.append(f"{code}  {shares['sentences']} sentences")
        lines += [f"    {check:<20} {shares[check]:.3f}" for check in _CHECKS]
    lines += [
        "",
        f"length beside the sources  {report['compression']:.3f}",
        f"said twice                 {report['repetition']:.3f}",
    ]
    return "\n".join([*lines, "", *report["errors"]]).rstrip()


# ---- one sentence ----


def _checked(sentence: Mapping[str, Any], row: _Row) -> dict[str, str]:
    """By check: what is wrong, "" where nothing is."""
    cites = sentence.get("cites") or ()
    cited = [row.sources[number - 1] for number in cites if isinstance(number, int) and 1 <= number <= len(row.sources)]
    if not cited or len(cited) != len(cites):
        return dict.fromkeys(_CHECKS, "cites no source or one that does not exist")
    text = verify.clean(sentence["text"])
    quote = sentence["text"].removesuffix("…") if sentence.get("quoted") else sentence.get("quote", "")
    asked = cited[0].language if sentence.get("quoted") else row.language
    return {
        "cited": "",
        "quote exact": "; ".join(verify.quote_problems(quote, cited)),
        "figures in sources": "; ".join(figures.problems(text, cited, asked)),
        "names in sources": "; ".join(names.problems(text, cited, asked)),
        "form and language": "" if sentence.get("quoted") else _form(sentence["text"], asked),
    }


def _form(text: str, asked: str) -> str:
    return "; ".join(one.words for one in verify.form_problems(text, asked))


# ---- a whole summary ----


def _compression(row: _Row) -> float:
    """Characters of the summary for each character of its sources."""
    return sum(len(one["text"]) for one in row.sentences) / (sum(len(source.text) for source in row.sources) or 1)


def _repetition(row: _Row) -> float:
    """The share of sentences that say what an earlier one of the summary says."""
    texts = [one["text"] for one in row.sentences]
    again = {later for (_, one), (later, other) in combinations(enumerate(texts), 2) if verify.is_alike(one, other)}
    return len(again) / (len(texts) or 1)


def _shares(counts: Mapping[str, int]) -> dict[str, float]:
    return {
        "sentences": counts["sentences"],
        **{check: round(counts[check] / (counts["sentences"] or 1), 4) for check in _CHECKS},
    }


def _mean(values: list[float]) -> float:
    return round(sum(values) / (len(values) or 1), 4)


# ---- the file ----


def _rows(path: Path) -> Iterator[_Row]:
    for number, data in read_rows(path):
        try:
            yield _row(data, f"{path.name}:{number}")
        except (ValueError, KeyError, TypeError, AttributeError) as exc:
            raise UserError(f"{path}:{number}: no summary with language, sentences and sources ({exc!r})") from exc


def _row(data: Mapping[str, Any], place: str) -> _Row:
    if data["language"] not in verify.MIN_LENGTH:
        raise ValueError(f"language {data['language']!r}, expected ko, ja or en")
    sentences = tuple({**one, "text": str(one["text"])} for one in data["sentences"])
    return _Row(place, data["language"], sentences, tuple(map(_source, range(len(data["sources"])), data["sources"])))


def _source(number: int, data: Mapping[str, Any]) -> Article:
    title, summary, body = (str(data.get(key) or "") for key in ("title", "summary", "body"))
    published = datetime.fromisoformat(data["published"]) if data.get("published") else None
    code = data.get("language") or language.detect(f"{title} {summary} {body}")
    return Article(str(number), title, summary=summary, body=body, language=code, published=published)
