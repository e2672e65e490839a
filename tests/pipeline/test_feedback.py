"""Votes shift what a workspace's editions choose: in both directions, within bounds, and not when they are taken back."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.knowledge import weights
from bot.model import Article, Channel, Relevance, Story
from bot.pipeline import feedback, relevance
from bot.pipeline.briefing import Briefer, Wanted
from bot.pipeline.run import Pipeline
from bot.store import Store
from tests.builders import NOON, article
from tests.fakes import NoFeeds

HERE, THERE = Channel("slack", "C1", "T1"), Channel("slack", "C1", "T2")
THRESHOLD = weights.load().threshold
CANDIDATES = (
    "AI 시대의 한국 경제", "KT, AI 서비스 협력", "SK텔레콤 AI 협력 논의", "Korean firms look at AI", "日本企業、AI活用進む", "네이버, 일본서 AI 협력",
    "LG CNS, AI 협력 확대", "LG CNS, AI 인재 채용", "日本のAI企業が採用拡大", "삼성전자, AI 신제품 공개", "카카오, 일본 AI 기업과 협력 검토", "SoftBank looks at AI power",
)  # fmt: skip


def judged(title: str) -> tuple[Article, Relevance]:
    made = article(title, title, url=f"https://example.com/{len(title)}-{ord(title[0])}", language="")
    return made, relevance.judge(made)


def nearest(above: bool) -> tuple[Article, Relevance]:
    """The article next to the threshold on one side of it that has more to it than AI and a country."""
    pairs = [judged(title) for title in CANDIDATES]
    side = [(one, found) for one, found in pairs if (found.score >= THRESHOLD) is above and len(feedback._features([one])) > 1]
    return min(side, key=lambda pair: abs(pair[1].score - THRESHOLD))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(f"sqlite:///{tmp_path}/bot.sqlite3")
    yield opened
    await opened.close()


async def shown(store: Store, reader: Channel) -> set[str]:
    period = {"since": NOON - timedelta(hours=1), "until": NOON + timedelta(hours=1)}
    edition = await Briefer(store).edition(Wanted(key="k", language="en", reader=reader, **period))
    return {source.article_id for source in edition.sources}


async def test_votes_take_out_and_let_in_for_their_workspace_only_until_they_are_taken_back(store: Store) -> None:
    kept, missed = nearest(above=True)[0], nearest(above=False)[0]
    await Pipeline(store, NoFeeds()).add([kept, missed], NOON)
    assert await shown(store, HERE) == {kept.id}
    for person in range(9):
        await store.feedback.vote(HERE, f"U{person}", kept.id, False, NOON)
    assert kept.id not in await shown(store, HERE) and await shown(store, THERE) == {kept.id}
    for person in range(9):
        await store.feedback.withdraw(HERE, f"U{person}", kept.id)
    assert await shown(store, HERE) == {kept.id}
    for person in range(9):
        await store.feedback.vote(HERE, f"U{person}", missed.id, True, NOON)
    assert missed.id in await shown(store, HERE) and await shown(store, THERE) == {kept.id}


async def test_a_vote_on_a_story_counts_as_one_on_its_articles(store: Store) -> None:
    kept, _ = nearest(above=True)
    await Pipeline(store, NoFeeds()).add([kept], NOON)
    story_id = await store.stories.of_article(kept.id) or ""
    for person in range(9):
        await store.feedback.vote(HERE, f"U{person}", story_id, False, NOON)
    assert await shown(store, HERE) == set()


def test_no_number_of_votes_moves_a_score_further_than_the_bound() -> None:
    for wanted in (True, False):
        for title in CANDIDATES:
            made, found = judged(title)
            moved = feedback.scorer([([made], wanted)] * 200)
            again = feedback.rejudged(made, found, moved)
            assert abs(again.score - found.score) <= feedback.MOST_SHIFT + 1e-9
            assert again.score == found.score or (again.score > found.score) is wanted
    sure = replace(found, score=THRESHOLD + feedback.MOST_SHIFT, relevant=True)
    assert feedback.rejudged(made, sure, moved).relevant


def test_votes_on_what_every_article_has_change_nothing() -> None:
    votes = [([judged("AI 시대의 한국 경제")[0]], False)] * 50
    for title in CANDIDATES:
        made, found = judged(title)
        assert feedback.rejudged(made, found, feedback.scorer(votes)) == found


def test_what_has_no_subject_or_no_angle_is_let_in_by_no_vote() -> None:
    made, found = judged("주말 날씨 맑음, 나들이 인파")
    moved = feedback.scorer([([made], True)] * 200)
    assert feedback.newcomers([(made, found)], [], moved) == []


def test_what_the_language_model_decided_stays_decided() -> None:
    made, found = nearest(above=True)
    moved = feedback.scorer([([made], True)] * 9)
    refused = relevance.with_verdict(found, False, "routine product", "model")
    assert not feedback.rejudged(made, refused, moved).relevant
    low, low_found = nearest(above=False)
    asked_for = relevance.with_verdict(low_found, True, "chips", "model")
    assert feedback.rejudged(low, asked_for, feedback.scorer([([low], False)] * 9)).relevant


def test_a_report_of_a_story_that_is_shown_does_not_come_a_second_time() -> None:
    made, found = nearest(above=False)
    moved = feedback.scorer([([made], True)] * 9)
    twin = replace(made, id="twin", outlet="연합뉴스")
    story = Story("s1", (twin,), (replace(found, relevant=True, score=0.9),))
    assert [one.articles for one in feedback.newcomers([(made, found)], [], moved)] == [(made,)]
    assert feedback.newcomers([(made, found)], [story], moved) == []
