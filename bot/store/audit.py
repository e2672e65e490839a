"""Who changed what, when: settings, subscriptions, watchlists, feeds. Kept a workspace, and shown to nobody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import insert, select

from bot import log
from bot.model import Channel
from bot.store.database import Database
from bot.store.schema import audit


class Entry(NamedTuple):
    """One change, with the workspace that it was made in."""

    at: datetime
    platform: str
    workspace: str
    person: str
    what: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """One change: ``what`` such as "settings.language"; ``before`` and ``after`` in words, None where there is nothing."""

    at: datetime
    person: str
    what: str
    before: str | None
    after: str | None


class Audit:
    """The log of changes; nothing is taken out of it but with its workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, place: Channel, changes: Sequence[Change]) -> None:
        """Keep changes made in the workspace of ``place``, best in the transaction that makes them."""
        rows = [
            {
                "at": one.at, "platform": place.platform, "workspace": place.workspace, "person": one.person,
                "what": one.what, "before": _masked(one.before), "after": _masked(one.after),
            }
            for one in changes
        ]  # fmt: skip
        if rows:
            async with self._database.write() as connection:
                await connection.execute(insert(audit), rows)

    async def of_workspace(self, place: Channel, limit: int = 50) -> list[Change]:
        """The latest changes in the workspace of ``place``, the newest first."""
        ours = (audit.c.platform == place.platform) & (audit.c.workspace == place.workspace)
        query = select(audit.c.at, audit.c.person, audit.c.what, audit.c.before, audit.c.after).where(ours)
        async with self._database.read() as connection:
            rows = await connection.execute(query.order_by(audit.c.number.desc()).limit(limit))
            return [Change(*row) for row in rows]

    async def latest(self, limit: int, workspace: tuple[str, str] | None = None) -> list[Entry]:
        """The latest changes, the newest first, for the operator: of all workspaces, or of one (platform and id)."""
        query = select(*(audit.c[name] for name in Entry._fields)).order_by(audit.c.number.desc()).limit(limit)
        if workspace:
            query = query.where(audit.c.platform == workspace[0], audit.c.workspace == workspace[1])
        async with self._database.read() as connection:
            return [Entry(*row) for row in await connection.execute(query)]


def _masked(words: str | None) -> str | None:
    return None if words is None else log.mask(words)
