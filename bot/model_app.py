"""The model's part of the composition root: Settings → all that works with the language model, behind budget and checks."""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import clock, log
from bot.config import Settings
from bot.errors import ModelError
from bot.llm.budget import Budget, Limits, Price
from bot.ports import Embedder, FactFinder, Judge, Meter, StoryJudge, Writer
from bot.store import Store

if TYPE_CHECKING:
    from bot.llm.client import ModelClient


@dataclass(frozen=True, slots=True)
class Models:
    """What the model does, by port; None where no model is set up."""

    writer: Writer | None = None
    judge: Judge | None = None
    story_judge: StoryJudge | None = None
    finder: FactFinder | None = None
    embedder: Embedder | None = None
    meter: Meter | None = None


async def models(settings: Settings, store: Store, stack: AsyncExitStack) -> Models:
    """The model behind its checks. A server that is down now may be up at the next summary. Raises ConfigError for a prompt."""
    if not settings.has_model:
        return Models()
    # Loaded only where there is a model: the library behind it takes a third of a second and 30 MB.
    from bot.llm import prompts
    from bot.llm.embedder import ModelEmbedder
    from bot.llm.fact_finder import ModelFactFinder
    from bot.llm.judge import ModelJudge, ModelStoryJudge
    from bot.llm.meter import BudgetMeter
    from bot.llm.writer import ModelWriter

    tasks = prompts.load(settings.prompts_dir)
    budget = Budget(limits(settings), clock.now, store.usage)
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
    # Nor must small background work close the way for what readers wait for.
    aside = _client(settings, budget, stack)
    return Models(
        writer=ModelWriter(client, tasks, name, fast),
        judge=ModelJudge(aside, tasks, fast),
        story_judge=ModelStoryJudge(aside, tasks, fast),
        finder=ModelFactFinder(aside, tasks),
        embedder=embedder,
        meter=BudgetMeter(budget, settings.model_currency),
    )


def limits(settings: Settings) -> Limits:
    """The budget that the settings name; 0 is no limit. A tier without prices of its own costs what the model costs."""
    price = Price(settings.model_price_sent, settings.model_price_received)
    fast = Price(settings.model_fast_price_sent, settings.model_fast_price_received)
    embedding = Price(settings.model_embedding_price or price.sent)
    return Limits(
        tokens_per_call=settings.model_tokens_per_call or None,
        tokens_per_day=settings.model_tokens_per_day or None,
        tokens_per_month=settings.model_tokens_per_month or None,
        tokens_per_workspace=settings.model_tokens_per_workspace or None,
        money_per_day=settings.model_money_per_day or None,
        money_per_month=settings.model_money_per_month or None,
        prices={"quality": price, "fast": fast if any(fast) else price, "embedding": embedding},
    )


def _client(settings: Settings, budget: Budget, stack: AsyncExitStack) -> "ModelClient":
    from bot.llm.client import ModelClient

    client = ModelClient(
        budget=budget,
        api_key=settings.openai_api_key,
        base_url=settings.openai_base_url,
        model=settings.model,
        model_fast=settings.model_fast,
    )
    stack.push_async_callback(client.close)
    return client
