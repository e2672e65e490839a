"""A real process is killed at random moments under faults; ``bench/kill.py`` runs any number of kills."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

KILLS = 300
ROOT = Path(__file__).parents[1]


@pytest.mark.timeout(600)
async def test_nothing_is_lost_or_doubled_by_killing_the_process() -> None:
    arguments = (str(ROOT / "bench" / "kill.py"), "--kills", str(KILLS), "--seed", "7")
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    found = json.loads(out)
    assert [found[name] for name in ("lost", "doubled", "unedited", "unsettled")] == [0, 0, 0, 0]
    assert process.returncode == 0 and found["kills"] == KILLS
    assert found["messages"] > KILLS / 4 and found["edits"] > KILLS / 20 and found["faults"] > KILLS / 10
