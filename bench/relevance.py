"""Articles classified a second, beside a character n-gram TF-IDF with logistic regression trained on the same labelled items.

python -m bench.relevance [CORPUS.jsonl LABELLED.jsonl] [--items 6000]

One JSON line. Without files the articles are invented, and nothing runs beside it.
"""

import argparse
import json
import resource
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bench.stories import invented
from bot.evaluate import relevance as measure
from bot.model import Article
from bot.pipeline import relevance

CHUNK = 500


def articles(path: Path, limit: int) -> list[Article]:
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()[:limit]]
    fields = {"summary": "summary", "url": "url", "outlet": "source", "language": "lang"}
    return [
        Article(id=row["id"], title=row["title"], **{ours: row.get(key) or "" for ours, key in fields.items()}) for row in rows
    ]


def judge_chunk(chunk: list[Article]) -> list[tuple[str, float]]:
    return [(article.id, verdict.score) for article, verdict in zip(chunk, relevance.judge_many(chunk), strict=True)]


def chunks(items: list[Article]) -> Iterator[list[Article]]:
    for at in range(0, len(items), CHUNK):
        yield items[at : at + CHUNK]


def rate(work: Callable[[], Iterable[Any]], count: int) -> float:
    started = time.perf_counter()
    for _ in work():
        pass
    return round(count / (time.perf_counter() - started), 1)


def baseline(labelled: Path, items: list[Article]) -> Callable[[], Iterable[Any]]:
    known = measure.read(labelled)
    vectors = TfidfVectorizer(analyzer="char", ngram_range=(2, 4), min_df=2, sublinear_tf=True)
    texts = vectors.fit_transform([one.article.text for one in known])
    model = LogisticRegression(C=10, max_iter=500).fit(texts, [one.relevant for one in known])
    return lambda: model.predict_proba(vectors.transform([item.text for item in items]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path, nargs="?")
    parser.add_argument("labelled", type=Path, nargs="?")
    parser.add_argument("--items", type=int, default=6000)
    chosen = parser.parse_args()
    items = articles(chosen.corpus, chosen.items) if chosen.corpus else invented(chosen.items)
    judge_chunk(items[:200])
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(judge_chunk, [items[:CHUNK]] * 2))
        two = rate(lambda: pool.map(judge_chunk, chunks(items)), len(items))
    line = {
        "bench": "relevance",
        "items": len(items),
        "one_process_per_second": rate(lambda: relevance.judge_many(items), len(items)),
        "two_processes_per_second": two,
        "char_ngram_tfidf_per_second": rate(baseline(chosen.labelled, items), len(items)) if chosen.labelled else None,
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    print(json.dumps(line))


if __name__ == "__main__":
    main()
