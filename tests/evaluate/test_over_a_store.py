"""Measures that read what the bot stored: the votes of a workspace, and a day replayed."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot.__main__ import cli
from bot.errors import UserError
from bot.evaluate import feedback, replay
from bot.model import Article, Channel, Request, Story, StoryDecision
from bot.pipeline import corrections
from bot.pipeline.run import Pipeline
from bot.store import Store
from tests.builders import NOON, article
from tests.fakes import NoFeeds
from tests.pipeline.test_corrections import FUND, FUND_2, TOKYO, TOKYO_2
from tests.pipeline.test_feedback import nearest
from tests.pipeline.test_meanings import JA, KO, FixedEmbedder

HERE = Channel("slack", "C1", "T1")
MIDNIGHT = NOON.replace(hour=0)
DAY = (MIDNIGHT, MIDNIGHT + timedelta(days=1))


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/bot.sqlite3"


def filled(url: str, fill: Callable[[Store], Awaitable[None]]) -> None:
    async def work() -> None:
        store = await Store.open(url)
        await fill(store)
        await store.close()

    asyncio.run(work())


def invoked(*arguments: str, **environment: str) -> Any:
    result = CliRunner().invoke(cli, ["evaluate", *arguments], env=environment, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


# ---- votes ----


def test_votes_show_before_and_after(url: str, tmp_path: Path) -> None:
    kept, _ = nearest(above=True)
    path = tmp_path / "labelled.jsonl"
    rows = [{"id": kept.id, "title": kept.title, "relevant": False}, {"id": "off", "title": "주말 날씨 맑음", "relevant": False}]
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")

    async def votes(store: Store) -> None:
        await store.articles.add([kept])
        for person in range(9):
            await store.feedback.vote(HERE, f"U{person}", kept.id, False, NOON)

    filled(url, votes)
    options = ("relevance", str(path), "--feedback", "slack:T1", "--database", url)
    found = json.loads(invoked(*options, "--json"))
    assert (found["before"]["overall"]["kept"], found["after"]["overall"]["kept"]) == (1, 0)
    (changed,) = found["changed"]
    assert (changed["id"], changed["now"], changed["labelled"]) == (kept.id, "left out", "not relevant")
    assert "1 items changed sides" in invoked(*options)
    with pytest.raises(UserError, match="slack:T2: nobody voted there"):
        asyncio.run(feedback.evaluate(path, url, "slack:T2"))


# ---- a day replayed ----


async def _run_a_day(store: Store) -> None:
    pipeline = Pipeline(store, NoFeeds())
    await pipeline.add(
        [article("before", "업스테이지, 도쿄 진출 검토", published=MIDNIGHT - timedelta(hours=9))], MIDNIGHT - timedelta(hours=8)
    )
    await pipeline.add([TOKYO, FUND], NOON)
    await pipeline.add([TOKYO_2, FUND_2], NOON + timedelta(hours=1))


def test_a_day_replayed_by_the_same_rules_is_the_same_day(url: str) -> None:
    filled(url, _run_a_day)
    found = json.loads(invoked("stories", "--replay", "2026-11-23", "--database", url, "--json"))
    assert (found["articles"], found["same"], found["differing"], found["left_to_editors"]) == (4, 4, [], 0)
    assert invoked("stories", "--replay", "2026-11-23", "--database", url).startswith("4 articles in 2 stories, now 2; 4 stand")
    assert asyncio.run(replay.replay(url, DAY[0] + timedelta(days=1), DAY[1] + timedelta(days=1)))["articles"] == 0


def test_a_day_is_replayed_with_the_vectors_that_it_rested_on(url: str) -> None:
    async def fill(store: Store) -> None:
        pipeline = Pipeline(store, NoFeeds(), embedder=FixedEmbedder())
        await pipeline.add([KO], NOON)
        await pipeline.add([JA], NOON + timedelta(hours=1))

    filled(url, fill)
    options = ("stories", "--replay", "2026-11-23", "--database", url, "--json")
    assert json.loads(invoked(*options))["same"] == 1
    assert json.loads(invoked(*options, BOT_MODEL_EMBEDDING=FixedEmbedder.name))["same"] == 2


def test_what_the_rules_decide_otherwise_is_shown_with_both_reasons(url: str) -> None:
    async def fill(store: Store) -> None:
        await _run_a_day(store)
        kept = await store.stories.of_article("fund") or ""
        added = NOON + timedelta(hours=1)
        await store.stories.save([StoryDecision("tokyo2", kept, True, reasons=("an old rule",))], [TOKYO_2], added)

    filled(url, fill)
    found = asyncio.run(replay.replay(url, *DAY))
    (other,) = found["differing"]
    assert (other["id"], other["stored_reasons"]) == ("tokyo2", ["an old rule"]) and other["reasons"] and found["same"] == 3
    assert "then s" in replay.render(found) and "an old rule" in replay.render(found)


def test_what_an_editor_moved_is_not_asked_again(url: str) -> None:
    async def story(store: Store, one: Article) -> Story:
        return (await store.stories.get([await store.stories.of_article(one.id) or ""]))[0]

    async def fill(store: Store) -> None:
        pipeline = Pipeline(store, NoFeeds())
        await pipeline.add([TOKYO, FUND], NOON)
        said = Request("merge", "", HERE, "U1", "en", NOON + timedelta(minutes=5))
        await corrections.merge(store, await story(store, TOKYO), await story(store, FUND), said)
        await pipeline.add([TOKYO_2, FUND_2], NOON + timedelta(hours=1))

    filled(url, fill)
    found = asyncio.run(replay.replay(url, *DAY))
    assert (found["articles"], found["same"], found["left_to_editors"]) == (3, 3, 1)


def test_nothing_to_measure_is_told() -> None:
    result = CliRunner().invoke(cli, ["evaluate", "stories"])
    assert result.exit_code == 2 and "a FILE or --replay DAY" in result.output
