"""``bot doctor`` on the language model: prompts, what its server offers, and whether each model that is set really answers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from string import Template
from typing import TYPE_CHECKING

from bot import clock
from bot.config import Settings
from bot.errors import BotError, ConfigError, ModelError
from bot.llm import prompts
from bot.llm.budget import Budget
from bot.llm.prompts import Prompt

if TYPE_CHECKING:
    from bot.llm.client import ModelClient

GOOD, OFF, BAD = "good", "off", "bad"
Row = tuple[str, str, str]  # what, its state, and what to do
_TOKENS = 20_000  # an examination may cost
_ANSWER = {
    "type": "object",
    "additionalProperties": False,
    "required": ["ok"],
    "properties": {"ok": {"type": "boolean"}},
}


async def examine(settings: Settings) -> list[Row]:
    """A row for the model, one for the fast model where it is another, one for the embeddings where they are set."""
    if not settings.has_model:
        return [("model", OFF, "sentences are quoted; set OPENAI_API_KEY or OPENAI_BASE_URL to have them written")]
    try:
        prompts.load(settings.prompts_dir)
    except ConfigError as exc:
        return [("model", BAD, f"{len(exc.problems)} problems with prompts, the first: {exc.problems[0]}")]
    async with _client(settings) as client:
        try:
            offered = await client.models()
        except BotError as exc:
            return [("model", BAD, f"{exc}; check OPENAI_API_KEY and OPENAI_BASE_URL")]
        tiers = ("quality", "fast") if settings.model_fast else ("quality",)
        rows = [await _answers(client, tier, offered) for tier in tiers]
        return [*rows, *([await _embeds(client, settings.model_embedding)] if settings.model_embedding else [])]


async def _answers(client: "ModelClient", tier: str, offered: list[str]) -> Row:
    what, variable = ("model", "BOT_MODEL") if tier == "quality" else ("fast model", "BOT_MODEL_FAST")
    name = await client.model_name(tier)
    system = Template('Answer with the JSON object {"ok": true} and nothing else.')
    probe = Prompt("probe", 1, tier, frozenset(), _ANSWER, system, Template("Are you there?"))
    try:
        await client.run(probe, {})
    except ModelError as exc:
        listed = "" if name in offered else f"; the server lists {', '.join(offered[:5])}"
        return what, BAD, f"{name}: {exc}{listed}; check {variable}"
    return what, GOOD, f"{name} answers"


async def _embeds(client: "ModelClient", name: str) -> Row:
    try:
        (vector,) = await client.embed(["도쿄 법인 · 東京の法人 · a Tokyo entity"], name)
    except ModelError as exc:
        return "embeddings", BAD, f"{name}: {exc}; check BOT_MODEL_EMBEDDING"
    return "embeddings", GOOD, f"{name} gives vectors of {len(vector)} numbers"


@asynccontextmanager
async def _client(settings: Settings) -> AsyncIterator["ModelClient"]:
    from bot.llm.client import ModelClient  # with its library: only where there is a model

    client = ModelClient(
        budget=Budget(_TOKENS, clock.now),
        api_key=settings.openai_api_key,
        base_url=settings.openai_base_url,
        model=settings.model,
        model_fast=settings.model_fast,
        timeout=10.0,
        deadline=20.0,
    )
    try:
        yield client
    finally:
        await client.close()
