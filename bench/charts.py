"""How long pictures of charts take, and what they weigh: cold, warm and from the cache; one line of JSON.

python -m bench.charts [ROUNDS]
"""

import json
import resource
import statistics
import sys
import time
from dataclasses import replace

from bot import charts
from bot.model import LANGUAGES
from tests.charts.weeks import charts as week

GOAL = 0.3  # seconds for a week's chart, warm


def main(rounds: int) -> None:
    """Draw, measure, print."""
    before = _memory()
    first, *_ = week("ko")
    cold = _timed(lambda: charts.png(first))
    for language in LANGUAGES:
        for chart in week(language):
            charts.png(chart)
    anew = [_timed(lambda number=number: charts.png(replace(first, title=f"{first.title} {number}"))) for number in range(rounds)]
    others = {chart.name: _timed(lambda chart=chart: charts.png(chart, dark=True)) for chart in week("ja")}
    cached = _timed(lambda: charts.png(replace(first, title=f"{first.title} {rounds - 1}")))
    words = _timed(lambda: charts.alt(first))
    print(
        json.dumps(
            {
                "bench": "charts",
                "first_ms": _ms(cold),
                "p50_ms": _ms(statistics.median(anew)),
                "slowest_ms": _ms(max(anew)),
                "each_sort_ms": {name: _ms(seconds) for name, seconds in others.items()},
                "cached_ms": round(cached * 1000, 3),
                "words_ms": round(words * 1000, 3),
                "picture_bytes": len(charts.png(first)),
                "memory_mb": round(_memory() - before),
                "within_goal": statistics.median(anew) <= GOAL,
            }
        )
    )


def _timed(work: object) -> float:
    began = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - began


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def _memory() -> float:
    """Megabytes that this process has held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
