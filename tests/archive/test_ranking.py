"""The ranking: however common the words are, what fits best is found, and what its bounds keep out is not."""

from collections.abc import Iterable
from datetime import date, timedelta

import pytest

from bot.archive.index import Index
from bot.archive.index_view import View
from bot.archive.query import Group, read_query
from bot.archive.ranking import Ranking
from bot.archive.ways import Weights
from bot.model import Article
from tests.builders import NOON, article

LONG = " 날씨 맑음" * 60  # a long text makes each of its words tell less
ALL, NONE = 10**9, 0  # postings that may be read
PATHS = pytest.mark.parametrize("short", [ALL, NONE])


def made(*articles: Article) -> Index:
    index = Index()
    index.add(articles)
    return index


def ranked(index: Index, text: str, short: int, near: tuple[date, date] | None = None, limit: int = 10) -> list[str]:
    query = read_query(text)
    view = View(index._index.searcher(), index._schema, index._bounds(query))
    hits = Ranking(view, Weights(), short).best(index.sharpened(query.groups), near, limit)
    return [id for id, _, _ in hits]


def crowd(name: str, title: str, count: int = 500) -> Iterable[Article]:
    return (article(f"{name}{number}", title) for number in range(count))


@PATHS
def test_the_one_article_with_both_is_found_among_many_with_one(short: int) -> None:
    both = article("both", "소식", summary="라피더스가 보조금을 받는다." + LONG)
    index = made(*crowd("r", "라피더스 라피더스"), *crowd("s", "보조금 보조금"), *crowd("x", "날씨"), both)
    for text in ("라피더스 보조금", "Rapidus subsidy", "ラピダス 補助金"):
        assert ranked(index, text, short)[0] == "both", text


@PATHS
def test_a_narrow_bound_loses_nothing(short: int) -> None:
    old = article("old", "소식", summary="라피더스 보조금" + LONG, published=NOON - timedelta(days=100), outlet="한빛일보")
    index = made(*crowd("n", "라피더스 보조금", 600), old, article("other", "딴소리", outlet="한빛일보"))
    before = f"until:{(NOON - timedelta(days=50)).date()}"
    for bound in (before, "outlet:한빛일보", '"날씨 맑음"'):
        assert ranked(index, f"라피더스 보조금 {bound}", short) == ["old"], bound
    assert "old" not in ranked(index, "라피더스 보조금 -날씨", short, limit=700)


@PATHS
def test_days_that_are_likelier_are_looked_at_however_many_others_fit(short: int) -> None:
    day = NOON.date() - timedelta(days=200)
    index = made(*crowd("n", "라피더스"), article("then", "라피더스" + LONG, published=NOON - timedelta(days=200)))
    assert ranked(index, "라피더스", short)[0] != "then"
    assert "then" in ranked(index, "라피더스", short, near=(day, day), limit=300)
    assert "then" not in ranked(index, "라피더스", short, limit=100)


@pytest.mark.parametrize(
    "text", ["라피더스 보조금", "日本 半導体", "엔비디아 26만장 공급", "서울 날씨 맑음", "Rapidus", "한국 NPU 양산"]
)
def test_both_ways_to_find_likely_articles_lead_to_one_ranking(text: str) -> None:
    titles = (
        "라피더스, 보조금 받는다",
        "ラピダス 日本 半導体",
        "Nvidia to supply 260,000 GPUs",
        "서울 날씨 맑음",
        "국산 NPU 양산",
        "반도체 소식",
    )
    index = made(*(article(f"a{number}", f"{title} {number}") for number, title in enumerate(titles * 4)))
    assert ranked(index, text, ALL, limit=50) == ranked(index, text, NONE, limit=50) != []


@PATHS
def test_any_number_of_words_can_be_asked_for(short: int) -> None:
    words = ["".join(chr(0xAC00 + 97 * number + 13 * place) for place in range(9)) for number in range(24)]
    index = made(
        article("half", " ".join(words[:12])), article("all", " ".join(words)), article("none", "Rapidus", language="en")
    )
    assert ranked(index, " ".join(words), short) == ["all", "half"]


@PATHS
def test_more_signs_than_one_number_holds(short: int) -> None:
    text = "라피더스 보조금 엔비디아 데이터센터 반도체 투자 소프트뱅크"
    index = made(*crowd("n", "라피더스 보조금 엔비디아 데이터센터", 30), article("all", text + LONG))
    assert ranked(index, text, short)[0] == "all"


@PATHS
def test_nothing_to_rank(short: int) -> None:
    assert ranked(Index(), "라피더스", short) == []
    index = made(article("a", "라피더스"))
    assert ranked(index, "zzzz", short) == []
    view = View(index._index.searcher(), index._schema)
    assert Ranking(view, Weights(), short).best([Group(0, 0)], None, 5) == []
