"""Seconds from a day's feeds to a composed digest: fetched, parsed, kept, judged, joined into stories, facts read, summed up.

    python -m bench.digest [--feeds 250]

250 look-alike feeds of 20 items, one in twenty about AI business, come over HTTP from a process on loopback. One JSON line; exit
status 1 above the limit for 5,000 articles.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from datetime import timedelta
from typing import Any

from bench.look_alikes import NOW, feeds
from bench.polling import opened, peak_megabytes, served
from bot.pipeline.briefing import Briefer, Wanted
from bot.pipeline.run import Pipeline

LIMIT = 15.0  # seconds, for 5,000 articles
FOR = 5_000


async def measure(address: str, count: int) -> dict[str, Any]:
    """The figures of one day into a new database."""
    listed = feeds(address, count)
    with tempfile.TemporaryDirectory() as folder:
        async with opened(folder) as (store, reader):
            began = time.perf_counter()
            run = await Pipeline(store, reader).run(listed, NOW, everything=True)
            kept = time.perf_counter()
            briefer = Briefer(store, None)
            wanted = Wanted(key="bench", since=NOW - timedelta(hours=24), until=NOW + timedelta(seconds=1), language="ko")
            edition = await briefer.edition(wanted, feeds=listed)
            composed = time.perf_counter()
            await briefer.close()
    assert edition.items, "nothing was worth telling"
    return {
        "articles": run.articles,
        "relevant": run.relevant,
        "stories": edition.counts.stories,
        "told": len(edition.items),
        "collect_seconds": round(kept - began, 2),
        "compose_seconds": round(composed - kept, 2),
        "seconds": round(composed - began, 2),
        "peak_mb": peak_megabytes(),
    }


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--feeds", type=int, default=250)
    given = options.parse_args()
    with served(given.feeds, "--hours") as address:
        found = asyncio.run(measure(address, given.feeds))
    limit = LIMIT * found["articles"] / FOR
    print(json.dumps({"bench": "digest", "feeds": given.feeds, **found, "limit_seconds": round(limit, 1)}))
    return int(found["seconds"] > limit)


if __name__ == "__main__":
    sys.exit(main())
