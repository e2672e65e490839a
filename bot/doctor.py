"""``bot doctor``: what is set up, what is missing, and in one line each how to put it right."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass

from rich.table import Table

from bot import doctor_model, log, surroundings
from bot.config import Settings, load_feeds
from bot.errors import ConfigError, StoreError
from bot.model import Channel, Feed, Subscription
from bot.platforms.discord import check as check_discord
from bot.platforms.slack import check as check_slack
from bot.platforms.terminal.render import console, plain
from bot.store import Store, queued
from bot.store.installations import Installation

GOOD, OFF, BAD = "good", "off", "bad"
_STYLES = {GOOD: "green", OFF: "dim", BAD: "bold red"}


@dataclass(frozen=True, slots=True)
class Finding:
    """The state of one thing: good, off (not set up, not needed) or bad, and what to do."""

    what: str
    state: str
    words: str


async def examine(settings: Settings, as_json: bool) -> int:
    """Show every finding. The exit status: 1 where something is bad."""
    findings = await examined(settings)
    if as_json:
        sys.stdout.write(log.mask(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False)) + "\n")
    else:
        table = Table("what", "state", "", box=None, header_style="bold")
        for finding in findings:
            words = plain(log.mask(finding.words))
            table.add_row(finding.what, f"[{_STYLES[finding.state]}]{finding.state}[/]", words)
        console().print(table)
    return int(any(finding.state == BAD for finding in findings))


async def examined(settings: Settings) -> list[Finding]:
    """The state of everything."""
    checks: Sequence[Callable[[Settings], Awaitable[Finding]]] = (_feeds, _database, _disk, _clock, _queue, _deliveries)
    return [
        *[await check(settings) for check in checks],
        *await _model(settings),
        *await _slack(settings),
        *await _discord(settings),
        Finding("pages", *surroundings.pages(settings)),
    ]


async def _feeds(settings: Settings) -> Finding:
    try:
        found = load_feeds(settings.feeds_file)
    except ConfigError as exc:
        return Finding("feeds", BAD, f"{len(exc.problems)} problems, the first: {exc.problems[0]}")
    words = f"{len(found.enabled)} feeds, {len(found.digests)} digests in {settings.feeds_file}"
    failing = await _failing(settings, {feed.id for feed in found.enabled})
    if not failing:
        return Finding("feeds", GOOD, words)
    state = BAD if len(failing) * 2 > len(found.enabled) else GOOD
    return Finding("feeds", state, f"{words}; {len(failing)} failed last time, first {failing[0]}: `bot status` says why")


async def _failing(settings: Settings, ids: Collection[str]) -> list[str]:
    """The feeds whose last poll failed, the worst first."""
    try:
        store = await Store.open(settings.database_url)
    except StoreError:  # told below
        return []
    try:
        return [one.feed_id for one in await store.feeds.health() if one.failures and one.feed_id in ids]
    finally:
        await store.close()


async def _database(settings: Settings) -> Finding:
    try:
        store = await Store.open(settings.database_url)
    except StoreError as exc:
        return Finding("database", BAD, str(exc))
    try:
        articles, relevant = await store.articles.count()
        server = await store.upkeep.server()
    except StoreError as exc:
        return Finding("database", BAD, str(exc))
    finally:
        await store.close()
    words = f"{articles:,} articles, {relevant:,} of them relevant"
    if server:
        words = f"{server.words}; {words}"
        if server.problems:
            return Finding("database", BAD, "; ".join((*server.problems, words)))
    return Finding("database", GOOD, words)


async def _disk(settings: Settings) -> Finding:
    return Finding("disk", *await asyncio.to_thread(surroundings.disk, settings))


async def _clock(settings: Settings) -> Finding:
    feeds: Sequence[Feed] = ()
    with suppress(ConfigError):  # told above
        feeds = load_feeds(settings.feeds_file).enabled
    return Finding("clock", *await surroundings.clocks(settings, feeds))


async def _queue(settings: Settings) -> Finding:
    try:
        store = await Store.open(settings.database_url)
    except StoreError as exc:
        return Finding("queue", BAD, str(exc))
    try:
        found = await store.upkeep.queued()
    finally:
        await store.close()
    if found is None or not (found.workers or found.problem):
        return Finding("queue", OFF, found.words if found else queued.NONE)
    return Finding("queue", BAD if found.problem else GOOD, "; ".join(filter(None, (found.words, found.problem))))


async def _deliveries(settings: Settings) -> Finding:
    try:
        store = await Store.open(settings.database_url)
    except StoreError as exc:
        return Finding("deliveries", BAD, str(exc))
    try:
        held = await store.deliveries.held()
        suspended = [one for one in await store.subscriptions.all() if one.state == "suspended"]
    finally:
        await store.close()
    words = [f"{one.subscription.id} is suspended: {one.reason}" for one in suspended]
    if held:
        words.append(f"{len(held)} messages are held, `bot outbox` shows them")
    return Finding("deliveries", BAD if words else GOOD, "; ".join(words) or "nothing is held, nobody is suspended")


async def _model(settings: Settings) -> list[Finding]:
    return [Finding(*row) for row in await doctor_model.examine(settings)]


async def _slack(settings: Settings) -> list[Finding]:
    """Its connection, and each workspace and channel that is served."""
    channels: dict[Channel, None] = {}
    installed: list[Installation] = []
    with suppress(ConfigError):  # told above
        channels |= {digest.channel: None for digest in load_feeds(settings.feeds_file).digests}
    with suppress(StoreError):  # told above
        store = await Store.open(settings.database_url)
        try:
            channels |= {one.subscription.channel: None for one in await store.subscriptions.all() if one.state != "paused"}
            installed = await store.installations.all("slack")
        finally:
            await store.close()
    return [Finding(*line) for line in await check_slack(settings, installed, list(channels))]


async def _discord(settings: Settings) -> list[Finding]:
    """Its token, intents and commands, and each channel that is served."""
    served: list[Subscription] = []
    with suppress(ConfigError):  # told above
        served += load_feeds(settings.feeds_file).digests
    with suppress(StoreError):  # told above
        store = await Store.open(settings.database_url)
        try:
            served += [one.subscription for one in await store.subscriptions.all() if one.state != "paused"]
        finally:
            await store.close()
    return [Finding(*line) for line in await check_discord(settings.discord_token, served)]
