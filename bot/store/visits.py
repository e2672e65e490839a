"""Who reads our pages: the key that signs links, which links were used, and the sessions that they began."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import bindparam, delete, insert, select, union

from bot.model import Channel
from bot.store.database import Database
from bot.store.schema import installations, subscriptions, used_links, visits, web_keys, workspaces


@dataclass(frozen=True, slots=True)
class Visit:
    """A person of a workspace in a browser. ``admin``: the platform said, when it began, that they manage the workspace."""

    platform: str
    workspace: str
    person: str
    admin: bool
    began: datetime
    expires: datetime

    @property
    def place(self) -> Channel:
        """The workspace as a channel without an id: it is no channel's."""
        return Channel(self.platform, "", self.workspace)


_OF = (
    select(*(visits.c[name] for name in Visit.__slots__))
    .join(
        workspaces,
        (workspaces.c.platform == visits.c.platform) & (workspaces.c.workspace == visits.c.workspace),
        isouter=True,
    )
    .where(visits.c.digest == bindparam("digest"), visits.c.expires > bindparam("now"), workspaces.c.left_at.is_(None))
)


class Visits:
    """Sessions are known by a secret that only the browser holds; we keep its hash."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def key(self, name: str, fresh: str) -> str:
        """The key of this name; ``fresh`` becomes it where there is none. All processes on one database get the same."""
        query = select(web_keys.c.value).where(web_keys.c.name == name)
        async with self._database.read() as connection:
            if found := await connection.scalar(query):
                return str(found)
        async with self._database.write() as connection:
            await connection.execute(self._database.insert_new(web_keys).values(name=name, value=fresh))
            return str(await connection.scalar(query))

    async def first_use(self, place: Channel, token: str, expires: datetime, now: datetime) -> bool:
        """Whether a link's ``token``, which is good until ``expires``, is used for the first time; in any process."""
        row = {"platform": place.platform, "workspace": place.workspace, "digest": _digest(token), "expires": expires}
        async with self._database.write() as connection:
            await self._database.sweep(connection, used_links, used_links.c.expires < now)
            return bool((await connection.execute(self._database.insert_new(used_links).values(row))).rowcount)

    async def begin(self, visit: Visit, cookie: str) -> bool:
        """Keep a session; False where the bot is no longer in the workspace. Those that have expired go at the same time."""
        here = select(workspaces.c.left_at).where(
            workspaces.c.platform == visit.platform, workspaces.c.workspace == visit.workspace
        )
        row = {name: getattr(visit, name) for name in Visit.__slots__} | {"digest": _digest(cookie)}
        async with self._database.write() as connection:
            if await connection.scalar(here) is not None:
                return False
            await self._database.sweep(connection, visits, visits.c.expires <= visit.began)
            await connection.execute(insert(visits).values(row))
        return True

    async def of(self, cookie: str, now: datetime) -> Visit | None:
        """The session that a browser's cookie stands for; None where it ended, or the bot was removed from its workspace."""
        async with self._database.read() as connection:
            row = (await connection.execute(_OF, {"digest": _digest(cookie), "now": now})).first()
        return Visit(*row) if row else None

    async def known(self, platform: str, workspaces_: Collection[str]) -> set[str]:
        """Those of these workspaces that the bot serves or has spoken with, and has not been removed from."""
        seen = [
            select(table.c.workspace).where(table.c.platform == platform, self._database.among(table.c.workspace, workspaces_))
            for table in (subscriptions, installations, workspaces)
        ]
        gone = select(workspaces.c.workspace).where(workspaces.c.platform == platform, workspaces.c.left_at.is_not(None))
        async with self._database.read() as connection:
            return set(await connection.scalars(union(*seen))) - set(await connection.scalars(gone))

    async def end(self, cookie: str) -> None:
        """Sign out."""
        async with self._database.write() as connection:
            await connection.execute(delete(visits).where(visits.c.digest == _digest(cookie)))

    async def end_all(self, platform: str, workspace: str) -> None:
        """Sign everybody of a workspace out."""
        async with self._database.write() as connection:
            ours = (visits.c.platform == platform) & (visits.c.workspace == workspace)
            await connection.execute(delete(visits).where(ours))


def _digest(secret: str) -> str:
    return sha256(secret.encode("utf-8", "replace")).hexdigest()
