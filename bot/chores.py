"""What has to be done once a day: old news deleted, copies made, workspaces forgotten that the bot left."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from pathlib import Path

from bot import clock, log
from bot.app import App

Job = Callable[[], Awaitable[object]]

_COPY = "bot-*.sqlite3"


class Chores:
    """The daily jobs of one bot."""

    def __init__(self, app: App) -> None:
        self._app = app

    def daily(self) -> Mapping[str, Job]:
        """By name, the jobs that the settings ask for."""
        settings = self._app.settings
        jobs: dict[str, Job] = {"purge": self.purge}
        if settings.retention_days:
            jobs["retention"] = self.trim
        if settings.backup_dir:
            jobs["backup"] = self.backup
        return jobs

    async def trim(self) -> None:
        """Delete what is older than the operator wants to keep."""
        before = clock.now() - timedelta(days=self._app.settings.retention_days)
        log.event("retention.trimmed", **await self._app.store.upkeep.trim(before))

    async def purge(self) -> None:
        """Delete the data of workspaces that removed the bot and did not take it back."""
        before = clock.now() - timedelta(days=self._app.settings.grace_days)
        for platform, workspace in await self._app.store.workspaces.left_before(before):
            removed = await self._app.store.upkeep.forget(platform, workspace)
            log.event("workspace.forgotten", platform=platform, workspace=workspace, rows=sum(removed.values()))

    async def backup(self) -> None:
        """Copy the database into the folder for copies, and delete the oldest copies beyond those to be kept."""
        settings = self._app.settings
        folder = Path(settings.backup_dir)
        name = f"bot-{clock.now():%Y%m%dT%H%M%SZ}.sqlite3"
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        # Under another name until it is whole: a copy that was cut off must not count as one.
        part = folder / f".{name}.part"
        try:
            await self._app.store.upkeep.backup(part)
            await asyncio.to_thread(part.replace, folder / name)
        finally:
            await asyncio.to_thread(part.unlink, missing_ok=True)
        await self._app.store.jobs.begun_at("backup.made", clock.now())
        dropped = await asyncio.to_thread(_drop_oldest, folder, settings.backup_keep)
        log.event("backup.made", file=name, dropped=dropped)


def _drop_oldest(folder: Path, keep: int) -> int:
    for unfinished in folder.glob(f".{_COPY}.part"):
        unfinished.unlink()
    old = sorted(folder.glob(_COPY))[:-keep]
    for copy in old:
        copy.unlink()
    return len(old)
