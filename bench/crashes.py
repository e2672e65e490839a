"""Every crash point of a delivery, singly and in pairs, with every fault of the platform on both platforms: one JSON line.

python bench/crashes.py
"""

import asyncio
import json
import logging
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bot.store import Store
from tests.pipeline.mill import Mill, pairs, singles


async def main() -> None:
    """Run both and print the counts."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bot.db"
        store = await Store.open(f"sqlite:///{path}")
        one, two = Mill(store, path), Mill(store, path, prefix="p")
        await singles(one)
        await pairs(two)
        await store.close()
    wrong = [str(found) for found in (*one.wrong, *two.wrong)]
    seconds = round(time.perf_counter() - began, 1)
    print(json.dumps({"bench": "crashes", "singles": one.runs, "pairs": two.runs, "wrong": wrong, "seconds": seconds}))


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    asyncio.run(main())
