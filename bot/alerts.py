"""Plans alerts: news that cannot wait, as editions of one story, each exactly once and never as a flood.

A channel's first alert is of what becomes known after it was set up; after an alert the channel rests, unless a story that was
alerted has a new fact; in quiet hours nothing is sent, and what came then is looked at when they end.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot import log
from bot.app import App
from bot.locales import wording
from bot.model import Alerts, Feed, Slot, Story, Subscription, Told
from bot.pipeline import digest
from bot.pipeline.briefing import Briefer, News, Wanted
from bot.pipeline.overriding import Said, amounts_of, by_workspace, of_stories
from bot.pipeline.urgent import Urgent, urgent
from bot.ports import Messenger
from bot.schedule import awake_since, quiet_until

NEWS_FOR = timedelta(hours=3)  # what is older is left to the digest


async def plan_alerts(
    app: App, subscriptions: Sequence[Subscription], messengers: Mapping[str, Messenger], feeds: Sequence[Feed], now: datetime
) -> None:
    """Plan what must be told at once at ``now``, on platforms that are served."""
    wanted = [one for one in subscriptions if one.alerts and one.channel.platform in messengers]
    if not wanted:
        return
    channels = {one.channel for one in wanted}
    begun = await app.store.alerting.since(channels, now)
    since = {one.id: max(begun[one.channel], awake_since(one, now, NEWS_FOR)) for one in wanted}
    stories = await app.store.stories.touched_between(min(since.values()), now)
    if not stories:
        return
    ids = [story.id for story in stories]
    said = await by_workspace(app.store, ids)
    news = _News(stories, await app.store.stories.updates(ids), said, _Periods(app.briefer, feeds, now))
    told = await app.store.editions.told_of(channels, ids)
    watchlists = await app.store.watchlist.of_channels(channels)
    for one in wanted:
        if one.alerts is None or quiet_until(one, now):
            continue
        desk = _Desk(app, messengers[one.channel.platform], one, one.alerts, since[one.id])
        try:
            await desk.plan(news, watchlists.get(one.channel, ()), told.get(one.channel, {}), now)
        except Exception as error:  # noqa: BLE001 - edge of a job: one channel that fails must not stop the others
            log.bug("alerts.failed", error, subscription=one.id)


class _Periods:
    """All that happened since some instant, read once for the alerts of all who are told of it."""

    def __init__(self, briefer: Briefer, feeds: Sequence[Feed], now: datetime) -> None:
        self._briefer = briefer
        self._feeds = feeds
        self._now = now
        self._read: dict[datetime, News] = {}

    async def since(self, since: datetime) -> News:
        """Until now."""
        if since not in self._read:
            self._read[since] = await self._briefer.news(since, self._now, self._feeds)
        return self._read[since]


@dataclass(frozen=True, slots=True)
class _News:
    """What may be news to somebody: stories, and the ids of the articles that made one materially new. ``said``: what editors
    said, by workspace; ``periods``: to make editions of them."""

    stories: Sequence[Story]
    updates: set[str]
    said: Mapping[tuple[str, str], Said]
    periods: _Periods


@dataclass(frozen=True, slots=True)
class _Desk:
    """Decides for one subscription."""

    app: App
    messenger: Messenger
    subscription: Subscription
    alerts: Alerts
    since: datetime

    async def plan(self, news: _News, watchlist: Sequence[str], told: Mapping[str, Told], now: datetime) -> None:
        channel, store = self.subscription.channel, self.app.store
        found = await asyncio.to_thread(self._found, news, watchlist, told, now)
        if not found:
            return
        before = await store.alerting.on_stories(channel, [one.story_id for one in found])
        cooldown = timedelta(minutes=self.alerts.cooldown_minutes)
        last = await store.alerting.last(channel)
        rests = last is not None and now < last + cooldown
        for one in found:
            ours = [alert for alert in before if alert.story_id == one.story_id]
            if rests and not (one.has_new_fact and ours):
                continue
            number = 1 + sum(alert.subscription_id == self.subscription.id for alert in ours)
            slot = self._slot(f"{one.story_id}/{number}", now)
            made = await self._post(one, slot, await news.periods.since(self.since), watchlist, told, now)
            # Refused: another process was quicker, or a digest told it meanwhile. Either way the channel has something to read.
            rests = rests or (made is not None and bool(cooldown))

    def _found(self, news: _News, watchlist: Sequence[str], told: Mapping[str, Told], now: datetime) -> list[Urgent]:
        filters, most, place = self.subscription.filters, len(news.stories), self.subscription.channel
        said = news.said.get((place.platform, place.workspace), {})
        chosen = digest.select(
            of_stories(news.stories, said),
            since=self.since,
            until=now,
            told=told,
            updates=news.updates,
            filters=filters,
            watchlist=watchlist,
            per_topic=most,
            max_stories=most,
            amounts_of=amounts_of(said),
        )
        return urgent(chosen, since=self.since, alerts=self.alerts, filters=filters, watchlist=watchlist)

    def _slot(self, name: str, now: datetime) -> Slot:
        local = now.astimezone(ZoneInfo(self.subscription.time_zone))
        return Slot(self.subscription.id, local.date(), local.time(), now, alert=name)

    async def _post(
        self, one: Urgent, slot: Slot, news: News, watchlist: Sequence[str], told: Mapping[str, Told], now: datetime
    ) -> bool | None:
        """Whether the alert is planned now; None where the votes of the workspace leave nothing of it."""
        subscription = self.subscription
        wanted = Wanted(
            key=slot.key,
            since=self.since,
            until=now,
            language=subscription.language,
            time_zone=subscription.time_zone,
            filters=subscription.filters,
            told_to=subscription.channel,
            watchlist=watchlist,
            told=told,
            only=one.story_id,
        )
        edition = await self.app.briefer.edition(wanted, news)
        if not edition.items:
            return None
        reason = wording.alert_reason(one.names, one.score, self.alerts.min_score, subscription.language)
        edition = replace(edition, lead=(), alert=reason)
        messages = self.messenger.render(edition, subscription)
        planned = await self.app.store.editions.plan(slot, subscription, edition, messages, now, told)
        if planned:
            log.event("alert.planned", edition=slot.key, reason=reason, messages=len(messages), score=round(one.score, 3))
        return planned
