"""Workers on one PostgreSQL are killed, one each second, while slots fall due; ``bench/kill_workers.py`` runs any number of slots."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

SLOTS = 60
ROOT = Path(__file__).parents[1]
WRONG = ("lost", "doubled", "out_of_order", "unsettled")


@pytest.mark.timeout(400)
async def test_nothing_is_lost_or_doubled_by_killing_workers(postgres_url: str) -> None:
    # The fixture skips the test where there is no PostgreSQL; the bench starts one of its own.
    arguments = (str(ROOT / "bench" / "kill_workers.py"), "--slots", str(SLOTS), "--a-second", "20")
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    found = json.loads(out)
    assert {name: found[name] for name in WRONG if found[name]} == {}
    assert found["messages"] >= SLOTS and found["kills"] >= 2
