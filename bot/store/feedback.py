"""What the people of a workspace want more or less of: one vote a person and article or story."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, select

from bot.model import Channel, Vote
from bot.store.database import Database
from bot.store.schema import feedback

MOST_VOTES = 1000  # the latest count
ANSWER = "answer:"  # begins the subject of a vote on an answer, which says nothing of taste


class Feedback:
    """The votes of all workspaces. Of a ``place`` only platform and workspace count: votes never leave theirs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def vote(self, place: Channel, person: str, subject: str, wanted: bool, at: datetime) -> None:
        """Keep a vote on an article or story, by its id, in place of an earlier one of this person."""
        row = (place.platform, place.workspace, person, subject, wanted, at)
        async with self._database.write() as connection:
            await self._database.execute_rows(connection, self._database.upsert(feedback), [row])

    async def withdraw(self, place: Channel, person: str, subject: str) -> None:
        """Forget a vote."""
        async with self._database.write() as connection:
            await connection.execute(delete(feedback).where(_by(place, person, subject)))

    async def of_person(self, place: Channel, person: str, subject: str) -> bool | None:
        """What this person voted; None where they did not."""
        async with self._database.read() as connection:
            return await connection.scalar(select(feedback.c.wanted).where(_by(place, person, subject)))

    async def voters(self) -> set[tuple[str, str]]:
        """Platform and workspace of all that voted on news."""
        query = select(feedback.c.platform, feedback.c.workspace).where(~feedback.c.subject.startswith(ANSWER)).distinct()
        async with self._database.read() as connection:
            return {(platform, workspace) for platform, workspace in await connection.execute(query)}

    async def votes(self, place: Channel) -> list[Vote]:
        """The latest votes of a workspace on news, the earliest first."""
        query = select(feedback.c.subject, feedback.c.wanted).where(_in(place), ~feedback.c.subject.startswith(ANSWER))
        latest = query.order_by(feedback.c.at.desc(), feedback.c.subject, feedback.c.person).limit(MOST_VOTES)
        async with self._database.read() as connection:
            return [Vote(*row) for row in await connection.execute(latest)][::-1]


def _in(place: Channel) -> ColumnElement[bool]:
    return and_(feedback.c.platform == place.platform, feedback.c.workspace == place.workspace)


def _by(place: Channel, person: str, subject: str) -> ColumnElement[bool]:
    return and_(_in(place), feedback.c.person == person, feedback.c.subject == subject)
