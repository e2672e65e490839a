"""``bot status`` and ``bot audit``: how the bot stands and who changed what, for whoever runs it; all workspaces together."""

import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version

from rich.table import Table

from bot import clock, log
from bot.commands.spending import spending_lines
from bot.config import Settings, load_feeds
from bot.errors import ConfigError, UserError
from bot.llm.budget import Budget
from bot.llm.meter import BudgetMeter
from bot.model_app import limits
from bot.platforms.terminal.render import console, plain
from bot.store import Store, queued

SHOWN = 10
BACKUP_MADE = "backup.made"  # among the jobs: when the last copy was finished


@dataclass(frozen=True, slots=True)
class Line:
    """One thing about the bot; ``items`` stand below it."""

    what: str
    words: str
    items: tuple[str, ...] = ()
    alarming: bool = False


async def status(settings: Settings, as_json: bool) -> None:
    """Show how the bot stands. Raises StoreError where the database cannot be used."""
    parts: Sequence[Callable[[Store, Settings], Awaitable[Line]]] = (
        _program, _run, _feeds, _queue, _deliveries, _subscriptions, _notices, _model, _backup,
    )  # fmt: skip
    async with _store(settings) as store:
        lines = [await part(store, settings) for part in parts]
    if as_json:
        rows = [{"what": one.what, "words": one.words, "items": one.items, "alarming": one.alarming} for one in lines]
        sys.stdout.write(log.mask(json.dumps(rows, ensure_ascii=False)) + "\n")
        return
    table = Table(box=None, show_header=False)
    for one in lines:
        words = "\n".join((one.words, *(f"• {item}" for item in one.items)))
        table.add_row(one.what, f"[{'bold red' if one.alarming else 'default'}]{_plain(words)}[/]")
    console().print(table)


async def _program(store: Store, settings: Settings) -> Line:
    seen = await store.jobs.began("deliver")
    life = f"a worker showed itself {_ago((clock.now() - seen).total_seconds())}" if seen else "no worker has run yet"
    return Line("version", f"{version('ai-market-briefings')}; {life}", alarming=seen is None)


async def _run(store: Store, settings: Settings) -> Line:
    run = await store.runs.last()
    if run is None:
        return Line("last run", "none yet")
    counts = f"{run.articles} new articles, {run.relevant} relevant, {run.stories} stories, {run.seconds:.1f} s"
    return Line("last run", f"{run.started:%Y-%m-%d %H:%M} UTC: {counts}")


async def _feeds(store: Store, settings: Settings) -> Line:
    try:
        feeds = load_feeds(settings.feeds_file).enabled
    except ConfigError as exc:
        return Line("feeds", f"{settings.feeds_file} cannot be used", exc.problems[:SHOWN], alarming=True)
    memories = await store.feeds.memories([feed.id for feed in feeds])
    failing = [(feed, memories[feed.id]) for feed in feeds if feed.id in memories and memories[feed.id].failures]
    items = [f"{feed.id}: {memory.last_error} ({memory.failures}×)" for feed, memory in failing]
    return Line("feeds", f"{len(feeds)}, {len(failing)} failing", _first(items))


async def _queue(store: Store, settings: Settings) -> Line:
    found = await store.upkeep.queued()
    if found is None:
        return Line("queue", queued.NONE)
    items = (found.problem,) if found.problem else ()
    return Line("queue", found.words, items, alarming=bool(items))


async def _deliveries(store: Store, settings: Settings) -> Line:
    counts, held = await store.deliveries.counts(), await store.deliveries.held()
    words = ", ".join(f"{counts[state]} {state}" for state in ("pending", "sending", "sent", "held", "dead") if counts.get(state))
    items = [f"{one.id} of {one.edition_key}: {one.error}; `bot outbox` decides" for one in held]
    return Line("deliveries", words or "none yet", _first(items), alarming=bool(held))


async def _subscriptions(store: Store, settings: Settings) -> Line:
    standings = await store.subscriptions.all()
    stopped = [one for one in standings if one.state == "suspended"]
    active = sum(one.state == "active" for one in standings)
    items = [f"{one.subscription.id} is suspended: {one.reason}" for one in stopped]
    return Line("subscriptions", f"{active} of {len(standings)} active", _first(items), alarming=bool(stopped))


async def _notices(store: Store, settings: Settings) -> Line:
    counts = await store.notices.counts()
    untold = counts.get("failed", 0)
    words = f"{counts.get('sent', 0)} told" + (f", {untold} could not be told to anybody: set BOT_OPERATOR" if untold else "")
    found = await store.jobs.findings()
    return Line("notices", words, _first([f"{one.what}: {one.words}" for one in found]), alarming=bool(untold or found))


async def _model(store: Store, settings: Settings) -> Line:
    if not settings.has_model:
        return Line("model", "none: sentences are quoted")
    meter = BudgetMeter(Budget(limits(settings), clock.now, store.usage), settings.model_currency)
    return Line("model", settings.model or "the server's first", tuple(spending_lines(await meter.spent(), "en")))


async def _backup(store: Store, settings: Settings) -> Line:
    made = await store.jobs.began(BACKUP_MADE)
    if made is None:
        return Line("last backup", "none; set BOT_BACKUP_DIR, or `bot backup FILE`")
    return Line("last backup", f"{made:%Y-%m-%d %H:%M} UTC")


async def audit(settings: Settings, workspace: str | None, limit: int, as_json: bool) -> None:
    """Show who changed what, the latest first. Raises UserError where ``workspace`` is no workspace's name."""
    platform, _, id = (workspace or "").partition(":")
    if workspace and not (platform in ("slack", "discord") and id):
        raise UserError(f"{workspace!r} is no workspace; expected slack:TEAM or discord:GUILD")
    async with _store(settings) as store:
        found = await store.audit.latest(limit, (platform, id) if workspace else None)
    if as_json:
        for one in found:
            row: dict[str, str | None] = {
                "at": one.at.isoformat(),
                "workspace": f"{one.platform}:{one.workspace}",
                "person": one.person,
            }
            row |= {"what": one.what, "before": one.before, "after": one.after}
            sys.stdout.write(log.mask(json.dumps(row, ensure_ascii=False)) + "\n")
        return
    table = Table("at (UTC)", "workspace", "person", "what", "before", "after", box=None, header_style="bold")
    for one in found:
        words = (f"{one.at:%Y-%m-%d %H:%M:%S}", f"{one.platform}:{one.workspace}", one.person, one.what)
        table.add_row(*words, *(_plain(said or "") for said in (one.before, one.after)))
    console().print(table if found else "nothing was changed yet")


def _first(items: Sequence[str]) -> tuple[str, ...]:
    more = len(items) - SHOWN
    return (*items[:SHOWN], *([f"… and {more} more"] if more > 0 else []))


def _ago(seconds: float) -> str:
    return f"{seconds:.0f} s ago" if seconds < 120 else f"{seconds / 60:.0f} min ago"


def _plain(text: str) -> str:
    return plain(log.mask(text))


@asynccontextmanager
async def _store(settings: Settings) -> AsyncIterator[Store]:
    store = await Store.open(settings.database_url)
    try:
        yield store
    finally:
        await store.close()
