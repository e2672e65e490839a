"""The real process answers a chat while it processes feeds; ``bench/chat.py`` does so with any number of both."""

import asyncio
import json
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
SLACK_WAITS = 3000  # milliseconds for an acknowledgement; how long ours take is the bench's own question


async def test_commands_are_acknowledged_while_feeds_are_processed() -> None:
    arguments = ("-m", "bench.chat", "--commands", "5", "--feeds", "4")
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    found = json.loads(out)
    assert found["feeds"] >= 3 and found["bursts"] >= 1
    assert found["busy_ms"]["p99"] < SLACK_WAITS and found["idle_ms"]["p99"] < SLACK_WAITS
