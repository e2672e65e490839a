"""When jobs last began, so that no restart and no second process runs a daily one twice; and what the self-check found."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, select

from bot.model import Channel
from bot.store.database import Database
from bot.store.schema import findings, jobs


class Found(NamedTuple):
    """Something that a person should put right. ``channel`` is None where it concerns the whole bot."""

    what: str
    words: str
    channel: Channel | None = None


class Jobs:
    """The jobs by name, and the findings of the daily one that looks after everything."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, name: str, now: datetime, interval: timedelta) -> bool:
        """Begin the job ``name`` at ``now``. False when it was begun less than ``interval`` ago, by whomever."""
        begun = self._database.insert(jobs).values(name=name, began=now)
        due = jobs.c.began <= now - interval
        claimed = begun.on_conflict_do_update(index_elements=["name"], set_={"began": now}, where=due)
        async with self._database.write() as connection:
            return bool((await connection.execute(claimed)).rowcount)

    async def began(self, name: str) -> datetime | None:
        """When the job last began."""
        async with self._database.read() as connection:
            found: datetime | None = await connection.scalar(select(jobs.c.began).where(jobs.c.name == name))
            return found

    async def begun_at(self, name: str, when: datetime) -> None:
        """Note that the job began then."""
        async with self._database.write() as connection:
            await self._database.execute_rows(connection, self._database.upsert(jobs), [(name, when)])

    async def keep_findings(self, found: Collection[Found], now: datetime) -> list[Found]:
        """Make ``found`` what is known to be wrong. Returns those that were not known before."""
        async with self._database.write() as connection:
            await self._database.lock("findings")
            known = {(one.what, one.channel) for one in await self._select()}
            await connection.execute(delete(findings))
            rows = [(one.what, *_place(one.channel), one.words, now) for one in found]
            if rows:
                await self._database.execute_rows(connection, self._database.upsert(findings), rows)
        return [one for one in found if (one.what, one.channel) not in known]

    async def findings_for(self, platform: str, workspace: str) -> list[Found]:
        """What is wrong with the channels of one workspace, for its people."""
        return await self._select((findings.c.platform == platform) & (findings.c.workspace == workspace))

    async def findings(self) -> list[Found]:
        """All that is wrong, for the operator."""
        return await self._select()

    async def _select(self, *conditions: ColumnElement[bool]) -> list[Found]:
        columns = (findings.c.what, findings.c.words, findings.c.platform, findings.c.channel, findings.c.workspace)
        query = select(*columns).where(*conditions).order_by(findings.c.platform, findings.c.what)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [Found(what, words, Channel(*place) if place[0] else None) for what, words, *place in rows]


def _place(channel: Channel | None) -> tuple[str, str, str]:
    return (channel.platform, channel.workspace, channel.id) if channel else ("", "", "")
