"""What editors say of a story itself: its topic, its countries, an amount. In their workspace it wins over the machine.

Adding one locks "overrides": their numbers become known in their order.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, union, update

from bot.model import Channel
from bot.store.database import Database
from bot.store.schema import corrections, overrides


@dataclass(frozen=True, slots=True)
class Override:
    """``what``: topic (one value), countries (their codes) or amount (the quote, and its right role or "wrong")."""

    story_id: str
    what: str
    value: tuple[str, ...]
    person: str
    at: datetime
    platform: str = ""
    workspace: str = ""


class Overrides:
    """The log of overrides; nothing is taken out of it but with its workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, place: Channel, made: Override) -> None:
        """Keep what an editor in the workspace of ``place`` said."""
        row = {
            "at": made.at, "platform": place.platform, "workspace": place.workspace, "person": made.person,
            "story_id": made.story_id, "what": made.what, "value": list(made.value),
        }  # fmt: skip
        async with self._database.write() as connection:
            await self._database.lock("overrides")
            await connection.execute(insert(overrides).values(row))

    async def of_stories(self, story_ids: Collection[str], place: Channel | None = None) -> dict[str, list[Override]]:
        """By story: what was said of it, in the workspace of ``place`` or (None) anywhere, the earliest first."""
        columns = [overrides.c[name] for name in ("story_id", "what", "value", "person", "at", "platform", "workspace")]
        query = select(*columns).where(self._database.among(overrides.c.story_id, story_ids)).order_by(overrides.c.number)
        if place:
            query = query.where(overrides.c.platform == place.platform, overrides.c.workspace == place.workspace)
        found: dict[str, list[Override]] = {}
        async with self._database.read() as connection:
            for story_id, what, value, *rest in await connection.execute(query):
                found.setdefault(story_id, []).append(Override(story_id, what, tuple(value), *rest))
        return found

    async def editors(self) -> set[tuple[str, str]]:
        """Platform and workspace of all who ever said anything of a story, or corrected which reports it is made of."""
        made = (select(table.c.platform, table.c.workspace) for table in (overrides, corrections))
        async with self._database.read() as connection:
            return {(platform, workspace) for platform, workspace in await connection.execute(union(*made))}

    async def carry(self, story_id: str, other_id: str) -> None:
        """After ``other_id`` was merged into ``story_id``: what was said of it is said of the whole."""
        async with self._database.write() as connection:
            await connection.execute(update(overrides).where(overrides.c.story_id == other_id).values(story_id=story_id))
