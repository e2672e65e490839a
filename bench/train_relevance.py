"""Learns the weights of the relevance scorer from labelled items and writes bot/knowledge/data/relevance.json.

python -m bench.train_relevance DEV.jsonl [--corpus CORPUS.jsonl] [--stories STORIES.jsonl] [--write]

DEV holds labelled items; bench/relevance_labels.tsv holds further labels (id, relevant, topic, countries) of items of CORPUS, by
the developers, to teach the scorer the natural rate; bench/relevance_examples.tsv holds made-up headlines for matters that are
rare in both. The model is a logistic regression with L2 and signs held to what makes sense (an exclusion never speaks for an
item). Every figure comes from folds that keep a story and its near-duplicates together.
"""

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sparse
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from bot.knowledge import lexicon
from bot.model import Article, Topic
from bot.pipeline import relevance, relevance_evidence

HERE = Path(__file__).parent
TARGET = HERE.parent / "bot" / "knowledge" / "data" / "relevance.json"
L2, TOPIC_C, VOTE = 2.5, 0.3, 0.7
MIN_ITEMS = 3  # a feature must be seen in so many items
FOLDS, REPEATS = 10, 3
AGAINST = frozenset(
    (
        "award_only", "broker_note", "chip_earnings", "consumer_service", "earnings_only", "firm_uses_ai",
        "foreign_government", "foreign_matter", "gadget_of_group", "hosted_event", "neither_named", "no_angle",
        "no_subject", "north_korea", "plain_development", "product_launch", "stock_move", "study",
        "study_at_university", "third.auto", "third.conglomerate", "third.country", "third.electronics",
        "third.energy", "third.finance", "third.fund", "third.government", "third.it", "third.lab", "third.law",
        "third.other", "third.place", "third.programme", "third.robots", "third.telecom", "third_only",
        "tool_of_firm", "town_uses_ai",
    )
)  # fmt: skip
EITHER = frozenset(
    (
        "big_money", "cloud", "develop", "leadership", "money", "next_generation", "rivalry", "service", "shortage",
        "startup", "supply",
    )
)  # fmt: skip
NOT_USED = frozenset(("outlet.korea_press", "outlet.japan_press"))  # where labelled items happened to come from


def sign(name: str) -> int:
    """1: may only speak for an item, -1: only against it, 0: either way."""
    base = name.split("@")[0]
    known = lexicon.load()
    if base.startswith("outlet."):
        return {"outlet.chip_press": 0, "outlet.government": 1}.get(base, -1)
    if base in AGAINST:
        return -1
    if base in EITHER or base.startswith("third"):
        return 0
    if base in known.groups:
        return -1 if known.groups[base].section == "exclusions" else 1
    return 1


def read_items(dev: Path, corpus: Path | None) -> list[dict[str, Any]]:
    items = [json.loads(line) | {"dev": True} for line in dev.read_text("utf-8").splitlines()]
    if corpus is None:
        return items
    labels = {
        row[0]: row for row in (line.split("\t") for line in (HERE / "relevance_labels.tsv").read_text("utf-8").splitlines())
    }
    seen = {item["id"] for item in items}
    for line in corpus.read_text("utf-8").splitlines():
        item = json.loads(line)
        if item["id"] in labels and item["id"] not in seen:
            _, relevant, topic, places = labels[item["id"]]
            label = {"relevant": relevant == "1", "category": topic, "countries": places.split(",") if places else []}
            items.append(item | label | {"dev": False, "borderline": False, "unanimous": True})
    return items


def read_examples() -> list[dict[str, Any]]:
    """Made-up headlines with their labels; they teach and are never measured."""
    found = []
    for number, line in enumerate((HERE / "relevance_examples.tsv").read_text("utf-8").splitlines()):
        code, relevant, topic, places, title, summary = line.split("\t")
        found.append(
            {
                "id": f"example-{number}",
                "lang": code,
                "relevant": relevant == "1",
                "category": topic,
                "title": title,
                "summary": summary,
            }
            | {
                "countries": places.split(",") if places else [],
                "dev": False,
                "borderline": False,
                "unanimous": True,
                "made_up": True,
            }
        )
    return found


def article(item: dict[str, Any]) -> Article:
    fields = {"summary": "summary", "url": "url", "outlet": "source", "language": "lang"}
    return Article(id=item["id"], title=item["title"], **{ours: item.get(theirs) or "" for ours, theirs in fields.items()})


def families(items: list[dict[str, Any]], stories: Path | None) -> np.ndarray:
    """A number for each item: the same for items of one story and for near-duplicates."""
    parent = list(range(len(items)))

    def find(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    at = {item["id"]: i for i, item in enumerate(items)}
    for line in stories.read_text("utf-8").splitlines() if stories else ():
        members = [at[member["id"]] for member in json.loads(line)["items"] if member["id"] in at]
        for other in members[1:]:
            parent[find(other)] = find(members[0])
    grams = [
        {text[i : i + 3] for i in range(len(text) - 2)} for text in ("".join(item["title"].lower().split()) for item in items)
    ]
    for i, one in enumerate(grams):
        for j in range(i):
            if one and len(one & grams[j]) > 0.35 * len(one | grams[j]):
                parent[find(i)] = find(j)
    return np.array([find(i) for i in range(len(items))])


def names_in(features: list[list[str]]) -> list[str]:
    counts = Counter(name for one in features for name in one)
    return sorted(name for name, count in counts.items() if count >= MIN_ITEMS and name not in NOT_USED)


def matrix(features: list[list[str]], names: list[str]) -> sparse.csr_matrix:
    at = {name: i for i, name in enumerate(names)}
    cells = [(row, at[name]) for row, one in enumerate(features) for name in one if name in at]
    rows, columns = zip(*cells, strict=True) if cells else ((), ())
    return sparse.csr_matrix((np.ones(len(cells)), (rows, columns)), shape=(len(features), len(names)))


def fit(x: sparse.csr_matrix, y: np.ndarray, weight: np.ndarray, names: list[str]) -> np.ndarray:
    """Weights and, last, the bias."""
    bounds = [{1: (0, None), -1: (None, 0), 0: (None, None)}[sign(name)] for name in names] + [(None, None)]

    def loss(theta: np.ndarray) -> tuple[float, np.ndarray]:
        p = 1 / (1 + np.exp(-(x @ theta[:-1] + theta[-1])))
        entropy = -(weight * (y * np.log(p + 1e-12) + (1 - y) * np.log(1 - p + 1e-12))).sum()
        slope = weight * (p - y)
        return entropy + L2 / 2 * (theta[:-1] ** 2).sum(), np.append(x.T @ slope + L2 * theta[:-1], slope.sum())

    return minimize(loss, np.zeros(len(names) + 1), jac=True, bounds=bounds, method="L-BFGS-B", options={"maxiter": 300}).x


def folds(family: np.ndarray) -> list[np.ndarray]:
    """Fold numbers of all items, once for each repeat."""
    rng = np.random.default_rng(0)
    found = []
    for _ in range(REPEATS):
        number = {one: i % FOLDS for i, one in enumerate(rng.permutation(sorted(set(family.tolist()))))}
        found.append(np.array([number[one] for one in family]))
    return found


def cross_validate(features: list[list[str]], y: np.ndarray, weight: np.ndarray, family: np.ndarray) -> np.ndarray:
    odds = np.zeros(len(y))
    for fold in folds(family):
        for k in range(FOLDS):
            train, test = np.where(fold != k)[0], np.where(fold == k)[0]
            names = names_in([features[i] for i in train])
            theta = fit(matrix([features[i] for i in train], names), y[train], weight[train], names)
            odds[test] += (matrix([features[i] for i in test], names) @ theta[:-1] + theta[-1]) / REPEATS
    return odds


def topic_features(evidence: relevance_evidence.Evidence) -> dict[str, float]:
    votes = {f"votes.{topic}": VOTE * count for topic, count in relevance.votes_of(evidence).items()}
    return dict.fromkeys((name for name in evidence.features() if name not in NOT_USED), 1.0) | votes


def fit_topics(rows: list[dict[str, float]], topics: list[str]) -> tuple[LogisticRegression, list[str]]:
    counts = Counter(name for row in rows for name in row)
    names = sorted(name for name, count in counts.items() if count >= MIN_ITEMS)
    return LogisticRegression(C=TOPIC_C, max_iter=500).fit(topic_matrix(rows, names), topics), names


def topic_matrix(rows: list[dict[str, float]], names: list[str]) -> np.ndarray:
    return np.array([[row.get(name, 0.0) for name in names] for row in rows])


def cross_validate_topics(
    rows: list[dict[str, float]], topics: list[str], family: np.ndarray, decided: list[set[Topic]]
) -> np.ndarray:
    """Share of the repeats in which each item's main topic came out right. ``decided``: topics that rules settle."""
    right = np.zeros(len(rows))
    for fold in folds(family):
        for k in range(FOLDS):
            train, test = np.where(fold != k)[0], np.where(fold == k)[0]
            model, names = fit_topics([rows[i] for i in train], [topics[i] for i in train])
            learned = model.predict(topic_matrix([rows[i] for i in test], names))
            found = [min(decided[i], default=topic) for i, topic in zip(test, learned, strict=True)]
            right[test] += [float(found[n] == topics[i]) / REPEATS for n, i in enumerate(test)]
    return right


def figures(y: np.ndarray, kept: np.ndarray) -> dict[str, float]:
    hits = int((y & kept).sum())
    precision, recall = hits / max(int(kept.sum()), 1), hits / max(int(y.sum()), 1)
    return {
        "items": len(y),
        "precision": round(precision, 3),
        "recall": round(recall, 3),
        "f1": round(2 * precision * recall / max(precision + recall, 1e-9), 3),
    }


def calibration(odds: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Slope and shift that turn cross-validated odds into probabilities (Platt)."""
    model = LogisticRegression(C=1e6).fit(odds.reshape(-1, 1), y)
    return float(model.coef_[0][0]), float(model.intercept_[0])


def report(items: list[dict[str, Any]], y: np.ndarray, score: np.ndarray, threshold: float) -> dict[str, Any]:
    dev = np.array([item["dev"] for item in items])
    slices = {"all": dev, "developers' labels": ~dev & ~np.array(["made_up" in item for item in items])}
    slices |= {code: dev & np.array([item["lang"] == code for item in items]) for code in ("ko", "ja", "en")}
    slices["clear"] = dev & np.array([item["unanimous"] and not item["borderline"] for item in items])
    return {name: figures(y[chosen], score[chosen] >= threshold) for name, chosen in slices.items() if chosen.any()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dev", type=Path)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--stories", type=Path)
    parser.add_argument("--threshold", type=float, default=0.5)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    items = read_items(chosen.dev, chosen.corpus) + read_examples()
    evidence = [relevance_evidence.gather(article(item)) for item in items]
    features = [one.features() for one in evidence]
    y = np.array([bool(item["relevant"]) for item in items])
    weight = np.array(
        [1.0 if item["unanimous"] and not item["borderline"] else 0.8 if item["unanimous"] else 0.5 for item in items]
    )
    family = families(items, chosen.stories)
    odds = cross_validate(features, y.astype(float), weight, family)
    slope, shift = calibration(odds, y)
    score = 1 / (1 + np.exp(-(slope * odds + shift)))
    about = {
        "items": len(items),
        "of them labelled by three people": int(sum(item["dev"] for item in items)),
        "threshold": chosen.threshold,
    }
    about["cross-validated"] = report(items, y, score, chosen.threshold)
    hits = [i for i in range(len(items)) if y[i]]
    rows, topics = [topic_features(evidence[i]) for i in hits], [items[i]["category"] for i in hits]
    right = cross_validate_topics(rows, topics, family[hits], [relevance.decided_topics(evidence[i]) for i in hits])
    about["cross-validated"]["main topic right"] = round(
        float(np.mean([right[n] for n, i in enumerate(hits) if items[i]["dev"]])), 3
    )
    print(json.dumps(about, ensure_ascii=False))
    for at in np.arange(0.3, 0.66, 0.05):
        print(round(float(at), 2), {name: list(one.values())[1:] for name, one in report(items, y, score, float(at)).items()})
    if chosen.write:
        write(features, y, weight, (slope, shift), rows, topics, about)


def write(
    features: list[list[str]],
    y: np.ndarray,
    weight: np.ndarray,
    scale: tuple[float, float],
    rows: list[dict[str, float]],
    topics: list[str],
    about: dict[str, Any],
) -> None:
    names = names_in(features)
    theta = fit(matrix(features, names), y.astype(float), weight, names)
    slope, shift = scale
    learned = {name: round(float(slope * value), 3) for name, value in zip(names, theta, strict=False) if abs(value) >= 0.01}
    model, topic_names = fit_topics(rows, topics)
    by_topic = {}
    for i, topic in enumerate(model.classes_):
        values = dict(zip(topic_names, model.coef_[i], strict=True))
        known = {
            name: round(float(value * (VOTE if name.startswith("votes.") else 1)), 3)
            for name, value in values.items()
            if abs(value) >= 0.02
        }
        by_topic[Topic(topic)] = {"bias": round(float(model.intercept_[i]), 3), **dict(sorted(known.items()))}
    data = {
        "about": {"version": 1, "made by": "bench/train_relevance.py", "l2": L2, **about},
        "threshold": about["threshold"],
        "doubtful": [round(about["threshold"] - 0.2, 2), round(about["threshold"] + 0.2, 2)],
        "bias": round(float(slope * theta[-1] + shift), 3),
        "weights": dict(sorted(learned.items())),
        "topics": dict(sorted(by_topic.items())),
    }
    TARGET.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
