"""Measures search on queries with graded articles: nDCG@10, precision@10 and recall@50, by kind, language and form.

An article that nobody judged counts as not relevant in ``ndcg`` and is passed over in ``condensed``. Saturated queries, whose
relevant articles were not all read, count in precision and never in recall.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

CUT, DEEP = 10, 50
_GROUPINGS = ("kind", "lang", "form")
_WORST = 10


def evaluate(queries: Sequence[Mapping[str, Any]], found: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The report on ``found``, the article ids of each query best first.

    A query holds qid, query, lang, ``relevant`` (id → 1 or 2), and where known kind, form, ``judged_zero`` and ``saturated``.
    """
    measured = [_measured(query, found.get(query["qid"], ())) for query in queries]
    report: dict[str, Any] = {"all": _summed(measured)}
    for grouping in _GROUPINGS:
        names = sorted({str(one[grouping]) for one in measured if one[grouping]})
        report[f"by_{grouping}"] = {name: _summed([one for one in measured if one[grouping] == name]) for name in names}
    worst = sorted(measured, key=lambda one: one["ndcg"])[:_WORST]
    report["worst"] = [{key: one[key] for key in ("qid", "query", "ndcg", "recall")} for one in worst]
    return report


def _measured(query: Mapping[str, Any], ids: Sequence[str]) -> dict[str, Any]:
    grades: Mapping[str, int] = query["relevant"]
    judged = grades.keys() | set(query.get("judged_zero", ()))
    relevant_found = sum(id in grades for id in ids[:DEEP])
    saturated = bool(query.get("saturated"))
    return {
        **{key: query.get(key, "") for key in ("qid", "query", *_GROUPINGS)},
        "ndcg": ndcg(ids, grades),
        "condensed": ndcg([id for id in ids if id in judged], grades),
        "precision": sum(id in grades for id in ids[:CUT]) / CUT if saturated else None,
        "recall": None if saturated else relevant_found / len(grades) if grades else 0.0,
        "unjudged": sum(id not in judged for id in ids[:CUT]),
    }


def ndcg(ids: Sequence[str], grades: Mapping[str, int], cut: int = CUT) -> float:
    """Normalised discounted cumulative gain, 0..1, of the first ``cut`` ids; the gain of an article is its grade."""
    best = _gain(sorted(grades.values(), reverse=True)[:cut])
    return _gain([grades.get(id, 0) for id in ids[:cut]]) / best if best else 0.0


def _gain(grades: Sequence[int]) -> float:
    return sum(grade / math.log2(place + 2) for place, grade in enumerate(grades))


def _summed(measured: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "queries": len(measured),
        "ndcg10": _mean(measured, "ndcg"),
        "ndcg10_condensed": _mean(measured, "condensed"),
        "recall50": _mean(measured, "recall"),
        "precision10_saturated": _mean(measured, "precision"),
        "unjudged10": _mean(measured, "unjudged"),
    }


def _mean(measured: Sequence[Mapping[str, Any]], key: str) -> float | None:
    values = [one[key] for one in measured if one[key] is not None]
    return round(sum(values) / len(values), 4) if values else None


def render(report: Mapping[str, Any]) -> str:
    """The report as a table for people."""
    head = f"{'':16}{'queries':>8}{'nDCG@10':>9}{'judged':>8}{'R@50':>7}{'P@10*':>7}{'unread':>8}"
    lines = [head, _row("all", report["all"])]
    for grouping in _GROUPINGS:
        lines += ["", *(_row(name, row) for name, row in report[f"by_{grouping}"].items())]
    lines += [
        "",
        "judged: nDCG without articles that nobody judged · P@10*: saturated queries · unread: unjudged in the first ten",
    ]
    lines += ["", "worst:", *(f"  {one['ndcg']:.2f}  {one['qid']}  {one['query']}" for one in report["worst"])]
    return "\n".join(lines)


def _row(name: str, row: Mapping[str, Any]) -> str:
    show: Callable[[str, int], str] = lambda key, width: f"{'–' if row[key] is None else format(row[key], '.3f'):>{width}}"  # noqa: E731
    return (
        f"{name:16}{row['queries']:>8}{show('ndcg10', 9)}{show('ndcg10_condensed', 8)}{show('recall50', 7)}"
        f"{show('precision10_saturated', 7)}{show('unjudged10', 8)}"
    )
