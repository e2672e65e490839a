"""Verbs for whoever runs the bot: copies of the database, messages that wait for a decision, and what is to be forgotten."""

import json
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

from rich.table import Table

from bot import clock
from bot.config import Settings
from bot.errors import UserError
from bot.platforms.terminal.render import console, plain
from bot.store import Store
from bot.store.transfer import last_seen, named, transfer
from bot.vitals import DELIVERS, SIGN_EVERY

RESTORED = "the database was restored from a copy; it may have been posted since"
REHEARSED = "copied from a running bot, which may have posted it since"
_SILENT = SIGN_EVERY + timedelta(seconds=60)  # after the last sign of life: then no bot posts from a database
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
    if not verify and target and target.exists():
        raise UserError(f"{target} exists; move it away first, a restore overwrites nothing")
    if not file.is_file():  # noqa: ASYNC240 nothing else runs meanwhile
        raise UserError(f"{file} does not exist")
    with tempfile.TemporaryDirectory(dir=None if verify or not target else _folder(target)) as folder:
        copy = Path(folder) / "restored.sqlite3"
        shutil.copyfile(file, copy)
        async with _store(f"sqlite:///{copy}") as store:
            damage = await store.upkeep.damage()
            if damage:
                raise UserError(f"{file} is damaged: {damage[0]}")
            held = await store.upkeep.hold_outbox(RESTORED)
            counts = await store.upkeep.counts()
        if not verify and target:
            copy.replace(target)
        elif not verify:
            await transfer(f"sqlite:///{copy}", settings.database_url)
    outcome = "can be restored" if verify else f"restored to {target or named(settings.database_url)}"
    _say(f"{file}: whole, {outcome}: {_listed(counts)}; {held} open messages held")


def _path(url: str) -> Path | None:
    """The file of a SQLite database."""
    return Path(url.removeprefix("sqlite:///")).expanduser() if url.startswith("sqlite:///") else None


def _folder(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.parent


async def migrate(source: str, target: str, *, rehearse: bool, as_json: bool) -> None:
    """Copy the installation in the database ``source`` to the empty database ``target``; both are URLs.

    With ``rehearse`` also while a bot runs on it; what is open in the copy is held then, for that bot posts it.

    Raises:
        UserError: a bot runs on the source.
        StoreError: as ``transfer``.
    """
    if not rehearse:
        await _refuse_running(source)
    moved = await transfer(source, target, lambda one: None if as_json else _say(f"{one.table}: {one.rows:,} rows"))
    async with _store(target) as store:
        held = await store.upkeep.hold_outbox(REHEARSED) if rehearse else 0
    rows = sum(one.rows for one in moved)
    if as_json:
        tables = [asdict(one) for one in moved]
        _say(json.dumps({"from": named(source), "to": named(target), "tables": tables, "rows": rows, "held": held}))
        return
    _say(f"{rows:,} rows in {len(moved)} tables of {named(source)} are in {named(target)}, counted and compared")
    if rehearse:
        _say(f"{held:,} open messages are held in the copy. The bot on the source is the one that posts; start none on the copy.")
    else:
        _say("From now on start the bot with the new DATABASE_URL only: two bots on two copies would post everything twice.")


async def _refuse_running(source: str) -> None:
    seen = await last_seen(source, DELIVERS)
    since = (clock.now() - seen).total_seconds() if seen else _SILENT.total_seconds()
    if since < _SILENT.total_seconds():
        raise UserError(
            f"a bot posts from {named(source)}: it was seen {since:.0f} seconds ago. Stop it and try again "
            f"{_SILENT.total_seconds():.0f} seconds later, or both would post what is open; --rehearse copies it as it runs"
        )


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
                table.add_row(one.id, one.edition_key, str(one.part + 1), channel, plain(one.error or ""))
            console().print(table)


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items() if count) or "nothing"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
