"""A real process is killed at random moments under faults; ``bench/kill.py`` runs any number of kills."""

import asyncio
import json
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


async def test_nothing_is_lost_or_doubled_by_killing_the_process() -> None:
    arguments = (str(ROOT / "bench" / "kill.py"), "--kills", "25", "--seed", "7")
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    found = json.loads(out)
    assert (found["lost"], found["doubled"], found["unsettled"], process.returncode) == (0, 0, 0, 0)
    assert found["kills"] == 25 and found["messages"] > 25 and found["faults"] > 0
