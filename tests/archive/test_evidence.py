"""The gate: an answer needs whom and what the question names, and a figure where it asks for one."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from bot.archive import evidence, passages
from bot.archive.evidence import Evidence
from bot.archive.question import read_question
from bot.model import Article
from tests.builders import article

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
FUNDED = article("f", "업스테이지 투자 유치", summary="업스테이지가 620억원을 투자받았다. 대표는 김성훈이다.")
RAPIDUS = article(
    "r", "ラピダスに追加支援", language="ja", summary="経済産業省はラピダスに最大8025億円を支援する。工場は北海道にある。"
)


def weighed(question: str, *articles: Article) -> Sequence[Evidence]:
    read = read_question(question, NOW)
    return evidence.weigh(read, [(one, 1.0) for one in articles], [5.0] * len(read.about))


@pytest.mark.parametrize(
    ("question", "one", "quote"),
    [
        ("업스테이지가 투자받은 금액은 얼마인가?", FUNDED, "620억원"),
        ("How much was invested in Upstage?", FUNDED, "620억원"),
        ("라피더스가 받는 지원 금액은 얼마인가?", RAPIDUS, "8025億円"),
        ("ラピダスの工場はどこにあるか?", RAPIDUS, "北海道"),
    ],
)
def test_the_sentence_that_says_it_is_enough(question: str, one: Article, quote: str) -> None:
    found = weighed(question, one)
    assert quote in found[0].text
    assert evidence.enough(found)


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("퓨리오사AI가 투자받은 금액은 얼마인가?", "another company"),
        ("업스테이지의 매출은 얼마인가?", "another amount"),
        ("업스테이지의 점유율은 몇 %인가?", "no share"),
        ("When did Upstage go public?", "no listing, no date"),
    ],
)
def test_what_the_article_does_not_say_is_not_enough(question: str, why: str) -> None:
    assert not evidence.enough(weighed(question, FUNDED)), why


def test_nothing_is_not_enough() -> None:
    assert not evidence.enough([])


def test_the_better_article_comes_first() -> None:
    found = weighed("업스테이지가 투자받은 금액은 얼마인가?", article("x", "업스테이지 소식"), FUNDED)
    assert [one.article.id for one in found] == ["f", "x"]


def test_a_number_of_the_question_answers_nothing() -> None:
    question = "GPU 26만장을 받는 회사는 몇 곳인가?"
    assert not weighed(question, article("g", "GPU 26만장 공급", summary="한국이 GPU 26만장을 받는다."))[0].holds
    assert weighed(question, article("g", "GPU 26만장 공급", summary="GPU 26만장을 회사 4곳이 받는다."))[0].holds


def test_the_sentence_shown_is_the_one_with_the_words() -> None:
    groups = read_question("업스테이지 대표는 누구인가?", NOW).about
    assert passages.best(FUNDED, groups).text == "대표는 김성훈이다."
