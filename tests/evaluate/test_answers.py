"""Answers measured against known ones: facts in any writing, citations, refusals."""

from typing import Any

import pytest

from bot.evaluate import answers

ASKED = {"qid": "a1", "lang": "ko", "type": "how_much", "cross_lingual": False, "false_premise": False, "question": "얼마?"}
ANSWERABLE: dict[str, Any] = ASKED | {"answerable": True, "key_facts": ["450억엔"], "support": ["s"]}
UNANSWERABLE: dict[str, Any] = ASKED | {"qid": "u1", "answerable": False, "key_facts": [], "support": [], "related": ["r"]}


def answer(text: str | None, *cited: str) -> dict[str, Any]:
    return {"answer": text, "cited": list(cited), "quotes": []}


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("It costs 30 million won.", "3000만원"),
        ("最大450億円", "JPY 45bn"),
        ("8억 달러에", "USD 800 million"),
        ("2025년 9월 10일 출범", "2025-09-10"),
        ("9月10日に発足", "2025-09-10"),
        ("점수는 90.2점", "90.2점"),
        ("32 companies", "32社"),
        ("アップステージが選ばれた", "업스테이지"),
        ("It was SoftBank", "소프트뱅크|카카오"),
        ("독립 법인을 세웠다", "독립법인"),
    ],
)
def test_a_fact_counts_in_any_writing(text: str, fact: str) -> None:
    assert answers.holds_fact(text, fact)


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("It costs 30 million yen.", "3000만원"),
        ("45억엔", "450억엔"),
        ("2025년 9월 11일", "2025-09-10"),
        ("Kakao", "네이버"),
        ("nothing", "없음"),
    ],
)
def test_another_fact_does_not(text: str, fact: str) -> None:
    assert not answers.holds_fact(text, fact)


def test_a_right_answer() -> None:
    row = answers.evaluate([ANSWERABLE], {"a1": answer("보조금은 450억 엔이다.", "x", "s")})["answerable"]
    assert row == {
        "questions": 1, "found": 1.0, "cited_right": 0.0, "facts_all": 1.0, "facts_share": 1.0, "wrongly_refused": 0.0,
    }  # fmt: skip


def test_support_counts_among_the_first_five_only() -> None:
    row = answers.evaluate([ANSWERABLE], {"a1": answer("450억엔", "1", "2", "3", "4", "5", "s")})["answerable"]
    assert row["found"] == 0.0


@pytest.mark.parametrize("given", [{}, {"a1": answer(None)}])
def test_refusing_what_can_be_answered_is_wrong(given: dict[str, Any]) -> None:
    report = answers.evaluate([ANSWERABLE], given)
    assert report["answerable"]["wrongly_refused"] == 1.0 and report["answerable"]["found"] == 0.0
    assert [one["qid"] for one in report["worst"]] == ["a1"]


def test_refusing_what_cannot_is_right_and_a_premise_can_be_corrected() -> None:
    refused = answers.evaluate([UNANSWERABLE], {"u1": answer(None)})
    assert refused["unanswerable"]["refused"] == 1.0 and refused["worst"] == []
    row = answers.evaluate([UNANSWERABLE | {"false_premise": True}], {"u1": answer("그 인수는 없었다.", "r")})["false_premise"]
    assert (row["refused"], row["corrected"]) == (0.0, 1.0)


def test_of_a_thread_the_second_turn_is_asked() -> None:
    turn = {"question": "And in Japan?", "key_facts": ["2024-04-15"], "support": ["s"]}
    (asked,) = answers.questions([{"tid": "t1", "lang": "en", "turn1": {"question": "When in Korea?"}, "turn2": turn}])
    assert (asked["qid"], asked["thread"], asked["question"]) == ("t1", ["When in Korea?"], "And in Japan?")


def test_the_tables_name_what_went_wrong() -> None:
    shown = answers.render(answers.evaluate([ANSWERABLE, UNANSWERABLE], {"u1": answer("1조원", "x")}))
    assert "a1  refused" in shown and "u1  answered" in shown and "how_much" in shown
