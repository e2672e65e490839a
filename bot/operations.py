"""Verbs for whoever runs the bot: copies of the database, messages that wait for a decision, and what is to be forgotten."""

import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from rich.table import Table

from bot import clock
from bot.config import Settings
from bot.errors import StoreError, UserError
from bot.platforms.terminal.render import console
from bot.store import Store

RESTORED = "the database was restored from a copy; it may have been posted since"
_PLATFORMS = ("slack", "discord", "terminal")


@asynccontextmanager
async def _store(url: str) -> AsyncIterator[Store]:
    store = await Store.open(url)
    try:
        yield store
    finally:
        await store.close()


async def backup(settings: Settings, file: Path) -> None:
    """Copy the database to ``file``, also while the bot runs."""
    async with _store(settings.database_url) as store:
        await store.upkeep.backup(file)
        await store.jobs.begun_at("backup.made", clock.now())
        counts = await store.upkeep.counts()
    _say(f"{file}: {_listed(counts)}")


async def restore(settings: Settings, file: Path, *, verify: bool) -> None:
    """Make the copy in ``file`` the database, its open messages held; with ``verify`` only prove that it could be.

    Raises:
        UserError: there is a database already, or the copy is damaged.
        StoreError: the file is no database of ours, or of a newer version.
    """
    target = _path(settings.database_url)
    if not verify and target.exists():
        raise UserError(f"{target} exists; move it away first, a restore overwrites nothing")
    if not file.is_file():  # noqa: ASYNC240 nothing else runs meanwhile
        raise UserError(f"{file} does not exist")
    with tempfile.TemporaryDirectory(dir=None if verify else _folder(target)) as folder:
        copy = Path(folder) / "restored.sqlite3"
        shutil.copyfile(file, copy)
        async with _store(f"sqlite:///{copy}") as store:
            damage = await store.upkeep.damage()
            if damage:
                raise UserError(f"{file} is damaged: {damage[0]}")
            held = await store.upkeep.hold_outbox(RESTORED)
            counts = await store.upkeep.counts()
        if not verify:
            copy.replace(target)
    outcome = "can be restored" if verify else f"restored to {target}"
    _say(f"{file}: whole, {outcome}: {_listed(counts)}; {held} open messages held")


def _path(url: str) -> Path:
    if not url.startswith("sqlite:///"):
        raise StoreError("only SQLite databases are restored here; use the tools of your database")
    return Path(url.removeprefix("sqlite:///")).expanduser()


def _folder(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.parent


async def forget(settings: Settings, name: str) -> None:
    """Delete all that belongs to the workspace ``name``, such as slack:T0123456789."""
    platform, _, workspace = name.partition(":")
    if platform not in _PLATFORMS or not workspace:
        raise UserError(f"{name!r} is no workspace; expected slack:TEAM or discord:GUILD")
    async with _store(settings.database_url) as store:
        removed = await store.upkeep.forget(platform, workspace)
    _say(f"{name} forgotten: {_listed(removed)}. Take its digests out of feeds.yaml too.")


async def outbox(settings: Settings, send: str | None, drop: str | None) -> None:
    """Show the messages that are held; or decide on one: send it once more, or drop it with the rest of its edition."""
    async with _store(settings.database_url) as store:
        held = await store.deliveries.held()
        chosen = send or drop
        if chosen and chosen not in {delivery.id for delivery in held}:
            raise UserError(f"no held message is called {chosen}; `bot outbox` lists them")
        if send:
            await store.deliveries.release(send, clock.now())
            _say(f"{send} will be posted within seconds of the next `bot run`")
        elif drop:
            await store.deliveries.mark_dead(drop, "dropped by the operator")
            _say(f"{drop} dropped, and what follows it")
        elif not held:
            _say("nothing is held")
        else:
            table = Table("id", "edition", "part", "channel", "why", box=None, header_style="bold")
            for one in held:
                channel = f"{one.channel.platform}:{one.channel.workspace}/{one.channel.id}"
                table.add_row(one.id, one.edition_key, str(one.part + 1), channel, (one.error or "").replace("[", r"\["))
            console().print(table)


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items() if count) or "nothing"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
