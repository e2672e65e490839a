"""The ledger of messages: what is to be posted, what was begun, and what became of it."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ColumnElement, func, literal, select, true, update

from bot.model import Channel, Delivery, DeliveryState, Message
from bot.store.database import Database
from bot.store.schema import deliveries, editions, pauses, subscriptions

EXPIRY = timedelta(hours=24)  # a briefing that could not be posted for a day is no longer wanted unasked
TOO_LATE = "could not be posted within 24 hours"
_earlier, _first, _target = deliveries.alias("earlier"), deliveries.alias("first"), deliveries.alias("target")
_PENDING, _SENDING, _SENT, _HELD, _DEAD = (state.value for state in DeliveryState)
_NOTHING = literal({}, JSON)  # a payload
_POST, _EDIT, _ANSWER = "post", "edit", "answer"


class Deliveries:
    """The deliveries. Each step is committed before the next thing happens: after a crash a row tells how far it came.

    While a row is "sending", ``lease_until`` says when to look at it next, ``not_before`` from when the history can be trusted.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def waiting(self, now: datetime) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
        """Platforms and workspaces that may have something to post now, and those with something in doubt to look into."""
        places = select(deliveries.c.platform, deliveries.c.workspace).distinct()
        pending = places.where(deliveries.c.state == _PENDING, deliveries.c.not_before <= now)
        in_doubt = places.where(deliveries.c.state == _SENDING, deliveries.c.lease_until <= now)
        async with self._database.read() as connection:
            found = [(await connection.execute(query)).all() for query in (pending, in_doubt)]
        return {(row[0], row[1]) for row in found[0]}, {(row[0], row[1]) for row in found[1]}

    async def due(self, now: datetime, workspaces: Collection[str] | None = None) -> list[Delivery]:
        """What may be posted now, edition by edition, parts in order; with ``workspaces``, only there.

        A part waits while an earlier part of its edition is not sent, while its subscription is paused or suspended, and while
        the platform wants nothing to be sent there. What puts an edition right waits only for what did so before.
        """
        return await self._select(_may_go(now) & self._in(workspaces))

    async def late(self, now: datetime) -> list[Delivery]:
        """What is ``due`` then, without what it says: at a busy hour there may be thousands."""
        return await self._select(_may_go(now), whole=False)

    async def pause(self, channel: Channel, until: datetime, *, workspace: bool) -> None:
        """Post nothing more to ``channel``, or to its whole workspace, before ``until``: the platform asked for it."""
        place = (channel.platform, channel.workspace, "" if workspace else channel.id)
        async with self._database.write() as connection:
            await self._database.execute_rows(connection, self._database.upsert(pauses), [(*place, until)])

    async def in_doubt(self, now: datetime, workspaces: Collection[str] | None = None) -> list[Delivery]:
        """What was begun and may have been posted or not, and is to be looked at now; with ``workspaces``, only there."""
        begun = (deliveries.c.state == _SENDING) & (deliveries.c.lease_until <= now)
        return await self._select(begun & self._in(workspaces))

    async def begun(self, workspaces: Collection[str] | None = None) -> list[Delivery]:
        """What was begun and has no outcome yet, whoever is at it; with ``workspaces``, only there."""
        return await self._select((deliveries.c.state == _SENDING) & self._in(workspaces))

    async def expire(self, now: datetime) -> list[Delivery]:
        """Hold what comes a day too late, and return it. What puts an edition right is given up instead."""
        too_late = (deliveries.c.state == _PENDING) & (deliveries.c.planned_at < now - EXPIRY)
        async with self._database.write() as connection:
            await self._database.sweep(connection, pauses, pauses.c.until <= now)
            await self._set(too_late & (deliveries.c.kind != _POST), state=_DEAD, error=TOO_LATE)
            held = update(deliveries).where(too_late).values(state=_HELD, error=TOO_LATE).returning(deliveries.c.id)
            found = list(await connection.scalars(held))
            return await self._select(self._database.among(deliveries.c.id, found)) if found else []

    async def mark_sending(self, id: str, now: datetime, settled_at: datetime, *, again: bool = False) -> bool:
        """Note that a send begins (``again``: of one in doubt). False when it is not to be sent: somebody else has it, or what
        goes before it is not settled."""
        first = (_earlier.c.edition_key == deliveries.c.edition_key) & (_earlier.c.part < deliveries.c.part)
        stopped = _earlier.c.state.in_((_HELD, _DEAD)) & (deliveries.c.kind == _POST)
        unsettled = select(_earlier.c.id).where(first, _earlier.c.state.in_((_PENDING, _SENDING)) | stopped)
        wanted = deliveries.c.state == (_SENDING if again else _PENDING)
        return await self._set(
            (deliveries.c.id == id) & wanted & ~unsettled.exists(),
            state=_SENDING,
            attempts=deliveries.c.attempts + 1,
            first_at=func.coalesce(deliveries.c.first_at, now),
            last_at=now,
            lease_until=settled_at,
            not_before=settled_at,
        )

    async def mark_unknown(self, id: str, look_at: datetime, settled_at: datetime, reason: str) -> None:
        """Nobody knows yet whether the platform holds the message; it is looked at again at ``look_at``."""
        await self._set(self._begun(id), lease_until=look_at, not_before=settled_at, error=reason)

    async def claim(self, id: str, now: datetime, until: datetime) -> bool:
        """Take one in doubt to look at it, until ``until``. False when somebody else has it."""
        in_doubt = (deliveries.c.state == _SENDING) & (deliveries.c.lease_until <= now)
        return await self._set((deliveries.c.id == id) & in_doubt, lease_until=until)

    async def look_at(self, id: str, when: datetime) -> None:
        """Leave one in doubt as it is until ``when``."""
        await self._set((deliveries.c.id == id) & (deliveries.c.state == _SENDING), lease_until=when)

    async def mark_sent(self, id: str, external_id: str) -> None:
        """The platform holds the message under ``external_id``."""
        await self._set(self._begun(id), state=_SENT, external_id=external_id, error=None)

    async def mark_held(self, id: str, reason: str) -> None:
        """Nobody can know whether the platform holds the message; it is not sent again unless a person says so."""
        await self._set(self._begun(id), state=_HELD, error=reason)

    async def mark_dead(self, id: str, reason: str) -> str:
        """The channel refuses the message, and with it the rest of its edition. Returns the subscription's id."""
        edition = select(deliveries.c.edition_key).where(deliveries.c.id == id)
        async with self._database.write() as connection:
            await self._set(self._begun(id), state=_DEAD, error=reason)
            rest = deliveries.c.edition_key == edition.scalar_subquery()
            await self._set(rest & (deliveries.c.state == _PENDING), state=_DEAD, error=reason)
            owner = select(editions.c.subscription_id).where(editions.c.key == edition.scalar_subquery())
            return str(await connection.scalar(owner))

    async def refuse_edit(self, id: str, now: datetime, reason: str) -> None:
        """The platform will not edit the message: what was to be put right is said in its thread instead."""
        edit = self._begun(id) & (deliveries.c.kind == _EDIT)
        anew = {"state": _PENDING, "not_before": now, "attempts": 0, "first_at": None, "last_at": None, "lease_until": None}
        answer = {"kind": _ANSWER, "payload": deliveries.c.fallback, "in_thread": True}
        if not await self._set(edit & deliveries.c.fallback.is_not(None), error=reason, **anew, **answer):
            await self._set(edit, state=_DEAD, error=reason)

    async def retry_at(self, id: str, when: datetime, reason: str) -> None:
        """The platform surely holds no message; try again at ``when``."""
        await self._set(self._begun(id), state=_PENDING, not_before=when, error=reason)

    async def release(self, id: str, now: datetime) -> None:
        """Post one that is held after all, because a person says so; its day begins anew."""
        held = (deliveries.c.id == id) & (deliveries.c.state == _HELD)
        await self._set(held, state=_PENDING, not_before=now, planned_at=now, error=None)

    async def of_edition(self, key: str) -> list[Delivery]:
        """All messages of an edition, in order."""
        return await self._select(deliveries.c.edition_key == key)

    async def of_editions(self, keys: Collection[str]) -> list[Delivery]:
        """All messages of some editions, those of each in order."""
        return await self._select(self._database.among(deliveries.c.edition_key, keys))

    async def held(self) -> list[Delivery]:
        """What waits for a person to look."""
        return await self._select(deliveries.c.state == _HELD)

    async def counts(self, place: Channel | None = None) -> dict[str, int]:
        """How many messages are in each state: in all, or in the workspace of ``place``."""
        query = select(deliveries.c.state, func.count()).group_by(deliveries.c.state)
        if place:
            query = query.where(deliveries.c.platform == place.platform, deliveries.c.workspace == place.workspace)
        async with self._database.read() as connection:
            return {state: count for state, count in await connection.execute(query)}

    async def unsent(self) -> dict[str, int]:
        """How many messages are in each state but sent. Looks at no other, however many were sent in all the years."""
        query = select(deliveries.c.state, func.count()).group_by(deliveries.c.state)
        async with self._database.read() as connection:
            rows = await connection.execute(query.where(deliveries.c.state.in_((_PENDING, _SENDING, _HELD, _DEAD))))
            return {state: count for state, count in rows}

    def _in(self, workspaces: Collection[str] | None) -> ColumnElement[bool]:
        return true() if workspaces is None else self._database.among(deliveries.c.workspace, workspaces)

    def _begun(self, id: str) -> ColumnElement[bool]:
        # Held too: the answer of a slow send may come after its lease ended.
        return (deliveries.c.id == id) & deliveries.c.state.in_((_SENDING, _HELD))

    async def _set(self, condition: ColumnElement[bool], **values: Any) -> bool:
        async with self._database.write() as connection:
            result = await connection.execute(update(deliveries).where(condition).values(**values))
            return bool(result.rowcount)

    async def _select(self, condition: ColumnElement[bool], *, whole: bool = True) -> list[Delivery]:
        columns = [column if whole or column is not deliveries.c.payload else _NOTHING for column in deliveries.c]
        query = (
            select(*columns, _first.c.external_id, editions.c.due, _target.c.external_id)
            .join(_first, (_first.c.edition_key == deliveries.c.edition_key) & (_first.c.part == 0))
            .join(_target, _target.c.id == deliveries.c.edits, isouter=True)
            .join(editions, editions.c.key == deliveries.c.edition_key)
            .where(condition)
            .order_by(deliveries.c.planned_at, deliveries.c.edition_key, deliveries.c.part)
        )
        async with self._database.read() as connection:
            return [_delivery(row) for row in (await connection.execute(query)).all()]


def _may_go(now: datetime) -> ColumnElement[bool]:
    """Whether one may be posted at ``now``."""
    waits = (_earlier.c.state == _PENDING) & (_earlier.c.not_before > now)
    stopped = _earlier.c.state.in_((_HELD, _DEAD)) & (deliveries.c.kind == _POST)
    in_the_way = (
        select(_earlier.c.id)
        .where(_earlier.c.edition_key == deliveries.c.edition_key, _earlier.c.part <= deliveries.c.part)
        .where((_earlier.c.state == _SENDING) | waits | stopped)
    )
    silent = select(pauses.c.until).where(
        pauses.c.platform == deliveries.c.platform,
        pauses.c.workspace == deliveries.c.workspace,
        pauses.c.channel.in_((deliveries.c.channel, "")),
        pauses.c.until > now,
    )
    # Written so that a planner sees how few are stopped: it would join everything else first.
    stands = select(subscriptions.c.id).where(subscriptions.c.id == editions.c.subscription_id, subscriptions.c.state != "active")
    return (deliveries.c.state == _PENDING) & ~stands.exists() & ~in_the_way.exists() & ~silent.exists()


def _delivery(row: Sequence[Any]) -> Delivery:
    (id, key, part, platform, workspace, channel, in_thread, payload, state, attempts, *rest) = row
    _planned_at, not_before, first_at, last_at, _lease_until, external_id, error, kind, edits, _fallback, *joined = rest
    thread, due, target = joined
    return Delivery(
        id=id,
        edition_key=key,
        part=part,
        channel=Channel(platform, channel, workspace),
        message=Message(payload, in_thread),
        state=DeliveryState(state),
        attempts=attempts,
        external_id=external_id,
        first_at=first_at,
        last_at=last_at,
        error=error,
        thread=thread if part else None,
        settled_at=not_before,
        due=due,
        kind=kind,
        edits=edits,
        target=target,
    )
