"""The composition root: Settings → App. The only file that constructs adapters and plugs them into the ports."""

import gc
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from bot.archive.search import Archive
from bot.commands.handlers import Commands
from bot.config import Settings
from bot.feeds.fetch import Client
from bot.feeds.page import Pages
from bot.feeds.probe import Probe
from bot.feeds.rates import RateFile
from bot.feeds.reader import Reader
from bot.feeds.robots import Robots
from bot.feeds.workers import ParserPool
from bot.model import Feed, Slot, Subscription
from bot.model_app import Models, models
from bot.pipeline.briefing import Briefer
from bot.pipeline.run import Pipeline
from bot.platforms.web.links import Links
from bot.ports import RateReader
from bot.schedule import upcoming
from bot.store import Store


@dataclass(frozen=True, slots=True)
class App:
    """Everything plugged together, without any chat platform."""

    settings: Settings
    store: Store
    pipeline: Pipeline
    briefer: Briefer
    archive: Archive
    commands: Commands
    links: Links
    rates: RateReader | None = None


@cache  # once a process: what a first App left behind can still be collected
def spare_collections() -> None:
    """Have all garbage looked for seldom, and not among what is alive now, which stays: a full collection halts the loop for tens
    of milliseconds, or hundreds where many pages are kept. The small ones between look at few objects: a thousand take over a
    millisecond.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(2_000, 5, 500)


@asynccontextmanager
async def opened(settings: Settings, feeds: Callable[[], Sequence[Feed]], *, loopback: bool = False) -> AsyncIterator[App]:
    """An App for as long as the block lasts. ``feeds`` gives the feeds in use; ``loopback`` lets it read the sample feeds.

    Raises:
        StoreError, ArchiveError, ConfigError: the database, the folder of the search index or a prompt file cannot be used.
    """
    async with AsyncExitStack() as stack:
        store = await Store.open(settings.database_url)
        stack.push_async_callback(store.close)
        client, reader, probe = await stack.enter_async_context(network(settings, loopback=loopback))
        model = await models(settings, store, stack)
        archive = Archive(store, model.embedder, settings.index_home)
        stack.push_async_callback(archive.close)
        spare_collections()
        briefer = Briefer(store, model.writer, site=settings.base_url)
        stack.push_async_callback(briefer.close)
        pages = Pages(client, Robots(client, settings.user_agent))
        links = Links(settings.web_secret or await store.visits.key("web", secrets.token_urlsafe(32)), settings.base_url)
        yield App(
            settings=settings,
            store=store,
            pipeline=Pipeline(store, reader, model.judge, model.embedder, model.story_judge, model.finder),
            briefer=briefer,
            archive=archive,
            rates=RateFile(client, settings.rates_url) if settings.rates_url else None,
            links=links,
            commands=_commands(settings, store, briefer, archive, pages, feeds, probe, model, links),
        )


def _commands(
    settings: Settings,
    store: Store,
    briefer: Briefer,
    archive: Archive,
    pages: Pages,
    feeds: Callable[[], Sequence[Feed]],
    probe: Probe,
    model: Models,
    links: Links,
) -> Commands:
    """All that people can say, as far as the settings have it."""
    return Commands(
        store,
        briefer,
        archive,
        pages,
        model.writer,
        feeds,
        probe=probe,
        meter=model.meter,
        next_slot=_next_slot,
        language=settings.language,
        time_zone=settings.time_zone,
        way_in=links.sign_in if settings.base_url else None,
        site=settings.base_url,
    )


def _next_slot(subscription: Subscription, now: datetime) -> Slot | None:
    return next(iter(upcoming(subscription, now, 1)), None)


@asynccontextmanager
async def network(settings: Settings, *, loopback: bool = False) -> AsyncIterator[tuple[Client, Reader, Probe]]:
    """What fetches, what reads feeds and what tries new ones, for as long as the block lasts."""
    allowed = settings.fetch_allow_loopback or loopback
    async with Client(user_agent=settings.user_agent, allow_private=allowed) as client, ParserPool() as parsers:
        yield client, Reader(client, parsers), Probe(client, parsers)
