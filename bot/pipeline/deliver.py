"""Posts what is due and settles the ledger, so that no message is lost and none is posted twice.

Pending → sending (committed before the request) → sent. After a crash or an unclear answer the platform is asked whether it
holds the message; what it cannot tell is held for a person, never sent again on a guess.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from bot import log
from bot.model import Channel, Delivery
from bot.pipeline import notices
from bot.pipeline.attempt import Attempts, DeliveryReport, Watch
from bot.pipeline.pace import Pace
from bot.ports import Messenger
from bot.store import Store

SEND_LIMIT = 60.0
SETTLE = 60.0
PASS_SECONDS = 25.0

__all__ = ["SEND_LIMIT", "SETTLE", "DeliveryReport", "deliver_due", "expire", "recover"]


async def deliver_due(
    store: Store,
    messengers: Mapping[str, Messenger],
    now: datetime,
    *,
    send_limit: float = SEND_LIMIT,
    settle: float = SETTLE,
    pace: Pace | None = None,
    pass_seconds: float = PASS_SECONDS,
    only: str = "",
    rests: Callable[[Delivery], bool] = lambda delivery: False,
    workspaces: Collection[str] | None = None,
) -> DeliveryReport:
    """Post everything that is due at ``now``, channels side by side, the parts of an edition strictly in order.

    A channel that fails stops no other. Several processes may do this at once. ``send_limit``: seconds for one message;
    ``settle``: seconds within which a platform shows in its history what it has taken; ``pace``: what was posted where by the
    passes before; ``pass_seconds``: after which what is left waits for the next pass; ``only``: post what is due, or settle what
    is in doubt, so that a platform that hangs with one holds up nothing of the other; ``rests``: whose quiet hours it is;
    ``workspaces``: only there.
    """
    report = DeliveryReport()
    pace, ends = pace or Pace(), monotonic() + pass_seconds
    attempts = Attempts(store, Watch(now), send_limit, settle, report, pace)
    if only != "settle" and workspaces is None:
        await expire(store, now, report)
    begun = await store.deliveries.in_doubt(now, workspaces) if only != "post" else ()
    doubts = _by_channel(begun, messengers, report)
    wanted = [one for one in await store.deliveries.due(now, workspaces) if not rests(one)] if only != "settle" else []
    due = _by_channel(wanted, messengers, report)
    work = [_Lane(messengers[channel.platform], attempts, ends).settle(some) for channel, some in doubts.items()]
    work += [_Lane(messengers[channel.platform], attempts, ends).post(some) for channel, some in due.items()]
    await asyncio.gather(*work)
    return report


async def recover(
    store: Store, messengers: Mapping[str, Messenger], now: datetime, workspaces: Collection[str] | None = None
) -> DeliveryReport:
    """Settle what a process had begun that is gone and whose message is there: at once, not when an absent one could be trusted.

    Harmless where the process is merely slow: nothing is posted, and what is not found stays as it is.
    """
    report = DeliveryReport()
    attempts = Attempts(store, Watch(now), SEND_LIMIT, SETTLE, report, Pace())
    begun = _by_channel(await store.deliveries.begun(workspaces), messengers, report)
    await asyncio.gather(*(_Lane(messengers[channel.platform], attempts, 0.0).recover(some) for channel, some in begun.items()))
    return report


async def expire(store: Store, now: datetime, report: DeliveryReport | None = None) -> None:
    """Hold what comes a day too late."""
    attempts = Attempts(store, Watch(now), SEND_LIMIT, SETTLE, report or DeliveryReport(), Pace())
    async with store.transaction():
        late = await store.deliveries.expire(now)
        if late:
            await store.notices.add([notices.held(one, one.error or "") for one in late], now)
    for delivery in late:
        attempts.say_held(delivery, delivery.error)


def _by_channel(
    deliveries: Sequence[Delivery], messengers: Mapping[str, Messenger], report: DeliveryReport
) -> dict[Channel, list[Delivery]]:
    channels: dict[Channel, list[Delivery]] = defaultdict(list)
    for delivery in deliveries:
        if delivery.channel.platform in messengers:
            channels[delivery.channel].append(delivery)
        else:
            report.waiting += 1
    return channels


@dataclass(frozen=True, slots=True)
class _Lane:
    """The messages of one channel, one after the other."""

    messenger: Messenger
    attempts: Attempts
    ends: float  # on the monotonic clock: then nothing new is begun

    async def settle(self, doubts: Sequence[Delivery]) -> None:
        """Look into what nobody knows the outcome of."""
        await self._each(self.attempts.look_into, doubts)

    async def recover(self, begun: Sequence[Delivery]) -> None:
        """Look whether what was begun is there."""
        await self._each(self.attempts.recover, begun)

    async def _each(self, look: Callable[[Messenger, Delivery], Awaitable[None]], doubts: Sequence[Delivery]) -> None:
        for delivery in doubts:
            try:
                await look(self.messenger, delivery)
            except Exception as error:  # noqa: BLE001 - edge of a job: it stays in doubt, and is looked at again
                log.bug("delivery.bug", error, delivery=delivery.id)

    async def post(self, deliveries: Sequence[Delivery]) -> None:
        """Send what is due; where one message of an edition fails, the rest of that edition waits."""
        first: dict[str, str] = {}
        stuck: set[str] = set()
        for delivery in deliveries:
            key = delivery.edition_key
            if key in stuck:
                continue
            if not await self.attempts.pace.turn(self.messenger, delivery.channel, self.ends):
                return
            try:
                external_id = await self.attempts.send(self.messenger, delivery, delivery.thread or first.get(key))
            except Exception as error:  # noqa: BLE001 - edge of a job: the ledger shows how far it came, other channels go on
                log.bug("delivery.bug", error, delivery=delivery.id)
                return
            finally:
                self.attempts.pace.done(self.messenger, delivery.channel)
            if external_id is None:
                stuck.add(key)
            elif delivery.part == 0:
                first[key] = external_id
