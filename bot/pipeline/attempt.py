"""One attempt at one message, and what is known afterwards: sent, surely not sent, or in doubt.

One in doubt is never sent again on a guess: the platform answers for it (a repeat within its window, or its history), or a
person does.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

from bot import log
from bot.errors import DeliveryError
from bot.model import Channel, Delivery, Reply
from bot.pipeline import notices
from bot.pipeline.pace import Pace
from bot.ports import Messenger
from bot.store import Store

FIRST_RETRY = 30.0
LAST_RETRY = 3600.0
REPEAT_PAUSE = 5.0
SKEW = timedelta(minutes=2)  # by how much our clock and the platform's may differ


@dataclass(slots=True)
class DeliveryReport:
    """What one pass did. ``unknown``: outcomes to be looked into; ``found``: those whose message turned out to be there.

    ``waiting``: due, but no messenger serves the platform. ``suspended``: subscription ids with reasons.
    """

    sent: int = 0
    retried: int = 0
    unknown: int = 0
    found: int = 0
    held: int = 0
    dead: int = 0
    waiting: int = 0
    suspended: dict[str, str] = field(default_factory=dict)


class Watch:
    """``now`` as it moves on while a pass takes its time."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._started = monotonic()

    def now(self) -> datetime:
        """The instant."""
        return self._now + timedelta(seconds=monotonic() - self._started)


@dataclass(frozen=True, slots=True)
class Attempts:
    """Attempts at messages within one pass. ``send_limit``: seconds for one request; ``settle``: seconds after which a message
    that the platform took is in its history."""

    store: Store
    watch: Watch
    send_limit: float
    settle: float
    report: DeliveryReport
    pace: Pace

    async def send(self, messenger: Messenger, delivery: Delivery, thread: str | None, *, again: bool = False) -> str | None:
        """The platform's id of the message, or None when it was not posted for certain. ``again``: it is in doubt."""
        now = self.watch.now()
        settled_at = now + timedelta(seconds=self.send_limit + self.settle)
        if not await self.store.deliveries.mark_sending(delivery.id, now, settled_at, again=again):
            return None
        try:
            async with asyncio.timeout(self.send_limit):
                external_id = await _put(messenger, delivery, thread)
        except DeliveryError as error:
            return await self._failed(messenger, delivery, error, now, again)
        except TimeoutError:
            await self._doubt(messenger, delivery, f"no answer within {self.send_limit:g} s", now)
            return None
        except Exception as error:  # noqa: BLE001 - whatever broke, the platform may hold the message
            log.bug("delivery.bug", error, delivery=delivery.id)
            await self._doubt(messenger, delivery, f"unforeseen {type(error).__name__} while sending", now)
            return None
        return await self._sent(delivery, external_id)

    async def look_into(self, messenger: Messenger, delivery: Delivery) -> None:
        """Settle one in doubt: repeat it where the platform knows it again, else look for it in the history."""
        ledger, now = self.store.deliveries, self.watch.now()
        if not await ledger.claim(delivery.id, now, now + timedelta(seconds=self.send_limit + self.settle)):
            return
        settled = delivery.settled_at is None or now >= delivery.settled_at
        if (settled and delivery.kind == "edit") or (now < _repeatable(messenger, delivery, now)):
            await self.send(messenger, delivery, delivery.thread, again=True)
        elif delivery.settled_at and not settled:
            await ledger.look_at(delivery.id, delivery.settled_at)
        else:
            await self._reconcile(messenger, delivery, now)

    async def recover(self, messenger: Messenger, delivery: Delivery) -> None:
        """See whether one that a process had begun which is gone (or seems so) is there. If not, it may be on its way."""
        if delivery.kind == "edit":  # done again when its time has come
            return
        try:
            found = await self._found(messenger, delivery, self.watch.now())
        except (DeliveryError, TimeoutError) as error:
            _note("delivery.reconciled", delivery, result="later", reason=str(error))
            return
        if found is not None:
            await self._sent(delivery, found)

    async def hold(self, delivery: Delivery, reason: str) -> None:
        """Leave the message to a person."""
        async with self.store.transaction():
            await self.store.deliveries.mark_held(delivery.id, reason)
            await self.store.notices.add([notices.held(delivery, reason)], self.watch.now())
        self.say_held(delivery, reason)

    def say_held(self, delivery: Delivery, reason: str | None) -> None:
        """Tell the operator that a message is held."""
        self.report.held += 1
        _warn("delivery.held", delivery, reason=reason)

    async def _reconcile(self, messenger: Messenger, delivery: Delivery, now: datetime) -> None:
        try:
            found = await self._found(messenger, delivery, now)
        except (DeliveryError, TimeoutError) as error:
            await self._unread(delivery, error)
            return
        if found is not None:
            await self._sent(delivery, found)
        else:
            _note("delivery.reconciled", delivery, result="absent")
            await self._retry(delivery, "looked for and not found", pause=_pause(delivery.attempts - 1))

    async def _found(self, messenger: Messenger, delivery: Delivery, now: datetime) -> str | None:
        """The id under which the platform's history has the message; None where it has it not, or not yet."""
        thread, since = delivery.thread if delivery.message.in_thread else None, (delivery.first_at or now) - SKEW
        async with asyncio.timeout(self.send_limit):
            found = await messenger.find(delivery.channel, delivery.id, since, thread)
        if found is not None:
            self.report.found += 1
            _note("delivery.reconciled", delivery, result="found")
        return found

    async def _unread(self, delivery: Delivery, error: Exception) -> None:
        """The history could not be read: this time, or for good."""
        reason = f"may have been posted ({delivery.error or 'cut off while sending'}), and the history cannot be read: {error}"
        if isinstance(error, DeliveryError) and error.permanent:
            _note("delivery.reconciled", delivery, result="unreadable")
            await self.hold(delivery, reason)
            return
        _note("delivery.reconciled", delivery, result="later", reason=str(error))
        seconds = (error.retry_after if isinstance(error, DeliveryError) else None) or FIRST_RETRY
        await self.store.deliveries.look_at(delivery.id, self.watch.now() + timedelta(seconds=seconds))

    async def _failed(
        self, messenger: Messenger, delivery: Delivery, error: DeliveryError, begun: datetime, again: bool
    ) -> str | None:
        if error.posted:
            return await self._sent(delivery, "")
        if error.retry_after:
            await self._rest(messenger, delivery.channel, error.retry_after)
        if error.posted is None or (again and delivery.kind != "edit"):  # a refused repeat says nothing of the first attempt
            await self._doubt(messenger, delivery, str(error), begun)
        elif error.permanent and delivery.kind == "edit":
            await self.store.deliveries.refuse_edit(delivery.id, self.watch.now(), str(error))
            _note("amendment.refused", delivery, reason=str(error))
        elif error.permanent:
            await self._bury(delivery, error)
        else:
            await self._retry(delivery, str(error), error.retry_after or _pause(delivery.attempts + 1))
        return None

    async def _rest(self, messenger: Messenger, channel: Channel, seconds: float) -> None:
        """Post nothing more where the platform asked us to wait: in this pass, in those after, and after a restart."""
        whole = messenger.workspace_spacing > 0
        self.pace.rest(channel, seconds, workspace=whole)
        await self.store.deliveries.pause(channel, self.watch.now() + timedelta(seconds=seconds), workspace=whole)

    async def _sent(self, delivery: Delivery, external_id: str) -> str:
        await self.store.deliveries.mark_sent(delivery.id, external_id)
        self.report.sent += 1
        late = (self.watch.now() - delivery.due).total_seconds() if delivery.due else 0.0
        _note("delivery.sent", delivery, kind=delivery.kind, delay=round(max(0.0, late), 1))
        return external_id

    async def _doubt(self, messenger: Messenger, delivery: Delivery, reason: str, begun: datetime) -> None:
        now = self.watch.now()
        settled_at = now + timedelta(seconds=self.settle)
        repeat_at = now + timedelta(seconds=REPEAT_PAUSE)
        look_at = repeat_at if repeat_at < _repeatable(messenger, delivery, begun) else settled_at
        await self.store.deliveries.mark_unknown(delivery.id, look_at, settled_at, reason)
        self.report.unknown += 1
        _warn("delivery.unknown", delivery, reason=reason)

    async def _retry(self, delivery: Delivery, reason: str, pause: float) -> None:
        await self.store.deliveries.retry_at(delivery.id, self.watch.now() + timedelta(seconds=pause), reason)
        self.report.retried += 1
        _note("delivery.retry", delivery, seconds=pause, reason=reason)

    async def _bury(self, delivery: Delivery, error: DeliveryError) -> None:
        reason = str(error)
        async with self.store.transaction():
            subscription_id = await self.store.deliveries.mark_dead(delivery.id, reason)
            if await self.store.subscriptions.suspend(subscription_id, reason):
                subscription = await self.store.subscriptions.get(subscription_id)
                if subscription:
                    notice = notices.suspended(subscription, reason, error.cure, delivery.id)
                    await self.store.notices.add([notice], self.watch.now())
        self.report.dead += 1
        self.report.suspended[subscription_id] = reason
        _warn("delivery.dead", delivery, reason=reason)
        log.warning("subscription.suspended", subscription=subscription_id, reason=reason)


async def _put(messenger: Messenger, delivery: Delivery, thread: str | None) -> str:
    """Post or edit, and return the message's id."""
    below = thread if delivery.message.in_thread else None
    if delivery.kind != "edit":
        return await messenger.send(delivery.channel, delivery.message, delivery.id, below)
    target = delivery.target or ""
    await messenger.edit(delivery.channel, target, delivery.message, below, delivery.edits or "")
    return target


def _repeatable(messenger: Messenger, delivery: Delivery, begun: datetime) -> datetime:
    """Until when a repeated post is known for one. An edit is waited for: a late one would undo the one that follows it."""
    seconds = messenger.repeat_seconds if delivery.kind != "edit" else 0.0
    return (delivery.first_at or begun) + timedelta(seconds=seconds)


def _pause(failures: int) -> float:
    """Seconds to wait after so many failed attempts."""
    return min(LAST_RETRY, FIRST_RETRY * 2 ** (failures - 1)) if failures > 0 else 0.0


def _fields(delivery: Delivery) -> dict[str, object]:
    named = {"delivery": delivery.id, "edition": delivery.edition_key, "part": delivery.part}
    return {**named, "platform": delivery.channel.platform}


def _note(name: str, delivery: Delivery, **more: object) -> None:
    log.event(name, **_fields(delivery), **more)


def _warn(name: str, delivery: Delivery, **more: object) -> None:
    log.warning(name, **_fields(delivery), **more)


async def say_once(messenger: Messenger, channel: Channel, reply: Reply, notice_id: str, since: datetime | None) -> None:
    """Post a notice, unless an attempt at it that was begun at ``since`` came through.

    Raises:
        DeliveryError: as bot.ports.Messenger.tell says.
    """
    if since is not None:
        try:
            found = await messenger.find(channel, notice_id, since - SKEW, None)
        except DeliveryError as error:  # whether the earlier attempt came through stays unknown
            raise DeliveryError(str(error), retry_after=error.retry_after, posted=None) from error
        if found is not None:
            return
    await messenger.send(channel, messenger.render_note(reply, "en"), notice_id, None)
