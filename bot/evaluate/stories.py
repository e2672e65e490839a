"""Measures story joining on labelled groups: B-cubed, pairs within and across languages, near misses, each error with its reason.

All labelled items are clustered together, near misses and items of no story among them; only labelled items are scored.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

from bot.errors import UserError
from bot.feeds.jsonl import article_of, read_rows
from bot.model import Article, StoryDecision
from bot.pipeline import stories

Cluster = Callable[[Sequence[Article]], Iterable[StoryDecision]]
_SHOWN = 30  # errors of a kind that a report lists


@dataclass(slots=True)
class Labels:
    """What people said: the story of each item, and pairs that are no one event. Items of no story are their own story."""

    articles: dict[str, Article] = field(default_factory=dict)
    story_of: dict[str, str] = field(default_factory=dict)
    near_misses: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, row: Any, place: str, story: str | None = None) -> str:
        """Take an item; a known one keeps its story. Raises UserError naming its ``place`` where it cannot be used."""
        try:
            article = article_of(row)
        except ValueError as exc:
            raise UserError(f"{place}: {exc}") from exc
        self.articles.setdefault(article.id, article)
        if story or article.id not in self.story_of:
            self.story_of[article.id] = story or f"alone {article.id}"
        return article.id


def read_labels(path: Path, near_misses: Path | None = None, others: Iterable[Path] = ()) -> Labels:
    """Groups, near-miss pairs and items of no group from files of JSON lines. Raises UserError naming file and line."""
    labels = Labels()
    for number, row in read_rows(path, "story_id", "items"):
        place = f"{path}:{number}"
        if not isinstance(row["items"], list) or not isinstance(row["story_id"], str):
            raise UserError(f"{place}: expected a text as story_id and a list of items")
        for item in row["items"]:
            labels.add(item, place, row["story_id"])
    for number, row in read_rows(near_misses, "a", "b") if near_misses else ():
        a, b = (labels.add(row[side], f"{near_misses}:{number}") for side in ("a", "b"))
        labels.near_misses.append((a, b, row.get("why", "")))
    for other in others:
        for number, row in read_rows(other, "id", "title"):
            labels.add(row, f"{other}:{number}")
    return labels


def evaluate(
    path: Path, near_misses: Path | None = None, others: Iterable[Path] = (), cluster: Cluster = stories.cluster
) -> dict[str, Any]:
    """Cluster the labelled items of all files in one go and report how well the stories agree with the labels."""
    labels = read_labels(path, near_misses, others)
    return measure(labels, cluster(list(labels.articles.values())))


def measure(labels: Labels, decisions: Iterable[StoryDecision], scored: Set[str] | None = None) -> dict[str, Any]:
    """The report for decisions on the labelled items; decisions on other items are left out.

    With ``scored`` only these items count, and the pairs whose first item (by id) they are: parts add up to the whole.
    """
    scored = labels.story_of.keys() if scored is None else scored
    found = {decision.article_id: decision for decision in decisions if decision.article_id in labels.story_of}
    joined = {id: decision.story_id for id, decision in found.items()}
    grouped = [id for members in _inverse(labels.story_of).values() if len(members) > 1 for id in members if id in scored]
    pairs = [pair for pair in _pairs(labels.story_of, joined) if pair[0] in scored]
    near = [(a, b, why) for a, b, why in labels.near_misses if a in scored]
    merged = [(a, b, why) for a, b, why in near if joined[a] == joined[b]]
    return {
        "items": len(scored),
        "items_in_groups": len(grouped),
        "b_cubed": _b_cubed(labels.story_of, joined, grouped),
        "b_cubed_all_items": _b_cubed(labels.story_of, joined, list(scored)),
        "same_language_pairs": _agreement(pair for pair in pairs if _language(labels, pair[0]) == _language(labels, pair[1])),
        "cross_language_pairs": _agreement(pair for pair in pairs if _language(labels, pair[0]) != _language(labels, pair[1])),
        "near_misses": {
            "pairs": len(near),
            "merged": len(merged),
            "errors": [{"why_not": why, **_error(labels, found, a, b)} for a, b, why in merged],
        },
        "wrong_merges": [_error(labels, found, a, b) for a, b, same, together in pairs if together and not same][:_SHOWN],
        "missed": [_error(labels, found, a, b) for a, b, same, together in pairs if same and not together][:_SHOWN],
    }


def render(report: Mapping[str, Any]) -> str:
    """The report as text for a terminal."""
    lines = [f"{report['items']} items, {report['items_in_groups']} of them in groups"]
    for name in ("b_cubed", "b_cubed_all_items", "same_language_pairs", "cross_language_pairs"):
        precision, recall, f1 = (report[name][figure] for figure in ("precision", "recall", "f1"))
        lines.append(f"{name.replace('_', ' '):22} precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}")
    near = report["near_misses"]
    lines.append(f"near misses merged     {near['merged']} of {near['pairs']}")
    for title, errors in (
        ("near misses merged", near["errors"]),
        ("wrong merges", report["wrong_merges"]),
        ("missed", report["missed"]),
    ):
        lines += ["", title] if errors else []
        for error in errors:
            lines += [f"  {error['a']}", f"  {error['b']}", f"      {'; '.join(error['reasons'])}"]
    return "\n".join(lines)


def _inverse(groups: Mapping[str, str]) -> dict[str, set[str]]:
    members: defaultdict[str, set[str]] = defaultdict(set)
    for id, group in groups.items():
        members[group].add(id)
    return members


def _b_cubed(truth: Mapping[str, str], joined: Mapping[str, str], ids: Sequence[str]) -> dict[str, float]:
    """Mean over ``ids`` of the share of an item's cluster that belongs with it, and of its story that is with it."""
    stories_, clusters = _inverse(truth), _inverse(joined)
    right = [len(stories_[truth[id]] & clusters[joined[id]]) for id in ids]
    precision = sum(n / len(clusters[joined[id]]) for n, id in zip(right, ids, strict=True)) / (len(ids) or 1)
    recall = sum(n / len(stories_[truth[id]]) for n, id in zip(right, ids, strict=True)) / (len(ids) or 1)
    return _figures(precision, recall)


def _pairs(truth: Mapping[str, str], joined: Mapping[str, str]) -> list[tuple[str, str, bool, bool]]:
    """Every pair that the labels or the clusters put together: both ids, whether it is one event, whether it was joined."""
    together = (combinations(sorted(members), 2) for groups in (truth, joined) for members in _inverse(groups).values())
    unique = sorted({pair for pairs in together for pair in pairs})
    return [(a, b, truth[a] == truth[b], joined[a] == joined[b]) for a, b in unique]


def _agreement(pairs: Iterable[tuple[str, str, bool, bool]]) -> dict[str, float]:
    kept = list(pairs)
    both = sum(same and together for *_, same, together in kept)
    joined, true = sum(together for *_, together in kept), sum(same for *_, same, _ in kept)
    precision, recall = both / (joined or 1), both / (true or 1)
    return _figures(precision, recall) | {"pairs": true, "joined": joined, "right": both}


def _figures(precision: float, recall: float) -> dict[str, float]:
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def _language(labels: Labels, id: str) -> str:
    return labels.articles[id].language


def _error(labels: Labels, found: Mapping[str, StoryDecision], a: str, b: str) -> dict[str, Any]:
    described = {}
    for side, id in (("a", a), ("b", b)):
        article = labels.articles[id]
        day = article.published.date().isoformat() if article.published else "undated"
        described[side] = f"[{labels.story_of[id]}, {article.language}, {day}] {article.title[:90]}"
    return {**described, "reasons": [*found[a].reasons, *found[b].reasons]}
