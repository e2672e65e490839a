"""A provider that is down, slow, full, strict or confused: every fault ends in a ModelError in time and within the budget."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.errors import BadOutput, BudgetSpent, ModelError, ModelUnavailable
from bot.llm import prompts
from bot.llm.budget import Budget, Limits, MemoryBook, Price, Use
from bot.llm.client import ModelClient
from bot.llm.writer import ModelWriter
from tests.builders import NOON, article
from tests.llm.server import Answer, ModelServer, cut_off, fails, junk, says, serving, silent

ROOT = Path(__file__).parents[2]
KO = article("ko", "업스테이지, 도쿄 법인 설립", summary="업스테이지가 도쿄에 법인을 세우고 450억엔 규모 사업을 시작했다.")
GOOD = says(
    {
        "headline": "Upstage opens in Tokyo",
        "sentences": [
            {
                "text": "Upstage set up an entity in Tokyo for a ¥45bn business.",
                "cites": [1],
                "quote": "450억엔 규모 사업을 시작했다",
            }
        ],
    },
    tokens=4_000,
)


class Rig:
    """A writer against a server, with a clock and pauses of its own."""

    def __init__(self, server: ModelServer, **options: Any) -> None:
        self.server, self.pauses, self.instant = server, list[float](), 0.0
        self.budget = options.pop("budget", None) or Budget(1_000_000, lambda: NOON)
        url = options.pop("base_url", server.url)
        self.client = ModelClient(
            budget=self.budget,
            base_url=url,
            model="m",
            clock=lambda: self.instant,
            sleep=self.sleep,
            chance=lambda: 0.5,
            **options,
        )
        self.writer = ModelWriter(self.client, prompts.load(ROOT / "prompts"), "m")

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)

    async def summarize(self) -> None:
        await self.writer.summarize([KO], "en")


@asynccontextmanager
async def rigged(*answers: Answer, **options: Any) -> AsyncIterator[Rig]:
    async with serving(*answers) as server:
        rig = Rig(server, **options)
        try:
            yield rig
        finally:
            await rig.client.close()


FAULTS = {
    "slow": silent,
    "429": fails(429, "slow down"),
    "429 for an hour": fails(429, "slow down", **{"Retry-After": "3600"}),
    "quota": fails(429, "insufficient_quota"),
    "401": fails(401, "invalid_api_key"),
    "500": fails(500),
    "503": fails(503),
    "truncated": says('{"headline": "Upst', finish="length"),
    "cut off": cut_off(),
    "junk": junk(),
    "no choices": lambda request: web.json_response({"id": "c1", "choices": None, "usage": {}}),
    "no message": lambda request: web.json_response({"choices": [{"index": 0}], "usage": {"prompt_tokens": None}}),
    "a list": lambda request: web.json_response([1, 2]),
    "broken json": lambda request: web.Response(text='{"id": ', content_type="application/json"),
    "not json": says("I am a teapot"),
    "empty": says(""),
    "refusal": says("", refusal="I will not"),
    "filtered": says("x", finish="content_filter"),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_every_fault_is_a_model_error_in_time_and_within_the_budget_twenty_times(fault: str) -> None:
    budget = Budget(60_000, lambda: NOON)
    async with rigged(FAULTS[fault], budget=budget, timeout=0.05, deadline=0.3) as rig:
        for number in range(20):
            rig.instant = number * 40.0
            with pytest.raises(ModelError):
                async with asyncio.timeout(5.0):
                    await rig.summarize()
            state = await budget.state()
            assert state.today <= 60_000
        assert len(rig.server.requests) <= 40


async def test_nobody_at_the_address_costs_nothing() -> None:
    async with rigged(GOOD, base_url="http://127.0.0.1:9/v1", timeout=2.0) as rig:
        with pytest.raises(ModelUnavailable, match="cannot be reached"):
            await rig.summarize()
        assert (await rig.budget.state()).today == 0
        assert rig.pauses == [1.0]


@pytest.mark.parametrize(
    ("fault", "pause"),
    [(fails(500), 1.0), (fails(429), 1.0), (fails(429, "slow down", **{"Retry-After": "7"}), 7.0), (cut_off(), 1.0)],
)
async def test_a_fault_that_may_pass_is_tried_once_more_after_a_pause(fault: Answer, pause: float) -> None:
    async with rigged(fault, GOOD) as rig:
        await rig.summarize()
        assert rig.pauses == [pause]
        assert len(rig.server.requests) == 2


@pytest.mark.parametrize("fault", ["401", "quota", "429 for an hour"])
async def test_a_fault_that_will_not_pass_is_not_tried_again(fault: str) -> None:
    async with rigged(FAULTS[fault]) as rig:
        with pytest.raises(ModelUnavailable):
            await rig.summarize()
        assert rig.pauses == []
        assert len(rig.server.requests) == 1


async def test_a_failing_server_is_left_alone_after_five_failures_and_asked_again_later() -> None:
    async with rigged(fails(500)) as rig:
        for _ in range(7):
            with pytest.raises(ModelUnavailable):
                await rig.summarize()
        assert len(rig.server.requests) == 5
        rig.instant = 61.0
        rig.server.answers = [GOOD]
        await rig.summarize()


async def test_a_wrong_key_is_not_tried_again_for_an_hour() -> None:
    async with rigged(FAULTS["401"]) as rig:
        for rig.instant in (0.0, 10.0, 3_500.0):
            with pytest.raises(ModelUnavailable):
                await rig.summarize()
        assert len(rig.server.requests) == 1


async def test_a_cut_off_answer_gets_a_larger_allowance_the_second_time() -> None:
    async with rigged(FAULTS["truncated"], GOOD) as rig:
        await rig.summarize()
    first, second = (request["max_tokens"] for request in rig.server.requests)
    assert second > first


# ---- budget ----


async def test_the_day_s_budget_is_never_passed_and_starts_anew_the_next_day() -> None:
    instant = [NOON]
    budget = Budget(10_000, lambda: instant[0])
    async with rigged(GOOD, budget=budget) as rig:
        await rig.summarize()
        assert (await budget.state()).today == 4_000
        await rig.summarize()
        with pytest.raises(BudgetSpent, match="tokens of the day"):
            await rig.summarize()
        assert len(rig.server.requests) == 2
        instant[0] += timedelta(days=1)
        await rig.summarize()
        state = await budget.state()
        assert (state.today, state.month) == (4_000, 12_000)


async def test_a_restart_does_not_forget_what_was_spent() -> None:
    book = MemoryBook()
    for runs in (2, 0):
        async with rigged(GOOD, budget=Budget(10_000, lambda: NOON, book)) as rig:
            for _ in range(runs):
                await rig.summarize()
            with pytest.raises(BudgetSpent):
                await rig.summarize()


async def test_money_is_counted_at_the_prices_of_the_settings() -> None:
    price = Price(Decimal(2), Decimal(8))
    budget = Budget(Limits(money_per_month=Decimal("0.02"), prices={"quality": price}), lambda: NOON)
    day = await budget.reserve(price.use(4_000, 1_000))
    await budget.settle(day, price.use(4_000, 1_000), price.use(3_000, 500))
    assert (await budget.state()).money == Decimal("0.01")
    with pytest.raises(BudgetSpent, match="money of the month"):
        await budget.reserve(price.use(4_000, 1_000))
    assert (await budget.state()).money == Decimal("0.01")


async def test_calls_at_once_cannot_pass_the_budget_together() -> None:
    budget = Budget(1_000, lambda: NOON)
    results = await asyncio.gather(*(budget.reserve(Use(300, 0)) for _ in range(9)), return_exceptions=True)
    assert sum(isinstance(result, BudgetSpent) for result in results) == 6
    assert (await budget.state()).today == 900


async def test_what_nobody_knows_counts_as_used() -> None:
    async with rigged(silent, timeout=0.05, deadline=0.3) as rig:
        with pytest.raises(ModelUnavailable):
            await rig.summarize()
        assert (await rig.budget.state()).today > 2 * 2_000


async def test_a_refusal_is_paid_for_as_the_server_counts_it() -> None:
    async with rigged(FAULTS["refusal"]) as rig:
        with pytest.raises(BadOutput, match="refused"):
            await rig.summarize()
        assert (await rig.budget.state()).today == 2 * 100
