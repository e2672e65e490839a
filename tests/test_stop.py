"""The real process is stopped under load: in time, with nothing lost; ``bench/stop.py`` runs any number of stops."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WRONG = ("over_limit", "bad_status", "lost", "doubled", "unsettled", "articles_wrong", "failed_jobs")


@pytest.mark.timeout(300)
async def test_stopped_under_load_it_ends_in_time_and_nothing_is_lost_or_doubled() -> None:
    # Without answers that come too late: what they leave in doubt would be looked for only minutes afterwards.
    arguments = ("-m", "bench.stop", "--stops", "2", "--seed", "3", "--late", "0")
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    found = json.loads(out)
    assert {name: found[name] for name in WRONG if found[name]} == {}
    assert process.returncode == 0 and found["max_seconds"] < 10
    assert found["stops"] == 2 and found["messages"] > 10 and found["articles"] == 24
