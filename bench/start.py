"""How soon the command line answers and the running bot is ready, with both chat platforms on loopback.

    python -m bench.start [--rounds 5]

Medians, in seconds: an empty Python (the floor), `bot --help`, and `bot run` to its line service.ready on a new database and on
the same one again. One JSON line; exit status 1 above a limit.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from bench.chat import ROOT, SIDES, bot, row, write_feeds

HELP_LIMIT, READY_LIMIT = 0.3, 3.0  # seconds


def lasts(*command: str) -> float:
    """Seconds that a command takes from its start to its end."""
    began = time.perf_counter()
    subprocess.run([sys.executable, *command], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


async def ready(folder: Path, environment: Mapping[str, str]) -> float:
    """Seconds from the start of `bot run` to its line service.ready."""
    began = time.perf_counter()
    async with bot(folder, dict(environment)) as process:
        assert process.stderr
        async for line in process.stderr:
            if b'"service.ready"' in line:
                return time.perf_counter() - began
    raise AssertionError("the bot ended")


async def starts(rounds: int) -> dict[str, float]:
    """The medians for a new database, and for one that is there."""
    new, again = [], []
    async with SIDES["slack"]() as slack, SIDES["discord"]() as discord:
        environment = slack.environment | discord.environment
        for _ in range(rounds):
            with tempfile.TemporaryDirectory() as folder:
                write_feeds(Path(folder), [row("nobody", "http://127.0.0.1:9/feed", "ko")])
                new.append(await ready(Path(folder), environment))
                again.append(await ready(Path(folder), environment))
    return {"ready_new": round(statistics.median(new), 2), "ready": round(statistics.median(again), 2)}


def median(rounds: int, work: Callable[[], float]) -> float:
    return round(statistics.median(work() for _ in range(rounds)), 3)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=5)
    rounds = options.parse_args().rounds
    lasts("-m", "bot", "--help")  # what is compiled once
    found = {
        "python": median(rounds, lambda: lasts("-c", "pass")),
        "help": median(rounds, lambda: lasts("-m", "bot", "--help")),
        **asyncio.run(starts(rounds)),
    }
    print(json.dumps({"bench": "start", **found, "help_limit": HELP_LIMIT, "ready_limit": READY_LIMIT}))
    return int(found["help"] > HELP_LIMIT or max(found["ready"], found["ready_new"]) > READY_LIMIT)


if __name__ == "__main__":
    sys.exit(main())
