"""Subscriptions in words: what will come, and when."""

from collections.abc import Sequence
from datetime import datetime

from bot.commands import names, times
from bot.commands.desk import Desk
from bot.commands.subscription_form import on_holiday
from bot.locales import t, tn, wording
from bot.locales import times as said
from bot.model import Filters, Subscription, Topic
from bot.store.subscriptions import Standing


def called(standing: Standing, language: str) -> str:
    """What people call a subscription: its name, the id that feeds.yaml gave it, or when it comes."""
    one = standing.subscription
    return one.name or (one.id if standing.origin == "file" else when(one, language))


def when(one: Subscription, language: str) -> str:
    """Such as "Monday to Friday at 09:00 and 18:00 (Asia/Seoul)"."""
    at = said.listed([f"{moment:%H:%M}" for moment in sorted(set(one.times))], language)
    days = said.weekdays(one.weekdays, language)
    return t(language, "{days} at {times} ({zone})", days=days, times=at, zone=one.time_zone)


def details(one: Subscription, language: str) -> tuple[tuple[str, str], ...]:
    """All that is set, each with its label."""
    rows = [
        (t(language, "When"), when(one, language)),
        (t(language, "Language"), said.language_name(one.language, language)),
        (t(language, "What"), content(one.filters, language)),
        *_pauses(one, language),
    ]
    if not one.charts:
        rows.append((t(language, "Charts in weekly briefings"), t(language, "No")))
    if one.alerts:
        rest = tn(language, "{n} minute of rest", "{n} minutes of rest", one.alerts.cooldown_minutes)
        above = t(
            language, "at once from score {score} on, and for the watchlist; then {rest}", score=one.alerts.min_score, rest=rest
        )
        rows.append((t(language, "Alerts"), above))
    return tuple(rows)


def _pauses(one: Subscription, language: str) -> list[tuple[str, str]]:
    rows = []
    if one.holidays and one.on_holiday != "post":
        where = said.listed([said.country_name(code, language) for code in sorted(one.holidays)], language)
        rows.append((t(language, "Public holidays of"), f"{where}: {on_holiday(one.on_holiday, language)}"))
    if one.quiet:
        rows.append((t(language, "Quiet hours"), times.show_period(one.quiet)))
    return rows


def content(wanted: Filters, language: str) -> str:
    """What is kept, such as "Policy and Chips; Korea; only on Upstage; score 0.6 and more"."""
    parts = [
        said.listed([wording.topic_name(topic, language) for topic in Topic if topic in wanted.topics], language),
        said.listed([said.country_name(code, language) for code in sorted(wanted.countries)], language),
    ]
    if wanted.entities:
        who = said.listed([names.show_name(id, language) for id in sorted(wanted.entities)], language)
        parts.append(t(language, "only on {names}", names=who))
    if wanted.min_score:
        parts.append(t(language, "score {score} and more", score=f"{wanted.min_score:g}"))
    more = (wanted.include, wanted.exclude, wanted.languages, wanted.outlets, wanted.all_of, wanted.any_of, wanted.none_of)
    if any((*more, wanted.boosts)):
        parts.append(t(language, "further filters of feeds.yaml"))
    return "; ".join(filter(None, parts)) or t(language, "everything relevant")


def state(standing: Standing, language: str) -> str:
    """Active, or why not."""
    if standing.state == "active":
        return t(language, "active")
    name = t(language, "paused") if standing.state == "paused" else t(language, "stopped")
    return f"{name}: {t(language, standing.reason)}" if standing.reason else name


def next_line(desk: Desk, standing: Standing, now: datetime, language: str) -> str:
    """When the next briefing comes; empty where none does."""
    one = standing.subscription
    slot = desk.next_slot(one, now) if standing.state == "active" else None
    return said.moment(slot.due, one.time_zone, language) if slot else ""


def next_of(desk: Desk, standings: Sequence[Standing], now: datetime) -> tuple[datetime, Standing] | None:
    """The very next briefing of several subscriptions."""
    found = []
    for standing in standings:
        slot = desk.next_slot(standing.subscription, now) if standing.state == "active" else None
        if slot:
            found.append((slot.due, standing))
    return min(found, key=lambda pair: (pair[0], pair[1].subscription.id), default=None)
