"""Workspaces that installed the app by themselves, with their tokens, and the installations that are under way."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, select

from bot.store.database import Database
from bot.store.schema import installations, oauth_states


@dataclass(frozen=True, slots=True)
class Installation:
    """One workspace's installation. ``token`` and ``refresh_token`` are secrets; without ``expires`` the token never ends.

    ``installer``: the person who installed the app; ``scopes``: what the workspace allowed.
    """

    platform: str
    workspace: str
    name: str
    app_id: str
    bot_id: str
    bot_user: str
    installer: str
    scopes: tuple[str, ...]
    token: str
    refresh_token: str | None
    expires: datetime | None
    at: datetime

    def __repr__(self) -> str:
        return f"Installation({self.platform}:{self.workspace})"


class Installations:
    """One installation a workspace; to install again replaces it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, installation: Installation) -> None:
        """Keep an installation in place of the one that the workspace had."""
        row = tuple(getattr(installation, column.name) for column in installations.columns)
        async with self._database.write() as connection:
            await self._database.execute_rows(connection, self._database.upsert(installations), [row])

    async def of(self, platform: str, workspace: str) -> Installation | None:
        """The installation of a workspace; None where the app is not installed."""
        found = await self._select(platform, workspace)
        return found[0] if found else None

    async def all(self, platform: str) -> list[Installation]:
        """Every workspace that has the app, the longest first."""
        return await self._select(platform, None)

    async def remove(self, platform: str, workspace: str) -> None:
        """Forget the tokens of a workspace."""
        ours = (installations.c.platform == platform) & (installations.c.workspace == workspace)
        async with self._database.write() as connection:
            await connection.execute(delete(installations).where(ours))

    async def _select(self, platform: str, workspace: str | None) -> list[Installation]:
        query = select(installations).where(installations.c.platform == platform).order_by(installations.c.at)
        if workspace is not None:
            query = query.where(installations.c.workspace == workspace)
        async with self._database.read() as connection:
            rows = [row._asdict() for row in await connection.execute(query)]
        return [Installation(**{**row, "scopes": tuple(row["scopes"])}) for row in rows]

    # ---- under way ----

    async def begin(self, state: str, now: datetime, expires: datetime) -> None:
        """Remember the secret that an installation begins with; those that nobody came back for are forgotten."""
        async with self._database.write() as connection:
            await self._database.sweep(connection, oauth_states, oauth_states.c.expires <= now)
            await self._database.execute_rows(connection, self._database.insert_new(oauth_states), [(_digest(state), expires)])

    async def finish(self, state: str, now: datetime) -> bool:
        """Whether an installation began with this secret and is not too old; true once only."""
        ours = (oauth_states.c.digest == _digest(state)) & (oauth_states.c.expires > now)
        async with self._database.write() as connection:
            return bool((await connection.execute(delete(oauth_states).where(ours))).rowcount)


def _digest(state: str) -> str:
    return sha256(state.encode("utf-8", "replace")).hexdigest()
