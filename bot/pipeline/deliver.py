"""Posts what is due and settles the ledger, so that no message is lost and none is posted twice.

Pending → sending (committed before the request) → sent. After a crash or an unclear answer nobody knows whether the platform
holds the message: it is held for a person, never sent again on a guess.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

from bot import log
from bot.errors import DeliveryError
from bot.model import Delivery
from bot.ports import Messenger
from bot.store import Store

SEND_LIMIT = 60.0  # seconds; shorter than the lease of a delivery
FIRST_RETRY = 30.0
LAST_RETRY = 3600.0


@dataclass(slots=True)
class DeliveryReport:
    """What one pass did. ``waiting``: due, but no messenger serves the platform. ``suspended``: subscription ids with reasons."""

    sent: int = 0
    retried: int = 0
    held: int = 0
    dead: int = 0
    waiting: int = 0
    suspended: dict[str, str] = field(default_factory=dict)


async def deliver_due(
    store: Store, messengers: Mapping[str, Messenger], now: datetime, *, send_limit: float = SEND_LIMIT
) -> DeliveryReport:
    """Post everything that is due at ``now``, channels side by side, the parts of an edition strictly in order.

    A channel that fails stops no other. Several processes may do this at once. ``send_limit``: seconds for one message.
    """
    report = DeliveryReport()
    for delivery in await store.deliveries.recover(now):
        report.held += 1
        log.warning("delivery.held", delivery=delivery.id, edition=delivery.edition_key, reason=delivery.error)
    channels: dict[object, list[Delivery]] = defaultdict(list)
    for delivery in await store.deliveries.due(now):
        if delivery.channel.platform in messengers:
            channels[delivery.channel].append(delivery)
        else:
            report.waiting += 1
    watch = _Watch(now)
    posts = [
        _Post(store, messengers[some[0].channel.platform], watch, send_limit, report).channel(some) for some in channels.values()
    ]
    await asyncio.gather(*posts)
    return report


class _Watch:
    """``now`` as it moves on while a pass takes its time."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._started = monotonic()

    def now(self) -> datetime:
        return self._now + timedelta(seconds=monotonic() - self._started)


@dataclass(frozen=True, slots=True)
class _Post:
    """The messages of one channel."""

    store: Store
    messenger: Messenger
    watch: _Watch
    limit: float
    report: DeliveryReport

    async def channel(self, deliveries: Sequence[Delivery]) -> None:
        """Send ``deliveries`` one after the other; where one of an edition fails, the rest of that edition waits."""
        first: dict[str, str] = {}
        stuck: set[str] = set()
        for delivery in deliveries:
            key = delivery.edition_key
            if key in stuck:
                continue
            try:
                external_id = await self._one(delivery, delivery.thread or first.get(key))
            except Exception as error:  # noqa: BLE001 - edge of a job: the ledger shows how far it came, other channels go on
                log.bug("delivery.bug", error, delivery=delivery.id)
                return
            if external_id is None:
                stuck.add(key)
            elif delivery.part == 0:
                first[key] = external_id

    async def _one(self, delivery: Delivery, thread: str | None) -> str | None:
        """The platform's id of the message, or None when it was not posted for certain."""
        ledger = self.store.deliveries
        if not await ledger.mark_sending(delivery.id, self.watch.now()):
            return None
        try:
            async with asyncio.timeout(self.limit):
                below = thread if delivery.message.in_thread else None
                external_id = await self.messenger.send(delivery.channel, delivery.message, delivery.id, below)
        except DeliveryError as error:
            await self._settle(delivery, error)
            return None
        except TimeoutError:
            await self._hold(delivery, f"no answer within {self.limit:g} s")
            return None
        except Exception as error:  # noqa: BLE001 - whatever broke, the platform may hold the message
            log.bug("delivery.bug", error, delivery=delivery.id)
            await self._hold(delivery, f"unforeseen {type(error).__name__} while sending")
            return None
        await ledger.mark_sent(delivery.id, external_id)
        self.report.sent += 1
        log.event("delivery.sent", delivery=delivery.id, edition=delivery.edition_key, part=delivery.part)
        return external_id

    async def _settle(self, delivery: Delivery, error: DeliveryError) -> None:
        if error.posted is not False:
            await self._hold(delivery, str(error))
        elif error.permanent:
            await self._bury(delivery, str(error))
        else:
            seconds = error.retry_after or min(LAST_RETRY, FIRST_RETRY * 2**delivery.attempts)
            await self.store.deliveries.retry_at(delivery.id, self.watch.now() + timedelta(seconds=seconds), str(error))
            self.report.retried += 1
            log.event("delivery.retry", delivery=delivery.id, seconds=seconds, reason=str(error))

    async def _hold(self, delivery: Delivery, reason: str) -> None:
        await self.store.deliveries.mark_held(delivery.id, reason)
        self.report.held += 1
        log.warning("delivery.held", delivery=delivery.id, edition=delivery.edition_key, reason=reason)

    async def _bury(self, delivery: Delivery, reason: str) -> None:
        async with self.store.transaction():
            subscription_id = await self.store.deliveries.mark_dead(delivery.id, reason)
            await self.store.subscriptions.suspend(subscription_id, reason)
        self.report.dead += 1
        self.report.suspended[subscription_id] = reason
        log.warning("subscription.suspended", subscription=subscription_id, reason=reason)
