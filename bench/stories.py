"""Articles a second against an open window of 20,000, beside character n-gram TF-IDF with cosine in the same run: one JSON line.

python -m bench.stories [ARTICLES.jsonl]   without a file, look-alike articles are invented
"""

import json
import random
import resource
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer

from bot.feeds.jsonl import read_articles
from bot.knowledge import register
from bot.model import Article
from bot.pipeline.stories import StoryWindow, cluster

WINDOW, NEW = 20_000, 5_000
BATCH = 250  # what one run of the bot brings
_ALIKE = 0.5  # cosine from which the baseline joins
_START = datetime(2026, 11, 1, tzinfo=UTC)


def vocabulary(chance: random.Random) -> dict[str, tuple[list[str], list[str]]]:
    """By language: 4,000 invented words, and the names of the register."""
    letters = {"ko": range(0xAC00, 0xAC00 + 4000), "ja": range(0x30A2, 0x30EF), "en": range(ord("a"), ord("z") + 1)}
    found: dict[str, tuple[list[str], list[str]]] = {}
    for language, codes in letters.items():
        invented_words = ["".join(chr(chance.choice(codes)) for _ in range(chance.randint(2, 6))) for _ in range(4000)]
        names = [entity.name(language) for entity in register.load()]
        found[language] = invented_words, names
    return found


def invented(count: int) -> list[Article]:
    """Articles of random words in three languages; every fourth repeats an earlier title in another order."""
    chance = random.Random(1)
    words = vocabulary(chance)
    found: list[Article] = []
    for number in range(count):
        language = chance.choice(("ko", "ja", "en"))
        common, names = words[language]
        # As in news: most words are ordinary, and a title names one or two of the register.
        text = chance.sample(common, 8) + chance.sample(names, chance.randint(0, 2))
        if found and not number % 4:
            repeated = found[-chance.randint(1, min(50, number))]
            language, text = repeated.language, repeated.title.split()
            common, names = words[language]
            chance.shuffle(text)
        at = _START + timedelta(minutes=number / 2)
        summary = " ".join(chance.sample(common, 19) + chance.sample(names, 1))
        found.append(Article(f"i{number}", " ".join(text), summary, language=language, published=at))
    return found


def ours(articles: Sequence[Article], size: int) -> dict[str, float]:
    """Rates of taking new articles into a full window, one by one and in batches, and of a whole file."""
    window = StoryWindow()
    for start in range(0, WINDOW, BATCH):
        window.assign_all(articles[start : start + BATCH])
    new = articles[WINDOW : WINDOW + NEW]
    half = len(new) // 2
    one_by_one = _rate(half, lambda: [window.assign_all([article]) for article in new[:half]])
    batches = range(half, len(new), BATCH)
    in_batches = _rate(len(new) - half, lambda: [window.assign_all(new[start : start + BATCH]) for start in batches])
    memory = _megabytes()
    whole = _rate(size, lambda: cluster(articles[:size]))
    return {
        "one_by_one": one_by_one,
        "in_batches": in_batches,
        "whole_file": whole,
        "window_mb": memory,
        "whole_file_mb": _megabytes(),
    }


def baseline(articles: Sequence[Article]) -> float:
    """Rate of finding the most similar of the window for new articles, batch by batch."""
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(2, 4), max_features=300_000)
    window = vectorizer.fit_transform(article.text for article in articles[:WINDOW])
    new = articles[WINDOW : WINDOW + 1000]

    def match() -> list[int]:
        found: list[int] = []
        for start in range(0, len(new), BATCH):
            rows = vectorizer.transform(article.text for article in new[start : start + BATCH]) @ window.T
            ends = pairwise(rows.indptr)
            found += [int(rows.data[a:b].max() >= _ALIKE) if b > a else 0 for a, b in ends]
        return found

    return _rate(len(new), match)


def _rate(count: int, work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return round(count / (time.perf_counter() - started))


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main(arguments: list[str]) -> None:
    """Print one JSON line."""
    articles = list(read_articles(Path(arguments[0]))) if arguments else invented(WINDOW + NEW)
    articles.sort(key=lambda article: (article.published or _START, article.id))
    figures = ours(articles, len(articles))
    print(json.dumps({"window": WINDOW, "articles_per_second": figures, "baseline_tfidf_per_second": baseline(articles)}))


if __name__ == "__main__":
    main(sys.argv[1:])
