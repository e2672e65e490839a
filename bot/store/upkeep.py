"""Looking after the database as a whole: copies, checks, what is too old to keep, and what people want forgotten."""

import asyncio
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, Table, delete, func, select, update

from bot.errors import StoreError
from bot.model import DeliveryState
from bot.store import queued
from bot.store.database import Database
from bot.store.queued import Queued
from bot.store.schema import (
    added_feeds,
    articles,
    deliveries,
    editions,
    feeds,
    metadata,
    notices,
    runs,
    stories,
    story_articles,
    subscriptions,
    writings,
)
from bot.store.servers import Server, look
from bot.store.transfer import transfer

AT_ONCE = 1000  # old rows of a table that are deleted in one transaction, with what hangs on them
_BREATH = 0.1  # seconds between two of these: SQLite lets who waits try again so often
_UNDECIDED = (DeliveryState.PENDING.value, DeliveryState.SENDING.value)


class Upkeep:
    """Work on the whole database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def backup(self, file: Path) -> None:
        """Write a consistent copy to ``file``, which must not exist, while the bot goes on. It is a SQLite database in any case.

        Raises:
            StoreError: ``file`` exists or cannot be written.
        """
        if file.exists():  # noqa: ASYNC240 one look at a file
            raise StoreError(f"{file} exists already; a backup overwrites nothing")
        if not self._database.is_sqlite:
            await self._written_out(file)
            return
        async with self._database.engine.connect() as connection:
            # VACUUM runs in no transaction.
            raw = await connection.get_raw_connection()
            try:
                await raw.driver_connection.execute("VACUUM INTO ?", (str(file),))  # type: ignore[union-attr]
            except Exception as error:  # the driver's own errors, before SQLAlchemy has named them
                raise StoreError(f"{file}: {error}") from error

    async def _written_out(self, file: Path) -> None:
        if not file.parent.is_dir():
            raise StoreError(f"{file}: there is no such folder")
        try:
            await transfer(self._database.url.render_as_string(hide_password=False), f"sqlite:///{file}")
        except BaseException:
            file.unlink(missing_ok=True)  # noqa: ASYNC240
            raise

    async def damage(self) -> list[str]:
        """What SQLite finds wrong with its file; empty when it is whole. A PostgreSQL server looks after its own."""
        if not self._database.is_sqlite:
            return []
        async with self._database.read() as connection:
            found = [str(row[0]) for row in await connection.exec_driver_sql("PRAGMA integrity_check")]
            broken = (await connection.exec_driver_sql("PRAGMA foreign_key_check")).all()
        orphans = [f"a row of {next(iter(row))} lacks what it refers to" for row in broken]
        return [line for line in found if line != "ok"] + orphans

    async def server(self) -> Server | None:
        """The server with what is wrong with it; None for SQLite, which has none."""
        return None if self._database.is_sqlite else await look(self._database, list(metadata.tables))

    async def queued(self) -> Queued | None:
        """How the queue of jobs stands; None where there is none: on SQLite, and before the first process ran."""
        return None if self._database.is_sqlite else await queued.look(self._database)

    async def counts(self) -> dict[str, int]:
        """How many rows the tables have that people would miss."""
        async with self._database.read() as connection:
            return {
                table.name: int(await connection.scalar(select(func.count()).select_from(table)) or 0)
                for table in (articles, stories, subscriptions, editions, deliveries)
            }

    async def hold_outbox(self, reason: str) -> int:
        """Hold every message whose fate is open, so that an old copy of the database posts nothing by itself; how many."""
        async with self._database.write() as connection:
            open_ones = update(deliveries).where(deliveries.c.state.in_(_UNDECIDED))
            return int((await connection.execute(open_ones.values(state=DeliveryState.HELD.value, error=reason))).rowcount)

    async def forget(self, platform: str, workspace: str) -> dict[str, int]:
        """Delete all that belongs to a workspace, in every table that names workspaces, and what is remembered of feeds that it
        alone had added. Rows by table."""
        removed: dict[str, int] = {}
        added, others = added_feeds.alias("added"), added_feeds.alias("others")
        theirs = select(added.c.feed_id).where(added.c.platform == platform, added.c.workspace == workspace)
        elsewhere = select(others.c.feed_id).where((others.c.platform != platform) | (others.c.workspace != workspace))
        async with self._database.write() as connection:
            await self._database.patient(connection)
            await connection.execute(delete(feeds).where(feeds.c.feed_id.in_(theirs), feeds.c.feed_id.not_in(elsewhere)))
            for table in reversed(metadata.sorted_tables):
                if not {"platform", "workspace"} <= set(table.c.keys()):
                    continue
                ours = (table.c.platform == platform) & (table.c.workspace == workspace)
                removed[table.name] = int((await connection.execute(delete(table).where(ours))).rowcount)
        return removed

    async def trim(self, before: datetime, at_once: int = AT_ONCE) -> dict[str, int]:
        """Delete what is older than ``before``: articles, stories left empty, editions, runs. Rows by table.

        Stays: the newest article, whose number the next one follows; each subscription's last edition, by which its next slot
        is found; the keys that tell an old entry from a new one; messages whose fate is open. ``at_once``: rows of a transaction.
        """
        newest = select(func.max(articles.c.seq)).scalar_subquery()
        members = select(story_articles.c.article_id).where(story_articles.c.story_id == stories.c.id)
        told = notices.c.state.in_(("sent", "failed"))
        old: tuple[tuple[Table, ColumnElement[bool]], ...] = (
            (articles, (articles.c.first_seen < before) & (articles.c.seq < newest)),
            (writings, writings.c.at < before),
            (editions, (editions.c.due < before) & ~_is_last() & ~_is_open()),
            (runs, runs.c.started < before),
            (notices, (notices.c.at < before) & told),
            (stories, (stories.c.last_at < before) & ~members.exists()),
        )
        removed = {table.name: await self._removed(table, which, at_once) for table, which in old}
        return {name: removed[name] for name in ("articles", "editions", "runs", "stories")}

    async def _removed(self, table: Table, which: ColumnElement[bool], at_once: int) -> int:
        """Delete rows, some in a transaction, so that others can write in between; how many there were."""
        [key] = table.primary_key
        some = select(key).where(which).limit(at_once).correlate(None)
        removed = 0
        while True:
            async with self._database.write() as connection:
                if table is stories:
                    await self._database.lock("stories")
                found = int((await connection.execute(delete(table).where(key.in_(some)))).rowcount)
            removed += found
            if found < at_once:
                return removed
            await asyncio.sleep(_BREATH)


def _is_last() -> ColumnElement[bool]:
    """Whether an edition is the last of its subscription."""
    later = editions.alias("later")
    after = select(later.c.key).where(later.c.subscription_id == editions.c.subscription_id, later.c.due > editions.c.due)
    return ~after.where(later.c.kind == "digest").exists()


def _is_open() -> ColumnElement[bool]:
    """Whether messages of an edition are still to be posted, or nobody knows their fate."""
    its = select(deliveries.c.id).where(deliveries.c.edition_key == editions.c.key)
    return its.where(deliveries.c.state.in_(_UNDECIDED)).exists()
