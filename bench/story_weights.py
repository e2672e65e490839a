"""Learns the weights of the story evidence from labelled groups and prints cross-validated figures as one JSON line.

python -m bench.story_weights STORIES.jsonl NEAR_MISSES.jsonl [OTHER.jsonl …] [--write]

Folds hold whole stories (those of one near miss together), so a story is never learned from itself. ``--write`` replaces
bot/knowledge/data/story_weights.json by weights learned from everything.
"""

import json
import random
import sys
from collections import Counter
from itertools import combinations
from pathlib import Path

import numpy
from sklearn.linear_model import LogisticRegression

from bot.evaluate.stories import Labels, measure, read_labels
from bot.pipeline import stories, story_clues
from bot.pipeline.story_evidence import Probe
from bot.pipeline.story_weights import Weights

# What the few labelled examples cannot teach: knowledge, not statistics.
GIVEN = {
    "routine": -6.0,
    "one is routine": -2.0,
    "same outlet days later": -2.0,
    "several precise amounts": 2.0,
    "vectors": 8.0,  # nothing but an embedding joins from a cosine of 0.9 on; no labelled example has one
    "other amounts": -3.0,
    "other amounts in titles": -5.0,
    "other year": -3.0,
}
THRESHOLD, BEST = 0.0, 0.5
FOLDS, SEEDS = 5, (1, 2, 3)
_STRENGTH = 0.5  # inverse of the regularisation
_NEAR_MISS = 5.0  # weight of a near-miss pair
TARGET = Path("bot/knowledge/data/story_weights.json")


def pairs_of(labels: Labels) -> list[tuple[str, str, bool, dict[str, float]]]:
    """Every pair within reach with its evidence: ids, one event or not, evidence."""
    clues = {id: story_clues.read(article) for id, article in labels.articles.items()}
    probes = {id: Probe(one) for id, one in clues.items()}
    found = []
    for a, b in combinations(clues, 2):
        one, other = clues[a], clues[b]
        if one.at is None or other.at is None or abs(one.at - other.at) <= stories.REACH:
            found.append((a, b, labels.story_of[a] == labels.story_of[b], probes[a].compare(other)))
    return found


def learn(labels: Labels, pairs: list[tuple[str, str, bool, dict[str, float]]]) -> Weights:
    """Logistic regression on pairs, one within languages and one across; a large story does not outvote the small ones."""
    sizes = Counter(labels.story_of.values())
    near = {frozenset(pair[:2]) for pair in labels.near_misses}
    learned = []
    for same_language in (True, False):
        some = [p for p in pairs if (labels.articles[p[0]].language == labels.articles[p[1]].language) is same_language]
        names = sorted({name for *_, evidence in some for name in evidence} - GIVEN.keys())
        features = numpy.array([[evidence.get(name, 0.0) for name in names] for *_, evidence in some])
        truth = [one for _, _, one, _ in some]
        weight = [
            2 / (sizes[labels.story_of[a]] - 1) ** 0.7 if one else _NEAR_MISS if frozenset((a, b)) in near else 1.0
            for a, b, one, _ in some
        ]
        model = LogisticRegression(C=_STRENGTH, solver="newton-cholesky").fit(features, truth, sample_weight=weight)
        found = {name: round(float(value), 3) for name, value in zip(names, model.coef_[0], strict=True)}
        learned.append({"bias": round(float(model.intercept_[0]), 3)} | {k: v for k, v in found.items() if v} | GIVEN)
    return Weights(learned[0], learned[1], THRESHOLD, BEST)


def folds_of(labels: Labels, seed: int) -> dict[str, int]:
    """A fold for each item: stories that a near miss ties together share one."""
    leader: dict[str, str] = {}

    def find(story: str) -> str:
        while leader.get(story, story) != story:
            story = leader[story]
        return story

    for a, b, _ in labels.near_misses:
        leader[find(labels.story_of[a])] = find(labels.story_of[b])
    roots = sorted({find(story) for story in labels.story_of.values()})
    random.Random(seed).shuffle(roots)
    fold = {root: number % FOLDS for number, root in enumerate(roots)}
    return {id: fold[find(story)] for id, story in labels.story_of.items()}


def cross_validate(labels: Labels, pairs: list[tuple[str, str, bool, dict[str, float]]], seed: int) -> dict[str, float]:
    """Cluster everything with the weights of each fold; score an item where its story was not learned from."""
    fold_of = folds_of(labels, seed)
    reports = []
    for fold in range(FOLDS):
        weights = learn(labels, [pair for pair in pairs if fold not in (fold_of[pair[0]], fold_of[pair[1]])])
        decisions = stories.cluster(labels.articles.values(), weights)
        reports.append(measure(labels, decisions, {id for id, number in fold_of.items() if number == fold}))
    figures: dict[str, float] = {"near_misses_merged": sum(report["near_misses"]["merged"] for report in reports)}
    for name, size in (("b_cubed", "items_in_groups"), ("b_cubed_all_items", "items")):
        for figure in ("precision", "recall", "f1"):
            figures[f"{name}_{figure}"] = sum(r[name][figure] * r[size] for r in reports) / sum(r[size] for r in reports)
    for name in ("same_language_pairs", "cross_language_pairs"):
        right, joined, true = (sum(r[name][count] for r in reports) for count in ("right", "joined", "pairs"))
        figures |= {
            f"{name}_precision": right / joined,
            f"{name}_recall": right / true,
            f"{name}_f1": 2 * right / (joined + true),
        }
    return figures


def main(arguments: list[str]) -> None:
    """Print the figures; with --write also the weights."""
    paths = [Path(argument) for argument in arguments if argument != "--write"]
    labels = read_labels(paths[0], paths[1], paths[2:])
    pairs = pairs_of(labels)
    runs = [cross_validate(labels, pairs, seed) for seed in SEEDS]
    print(json.dumps({name: round(sum(run[name] for run in runs) / len(runs), 4) for name in runs[0]}))
    if "--write" in arguments:
        weights = learn(labels, pairs)
        data = {"threshold": THRESHOLD, "best": BEST, "same language": weights.same, "other language": weights.other}
        TARGET.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
