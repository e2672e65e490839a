"""The whole digest with a provider that is down, slow, full, strict, cut off, confused or unwilling: it goes out on time, in budget."""

import asyncio
from dataclasses import dataclass, replace
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.app import App, opened
from bot.config import Settings
from bot.llm import prompts
from bot.llm.budget import Budget, Limits
from bot.llm.client import ModelClient
from bot.llm.writer import ModelWriter
from bot.model import Channel, Edition, Message, Subscription
from bot.pipeline.briefing import Briefer
from bot.planning import plan_editions
from bot.platforms.slack import render as slack
from tests.builders import NOON, article
from tests.llm.server import Answer, cut_off, fails, junk, says, serving, silent

ROOT = Path(__file__).parents[1]
RUNS = 20
SECONDS = 5.0  # for writing one edition
SLOW = {"timeout": 0.1, "deadline": 0.3, "seconds": 0.6}  # the same in small, for a server that does not answer
NOW = NOON + timedelta(minutes=1)
REPORTS = (
    article("a", "업스테이지, 도쿄 법인 설립", summary="업스테이지가 도쿄에 법인을 세우고 450억엔 규모 사업을 시작했다. 직원은 20명이다."),
    article("b", "리벨리온, 4000억원 투자 유치", summary="AI 반도체 기업 리벨리온이 4000억원 규모의 투자를 마무리했다고 밝혔다.", outlet="Hankyung"),
    article("c", "経産省、AIデータセンターに450億円補助", summary="経済産業省は苫小牧市のAIデータセンターに最大450億円を補助する。",
            language="ja", outlet="Nikkei"),
)  # fmt: skip
FAULTS: dict[str, tuple[Answer, str]] = {
    "down": (fails(503), "unavailable"),
    "slow": (silent, "unavailable"),
    "429": (fails(429, "slow down"), "unavailable"),
    "401": (fails(401, "invalid_api_key"), "unavailable"),
    "truncated": (says('{"headline": "업스', finish="length"), "unusable"),
    "cut off": (cut_off(), "unavailable"),
    "junk": (junk(), "unusable"),
    "refusal": (says("", refusal="I will not"), "unusable"),
}


@dataclass
class Board:
    """A messenger that only renders; it keeps the editions."""

    editions: list[Edition]
    platform: str = "slack"
    repeat_seconds: float = 0.0
    spacing: float = 0.0
    workspace_spacing: float = 0.0

    def render(self, edition: Edition, subscription: Subscription | None = None) -> tuple[Message, ...]:
        self.editions.append(edition)
        return slack.edition_messages(edition)


def subscription(number: int) -> Subscription:
    """Due at NOON, in a channel of its own."""
    channel = Channel("slack", f"C{number}", "T1")
    return Subscription(f"s{number}", channel, (time(21, 0),), language="ko", weekdays=frozenset(range(7)))


async def served(app: App, answer: Answer, limit: int, **options: Any) -> tuple[list[Edition], list[float], int]:
    """RUNS editions with a model behind ``answer``: what they were, how long each took, and the tokens that they cost."""
    board, taken, instant = Board([]), [], [0.0]

    async def no_pause(seconds: float) -> None:
        return None

    budget = Budget(Limits(tokens_per_day=limit), lambda: NOW, app.store.usage)
    seconds = options.pop("seconds", SECONDS)
    async with serving(answer) as server:
        options = {"base_url": server.url, **options}
        client = ModelClient(budget=budget, model="m", clock=lambda: instant[0], sleep=no_pause, **options)
        briefer = Briefer(app.store, ModelWriter(client, prompts.load(ROOT / "prompts"), "m"), seconds=seconds)
        loop = asyncio.get_running_loop()
        for number in range(RUNS):
            instant[0] += 40.0
            started = loop.time()
            await plan_editions(replace(app, briefer=briefer), [subscription(number)], {"slack": board}, (), NOW)  # type: ignore[dict-item]
            taken.append(loop.time() - started)
        await briefer.close()
        await client.close()
    return board.editions, taken, (await budget.state()).today


@pytest.fixture
async def app(tmp_path: Path) -> Any:
    async with opened(Settings(database_url=f"sqlite:///{tmp_path}/bot.sqlite3", index_dir="memory"), lambda: ()) as running:
        await running.pipeline.add(REPORTS, NOON)
        yield running


@pytest.mark.parametrize("fault", FAULTS)
async def test_twenty_digests_go_out_on_time_and_within_the_budget(app: App, fault: str) -> None:
    answer, label = FAULTS[fault]
    editions, taken, spent = await served(app, answer, 60_000, **(SLOW if fault == "slow" else {}))
    assert len(editions) == RUNS and max(taken) < SECONDS + 3.0
    assert spent <= 60_000
    for edition in editions:
        assert len(edition.items) == len(REPORTS) and edition.method == "extract"
        assert all(sentence.quoted for item in edition.items for sentence in item.summary.sentences)
    assert editions[0].fallback == label
    assert {edition.fallback for edition in editions} <= {label, "budget", "unavailable", "late"}
    assert len(await app.store.deliveries.due(NOW)) == RUNS


async def test_nobody_at_the_address_costs_nothing(app: App) -> None:
    editions, taken, spent = await served(app, junk(), 60_000, base_url="http://127.0.0.1:9/v1")
    assert len(editions) == RUNS and max(taken) < SECONDS + 3.0 and spent == 0


async def test_a_spent_budget_is_said_in_the_edition(app: App) -> None:
    good = {"headline": "업스테이지, 도쿄 법인", "sentences": [{"text": "업스테이지가 도쿄에 법인을 세웠다.", "cites": [1],
            "quote": "업스테이지가 도쿄에 법인을"}]}  # fmt: skip
    editions, _, spent = await served(app, says(good, tokens=3_000), 100)
    assert len(editions) == RUNS and spent == 0
    assert {edition.fallback for edition in editions} == {"budget"}
    shown = str(slack.edition_messages(editions[0])[0].payload)
    assert "모델 예산 소진" in shown


async def test_a_model_that_is_up_writes_each_story_once_for_all_twenty(app: App) -> None:
    good = {"headline": "업스테이지, 도쿄 법인", "sentences": [{"text": "업스테이지가 도쿄에 법인을 세웠다.", "cites": [1],
            "quote": "업스테이지가 도쿄에 법인을"}]}  # fmt: skip
    editions, _, spent = await served(app, says(good, tokens=100), 1_000_000)
    assert all(any(item.summary.method == "m" for item in edition.items) for edition in editions)
    assert spent <= 100 * 2 * (len(REPORTS) + 2)  # the stories, the first lines and the titles, each tried at most twice
