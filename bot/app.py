"""The composition root: Settings → App. The only file that constructs adapters and plugs them into the ports."""

import gc
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from bot import clock, log
from bot.archive.answer import Answers
from bot.archive.search import Archive
from bot.commands.handlers import Commands
from bot.config import Settings
from bot.errors import ModelError
from bot.feeds.fetch import Client
from bot.feeds.page import Pages
from bot.feeds.rates import RateFile
from bot.feeds.reader import Reader
from bot.feeds.workers import ParserPool
from bot.llm import prompts
from bot.llm.budget import Budget, Limits
from bot.llm.client import ModelClient
from bot.llm.embedder import ModelEmbedder
from bot.llm.judge import ModelJudge
from bot.llm.writer import ModelWriter
from bot.model import Feed
from bot.pipeline.briefing import Briefer
from bot.pipeline.run import Pipeline
from bot.ports import Embedder, Judge, RateReader, Writer
from bot.schedule import upcoming
from bot.store import Store

_Model = tuple[Writer | None, Judge | None, Embedder | None]


@dataclass(frozen=True, slots=True)
class App:
    """Everything plugged together, without any chat platform."""

    settings: Settings
    store: Store
    pipeline: Pipeline
    briefer: Briefer
    archive: Archive
    answers: Answers
    commands: Commands
    rates: RateReader | None = None


@asynccontextmanager
async def opened(settings: Settings, feeds: Callable[[], Sequence[Feed]], *, loopback: bool = False) -> AsyncIterator[App]:
    """An App for as long as the block lasts. ``feeds`` gives the feeds in use; ``loopback`` lets it read the sample feeds.

    Raises:
        StoreError, ConfigError: the database or a prompt file cannot be used.
    """
    async with AsyncExitStack() as stack:
        store = await Store.open(settings.database_url)
        stack.push_async_callback(store.close)
        client, reader = await stack.enter_async_context(network(settings, loopback=loopback))
        pages = Pages(client)
        writer, judge, embedder = await _model(settings, store, stack)
        archive = Archive(store, embedder)
        # What is alive now stays alive: without it, each full collection halts the loop for tens of milliseconds.
        gc.collect()
        gc.freeze()
        briefer = Briefer(store, writer)
        stack.push_async_callback(briefer.close)
        yield App(
            settings=settings,
            store=store,
            pipeline=Pipeline(store, reader, judge, embedder),
            briefer=briefer,
            archive=archive,
            answers=Answers(archive, writer),
            rates=RateFile(client, settings.rates_url) if settings.rates_url else None,
            commands=Commands(
                store,
                briefer,
                archive,
                pages,
                writer,
                feeds,
                reader=reader,
                next_slot=lambda subscription, now: next(iter(upcoming(subscription, now, 1)), None),
                language=settings.language,
                time_zone=settings.time_zone,
            ),
        )


@asynccontextmanager
async def network(settings: Settings, *, loopback: bool = False) -> AsyncIterator[tuple[Client, Reader]]:
    """What fetches and what reads feeds, for as long as the block lasts."""
    allowed = settings.fetch_allow_loopback or loopback
    async with Client(user_agent=settings.user_agent, allow_private=allowed) as client, ParserPool() as parsers:
        yield client, Reader(client, parsers)


async def _model(settings: Settings, store: Store, stack: AsyncExitStack) -> _Model:
    """The model behind its checks; None where none is set up. A server that is down now may be up at the next summary."""
    if not settings.has_model:
        return None, None, None
    tasks = prompts.load(settings.prompts_dir)
    budget = Budget(Limits(tokens_per_day=settings.model_tokens_per_day), clock.now, store.usage)
    client = _client(settings, budget, stack)
    try:
        name, fast = await client.model_name(), await client.model_name("fast")
    except ModelError as exc:
        log.warning("model.unavailable", reason=str(exc))
        name = settings.model or "model"
        fast = settings.model_fast or name
    embedder = None
    if settings.model_embedding:
        # A client of its own: its breaker must not open for the writer when only the embeddings fail.
        embedder = ModelEmbedder(_client(settings, budget, stack), settings.model_embedding)
    return ModelWriter(client, tasks, name), ModelJudge(client, tasks, fast), embedder


def _client(settings: Settings, budget: Budget, stack: AsyncExitStack) -> ModelClient:
    client = ModelClient(
        budget=budget,
        api_key=settings.openai_api_key,
        base_url=settings.openai_base_url,
        model=settings.model,
        model_fast=settings.model_fast,
    )
    stack.push_async_callback(client.close)
    return client
