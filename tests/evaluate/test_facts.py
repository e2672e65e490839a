"""The measure of facts: what counts as right, as wrong, and as neither."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.errors import UserError
from bot.evaluate import facts

TEXT = "가람AI는 22일 판교 데이터센터에 450억엔(약 4428억원)을 투자한다고 밝혔다. 구독료는 월 9900원이다."


def fact(kind: str, quote: str, **fields: Any) -> dict[str, Any]:
    start = TEXT.index(quote)
    return {"kind": kind, "quote": quote, "start": start, "end": start + len(quote), **fields}


def money(quote: str, value: float, currency: str, **fields: Any) -> dict[str, Any]:
    plain = {"qualifier": "exact", "converted_of": None, "role": "investment", "period": None}
    return fact("money", quote, value=value, currency=currency, **(plain | fields))


YEN = money("450억엔", 45e9, "JPY")
WON = money("약 4428억원", 442.8e9, "KRW", qualifier="about", converted_of=0)
FEE = money("월 9900원", 9900, "KRW", role="other", optional=True)
DAY = fact("date", "22일", value="2026-11-22")


def report(tmp_path: Path, *labelled: dict[str, Any]) -> dict[str, Any]:
    path = tmp_path / "facts.jsonl"
    unit = {"id": "a", "lang": "ko", "text": TEXT, "published": "2026-11-23", "facts": labelled}
    path.write_text(json.dumps(unit, ensure_ascii=False) + "\n", encoding="utf-8")
    return facts.evaluate(path)


def test_everything_right(tmp_path: Path) -> None:
    found = report(tmp_path, YEN, WON, FEE, DAY)
    assert found["money"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0, "right": 2, "gold": 2, "found": 2}
    assert found["conversions"]["f1"] == found["dates"]["f1"] == found["exact_quotes"]["share"] == 1.0
    assert found["quotes_not_in_text"] == 0
    assert "1 texts" in facts.render(found)


@pytest.mark.parametrize(
    "wrong", [{"value": 4.5e9}, {"currency": "USD"}, {"qualifier": "up_to"}, {"qualifier": "up_to", "qualifier_alt": ["about"]}]
)
def test_value_currency_and_qualifier_must_all_agree(tmp_path: Path, wrong: dict[str, Any]) -> None:
    found = report(tmp_path, YEN | wrong, WON, FEE, DAY)
    assert found["money"]["right"] == 1
    assert any("450억엔" in line for line in found["errors"]["money"])


def test_another_reading_that_the_labels_allow_is_right(tmp_path: Path) -> None:
    found = report(
        tmp_path, YEN | {"qualifier": "up_to", "qualifier_alt": ["exact"], "role": "loan", "role_alt": ["investment"]}, WON
    )
    assert found["money"]["right"] == 2
    assert found["roles"]["right"] == 2


def test_an_amount_that_nobody_labelled_is_a_false_one(tmp_path: Path) -> None:
    found = report(tmp_path, YEN, WON)
    assert found["money"] == {"precision": 0.6667, "recall": 1.0, "f1": 0.8, "right": 2, "gold": 2, "found": 3}


def test_a_conversion_that_is_none_counts_against(tmp_path: Path) -> None:
    found = report(tmp_path, YEN, WON | {"converted_of": None}, FEE)
    assert found["conversions"]["precision"] == 0.0


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "facts.jsonl"
    path.write_text('{"id": "a"}\n', encoding="utf-8")
    with pytest.raises(UserError, match=r"facts\.jsonl:1: lang is missing, expected a JSON object with id, lang, text, facts"):
        facts.evaluate(path)


def test_bars_on_the_development_texts(shared: Path) -> None:
    found = facts.evaluate(shared / "eval" / "facts-dev.jsonl")
    assert found["quotes_not_in_text"] == 0
    assert found["money"]["f1"] >= 0.98
    assert found["conversions"]["f1"] >= 0.97
    assert found["roles"]["share"] >= 0.90
    assert found["dates"]["f1"] >= 0.97
    assert found["events"]["share"] >= 0.85
    assert found["events_found"] <= 2 * found["events"]["of"]
