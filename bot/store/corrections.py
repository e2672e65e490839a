"""Editors' corrections of stories: who moved which articles where, and when. They win over the machine.

Adding one locks "corrections": their numbers become known in their order.
"""

from sqlalchemy import bindparam, func, insert, select, union

from bot.model import Correction
from bot.store.database import Database
from bot.store.schema import corrections

_COLUMNS = [corrections.c[name] for name in ("kind", "story_id", "other_id", "articles", "platform", "workspace", "person", "at")]

_OF_STORY = (
    select(*_COLUMNS)
    .where((corrections.c.story_id == bindparam("story_id")) | (corrections.c.other_id == bindparam("story_id")))
    .order_by(corrections.c.number)
)


class Corrections:
    """The log of corrections; nothing is ever taken out of it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, made: Correction) -> None:
        """Keep a correction, in the transaction that moves the articles."""
        row = {column.name: getattr(made, column.name) for column in _COLUMNS}
        async with self._database.write() as connection:
            await self._database.lock("corrections")
            await connection.execute(insert(corrections).values(row))

    async def of_story(self, story_id: str) -> list[Correction]:
        """Every correction that brought articles to this story or took some away, the earliest first."""
        async with self._database.read() as connection:
            rows = await connection.execute(_OF_STORY, {"story_id": story_id})
            return [Correction(kind, to, left, tuple(moved), *rest) for kind, to, left, moved, *rest in rows]

    async def stories(self) -> set[str]:
        """Ids of all stories that a correction brought articles to or took some away from."""
        ids = union(select(corrections.c.story_id), select(corrections.c.other_id))
        async with self._database.read() as connection:
            return set(await connection.scalars(ids))

    async def merged(self) -> dict[str, str]:
        """By the id of a story that was merged away: the story that it is part of now."""
        query = select(corrections.c.other_id, corrections.c.story_id).where(corrections.c.kind == "merge")
        async with self._database.read() as connection:
            into = {gone: kept for gone, kept in await connection.execute(query.order_by(corrections.c.number))}
        return {gone: _last(gone, into) for gone in into}

    async def articles(self) -> set[str]:
        """Ids of all articles that an editor ever moved."""
        async with self._database.read() as connection:
            return {id for moved in await connection.scalars(select(corrections.c.articles)) for id in moved}

    async def latest(self) -> int:
        """The number of the last correction, 0 before the first: changes with each."""
        async with self._database.read() as connection:
            return await connection.scalar(select(func.max(corrections.c.number))) or 0


def _last(story_id: str, into: dict[str, str]) -> str:
    seen = {story_id}
    while (following := into.get(story_id)) and following not in seen:
        story_id = following
        seen.add(story_id)
    return story_id
