"""Processes of a running bot on one database and on loopback platforms, and what they cost."""

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from bench.platforms import TOKEN, Platforms

ROOT = Path(__file__).parents[1]
READY_SECONDS = 90
FEED = {
    "id": "f", "name": "F", "url": "http://127.0.0.1:9/", "language": "ko", "country": "KR", "kind": "press", "tier": 2,
    "time_zone": "Asia/Seoul", "enabled": False,
}  # fmt: skip


class Process:
    """One of them. ``events``: how often its log named each."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.ready = asyncio.Event()
        self.events: Counter[str] = Counter()
        self.odd: list[str] = []
        self.cpu = self.megabytes = 0.0

    async def listen(self) -> None:
        """Read its log to the end."""
        assert self._process.stderr
        async for line in self._process.stderr:
            found = json.loads(line) if line.startswith(b"{") else {"event": "", "level": "error", "text": line.decode()}
            self.events[found["event"]] += 1
            if found["event"] == "service.ready":
                self.ready.set()
            if found["level"].lower() in ("warning", "error") and len(self.odd) < 5:
                self.odd.append(line.decode().strip()[:300])
        self.ready.set()  # whoever waits for it finds that it ended

    def measure(self) -> None:
        """Seconds of processor time so far, and the most memory."""
        home = Path(f"/proc/{self._process.pid}")
        if home.exists():
            fields = (home / "stat").read_text().rpartition(")")[2].split()
            self.cpu = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
            peak = next(line for line in (home / "status").read_text().splitlines() if line.startswith("VmHWM"))
            self.megabytes = int(peak.split()[1]) / 1024

    async def stop(self) -> None:
        """As an operator stops it."""
        if self._process.returncode is None:
            self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), 20)
        except TimeoutError:
            self._process.kill()


@asynccontextmanager
async def running(kinds: Sequence[str], database: str, platforms: Platforms, folder: Path) -> AsyncIterator[list[Process]]:
    """A process of each of ``kinds`` (what follows --only, empty for all in one), ready, for as long as the block lasts."""
    (folder / "feeds.yaml").write_text(json.dumps({"feeds": [FEED]}), encoding="utf-8")
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database,
        "BOT_FEEDS_FILE": str(folder / "feeds.yaml"),
        "BOT_POLL_SECONDS": "3600",
        "BOT_LOG_FORMAT": "json",
        "BOT_RATES_URL": "http://127.0.0.1:9/rates",
        "BOT_INDEX_DIR": str(folder / "index"),
        "SLACK_BOT_TOKEN": TOKEN,
        "SLACK_SIGNING_SECRET": "bench",
        "SLACK_API_URL": f"{platforms.url}/slack/",
        "DISCORD_TOKEN": "bench",
        "DISCORD_API_URL": platforms.url,
    }
    async with AsyncExitStack() as stack:
        found: list[Process] = []
        for number, kind in enumerate(kinds):
            own = environment | {"BOT_INDEX_DIR": str(folder / f"index-{number}")}
            process = await _start(kind, own)
            stack.push_async_callback(process.stop)
            reading = asyncio.create_task(process.listen())
            stack.callback(reading.cancel)
            found.append(process)
        async with asyncio.timeout(READY_SECONDS):
            await asyncio.gather(*(one.ready.wait() for one in found))
        if ended := [one for one in found if one.events["service.ready"] == 0]:
            raise RuntimeError(f"a process ended at its start: {ended[0].odd}")
        yield found


async def _start(kind: str, environment: dict[str, str]) -> Process:
    arguments = ["-m", "bot", "run", *(["--only", kind] if kind else [])]
    made = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, cwd=ROOT, env=environment, stderr=asyncio.subprocess.PIPE, limit=2**22
    )
    return Process(made)
