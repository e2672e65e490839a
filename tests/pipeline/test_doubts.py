"""The second look: which articles a judge is asked about, and what its verdicts and failures change in a run."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import opened
from bot.config import Settings
from bot.errors import ModelUnavailable
from bot.knowledge import weights
from bot.model import Article, Relevance
from bot.pipeline import doubts, relevance
from bot.pipeline.run import Pipeline
from bot.pipeline.steps import JUDGED_AT_ONCE
from bot.store import Store
from tests.builders import NOON, article
from tests.fakes import NoFeeds
from tests.llm.server import says, serving

ROOT = Path(__file__).parents[2]
LOW, HIGH = weights.load().doubtful
MIDDLE = weights.load().threshold


@dataclass
class FixedJudge:
    """Says the same of every article; of those in ``down`` nothing, and of those in ``slow`` nothing in time."""

    relevant: bool = True
    down: frozenset[str] = frozenset()
    slow: frozenset[str] = frozenset()
    name: str = "fake-model"
    asked: list[str] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    async def judge(self, article: Article, relevance: Relevance) -> tuple[bool, str]:
        self.asked.append(article.id)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await (asyncio.Event().wait() if article.id in self.slow else asyncio.sleep(0))
            if article.id in self.down:
                raise ModelUnavailable("down")
            return self.relevant, "policy or public money"
        finally:
            self.at_once -= 1


def scored(score: float) -> Relevance:
    return Relevance(score, score >= MIDDLE, reasons=("words",))


def test_the_nearest_doubts_of_fresh_articles_are_asked_about() -> None:
    scores = {"sure": 0.99, "off": 0.01, "high": HIGH, "near": MIDDLE + 0.01, "low": LOW, "old": MIDDLE}
    articles = [article(id, fresh=id != "old") for id in scores]
    judged = {id: scored(score) for id, score in scores.items()}
    assert {one.id for one in doubts.doubtful(articles, judged, 9)} == {"high", "near", "low"}
    assert [one.id for one in doubts.doubtful(articles, judged, 1)] == ["near"]
    assert doubts.doubtful(articles, judged, 0) == []


async def test_a_verdict_counts_with_its_reason_and_a_failure_leaves_the_scorers_decision() -> None:
    articles = [article(f"a{number}") for number in range(20)]
    judged = {one.id: scored(MIDDLE - 0.01) for one in articles}
    judge = FixedJudge(down=frozenset({"a3"}), slow=frozenset({"a5"}))
    found = await doubts.settled(judge, articles, judged, timedelta(seconds=0.3))
    assert set(found) == set(judged) - {"a3", "a5"}
    assert found["a0"] == replace(judged["a0"], relevant=True, reasons=("words", "fake-model: relevant: policy or public money"))
    assert judge.most_at_once == doubts.AT_ONCE and judge.at_once == 0


async def test_nothing_to_ask_asks_nothing() -> None:
    assert await doubts.settled(FixedJudge(), [], {}) == {}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(f"sqlite:///{tmp_path}/bot.sqlite3")
    yield opened
    await opened.close()


VAGUE = ("AI 시대의 한국 경제", "KT, AI 서비스 협력", "Korean firms look at AI", "AI 반도체 수요 전망", "日本企業、AI活用進む")


def doubted(number: int) -> Article:
    """An article of which the scorer, however it was trained last, cannot tell."""
    made = [article(f"d{number}", title, url=f"https://example.com/d{number}", language="en") for title in VAGUE]
    return next(one for one in made if relevance.is_doubtful(relevance.judge(one)))


async def test_a_run_asks_a_bounded_number_of_times_and_stores_the_verdicts(store: Store) -> None:
    judge = FixedJudge(relevant=False)
    articles = [doubted(number) for number in range(doubts.A_RUN + 30)]
    await Pipeline(store, NoFeeds(), judge).add(articles, NOON)
    assert len(judge.asked) == len(set(judge.asked)) == doubts.A_RUN
    kept = await store.articles.relevance([one.id for one in articles])
    said = [id for id, found in kept.items() if found.reasons[-1] == "fake-model: not relevant: policy or public money"]
    assert sorted(said) == sorted(judge.asked) and not any(kept[id].relevant for id in said)


async def test_a_judge_that_fails_is_left_alone_until_the_next_run(store: Store) -> None:
    batch = [article(f"w{number}", "주말 날씨 맑음", url=f"https://example.com/w{number}") for number in range(JUDGED_AT_ONCE)]
    first, second, third = (doubted(number) for number in range(3))
    judge = FixedJudge(down=frozenset({first.id}))
    pipeline = Pipeline(store, NoFeeds(), judge)
    await pipeline.add([first, *batch, second], NOON)
    assert judge.asked == [first.id]
    await pipeline.add([third], NOON)
    assert judge.asked == [first.id, third.id]


async def test_the_app_asks_the_model_that_is_set_up(tmp_path: Path) -> None:
    one = doubted(1)
    answer = says({"quote": one.title, "verdict": "chips"})
    async with serving(answer) as server:
        settings = Settings(
            database_url=f"sqlite:///{tmp_path}/app.sqlite3", openai_base_url=server.url, prompts_dir=ROOT / "prompts"
        )
        async with opened(settings, lambda: ()) as app:
            await app.pipeline.add([one], NOON)
            found = (await app.store.articles.relevance([one.id]))[one.id]
    assert found.relevant and found.reasons[-1] == f"local-model: relevant: chips (“{one.title}”)"


async def test_a_judge_that_is_down_changes_nothing(store: Store) -> None:
    one = doubted(1)
    await Pipeline(store, NoFeeds(), FixedJudge(down=frozenset({one.id}))).add([one], NOON)
    assert (await store.articles.relevance([one.id]))[one.id] == relevance.judge(one)
