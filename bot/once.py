"""Verbs that work once and show something: one pass with its briefing, the digest, the feeds."""

import asyncio
import dataclasses
import json
import sys
import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bar
from rich.table import Table

from bot import clock, log
from bot.app import App, network, opened
from bot.commands.feeds import failing
from bot.commands.weekly import weekly
from bot.config import Settings, load_feeds
from bot.errors import UserError
from bot.feeds import sample as samples
from bot.model import Edition, Feed, FeedMemory, Filters, Run
from bot.pipeline.briefing import Wanted
from bot.pipeline.run import Progress
from bot.platforms.terminal.render import briefing, console
from bot.platforms.web import page

REACH_SECONDS = 10.0  # without a single answer by then, the network is taken as absent
DAY = timedelta(hours=24)


async def once(settings: Settings, feeds: Sequence[Feed], *, as_json: bool, sample: bool) -> None:
    """Poll every feed and show the last 24 hours; where no feed can be reached, say so and show the sample briefing."""
    now = clock.now()
    log.setup("ERROR", as_json=settings.log_format == "json")
    async with opened(settings, lambda: feeds) as app:
        run = await _poll(app, feeds, now)
        if run is not None:
            _show(await _edition(app, settings, now, DAY, feeds), as_json)
            return
    console(stderr=True).print(
        f"\n[bold red]None of the {len(feeds)} feeds could be reached.[/] Check the connection to the internet; "
        "`bot feeds test URL` tries a single feed.\n"
    )
    if not sample:
        raise UserError(f"none of the {len(feeds)} feeds could be reached")
    _show(await sample_edition(settings, now), as_json)


async def sample_edition(settings: Settings, now: datetime) -> Edition:
    """A briefing by the same pipeline from the sample feeds, in a database of its own that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        own = dataclasses.replace(settings, database_url=f"sqlite:///{Path(folder) / 'sample.sqlite3'}")
        async with samples.serve(now) as feeds, opened(own, lambda: feeds, loopback=True) as app:
            await app.pipeline.run(feeds, now, everything=True)
            return await _edition(app, own, now, DAY, feeds, sample=True)


async def _poll(app: App, feeds: Sequence[Feed], now: datetime) -> Run | None:
    """One pass with a progress bar; None where no feed answered."""
    reached = asyncio.Event()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[articles]} articles"),
    )
    with Bar(*columns, console=console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("reading feeds", total=len(feeds), articles=0)

        def progress(state: Progress) -> None:
            bar.update(task, completed=state.done, total=state.total, articles=state.articles)
            if state.done > state.failed:
                reached.set()

        work = asyncio.create_task(app.pipeline.run(feeds, now, everything=True, progress=progress))
        waiting = asyncio.create_task(reached.wait())
        await asyncio.wait({work, waiting}, timeout=REACH_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if not reached.is_set() and not work.done():
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            return None
        run = await work
    return run if reached.is_set() else None


async def digest(settings: Settings, seconds: float, form: str, *, sample: bool) -> None:
    """The briefing of the last ``seconds`` from what was collected, or that of the sample feeds."""
    log.setup("ERROR", as_json=settings.log_format == "json")
    if sample:
        edition = await sample_edition(settings, clock.now())
    else:
        feeds = load_feeds(settings.feeds_file).enabled
        async with opened(settings, lambda: feeds) as app:
            edition = await _edition(app, settings, clock.now(), timedelta(seconds=seconds), feeds)
    if form == "html":
        sys.stdout.write(await asyncio.to_thread(page.render, edition))
    else:
        _show(edition, form == "json")


async def _edition(
    app: App, settings: Settings, now: datetime, span: timedelta, feeds: Sequence[Feed], *, sample: bool = False
) -> Edition:
    wanted = Wanted(
        key=f"terminal/{now:%Y%m%dT%H%M%S}",
        since=now - span,
        until=now + timedelta(seconds=1),
        language=settings.language,
        time_zone=settings.time_zone,
        sample=sample,
    )
    edition = await app.briefer.edition(wanted, feeds=feeds)
    week = await weekly(app.store, edition.since, edition.until)
    return dataclasses.replace(edition, charts=await week.charts(edition.language, edition.time_zone, Filters()))


def _show(edition: Edition, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(as_data(edition) + "\n")
    else:
        console().print(briefing(edition))


def as_data(value: Any) -> str:
    """Any object of bot.model as JSON; instants in ISO form, amounts as text so that no digit is lost."""
    return json.dumps(dataclasses.asdict(value), ensure_ascii=False, default=lambda one: getattr(one, "isoformat", one.__str__)())


# ---- feeds ----


async def list_feeds(settings: Settings, feeds: Sequence[Feed], as_json: bool) -> None:
    """Every feed and how its last poll went."""
    async with opened(settings, lambda: feeds) as app:
        memories = await app.store.feeds.memories([feed.id for feed in feeds])
    if as_json:
        rows = [{**json.loads(as_data(_plain(feed))), "health": _health(feed, memories.get(feed.id))} for feed in feeds]
        sys.stdout.write(json.dumps(rows, ensure_ascii=False) + "\n")
        return
    table = Table("id", "outlet", "language", "kind", "tier", "health", box=None, header_style="bold")
    for feed in feeds:
        table.add_row(feed.id, feed.outlet, feed.language, feed.kind, str(feed.tier), _health(feed, memories.get(feed.id)))
    console().print(table)
    bad = len(failing(feeds, memories))
    console().print(f"{len(feeds)} feeds, {sum(feed.enabled for feed in feeds)} enabled, {bad} failing")


def _plain(feed: Feed) -> Feed:
    return dataclasses.replace(feed, quirks=tuple(sorted(feed.quirks)))  # type: ignore[arg-type]  # JSON knows no sets


def _health(feed: Feed, memory: FeedMemory | None) -> str:
    if not feed.enabled:
        return "off"
    if memory is None or memory.last_checked is None:
        return "not polled yet"
    if memory.failures:
        return f"failing ({memory.failures}×): {memory.last_error}"
    newest = f", newest entry {memory.newest_entry:%Y-%m-%d %H:%M} UTC" if memory.newest_entry else ""
    return f"good{newest}"


async def test_feed(settings: Settings, url: str, as_json: bool) -> None:
    """Fetch one feed and show what is read from it. Raises UserError where it cannot be read."""
    if not url.startswith(("http://", "https://")):
        raise UserError(f"{url}: expected an http or https URL")
    feed = Feed("test", url, url, "en", "GLOBAL", time_zone=settings.time_zone)
    async with network(settings) as (_, reader, _):
        (reading,) = [one async for one in reader.read_all([(feed, FeedMemory(feed.id, url))], clock.now())]
    if reading.error:
        raise UserError(reading.error)
    if as_json:
        sys.stdout.write(json.dumps([json.loads(as_data(entry)) for entry in reading.entries], ensure_ascii=False) + "\n")
        return
    table = Table("published (UTC)", "language", "title", "link", box=None, header_style="bold")
    for entry in reading.entries:
        published = f"{entry.published:%Y-%m-%d %H:%M}" if entry.published else "no date"
        table.add_row(published, entry.language, entry.title, entry.url or "")
    console().print(table)
    console().print(f"{len(reading.entries)} entries")
