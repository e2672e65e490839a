"""Answers that grow: with the real openai client against a server that streams, breaks off, falls silent or cannot stream."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.errors import BadOutput, BudgetSpent, ModelUnavailable
from bot.llm import prompts
from bot.llm.budget import Budget, Limits
from bot.llm.client import ModelClient
from bot.llm.output import Rows
from bot.llm.writer import ModelWriter
from bot.model import Channel, CitedSentence
from tests.builders import NOON, article
from tests.llm.server import Answer, ModelServer, fails, says, serving, streams

ROOT = Path(__file__).parents[2]
SOURCE = article("en", "Upstage opens Tokyo office", summary="Upstage opened an office in Tokyo with 20 staff.", language="en")
ONE = {"text": "Upstage opened a Tokyo office.", "cites": [1], "quote": "Upstage opened an office in Tokyo"}
TWO = {"text": "The Tokyo office has 20 staff.", "cites": [1], "quote": "an office in Tokyo with 20 staff"}
WRONG = {"text": 'Upstage raised $900m from "Nomura"]}, it said.', "cites": [1], "quote": "Upstage opened an office in Tokyo"}
FIRST, SECOND = CitedSentence(ONE["text"], (1,)), CitedSentence(TWO["text"], (1,))
PLACE = Channel("slack", "C1", "T1")


class Rig:
    """A writer whose answers are watched while they grow."""

    def __init__(self, server: ModelServer, budget: Budget, **options: Any) -> None:
        self.server, self.budget = server, budget
        self.client = ModelClient(budget=budget, base_url=server.url, sleep=self._no_pause, chance=lambda: 0.0, **options)
        self.writer = ModelWriter(self.client, prompts.load(ROOT / "prompts"), "local-model")
        self.shown: list[tuple[CitedSentence, ...]] = []

    async def _no_pause(self, seconds: float) -> None:
        return None

    async def _show(self, sentences: tuple[CitedSentence, ...]) -> None:
        self.shown.append(sentences)

    async def ask(self) -> tuple[CitedSentence, ...]:
        return await self.writer.answer("Who opened where?", [SOURCE], "en", show=self._show, asked_in=PLACE)


@asynccontextmanager
async def rigged(*answers: Answer, budget: Budget | None = None, **options: Any) -> AsyncIterator[Rig]:
    async with serving(*answers) as server:
        rig = Rig(server, budget or Budget(1_000_000, lambda: NOON), **options)
        try:
            yield rig
        finally:
            await rig.client.close()


def answer(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"sentences": list(rows)}


async def test_each_sentence_is_shown_when_it_is_whole() -> None:
    async with rigged(says(answer(ONE, TWO))) as rig:
        assert await rig.ask() == (FIRST, SECOND)
        assert rig.shown == [(FIRST,), (FIRST, SECOND)]
        assert rig.server.requests[0]["stream"] is True
        assert (await rig.budget.state()).today == 100


async def test_what_does_not_hold_is_never_shown() -> None:
    async with rigged(says(answer(WRONG, ONE, WRONG)), says(answer(ONE))) as rig:
        assert await rig.ask() == (FIRST,)
        assert rig.shown == [(FIRST,)]
        assert "stream" not in rig.server.requests[1]


async def test_an_answer_without_evidence_shows_nothing() -> None:
    async with rigged(says(answer())) as rig:
        assert await rig.ask() == ()
        assert rig.shown == []


@pytest.mark.parametrize("broken", [streams(answer(ONE, TWO), breaks_at=18), streams(answer(ONE, TWO), breaks_at=0)])
async def test_a_stream_that_breaks_off_becomes_one_ordinary_call(broken: Answer) -> None:
    async with rigged(broken, says(answer(ONE, TWO))) as rig:
        assert await rig.ask() == (FIRST, SECOND)
        assert [request.get("stream", False) for request in rig.server.requests] == [True, False]
        assert all(shown in ((FIRST,), (FIRST, SECOND)) for shown in rig.shown)
        state = await rig.budget.state()
        assert 100 < state.today < 20_000  # nobody knows what the broken one cost: it counts in full, once


async def test_a_stream_that_falls_silent_ends_in_time() -> None:
    async with rigged(streams(answer(ONE, TWO), waits_at=16), says(answer(ONE)), timeout=0.2, deadline=2.0) as rig:
        assert await rig.ask() == (FIRST,)
    async with rigged(streams(answer(ONE, TWO), waits_at=3), timeout=5.0, deadline=0.2) as rig:
        with pytest.raises(ModelUnavailable, match="within"):
            await rig.ask()


@pytest.mark.parametrize("status", [400, 422])
async def test_a_server_that_cannot_stream_is_asked_once_and_remembered(status: int) -> None:
    refusal = fails(status, "stream_options: Extra inputs are not permitted")
    async with rigged(refusal, says(answer(ONE))) as rig:
        assert await rig.ask() == (FIRST,)
        assert await rig.ask() == (FIRST,)
        assert [request.get("stream", False) for request in rig.server.requests] == [True, False, False]
        assert rig.server.requests[1]["response_format"]["type"] == "json_schema"
        assert (await rig.budget.state()).today == 200


@pytest.mark.parametrize(
    "first", [says(answer(ONE), finish="length"), says("", refusal="I will not"), says("junk"), fails(500), fails(429)]
)
async def test_other_faults_of_a_stream_are_repaired_by_an_ordinary_call(first: Answer) -> None:
    async with rigged(first, says(answer(ONE))) as rig:
        assert await rig.ask() == (FIRST,)
        assert "stream" not in rig.server.requests[1]


async def test_both_calls_failing_is_an_error_and_the_caller_quotes() -> None:
    async with rigged(fails(500)) as rig:
        with pytest.raises(ModelUnavailable):
            await rig.ask()
        assert len(rig.server.requests) == 2
    async with rigged(says("junk")) as rig:
        with pytest.raises(BadOutput):
            await rig.ask()


async def test_a_workspace_has_its_share_and_no_more() -> None:
    budget = Budget(Limits(tokens_per_workspace=9_000), lambda: NOON)
    async with rigged(says(answer(ONE), tokens=4_000), budget=budget) as rig:
        await rig.ask()
        assert (await budget.state(("slack", "T1"))).workspace == 4_000
        await rig.ask()
        with pytest.raises(BudgetSpent, match="tokens of this workspace"):
            await rig.ask()
        await rig.writer.answer("Who?", [SOURCE], "en", asked_in=Channel("slack", "C9", "T2"))
        state = await budget.state(("slack", "T1"))
        assert (state.workspace, state.today) == (8_000, 12_000)


def test_rows_are_found_in_whatever_pieces_they_come() -> None:
    text = '{"note": "[{", "sentences" : [{"text": "a \\"]} b", "cites": [1]}, {"text": "c"}], "more": [{"text": "d"}]}'
    for size in range(1, len(text) + 1):
        rows = Rows()
        found = [row for at in range(0, len(text), size) for row in rows.take(text[at : at + size])]
        assert found == [{"text": 'a "]} b', "cites": [1]}, {"text": "c"}]
