"""Embeddings, with the real openai client against a server on loopback."""

from typing import Any

import pytest
from aiohttp import web

from bot.errors import BadOutput, BudgetSpent, ModelUnavailable
from bot.llm.budget import Budget
from bot.llm.client import ModelClient
from bot.llm.embedder import ModelEmbedder
from tests.builders import NOON
from tests.llm.server import Answer, ModelServer, embeds, fails, junk, serving


async def embedded(server: ModelServer, budget: Budget, *texts: str) -> list[tuple[float, ...]]:
    client = ModelClient(budget=budget, base_url=server.url)
    try:
        return await ModelEmbedder(client, "small").embed(texts)
    finally:
        await client.close()


def answers(*data: dict[str, Any]) -> Answer:
    return lambda request: web.json_response({"object": "list", "model": "small", "data": list(data)})


async def test_each_text_gets_its_vector_and_the_budget_pays_for_them() -> None:
    budget = Budget(1_000, lambda: NOON)
    async with serving(embeds(lambda text: [float(len(text)), 0.5])) as server:
        assert await embedded(server, budget, "가", "나다") == [(1.0, 0.5), (2.0, 0.5)]
    assert server.requests[0]["model"] == "small" and server.requests[0]["encoding_format"] == "float"
    assert (await budget.state()).today == 7


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (junk(), BadOutput),
        (answers(), BadOutput),
        (answers({"index": 0, "embedding": [1.0]}), BadOutput),
        (answers({"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": [1.0, 2.0]}), BadOutput),
        (answers({"index": 0, "embedding": []}, {"index": 1, "embedding": []}), BadOutput),
        (answers({"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": ["x"]}), BadOutput),
        (answers({"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": None}), BadOutput),
        (answers({"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": [float("nan")]}), BadOutput),
        (fails(404), ModelUnavailable),
        (fails(500), ModelUnavailable),
    ],
)
async def test_anything_else_is_an_error(answer: Answer, error: type[Exception]) -> None:
    async with serving(answer) as server:
        with pytest.raises(error):
            await embedded(server, Budget(1_000, lambda: NOON), "a", "b")


async def test_no_request_without_budget() -> None:
    async with serving(embeds(lambda text: [1.0])) as server:
        with pytest.raises(BudgetSpent):
            await embedded(server, Budget(10, lambda: NOON), "a" * 20)
    assert not server.requests
