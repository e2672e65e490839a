"""Embeddings join what shares no words; without them, and where reports contradict each other, they change nothing."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import opened
from bot.config import Settings
from bot.errors import ModelUnavailable
from bot.knowledge.vectors import Vector
from bot.model import Article, StoryDecision
from bot.pipeline import meanings, relevance
from bot.pipeline.run import Pipeline
from bot.pipeline.stories import StoryWindow, cluster
from bot.pipeline.story_vectors import NEAREST, nearest
from bot.store import Store
from tests.builders import NOON, article
from tests.fakes import NoFeeds
from tests.llm.server import Answer, embeds, fails, serving
from tests.pipeline.test_stories import AID, OFFICE, OTHERS

ROOT = Path(__file__).parents[2]
# One event in two reports that share neither name, number, place nor word.
KO = article("ko", "업스테이지, 도쿄에 법인 설립", url="https://example.com/ko")
JA = article(
    "ja", "韓国発の生成AI企業が日本上陸", language="ja", outlet="Nikkei", url="https://example.com/ja",
    published=NOON + timedelta(hours=1), first_seen=NOON + timedelta(hours=1),
)  # fmt: skip
OTHER = article(
    "other", "生成AIの著作権指針、文化庁が公表", language="ja", outlet="Asahi", url="https://example.com/other",
    published=NOON + timedelta(hours=1), first_seen=NOON + timedelta(hours=1),
)  # fmt: skip
HERE, NEAR, AWAY = (1.0, 0.1, 0.1, -0.1), (1.0, 0.1, 0.2, -0.1), (-0.1, 1.0, -0.1, 0.1)
VECTORS = {"ko": HERE, "ja": NEAR, "other": AWAY}


@dataclass
class FixedEmbedder:
    """Knows the vectors of articles by their titles; one whose title is in ``down`` fails its batch."""

    down: frozenset[str] = frozenset()
    slow: bool = False
    name: str = "small"
    asked: list[list[str]] = field(default_factory=list)

    async def embed(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        self.asked.append(list(texts))
        if self.slow:
            await asyncio.Event().wait()
        if self.down.intersection(text.split("\n")[0] for text in texts):
            raise ModelUnavailable("down")
        by_title = {one.title: VECTORS[one.id] for one in (KO, JA, OTHER)}
        return [by_title.get(text.split("\n")[0], AWAY) for text in texts]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(f"sqlite:///{tmp_path}/bot.sqlite3")
    yield opened
    await opened.close()


def joined(decisions: list[StoryDecision]) -> list[bool]:
    return [decision.joined for decision in decisions]


def test_reports_that_share_nothing_but_the_meaning_are_joined() -> None:
    assert joined(StoryWindow().assign_all([KO, JA, OTHER])) == [False, False, False]
    together = StoryWindow().assign_all([KO, JA, OTHER], VECTORS)
    assert joined(together) == [False, True, False] and together[1].story_id == together[0].story_id
    assert "the meaning" in together[1].reasons[0]
    window = StoryWindow()
    window.assign_all([KO], VECTORS)
    assert joined(window.assign_all([OTHER, JA], VECTORS)) == [False, True]


def test_a_vector_alone_or_one_of_another_model_says_nothing() -> None:
    for vectors in ({"ko": HERE}, {"ko": HERE, "ja": (*NEAR, 0.0)}, {"ko": HERE, "ja": (0.0,) * 4}):
        assert joined(StoryWindow().assign_all([KO, JA], vectors)) == [False, False]


def test_contradictions_veto_however_near_the_meaning_is() -> None:
    assert joined(StoryWindow().assign_all(AID, {one.id: HERE for one in AID})) == [False, False]


def test_vectors_that_are_far_apart_change_no_decision() -> None:
    articles = [*OFFICE, *AID, *OTHERS]
    apart = {one.id: tuple(float(place == number) for place in range(len(articles))) for number, one in enumerate(articles)}
    assert StoryWindow().assign_all(articles, apart) == StoryWindow().assign_all(articles) == cluster(articles)


def test_closed_stories_are_not_found_by_meaning() -> None:
    window = StoryWindow()
    window.assign_all([KO], VECTORS)
    window.prune(NOON + timedelta(minutes=1))
    assert joined(window.assign_all([JA], VECTORS)) == [False]


def test_the_nearest_of_many_are_found() -> None:
    noise = random.Random(7)
    aim = [noise.gauss(0, 1) for _ in range(256)]
    many = [(f"v{step}", Vector([value + step * noise.gauss(0, 0.01) for value in aim])) for step in range(200)]
    assert nearest(Vector(aim), reversed(many)) == [f"v{step}" for step in range(NEAREST)]
    assert nearest(Vector([-value for value in aim]), many) == []


async def test_texts_go_out_in_batches_and_what_came_before_a_failure_counts() -> None:
    articles = [article(f"a{number}", f"제목 {number}", summary="가" * 1_000) for number in range(2 * meanings.BATCH + 1)]
    embedder = FixedEmbedder()
    assert len(await meanings.vectors(embedder, articles)) == len(articles)
    assert [len(batch) for batch in embedder.asked] == [meanings.BATCH, meanings.BATCH, 1]
    assert embedder.asked[0][0] == "제목 0\n" + "가" * 300
    failing = FixedEmbedder(down=frozenset({f"제목 {meanings.BATCH}"}))
    assert list(await meanings.vectors(failing, articles)) == [one.id for one in articles[: meanings.BATCH]]
    assert await meanings.vectors(FixedEmbedder(slow=True), articles, timedelta(seconds=0.05)) == {}


async def test_a_restart_keeps_the_vectors_and_another_model_does_not_use_them(store: Store) -> None:
    await _add(store, KO, FixedEmbedder())
    await _add(store, JA, FixedEmbedder())
    found = await store.stories.of_articles(["ko", "ja"])
    assert found["ko"] == found["ja"]
    again = replace(JA, id="again", url="https://example.com/again", outlet="Jiji", title=OTHER.title)
    await _add(store, again, FixedEmbedder(name="large"))
    assert len(set((await store.stories.of_articles(["ko", "again"])).values())) == 2


async def test_an_embedder_that_is_down_changes_nothing_and_is_left_alone_until_the_next_run(store: Store) -> None:
    embedder = FixedEmbedder(down=frozenset({KO.title}))
    pipeline = Pipeline(store, NoFeeds(), embedder=embedder)
    weather = [article(f"w{n}", "주말 날씨 맑음", url=f"https://example.com/w{n}") for n in range(250)]
    await pipeline.add([KO, *weather, JA], NOON + timedelta(hours=2))
    assert len(embedder.asked) == 1
    assert len(set((await store.stories.of_articles(["ko", "ja"])).values())) == 2
    await pipeline.add([OTHER], NOON + timedelta(hours=2))
    assert len(embedder.asked) == 2


async def _add(store: Store, one: Article, embedder: FixedEmbedder) -> None:
    """By a program that was started for it."""
    await Pipeline(store, NoFeeds(), embedder=embedder).add([one], NOON + timedelta(hours=2))


@pytest.mark.parametrize(("answer", "stories"), [(embeds(lambda text: [1.0, 0.2]), 1), (fails(500), 2)])
async def test_the_app_embeds_with_the_model_that_is_set_up(tmp_path: Path, answer: Answer, stories: int) -> None:
    async with serving(answer) as server:
        settings = Settings(
            database_url=f"sqlite:///{tmp_path}/app.sqlite3", openai_base_url=server.url, prompts_dir=ROOT / "prompts",
            model_embedding="small",
        )  # fmt: skip
        async with opened(settings, lambda: ()) as app:
            await app.pipeline.add([KO, JA], NOON + timedelta(hours=2))
            found = await app.store.stories.of_articles(["ko", "ja"])
    assert len(found) == 2 and len(set(found.values())) == stories
    assert all(relevance.judge(one).relevant for one in (KO, JA))
