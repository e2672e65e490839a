"""Every crash point of a delivery, singly and in pairs, and of a correction, with every fault on both platforms: one JSON line.

python -m bench.crashes [postgresql://… of an empty database]
"""

import asyncio
import json
import logging
import sys
import tempfile
import time

from bot.store import Store
from tests.pipeline.edit_mill import EditMill, single_edits
from tests.pipeline.mill import Mill, pairs, singles


async def main() -> None:
    """Run both and print the counts."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        url = sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{folder}/bot.db"
        store = await Store.open(url)
        one, two, edits = Mill(store), Mill(store, prefix="p"), EditMill(store)
        await singles(one)
        await pairs(two)
        await single_edits(edits)
        await store.close()
    wrong = [str(found) for mill in (one, two, edits) for found in mill.wrong]
    seconds = round(time.perf_counter() - began, 1)
    counts = {"singles": one.runs, "pairs": two.runs, "edits": edits.runs}
    print(json.dumps({"bench": "crashes", **counts, "wrong": wrong, "seconds": seconds}))


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    asyncio.run(main())
