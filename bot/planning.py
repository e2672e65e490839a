"""Turns slots that are due into editions planned in the ledger: composed, rendered, their messages frozen."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby

from bot import log
from bot.app import App
from bot.archive import policy
from bot.model import Channel, Feed, Slot, Subscription
from bot.ports import Messenger
from bot.schedule import CATCH_UP, due_slot, is_delayed, missed_slots

LONGEST_PERIOD = timedelta(days=7)
FIRST_PERIOD = timedelta(hours=24)
# A subscription that was never served has missed nothing: its first edition is that of its next slot.
FIRST_CATCH_UP = timedelta(minutes=10)
AT_ONCE = 4  # channels


async def plan_editions(
    app: App, subscriptions: Sequence[Subscription], messengers: Mapping[str, Messenger], feeds: Sequence[Feed], now: datetime
) -> None:
    """Plan the edition of every slot that is due at ``now`` on a platform that is served.

    Channels are worked on side by side, the subscriptions of one channel one after the other: what one tells, the next need not.
    """
    served = [one for one in subscriptions if one.channel.platform in messengers]
    last = await app.store.editions.last_slots([one.id for one in served])
    due = [found for one in served if (found := _due(one, last.get(one.id), now))]
    if not due:
        return
    watchlists = await app.store.watchlist.of_channels({one.channel for one in due})
    policies = await policy.clock(app.store, now)
    desk = _Desk(app, messengers, feeds, watchlists, policies, asyncio.Semaphore(AT_ONCE), now)
    in_order = sorted(due, key=lambda one: (one.channel.platform, one.channel.workspace, one.channel.id, one.subscription.id))
    await asyncio.gather(*(desk.serve(list(group)) for _, group in groupby(in_order, key=lambda one: one.channel)))


@dataclass(frozen=True, slots=True)
class _Due:
    """A subscription with the slot to be served, and the one that was served before it."""

    subscription: Subscription
    slot: Slot
    before: Slot | None
    missed: int

    @property
    def channel(self) -> Channel:
        return self.subscription.channel


def _due(subscription: Subscription, before: Slot | None, now: datetime) -> _Due | None:
    slot = due_slot(subscription, before, now, CATCH_UP if before else FIRST_CATCH_UP)
    if slot is None:
        return None
    return _Due(subscription, slot, before, missed_slots(subscription, before, now) if before else 0)


@dataclass(frozen=True, slots=True)
class _Desk:
    """What is needed to make editions at one moment."""

    app: App
    messengers: Mapping[str, Messenger]
    feeds: Sequence[Feed]
    watchlists: Mapping[Channel, Sequence[str]]
    policies: Sequence[policy.Policy]
    places: asyncio.Semaphore
    now: datetime

    async def serve(self, due: Sequence[_Due]) -> None:
        """The editions of one channel."""
        async with self.places:
            for one in due:
                try:
                    await self._plan(one)
                except Exception as error:  # noqa: BLE001 - edge of a job: one edition that fails must not stop the others
                    log.bug("edition.failed", error, edition=one.slot.key)

    async def _plan(self, one: _Due) -> None:
        subscription, store = one.subscription, self.app.store
        if await store.editions.taken(one.slot):  # the times were changed to and fro
            return
        told = await store.editions.told(one.channel)
        edition = await self.app.briefer.edition(
            key=one.slot.key,
            since=max(one.before.due, self.now - LONGEST_PERIOD) if one.before else self.now - FIRST_PERIOD,
            until=self.now,
            language=subscription.language,
            time_zone=subscription.time_zone,
            filters=subscription.filters,
            told_to=one.channel,
            watchlist=self.watchlists.get(one.channel, ()),
            delayed=is_delayed(one.slot, self.now),
            feeds=self.feeds,
        )
        filters, since = subscription.filters, edition.since
        ahead = await policy.for_edition(store, self.policies, one.channel, filters.countries, since, self.now, edition.language)
        edition = replace(edition, missed=one.missed, ahead=ahead)
        messages = self.messengers[one.channel.platform].render(edition, subscription)
        # Refused where an alert told one of the stories meanwhile: the next tick makes the edition anew, without it.
        if not await store.editions.plan(one.slot, subscription, edition, messages, self.now, told):
            return
        log.event("edition.planned", edition=one.slot.key, stories=len(edition.items), messages=len(messages), missed=one.missed)
        if one.missed:
            log.warning("slots.missed", subscription=subscription.id, missed=one.missed)
