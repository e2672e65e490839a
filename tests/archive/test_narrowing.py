"""Bounds of a search, said in three languages; what is no bound stays a word."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.archive.index import Index
from bot.archive.narrowing import EVERYTHING, read_narrowing
from bot.archive.query import read_query
from bot.model import Relevance, Topic
from tests.builders import NOON, article

ARTICLES = (
    article("ko", "업스테이지, 도쿄 법인 설립", outlet="AI Times Korea"),
    article("ja", "ラピダス、試作を開始", language="ja", outlet="日本経済新聞"),
    article("en", "Upstage raises funds", language="en", outlet="ETNews"),
    article("law", "AI 기본법 시행", outlet="ETNews"),
)
JUDGED = {
    "ko": Relevance(0.9, True, topics=(Topic.EXPANSION,), countries=("KR", "JP")),
    "ja": Relevance(0.9, True, topics=(Topic.CHIPS,), countries=("JP",)),
    "law": Relevance(0.9, True, topics=(Topic.POLICY,), countries=("KR",)),
}


@pytest.fixture(scope="module")
def index() -> Index:
    made = Index()
    made.add(ARTICLES, JUDGED)
    return made


def found(index: Index, text: str) -> set[str]:
    return {id for id, _, _ in index.search(read_query(text))}


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("country:JP", {"ko", "ja"}),
        ("국가:일본", {"ko", "ja"}),
        ("国:日本", {"ko", "ja"}),
        ("country:한국", {"ko", "law", "en"}),
        ("topic:policy", {"law"}),
        ("주제:정책", {"law"}),
        ("company:アップステージ", {"ko", "en"}),
        ("회사:업스테이지 언어:영어", {"en"}),
        ("outlet:ETNews", {"en", "law"}),
        ('outlet:"ai times"', {"ko"}),
        ("lang:ja", {"ja"}),
        ("업스테이지 -도쿄 outlet:etnews", {"en"}),
        ("topic:policy topic:chips", {"law", "ja"}),
        ("topic:policy country:JP", set()),
        (f"since:{NOON:%Y-%m-%d}", {"ko", "ja", "en", "law"}),
        ("until:2020", set()),
    ],
)
def test_bounds_hold(index: Index, text: str, ids: set[str]) -> None:
    assert found(index, text) == ids


@pytest.mark.parametrize(
    "text", ["topic:weather", "country:Mars", "company:Nobody", "since:2026-13", "since:soon", "note:it", "lang:"]
)
def test_what_is_no_bound_is_a_word(text: str) -> None:
    assert read_narrowing(text) == (EVERYTHING, text)


def test_days_are_whole_months_and_years() -> None:
    only, rest = read_narrowing("HBM since:2026-02 until:2026-02")
    assert (only.since, only.until, rest.strip()) == (date(2026, 2, 1), date(2026, 2, 28), "HBM")
    assert read_narrowing("until:2025")[0].until == date(2025, 12, 31)
    assert read_narrowing("以降:2026-12-31")[0].since == date(2026, 12, 31)


def test_bounds_alone_show_the_newest_first() -> None:
    index = Index()
    index.add(
        [
            article("old", "a", published=NOON.replace(year=2024)),
            article("new", "b"),
            article("mid", "c", published=NOON.replace(year=2025)),
        ]
    )
    assert [id for id, _, _ in index.search(read_query("lang:ko"))] == ["new", "mid", "old"]


@given(st.text(max_size=60))
def test_any_text_may_be_narrowed(index: Index, text: str) -> None:
    found(index, f"{text} country:{text} since:{text}")
