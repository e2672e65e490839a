"""Milliseconds that the charts of an invented week take to draw: the first one with its library and fonts, and warm.

    python -m bench.charts [--rounds 3]

Each chart is drawn for a light and a dark surrounding in three languages, without the pictures that are kept. One JSON line; exit
status 1 where a warm one takes longer than the limit.
"""

import argparse
import json
import statistics
import sys
import time

from bot.charts import _draw as draw
from bot.model import LANGUAGES, Chart
from tests.charts import weeks

LIMIT = 300.0  # milliseconds


def taken(chart: Chart, *, dark: bool) -> tuple[float, int]:
    """Milliseconds and bytes of one picture."""
    began = time.perf_counter()
    size = len(draw(chart, dark))
    return (time.perf_counter() - began) * 1000, size


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=3)
    rounds = options.parse_args().rounds
    first, _ = taken(weeks.charts("ko")[0], dark=False)
    drawn = [chart for language in LANGUAGES for chart in weeks.charts(language)]
    for chart in drawn:  # every font once
        taken(chart, dark=False)
    warm = [taken(chart, dark=dark) for _ in range(rounds) for chart in drawn for dark in (False, True)]
    times = sorted(milliseconds for milliseconds, _ in warm)
    found = {
        "charts": len(drawn),
        "first_ms": round(first, 1),
        "p50_ms": round(statistics.median(times), 1),
        "slowest_ms": round(times[-1], 1),
        "kilobytes": round(max(size for _, size in warm) / 1000, 1),
    }
    print(json.dumps({"bench": "charts", **found, "limit_ms": LIMIT}))
    return int(found["p50_ms"] > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
