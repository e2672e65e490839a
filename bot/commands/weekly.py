"""The charts of weekly editions, as a channel's filters and its workspace's editors want them."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot import log
from bot.archive import period, policy
from bot.archive.period import Period
from bot.commands.ledger import corrected
from bot.model import Channel, Chart, Filters, Story
from bot.pipeline.filters import passes
from bot.pipeline.overriding import overridden
from bot.store import Store


class Weekly:
    """Of one period, read once for all its editions; who want the same get the same."""

    def __init__(self, store: Store, read: Period | None) -> None:
        self._store, self._read = store, read
        self._made: dict[tuple[str, str, Filters], tuple[Chart, ...]] = {}

    async def charts(self, language: str, zone: str, filters: Filters, place: Channel | None = None) -> tuple[Chart, ...]:
        """Stories by topic and the amounts that they tell of; none of a period shorter than a week. ``place``: whose workspace's
        corrections count, None where it has made none.
        """
        key = (language, zone, filters)
        if self._read is None:
            return ()
        if place is None and key in self._made:
            return self._made[key]
        read = self._read if place is None else await self._seen_in(self._read, place)
        try:
            made = await asyncio.to_thread(_made, read, language, zone, filters)
        except Exception as error:  # noqa: BLE001 - a picture never costs a briefing
            log.bug("charts.failed", error, language=language)
            made = ()
        if place is None:
            self._made[key] = made
        return made

    async def _seen_in(self, read: Period, place: Channel) -> Period:
        both = [*read.stories, *read.earlier]
        seen, _ = await overridden(self._store, place, both)
        rows = await corrected(self._store, place, read.rows)
        return replace(read, stories=seen[: len(read.stories)], earlier=seen[len(read.stories) :], rows=rows)


async def weekly(
    store: Store, since: datetime, until: datetime, stories: Sequence[Story] | None = None, *, ends: datetime | None = None
) -> Weekly:
    """What charts of [since, until) need, where that is a week. ``stories``: of the period, where they were read before.

    ``ends``: until when the period will last, where it is not over yet.
    """
    is_week = (ends or until) - since >= policy.WEEK
    return Weekly(store, await period.read_period(store, since, until, stories) if is_week else None)


def _made(read: Period, language: str, zone: str, filters: Filters) -> tuple[Chart, ...]:
    if filters == Filters():
        return period.weekly(read, language, zone)
    return period.weekly(period.narrowed(read, lambda story: passes(story, filters)), language, zone)
