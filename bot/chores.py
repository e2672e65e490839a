"""What has to be done once a day: old news deleted, copies made, workspaces forgotten that the bot left, a look at everything."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from bot import clock, log
from bot.app import App
from bot.locales import t
from bot.model import Channel, Reply
from bot.store.ids import short_id
from bot.store.jobs import Found
from bot.store.notices import Notice
from bot.store.subscriptions import Standing

Job = Callable[[], Awaitable[object]]
Examine = Callable[[], Awaitable[Sequence[tuple[str, str]]]]

PROBE_SECONDS = 300.0

_COPY = "bot-*.sqlite3"


class Chores:
    """The daily jobs of one bot. ``examine`` tells what is wrong with it: what, as in "slack C0123", and in words."""

    def __init__(self, app: App, examine: Examine) -> None:
        self._app = app
        self._examine = examine

    def daily(self) -> Mapping[str, Job]:
        """By name, the jobs that the settings ask for."""
        settings = self._app.settings
        jobs: dict[str, Job] = {"probe": self.probe, "purge": self.purge}
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
        """Delete the data of workspaces that removed the bot and did not take it back, and leases that ended long ago."""
        await self._app.store.leases.tidy()
        before = clock.now() - timedelta(days=self._app.settings.grace_days)
        for platform, workspace in await self._app.store.workspaces.left_before(before):
            removed = await self._app.store.upkeep.forget(platform, workspace)
            log.event("workspace.forgotten", platform=platform, workspace=workspace, rows=sum(removed.values()))

    async def probe(self) -> None:
        """Look at everything; what is newly wrong is told to the owner of its channel, or to the operator."""
        store, now = self._app.store, clock.now()
        async with asyncio.timeout(PROBE_SECONDS):
            wrong = [(what, log.mask(words)) for what, words in await self._examine()]
        standings = [one for one in await store.subscriptions.all() if one.state != "paused"]
        by_name = {f"{one.subscription.channel.platform} {one.subscription.channel.id}": one for one in standings}
        places = {what: one.subscription.channel for what, one in by_name.items()}
        found = [Found(what, words, places.get(what)) for what, words in wrong]
        async with store.transaction():
            new = await store.jobs.keep_findings(found, now)
            await store.notices.add([_told(one, by_name.get(one.what), f"{now:%Y%m%d}") for one in new], now)
        for one in found:
            log.warning("probe.found", what=one.what, words=one.words)
        log.event("probe.finished", findings=len(found), new=len(new))

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


def _told(found: Found, standing: Standing | None, day: str) -> Notice:
    """What the owner of a channel, or the operator, is told of a new finding."""
    id = short_id(f"probe|{found.what}|{found.channel}|{day}")
    place, person, language = found.channel or Channel("", "", ""), "", "en"
    if standing and standing.state == "active":  # who has a suspended one was told when it was suspended
        person, language = standing.subscription.owner, standing.subscription.language
    title = t(language, "The daily check found something to put right")
    return Notice(id, place.platform, place.workspace, person, found.what, Reply(title, (f"• {found.what}: {found.words}",)))


def _drop_oldest(folder: Path, keep: int) -> int:
    for unfinished in folder.glob(f".{_COPY}.part"):
        unfinished.unlink()
    old = sorted(folder.glob(_COPY))[:-keep]
    for copy in old:
        copy.unlink()
    return len(old)
