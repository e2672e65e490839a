"""Queries taken apart: groups that are met in any language, quotes, exclusions, questions with their time and thread."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.archive.query import Group, read_query
from bot.archive.question import Wanted, content, read_question
from bot.archive.thread import tells

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def groups(text: str) -> list[Group]:
    return list(read_query(text).groups)


def named(text: str, *thread: str) -> set[str]:
    return {entity for group in read_question(text, NOW, thread).about for entity in group.entities}


@pytest.mark.parametrize("text", ["업스테이지 투자", "アップステージ 出資", "Upstage investment"])
def test_a_name_and_a_meaning_are_the_same_in_three_languages(text: str) -> None:
    name, act = groups(text)
    assert name.entities == ("Upstage",)
    assert "act invest" in act.meanings
    assert name.tokens and act.tokens, "its own words count too"


@pytest.mark.parametrize("text", ["GPU 26만장", "GPU 26万枚", "260,000 GPUs", "GPU 26만"])
def test_a_number_is_the_same_in_any_unit(text: str) -> None:
    assert {number for group in groups(text) for number in group.numbers} == {"# 260000"}


def test_a_year_is_no_number() -> None:
    assert not any(group.numbers for group in groups("Rapidus 2027"))


def test_a_name_is_not_taken_apart() -> None:
    (vision,) = [group for group in groups("SoftBank Vision Fund") if group.entities]
    assert "object fund" not in vision.meanings


def test_a_name_that_needs_company_in_news_is_meant_when_it_is_asked_for() -> None:
    assert groups("마이크론")[0].entities == groups("Micron")[0].entities == ("Micron",)


def test_what_is_left_of_a_word_is_not_looked_for() -> None:
    assert next(group.tokens for group in groups("ラピダスの歩留まりは")) == ("ラピ", "ピダ", "ダス")
    assert all(group.tokens not in (("の",), ("は",)) for group in groups("ラピダスの歩留まりは"))
    assert len(groups("の")) == 1, "unless there is nothing else"


@given(st.text(max_size=80))
def test_any_text_is_a_query_and_its_groups_stand_in_order(text: str) -> None:
    found = groups(text)
    assert all(one.end <= two.start for one, two in itertools.pairwise(found))
    assert all(group.tokens for group in found)


@given(st.text(max_size=80), st.lists(st.text(max_size=40), max_size=3))
def test_any_text_is_a_question(text: str, thread: list[str]) -> None:
    read_question(text, NOW, thread)


# ---- questions ----


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("라피더스 보조금은 얼마인가?", Wanted.MONEY),
        ("ラピダスへの支援額はいくらか?", Wanted.MONEY),
        ("How much did Meta offer for FuriosaAI?", Wanted.MONEY),
        ("HBM 점유율은 몇 %인가?", Wanted.SHARE),
        ("울산 데이터센터에는 GPU가 몇 장 들어가나?", Wanted.NUMBER),
        ("何社が参加したか?", Wanted.NUMBER),
        ("How many people work there?", Wanted.NUMBER),
        ("AI 기본법은 언제 시행되나?", Wanted.DATE),
        ("When did OpenAI open in Tokyo?", Wanted.DATE),
        ("誰が社長になったか?", Wanted.ANYTHING),
    ],
)
def test_what_kind_of_thing_is_asked_for(text: str, wanted: Wanted) -> None:
    assert read_question(text, NOW).wanted is wanted


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("지난달 라피더스 소식은?", date(2026, 9, 30), date(2026, 11, 1)),
        ("What happened at Rapidus last month?", date(2026, 9, 30), date(2026, 11, 1)),
        ("이번 주 라피더스 투자는?", date(2026, 11, 22), date(2026, 11, 30)),
        ("今年のサカナAIの調達額は?", date(2025, 12, 31), date(2026, 12, 31)),
        ("최근 3개월 라피더스 투자는?", NOW.date() - timedelta(days=90), None),
        ("Rapidus in the last 2 weeks", NOW.date() - timedelta(days=14), None),
    ],
)
def test_time_words_are_days_of_publication(text: str, since: date, until: date | None) -> None:
    query = read_question(text, NOW).query
    assert (query.only.since, query.only.until) == (since, until)
    assert any(group.entities for group in query.groups)


def test_a_named_month_makes_its_reports_likelier_and_excludes_none() -> None:
    question = read_question("2026年2月のラピダスへの出資は?", NOW)
    assert question.near == (date(2026, 2, 1), date(2026, 3, 30))
    assert question.query.only.since is None and question.query.only.until is None


def test_what_is_still_to_come_is_no_time_of_publication() -> None:
    question = read_question("2030년까지 일본 AI 투자는 얼마인가?", NOW)
    assert question.near is None and question.query.only.since is None


def test_words_that_only_ask_are_not_looked_for() -> None:
    assert content("업스테이지는 어디에 법인을 세웠나?") == content("업스테이지 법인을 세웠나")
    assert content("Who opened an office in Tokyo?") == "opened office Tokyo"


# ---- follow-ups ----


def test_a_follow_up_keeps_whom_it_is_about() -> None:
    assert "Rapidus" in named("그 규모는?", "라피더스는 얼마를 받았나?")
    assert "Rapidus" in named("And when?", "How much did Rapidus get?", "Who paid?")


def test_a_follow_up_with_a_subject_of_its_own_keeps_nothing() -> None:
    assert named("업스테이지는 어디에 있나?", "라피더스는 얼마를 받았나?") == {"Upstage"}


def test_another_country_takes_the_place_of_the_one_before() -> None:
    found = named("그럼 일본은?", "오픈AI코리아는 언제 서울에서 출범했어?")
    assert "JP" in found and "OpenAI" in found
    assert not found & {"OpenAI Korea", "KR/Seoul", "KR"}


def test_a_law_of_one_country_becomes_its_like_in_the_other() -> None:
    assert "AI Promotion Act (Japan)" in named("그럼 일본은?", "AI 기본법은 언제 시행됐어?")


def test_a_follow_up_without_a_matter_asks_the_same() -> None:
    assert read_question("그럼 일본은?", NOW, ("오픈AI코리아는 언제 출범했어?",)).wanted is Wanted.DATE
    assert not tells(read_query("금액은 얼마").groups)
