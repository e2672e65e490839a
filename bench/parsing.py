"""Milliseconds of processor time that a feed of 20 entries takes to parse, beside plain feedparser in the same run.

    python -m bench.parsing [--feeds 70] [--rounds 5]

Our figure includes decoding, cleaning, dates, languages and URLs, which plain feedparser does not do. One JSON line.
"""

import argparse
import io
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import feedparser

from bench.look_alikes import NOW, document, feeds
from bot.feeds.parse import parse


def milliseconds(work: list[Callable[[], Any]], rounds: int) -> float:
    """The median over ``work`` of the best of ``rounds``."""
    best = [float("inf")] * len(work)
    for _ in range(rounds):
        for number, parse_one in enumerate(work):
            started = time.process_time()
            parse_one()
            best[number] = min(best[number], time.process_time() - started)
    return round(statistics.median(best) * 1000, 2)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--feeds", type=int, default=70)
    options.add_argument("--rounds", type=int, default=5)
    given = options.parse_args()
    listed = feeds("http://127.0.0.1", given.feeds)
    bodies = [document(number) for number in range(given.feeds)]
    read = [parse(body, feed, now=NOW) for body, feed in zip(bodies, listed, strict=True)]
    ours = milliseconds([lambda b=b, f=f: parse(b, f, now=NOW) for b, f in zip(bodies, listed, strict=True)], given.rounds)
    plain = milliseconds([lambda b=b: feedparser.parse(io.BytesIO(b)) for b in bodies], max(1, given.rounds // 2))
    result = {
        "bench": "parsing",
        "feeds": given.feeds,
        "kilobytes_a_feed": round(statistics.mean(map(len, bodies)) / 1000, 1),
        "entries": sum(len(parsed.entries) for parsed in read),
        "fast": sum(parsed.parser == "fast" for parsed in read),
        "ms_ours": ours,
        "ms_feedparser": plain,
        "times_faster": round(plain / ours, 1),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
