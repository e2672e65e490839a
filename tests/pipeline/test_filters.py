"""What a subscription wants to see: every key, alone and nested, for stories in three languages."""

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.language import normalise
from bot.model import Boost, Filters, Relevance, Story, Topic
from bot.pipeline.filters import boosted, holds, passes
from tests.builders import article


def judged(score: float, *topics: Topic, countries: tuple[str, ...] = (), entities: tuple[str, ...] = ()) -> Relevance:
    return Relevance(score, True, topics, countries, None, entities)


STORY = Story(
    "s1",
    (
        article("a", "업스테이지, 도쿄 법인 설립", summary="AI 모델을 일본에 판다."),
        article("b", "Upstage said it opens a Tokyo office with subsidies", outlet="Example Daily", language="en"),
    ),
    (
        judged(0.7, Topic.EXPANSION, Topic.POLICY, countries=("KR", "JP"), entities=("Upstage",)),
        judged(0.5, Topic.INVESTMENT, countries=("JP",), entities=("Upstage", "NVIDIA")),
    ),
)
YES = Filters(entities=frozenset({"NVIDIA"}))
NO = Filters(entities=frozenset({"Rebellions"}))


@pytest.mark.parametrize(
    ("filters", "kept"),
    [
        (Filters(), True),
        (Filters(topics=frozenset({Topic.INVESTMENT, Topic.CHIPS})), True),
        (Filters(topics=frozenset({Topic.POLICY})), False),  # only beside a main topic
        (Filters(countries=frozenset({"KR"})), True),
        (Filters(languages=frozenset({"en"})), True),
        (Filters(languages=frozenset({"ja"})), False),
        (Filters(outlets=("ＥＸＡＭＰＬＥ daily",)), True),
        (Filters(outlets=("Example",)), False),
        (Filters(min_score=0.7), True),
        (Filters(min_score=0.71), False),
        (YES, True),
        (NO, False),
        (Filters(entities=frozenset({"NVIDIA"}), languages=frozenset({"ja"})), False),
        (Filters(any_of=(NO, YES)), True),
        (Filters(any_of=(NO, NO)), False),
        (Filters(all_of=(YES, Filters(any_of=(NO, Filters(none_of=(NO,)))))), True),
        (Filters(all_of=(YES, NO)), False),
        (Filters(none_of=(NO,)), True),
        (Filters(none_of=(NO, YES)), False),
        (Filters(none_of=(Filters(none_of=(YES,)),)), True),
        (Filters(countries=frozenset({"KR"}), any_of=(NO,)), False),
    ],
)
def test_what_is_filled_in_must_all_hold(filters: Filters, kept: bool) -> None:
    assert passes(STORY, filters) is kept


@pytest.mark.parametrize(
    ("word", "there"),
    [
        ("AI", True), ("said", True), ("sai", False), ("office", True), ("offic", False), ("offic*", True), ("subsid*", True),
        ("subsidy", False), ("도쿄", True), ("쿄 법", True), ("ＵＰＳＴＡＧＥ", True), ("c++", False), ("u.+e", False), ("tokyo  office", True),
    ],
)  # fmt: skip
def test_latin_words_stand_alone_and_others_are_found_anywhere(word: str, there: bool) -> None:
    assert holds(word, normalise(" ".join(one.text for one in STORY.articles))) is there
    assert passes(STORY, Filters(include=(word,))) is there
    assert passes(STORY, Filters(exclude=(word,))) is not there


def test_a_latin_word_stands_alone_beside_korean_particles() -> None:
    assert holds("AI", normalise("AI를 배우다")) and not holds("AI", normalise("He said"))


def test_boosts_move_the_score_within_their_bound() -> None:
    both = (Boost("Upstage", 0.2), Boost("investment", 0.25), Boost("Rebellions", 0.3))
    assert boosted(STORY, Filters(boosts=both)) == both[:2]
    assert passes(STORY, Filters(min_score=0.85, boosts=both[:1]))
    assert passes(STORY, Filters(min_score=1.0, boosts=both))
    assert not passes(STORY, Filters(min_score=1.01, boosts=both))  # 0.45 together, but no more than 0.3 counts
    assert not passes(STORY, Filters(min_score=0.6, boosts=(Boost("Upstage", -0.2),)))
    assert not passes(STORY, Filters(any_of=(Filters(min_score=0.85, boosts=both),)))  # only the outermost boosts count


@given(st.text(st.sampled_from("ab (+*\\[]{}^$.|?업アé"), min_size=1, max_size=40), st.text("abé업ア ", max_size=200))
def test_any_text_is_a_word_and_none_is_a_pattern(word: str, text: str) -> None:
    plain = normalise(word.rstrip("* "))
    assert not holds(word, normalise(text)) or plain in normalise(text)


def test_words_that_would_be_evil_patterns_cost_nothing() -> None:
    text = "a" * 100_000
    started = perf_counter()
    assert not holds("(a+)+$", text) and not holds("a" * 5_000 + "b", text)
    assert perf_counter() - started < 2
