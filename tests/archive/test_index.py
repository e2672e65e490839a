"""The index: what counts in its ranking, filters, and what changes."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.archive.index import Index
from bot.archive.query import read_query
from bot.model import Article, Relevance
from tests.builders import NOON, article


def found(index: Index, text: str, **changes: object) -> list[str]:
    query = read_query(text)
    return [id for id, _, _ in index.search(replace(query, only=replace(query.only, **changes)))]  # type: ignore[arg-type]


def made(*articles: Article) -> Index:
    index = Index()
    index.add(articles)
    return index


def test_an_article_with_everything_that_was_asked_comes_first() -> None:
    index = made(
        article("both", "라피더스, 보조금 받는다"),
        article("name", "라피더스 라피더스 라피더스"),
        article("word", "보조금 보조금 보조금"),
    )
    assert found(index, "라피더스 보조금")[0] == "both"
    assert found(index, "Rapidus subsidy")[0] == "both"
    assert found(index, "ラピダス 補助金")[0] == "both"


def test_a_number_in_another_unit_is_found() -> None:
    index = made(article("n", "Nvidia to supply 260,000 GPUs", language="en"), article("o", "엔비디아 GPU 공급 확대"))
    assert found(index, "엔비디아 26만장")[0] == "n"


def test_the_group_of_a_company_is_found_behind_the_company_itself() -> None:
    index = made(article("sds", "삼성SDS, 클라우드 사업 확대"), article("x", "날씨 맑음"))
    assert found(index, "삼성") == ["sds"]


def test_a_korean_report_need_not_name_korea() -> None:
    index = made(article("ko", "국산 NPU 양산"), article("en", "NPU made in Taiwan", language="en"))
    assert found(index, "韓国 NPU")[0] == "ko"


def test_what_matters_comes_first_among_equals() -> None:
    index = Index()
    index.add([article("a", "업스테이지 소식"), article("b", "업스테이지 소식")], {"b": Relevance(0.9, True)})
    assert found(index, "업스테이지") == ["b", "a"]


def test_days_filter_and_named_days_only_prefer() -> None:
    old, new = article("old", "라피더스", published=NOON - timedelta(days=100)), article("new", "라피더스")
    index = made(old, new, article("undated", "라피더스", published=None, first_seen=None))
    today = NOON.date()
    assert found(index, "라피더스", since=today) == ["new"]
    assert found(index, "라피더스", until=today - timedelta(days=50)) == ["old"]
    near = index.search(read_query("라피더스"), near=(today - timedelta(days=110), today - timedelta(days=90)))
    assert next(id for id, _, _ in near) == "old" and len(near) == 3
    assert {id: day for id, _, day in near} == {"new": (today - date(1970, 1, 1)).days, "undated": 0} | {
        "old": (today - date(1970, 1, 1)).days - 100
    }


def test_an_article_is_there_once_as_it_was_added_last() -> None:
    index = made(article("a", "라피더스"), article("a", "업스테이지"))
    assert (found(index, "라피더스"), found(index, "업스테이지")) == ([], ["a"])
    index.add([article("a", "소프트뱅크")])
    assert (found(index, "업스테이지"), found(index, "소프트뱅크")) == ([], ["a"])


def test_rare_groups_tell_more() -> None:
    index = made(*(article(f"a{n}", "반도체 소식") for n in range(20)), article("r", "라피더스 반도체"))
    rapidus, chip = index.rarity(read_query("라피더스 반도체").groups)
    assert rapidus > chip > 0


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=5))
def test_any_article_can_be_indexed(titles: list[str]) -> None:
    made(*(article(f"a{n}", title, summary=title[::-1]) for n, title in enumerate(titles)))


def test_what_is_added_while_more_follows_is_written_with_the_last_and_replaced_before() -> None:
    index = made(article("old", "라피더스 공장"))
    index.add([article("a", "업스테이지 소식"), article("old", "리벨리온 공장")], sequence=2, more=True)
    index.add([article("a", "업스테이지 투자")], sequence=3, more=True)
    assert found(index, "업스테이지") == [] and index.reached == (0, "old")
    index.add([article("b", "소프트뱅크")], sequence=4)
    assert index.articles == 3 and index.reached == (4, "b")
    assert found(index, "라피더스") == [] and found(index, "업스테이지") == ["a"] and found(index, "리벨리온") == ["old"]


def test_who_stops_between_two_goes_on_where_it_last_wrote(tmp_path: Path) -> None:
    index = Index(tmp_path)
    index.add([article("a", "업스테이지")], sequence=1)
    index.add([article("b", "라피더스")], sequence=2, more=True)
    index.close()
    again = Index(tmp_path)
    assert again.claim() and again.reached == (1, "a")
    again.add([article("b", "라피더스"), article("c", "소프트뱅크")], sequence=3)
    assert again.articles == 3 and found(again, "라피더스") == ["b"]
