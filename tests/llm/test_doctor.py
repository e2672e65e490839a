"""What bot doctor says of the model's endpoints."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.config import Settings
from bot.doctor_model import BAD, GOOD, OFF, examine
from tests.llm.server import embeds, fails, says, serving

SETTINGS = Settings(prompts_dir=Path(__file__).parents[2] / "prompts")


def both(request: dict[str, Any]) -> web.StreamResponse:
    """Chats and embeds."""
    answer = embeds(lambda text: [0.1, 0.2]) if "input" in request else says({"ok": True})
    found = answer(request)
    assert isinstance(found, web.StreamResponse)
    return found


async def test_without_a_model_nothing_is_wrong() -> None:
    ((what, state, words),) = await examine(SETTINGS)
    assert (what, state) == ("model", OFF) and "OPENAI_BASE_URL" in words


async def test_every_model_that_is_set_is_asked() -> None:
    async with serving(both) as server:
        settings = replace(SETTINGS, openai_base_url=server.url, model_fast="small", model_embedding="bge-m3")
        rows = await examine(settings)
    assert rows == [
        ("model", GOOD, "local-model answers"),
        ("fast model", GOOD, "small answers"),
        ("embeddings", GOOD, "bge-m3 gives vectors of 2 numbers"),
    ]
    assert [request["model"] for request in server.requests] == ["local-model", "small", "bge-m3"]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (fails(401, "invalid_api_key"), "gpt-x: the model's server answered 401; the server lists local-model; check BOT_MODEL"),
        (says("I am a teapot"), "gpt-x: no JSON object in the answer; the server lists local-model; check BOT_MODEL"),
    ],
)
async def test_a_model_that_does_not_answer_is_named_with_what_to_check(answer: Any, words: str) -> None:
    async with serving(answer) as server:
        settings = replace(SETTINGS, openai_base_url=server.url, model="gpt-x", model_embedding="bge-m3")
        model, embeddings = await examine(settings)
    assert model == ("model", BAD, words)
    assert embeddings[:2] == ("embeddings", BAD) and "BOT_MODEL_EMBEDDING" in embeddings[2]


async def test_a_server_that_is_not_there_and_a_broken_prompt_are_told(tmp_path: Path) -> None:
    settings = replace(SETTINGS, openai_base_url="http://127.0.0.1:9/v1")
    ((_, state, words),) = await examine(settings)
    assert state == BAD and "cannot be reached; check OPENAI_API_KEY and OPENAI_BASE_URL" in words
    ((_, state, words),) = await examine(replace(settings, prompts_dir=tmp_path))
    assert state == BAD and "story-summary.md" in words
