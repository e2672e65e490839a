"""What people are told in person, such as that their subscription was suspended: each thing once, also across crashes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, update

from bot.model import Reply
from bot.store import codec
from bot.store.database import Database
from bot.store.schema import notices

_PENDING, _SENDING, _SENT, _FAILED = "pending", "sending", "sent", "failed"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell ``person`` (nobody: the operator). ``first_at``: when telling it was first begun; it may have been told.

    ``subject``: the subscription or message that it is about. ``id`` is at most 25 characters long.
    """

    id: str
    platform: str
    workspace: str
    person: str
    subject: str
    reply: Reply
    attempts: int = 0
    first_at: datetime | None = None


class Notices:
    """The notices: pending → sending → sent; failed where nobody could be told but the log."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, found: Sequence[Notice], now: datetime) -> None:
        """Keep notices, in the transaction that gives rise to them; one that exists already stays as it is."""
        fresh = (_PENDING, 0, now, now, None, None)
        rows = [(one.id, one.platform, one.workspace, one.person, one.subject, codec.dump(one.reply), *fresh) for one in found]
        if rows:
            async with self._database.write() as connection:
                await self._database.execute_rows(connection, self._database.insert_new(notices), rows)

    async def due(self, now: datetime) -> list[Notice]:
        """What is to be told now, the oldest first; also what was begun and whose fate is unknown."""
        open_ones = notices.c.state.in_((_PENDING, _SENDING)) & (notices.c.not_before <= now)
        query = select(notices).where(open_ones).order_by(notices.c.at, notices.c.id)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [
            Notice(
                *(row.id, row.platform, row.workspace, row.person, row.subject),
                codec.load(Reply, row.data),
                row.attempts,
                row.first_at,
            )
            for row in rows
        ]

    async def claim(self, one: Notice, others: Sequence[str], now: datetime, again_at: datetime) -> bool:
        """Begin to tell ``one``, whose reply from now on says what ``others`` say too. False when somebody else has it.

        After a crash it is due again at ``again_at``.
        """
        async with self._database.write():
            first_at = func.coalesce(notices.c.first_at, now)
            ours = (notices.c.id == one.id) & notices.c.state.in_((_PENDING, _SENDING)) & (notices.c.not_before <= now)
            begun = {"state": _SENDING, "first_at": first_at, "not_before": again_at, "attempts": notices.c.attempts + 1}
            if not await self._set(ours, data=codec.dump(one.reply), **begun):
                return False
            if others:
                covered = self._database.among(notices.c.id, others) & (notices.c.state == _PENDING)
                await self._set(covered, state=_SENT, error=f"told with {one.id}")
            return True

    async def told(self, id: str) -> None:
        """The person was told."""
        await self._set(notices.c.id == id, state=_SENT, error=None)

    async def later(self, id: str, when: datetime, reason: str, *, surely_not: bool) -> None:
        """Try again at ``when``. ``surely_not``: the person was not told by any attempt so far."""
        values = {"state": _PENDING, "first_at": None} if surely_not else {}
        await self._set(notices.c.id == id, not_before=when, error=reason, **values)

    async def failed(self, id: str, reason: str) -> None:
        """This person cannot be told."""
        await self._set(notices.c.id == id, state=_FAILED, error=reason)

    async def hand_on(self, id: str, now: datetime, reason: str) -> None:
        """The person cannot be told: the operator is."""
        anew = {"state": _PENDING, "attempts": 0, "first_at": None, "not_before": now}
        await self._set(notices.c.id == id, person="", error=reason, **anew)

    async def counts(self) -> dict[str, int]:
        """How many notices are in each state."""
        query = select(notices.c.state, func.count()).group_by(notices.c.state)
        async with self._database.read() as connection:
            return {state: count for state, count in await connection.execute(query)}

    async def _set(self, condition: ColumnElement[bool], **values: object) -> bool:
        async with self._database.write() as connection:
            return bool((await connection.execute(update(notices).where(condition).values(**values))).rowcount)


def soon(now: datetime, attempts: int) -> datetime:
    """When to try again after so many attempts."""
    return now + timedelta(seconds=min(3600.0, 30.0 * 2**attempts))
