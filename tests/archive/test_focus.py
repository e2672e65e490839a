"""The thing that a question asks for, told by its grammar; and that an article which does not speak of it does not answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.archive import evidence
from bot.archive.focus import focus
from bot.archive.question import read_question
from bot.knowledge import language as languages
from bot.model import LANGUAGES, Article
from tests.builders import NOON, article


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("부산 데이터센터의 연간 물 사용량은 몇 톤인가?", "연간 물 사용량은"),
        ("공장 설계를 맡은 회사는 어디인가?", "회사는"),
        ("새 대표는 누구인가?", "새 대표는"),
        ("어느 은행이 돈을 댔나?", "은행이"),
        ("공장이 받는 보조금은?", "보조금은"),
        ("新工場の平均年収はいくらか?", "平均年収"),
        ("最高財務責任者は誰か?", "最高財務責任者"),
        ("どの銀行が融資したか?", "銀行"),
        ("支援の上限は?", "上限"),
        ("Which law firm advised on the deal?", "law firm"),
        ("How many parking spaces will the plant have?", "parking spaces"),
        ("What is the water consumption of the plant?", "water consumption"),
        ("What was Example Corp's revenue in 2025?", "revenue"),
        ("Who is the finance chief of Example Corp?", "finance chief"),
        ("Why did they leave?", ""),
        ("", ""),
    ],
)
def test_what_is_asked_for(question: str, asked: str) -> None:
    assert focus(question, languages.detect(question)) == asked


@given(st.text(max_size=80), st.sampled_from(LANGUAGES))
def test_any_text_may_be_asked(text: str, language: str) -> None:
    focus(text, language)


def answers(question: str, *articles: Article) -> bool:
    read = read_question(question, NOON)
    return evidence.enough(evidence.weigh(read, [(one, 1.0) for one in articles], [5.0] * len(read.about)))


OFFICE = article("a", "업스테이지, 도쿄 사무소에 직원 30명", summary="업스테이지가 도쿄 사무소를 열었다. 직원은 30명이다.")


def test_an_article_that_does_not_speak_of_the_thing_does_not_answer() -> None:
    assert answers("업스테이지 도쿄 사무소의 직원은 몇 명인가?", OFFICE)
    assert answers("How many employees work in Upstage's Tokyo office?", OFFICE)
    assert not answers("업스테이지 도쿄 사무소의 임대료는 얼마인가?", OFFICE)
    assert not answers("Which law firm advised on Upstage's Tokyo office?", OFFICE)


def test_a_name_with_figures_is_another_one_where_the_figure_differs() -> None:
    old = article(
        "b", "Samsung ships HBM3E chips to Nvidia", language="en", summary="Samsung ships 20,000 HBM3E units to Nvidia."
    )
    assert answers("How many HBM3E units does Samsung ship to Nvidia?", old)
    assert not answers("How many HBM4 units does Samsung ship to Nvidia?", old)
