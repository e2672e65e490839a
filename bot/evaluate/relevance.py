"""Measures relevance on a file of labelled items: hits and misses by language, topic and doubt, calibration, worst errors."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import UserError
from bot.feeds.jsonl import read_rows
from bot.knowledge import weights
from bot.model import Article, Relevance
from bot.pipeline import relevance

BINS = 10
WORST = 15


@dataclass(frozen=True, slots=True)
class Labelled:
    """One item of a labelled file: what people said of it. ``topic`` and ``countries`` are empty for what is not relevant."""

    article: Article
    relevant: bool
    topic: str = ""
    countries: frozenset[str] = frozenset()
    borderline: bool = False
    unanimous: bool = True


@dataclass(frozen=True, slots=True)
class Judged:
    """An item with our verdict."""

    item: Labelled
    verdict: Relevance

    @property
    def right(self) -> bool:
        """Whether people and we agree."""
        return self.item.relevant == self.verdict.relevant


def evaluate(path: Path | str, scorer: weights.Weights | None = None) -> dict[str, Any]:
    """The report on a labelled file, as JSON data. Raises UserError that names file and line."""
    items = read(Path(path))
    verdicts = relevance.judge_many((item.article for item in items), scorer)
    judged = [Judged(item, verdict) for item, verdict in zip(items, verdicts, strict=True)]
    return report(judged, (scorer or weights.load()).threshold)


def read(path: Path) -> list[Labelled]:
    """The items of a JSON-lines file with id, title and relevant. Raises UserError that names file and line."""
    items = [_labelled(row, f"{path}:{number}") for number, row in read_rows(path)]
    if not items:
        raise UserError(f"{path}: holds no items")
    return items


def _labelled(row: dict[str, Any], where: str) -> Labelled:
    for key, kind in (("id", str), ("title", str), ("relevant", bool)):
        if not isinstance(row.get(key), kind):
            raise UserError(f"{where}: {key}: is missing or no {'text' if kind is str else 'true or false'}")
    summary, url, outlet, code = (str(row.get(key) or "") for key in ("summary", "url", "source", "lang"))
    article = Article(id=row["id"], title=row["title"], summary=summary, url=url, outlet=outlet, language=code)
    topic = str(row.get("category") or "")
    return Labelled(
        article,
        row["relevant"],
        "" if topic == "none" else topic,
        frozenset(row.get("countries") or ()),
        bool(row.get("borderline", False)),
        bool(row.get("unanimous", True)),
    )


def report(judged: Sequence[Judged], threshold: float) -> dict[str, Any]:
    """All figures of judged items."""
    languages = sorted({one.item.article.language for one in judged})
    topics = sorted({one.item.topic for one in judged if one.item.topic})
    hits = [one for one in judged if one.item.relevant and one.verdict.relevant]
    return {
        "items": len(judged),
        "threshold": threshold,
        "overall": figures(judged),
        "by_language": {code: figures([one for one in judged if one.item.article.language == code]) for code in languages},
        "without_borderline": figures([one for one in judged if not one.item.borderline]),
        "borderline_only": figures([one for one in judged if one.item.borderline]),
        "unanimous_without_borderline": figures([one for one in judged if one.item.unanimous and not one.item.borderline]),
        "by_topic": {topic: _topic_figures(judged, topic) for topic in topics},
        "main_topic_right": _share(hits, lambda one: bool(one.verdict.topics) and one.verdict.topics[0] == one.item.topic),
        "topic_among_named": _share(hits, lambda one: one.item.topic in one.verdict.topics),
        "countries_right": _share(hits, lambda one: frozenset(one.verdict.countries) == one.item.countries),
        "calibration": calibration(judged),
        "worst": [_error(one) for one in _worst(judged)],
    }


def figures(judged: Sequence[Judged]) -> dict[str, Any]:
    """Precision, recall and F1 of keeping; None where nothing could be kept or found."""
    hits = sum(one.item.relevant and one.verdict.relevant for one in judged)
    kept = sum(one.verdict.relevant for one in judged)
    wanted = sum(one.item.relevant for one in judged)
    return {
        "items": len(judged),
        "relevant": wanted,
        "kept": kept,
        "precision": _ratio(hits, kept),
        "recall": _ratio(hits, wanted),
        "f1": _ratio(2 * hits, kept + wanted),
    }


def _topic_figures(judged: Sequence[Judged], topic: str) -> dict[str, Any]:
    of_topic = [one for one in judged if one.item.topic == topic]
    hits = [one for one in of_topic if one.verdict.relevant]
    named = [one for one in judged if one.item.relevant and one.verdict.relevant and one.verdict.topics[:1] == (topic,)]
    right = sum(one.verdict.topics[:1] == (topic,) for one in hits)
    return {
        "items": len(of_topic),
        "kept": _ratio(len(hits), len(of_topic)),
        "main_topic_right": _ratio(right, len(hits)),
        "main_topic_precision": _ratio(right, len(named)),
    }


def calibration(judged: Sequence[Judged]) -> dict[str, Any]:
    """Brier score, expected calibration error and, for bins of scores, mean score beside the share that people call relevant."""
    bins: list[list[Judged]] = [[] for _ in range(BINS)]
    for one in judged:
        bins[min(BINS - 1, math.floor(one.verdict.score * BINS))].append(one)
    rows = [
        {
            "from": at / BINS,
            "items": len(members),
            "mean_score": round(sum(one.verdict.score for one in members) / len(members), 3),
            "relevant": round(sum(one.item.relevant for one in members) / len(members), 3),
        }
        for at, members in enumerate(bins)
        if members
    ]
    error = sum(row["items"] * abs(row["mean_score"] - row["relevant"]) for row in rows) / max(len(judged), 1)
    brier = sum((one.verdict.score - one.item.relevant) ** 2 for one in judged) / max(len(judged), 1)
    return {"brier": round(brier, 4), "expected_error": round(error, 4), "bins": rows}


def _worst(judged: Iterable[Judged]) -> list[Judged]:
    wrong = (one for one in judged if not one.right)
    return sorted(wrong, key=lambda one: (-abs(one.verdict.score - one.item.relevant), one.item.article.id))[:WORST]


def _error(one: Judged) -> dict[str, Any]:
    return {
        "id": one.item.article.id,
        "title": one.item.article.title,
        "language": one.item.article.language,
        "labelled": "relevant" if one.item.relevant else "not relevant",
        "borderline": one.item.borderline,
        "score": one.verdict.score,
        "reasons": list(one.verdict.reasons),
    }


def _share(judged: Sequence[Judged], holds: Callable[[Judged], bool]) -> float | None:
    return _ratio(sum(holds(one) for one in judged), len(judged))


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


# ---- as text ----


def render(report: dict[str, Any]) -> str:
    """The report for people, as plain text."""
    rows = {"all": report["overall"], **report["by_language"]}
    rows |= {"without borderline": report["without_borderline"], "borderline only": report["borderline_only"]}
    rows["unanimous, not borderline"] = report["unanimous_without_borderline"]
    lines = [f"{'':<28}{'items':>7}{'relevant':>10}{'kept':>7}{'precision':>11}{'recall':>9}{'F1':>8}"]
    for name, row in rows.items():
        counts = f"{name:<28}{row['items']:>7}{row['relevant']:>10}{row['kept']:>7}"
        lines.append(f"{counts}{_show(row['precision']):>11}{_show(row['recall']):>9}{_show(row['f1']):>8}")
    lines += ["", f"{'topic':<28}{'items':>7}{'kept':>10}{'right':>9}"]
    for topic, row in report["by_topic"].items():
        lines.append(f"{topic:<28}{row['items']:>7}{_show(row['kept']):>10}{_show(row['main_topic_right']):>9}")
    fit = report["calibration"]
    lines += [
        "",
        f"main topic right in {_show(report['main_topic_right'])} of hits, among the named {_show(report['topic_among_named'])}",
        f"countries right in {_show(report['countries_right'])} of hits",
        f"Brier score {fit['brier']}, expected calibration error {fit['expected_error']}, threshold {report['threshold']}",
        *(f"  score from {row['from']:.1f}: {row['items']:>5} items, relevant {_show(row['relevant'])}" for row in fit["bins"]),
        "",
        "worst errors",
    ]
    for error in report["worst"]:
        lines += [f"  {error['score']:.2f} {error['labelled']}: {error['title'][:100]}", f"       {'; '.join(error['reasons'])}"]
    return "\n".join(lines)


def _show(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
