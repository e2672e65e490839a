"""Turns slots that are due into editions planned in the ledger: composed, rendered, their messages frozen.

At nine in the morning thousands are due at once: the news are read once, what many channels want alike is composed once, and
the editions are planned many in one transaction.
"""

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby

from bot import log
from bot.app import App
from bot.archive import policy
from bot.commands.weekly import Weekly, weekly
from bot.errors import StoreError
from bot.model import Channel, Edition, Feed, Slot, Subscription, Told
from bot.pipeline.briefing import News, Wanted
from bot.ports import Messenger
from bot.schedule import CATCH_UP, due_slot, is_delayed, missed_slots, period_begins
from bot.store import Store
from bot.store.editions import Planned

# A subscription that was never served has missed nothing: its first edition is that of its next slot.
FIRST_CATCH_UP = timedelta(minutes=10)
LOOKED_UP = 2000  # channels whose past is read in one query
SAVED = 50  # editions in one transaction: other writers wait no longer than that takes
AT_ONCE = 8  # compositions side by side, which wait for the language model


async def plan_editions(
    app: App, subscriptions: Sequence[Subscription], messengers: Mapping[str, Messenger], feeds: Sequence[Feed], now: datetime
) -> None:
    """Plan the edition of every slot that is due at ``now`` on a platform that is served.

    Of one channel's subscriptions one follows the other: what one tells, the next need not.
    """
    served = [one for one in subscriptions if one.channel.platform in messengers]
    due = await _all_due(app.store, served, now)
    if not due:
        return
    desk = _Desk(app, messengers, await policy.clock(app.store, now), app.briefer.deadline(), now)
    for wave in _waves(due):
        in_order = sorted(wave, key=lambda one: one.since(now))
        for since, alike in groupby(in_order, key=lambda one: one.since(now)):
            news = await app.briefer.news(since, now, feeds)
            for some in _cut(list(alike), LOOKED_UP):
                await desk.serve(news, some)


async def due_subscriptions(
    store: Store, subscriptions: Sequence[Subscription], platforms: Collection[str], now: datetime
) -> list[Subscription]:
    """Those on ``platforms`` that have a slot due at ``now``."""
    served = [one for one in subscriptions if one.channel.platform in platforms]
    return [one.subscription for one in await _all_due(store, served, now)]


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

    def since(self, now: datetime) -> datetime:
        """Where the period of the edition begins."""
        return period_begins(self.before, now)


async def _all_due(store: Store, served: Sequence[Subscription], now: datetime) -> list[_Due]:
    # Most of the day nothing is near its time: what was served last is looked up only of what may be due.
    near = await asyncio.to_thread(lambda: [one for one in served if due_slot(one, None, now, CATCH_UP)])
    if not near:
        return []
    last = await store.editions.last_slots([one.id for one in near])
    found = await asyncio.to_thread(lambda: [_due(one, last.get(one.id), now) for one in near])
    due = [one for one in found if one]
    taken = await store.editions.taken_of([one.slot for one in due])  # the times were changed to and fro
    return [one for one in due if one.slot.key not in taken]


def _due(subscription: Subscription, before: Slot | None, now: datetime) -> _Due | None:
    slot = due_slot(subscription, before, now, CATCH_UP if before else FIRST_CATCH_UP)
    if slot is None:
        return None
    return _Due(subscription, slot, before, missed_slots(subscription, before, now) if before else 0)


def _waves(due: Sequence[_Due]) -> list[list[_Due]]:
    """First one subscription of each channel, then the next of those that have more."""
    waves: list[list[_Due]] = []
    places: dict[Channel, int] = {}
    for one in sorted(due, key=lambda one: one.subscription.id):
        place = places[one.channel] = places.get(one.channel, -1) + 1
        if place == len(waves):
            waves.append([])
        waves[place].append(one)
    return waves


def _cut(due: Sequence[_Due], size: int) -> Iterator[Sequence[_Due]]:
    return (due[start : start + size] for start in range(0, len(due), size))


@dataclass(frozen=True, slots=True)
class _Wish:
    """All that the content of an edition depends on: who wish the same get the same.

    ``wanted``: without what was told, and told to the channel only where its workspace sees the news in its own way; ``told``:
    what the channel was told of the period's stories; ``reminded``: of which dates.
    """

    wanted: Wanted
    told: frozenset[tuple[str, Told]]
    reminded: frozenset[tuple[str, date]]


@dataclass(frozen=True, slots=True)
class _Desk:
    """What is needed to make editions at one moment. ``ends``: until when, on the loop's clock, the model may write."""

    app: App
    messengers: Mapping[str, Messenger]
    policies: Sequence[policy.Policy]
    ends: float
    now: datetime

    async def serve(self, news: News, due: Sequence[_Due]) -> None:
        """Plan the editions of different channels, all of the period of ``news``."""
        week = await weekly(self.app.store, news.since, news.until, news.stories)
        wishes = await self._wishes(news, due)
        alike: dict[_Wish, list[_Due]] = {}
        for one in due:
            alike.setdefault(wishes[one.subscription.id], []).append(one)
        made: Mapping[_Wish, Edition] = {}
        for some in _cut([one for group in alike.values() for one in group], SAVED):
            wanted = {wishes[one.subscription.id]: one for one in some}
            made = await self._composed(news, week, wanted, made)
            planned = await asyncio.to_thread(self._rendered, some, wishes, made)
            await self._keep(planned)

    async def _wishes(self, news: News, due: Sequence[_Due]) -> dict[str, _Wish]:
        """By subscription."""
        store, channels = self.app.store, {one.channel for one in due}
        told = await store.editions.told_of(channels, [story.id for story in news.stories])
        reminded = await store.reminders.of_channels(channels)
        watchlists = await store.watchlist.of_channels(channels)
        return {
            one.subscription.id: _Wish(
                self._wanted(news, one, watchlists.get(one.channel, ())),
                told=frozenset(told.get(one.channel, {}).items()),
                reminded=frozenset(reminded.get(one.channel, ())),
            )
            for one in due
        }

    def _wanted(self, news: News, due: _Due, watchlist: Sequence[str]) -> Wanted:
        subscription = due.subscription
        return Wanted(
            since=news.since,
            until=news.until,
            language=subscription.language,
            time_zone=subscription.time_zone,
            filters=subscription.filters,
            watchlist=watchlist,
            told_to=None if news.is_common(due.channel) else due.channel,
            delayed=is_delayed(due.slot, self.now),
        )

    async def _composed(
        self, news: News, week: Weekly, wanted: Mapping[_Wish, _Due], made: Mapping[_Wish, Edition]
    ) -> dict[_Wish, Edition]:
        """The edition of each wish; those that were ``made`` before are not made again."""
        places = asyncio.Semaphore(AT_ONCE)

        async def compose(wish: _Wish, one: _Due) -> tuple[_Wish, Edition] | None:
            async with places:
                try:
                    return wish, made.get(wish) or await self._compose(news, week, wish)
                except Exception as error:  # noqa: BLE001 - edge of a job: one edition that fails must not stop the others
                    log.bug("edition.failed", error, edition=one.slot.key)
                    return None

        return dict(found for found in await asyncio.gather(*map(compose, wanted, wanted.values())) if found)

    async def _compose(self, news: News, week: Weekly, wish: _Wish) -> Edition:
        wanted = replace(wish.wanted, told=dict(wish.told))
        edition = await self.app.briefer.edition(wanted, news, ends=self.ends)
        language, filters = wanted.language, wanted.filters
        ahead = policy.for_edition(self.policies, wish.reminded, filters.countries, news.since, news.until, language)
        charts = await week.charts(language, wanted.time_zone, filters, wanted.told_to)
        return replace(edition, ahead=ahead, charts=charts)

    def _rendered(self, due: Sequence[_Due], wishes: Mapping[str, _Wish], made: Mapping[_Wish, Edition]) -> list[Planned]:
        found: list[Planned] = []
        for one in due:
            wish = wishes[one.subscription.id]
            if wish not in made:
                continue
            try:
                charts = made[wish].charts if one.subscription.charts else ()
                edition = replace(made[wish], key=one.slot.key, missed=one.missed, charts=charts)
                messages = self.messengers[one.channel.platform].render(edition, one.subscription)
            except Exception as error:  # noqa: BLE001 - edge of a job: one edition that fails must not stop the others
                log.bug("edition.failed", error, edition=one.slot.key)
            else:
                found.append(Planned(one.slot, one.subscription, edition, messages, dict(wish.told)))
        return found

    async def _keep(self, planned: Sequence[Planned]) -> None:
        # Refused where an alert told one of the stories meanwhile: the next tick makes the edition anew, without it.
        kept = await self._planned(planned) if planned else ()
        for one in planned:
            key, missed = one.slot.key, one.edition.missed
            if key not in kept:
                continue
            log.event("edition.planned", edition=key, stories=len(one.edition.items), messages=len(one.messages), missed=missed)
            if missed:
                log.warning("slots.missed", subscription=one.subscription.id, missed=missed)

    async def _planned(self, planned: Sequence[Planned]) -> Collection[str]:
        """The keys of those that the ledger took; where it does not take them together, it is tried one by one."""
        try:
            return await self.app.store.editions.plan_all(planned, self.now)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - edge of a job: one edition that fails must not stop the others
            if len(planned) > 1:
                return {key for one in planned for key in await self._planned([one])}
            log.bug("edition.failed", error, edition=planned[0].slot.key)
            return ()
