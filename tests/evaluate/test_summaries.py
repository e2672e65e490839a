"""Summaries measured offline."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.errors import UserError
from bot.evaluate import summaries

SOURCE = {
    "title": "업스테이지, 도쿄 법인 설립",
    "body": "업스테이지가 도쿄에 법인을 세우고 450억엔 규모 사업을 시작했다. 직원은 20명이다.",
    "language": "ko",
    "published": "2026-11-23T03:00:00+00:00",
}
RIGHT = {"text": "Upstage set up an entity in Tokyo for a ¥45bn business.", "cites": [1], "quote": "450억엔 규모 사업을 시작했다"}


def measured(tmp_path: Path, *sentences: dict[str, Any], language: str = "en") -> dict[str, Any]:
    path = tmp_path / "summaries.jsonl"
    row = {"language": language, "headline": "", "sentences": sentences, "sources": [SOURCE]}
    path.write_text(json.dumps(row, ensure_ascii=False) + "\n\n", encoding="utf-8")
    return summaries.evaluate(path)


def test_a_right_summary_passes_everything(tmp_path: Path) -> None:
    report = measured(tmp_path, RIGHT, {"text": "It has 20 employees.", "cites": [1], "quote": "직원은 20명이다."})
    shares = report["languages"]["en"]
    assert shares.pop("sentences") == 2
    assert set(shares.values()) == {1.0} and report["errors"] == []
    assert report["repetition"] == 0.0 and 0 < report["compression"] < 2


@pytest.mark.parametrize(
    ("check", "change"),
    [
        ("cited", {"cites": []}),
        ("cited", {"cites": [2]}),
        ("quote exact", {"quote": "450억엔 규모 사업을 끝냈다"}),
        ("figures in sources", {"text": "Upstage set up an entity in Tokyo for a ¥46bn business."}),
        ("names in sources", {"text": "Rebellions set up an entity in Tokyo for a ¥45bn business."}),
        ("form and language", {"text": "업스테이지가 도쿄에 법인을 세웠다."}),
        ("form and language", {"text": "Read about Upstage in Tokyo at https://evil.example/."}),
    ],
)
def test_each_fault_lowers_its_own_share(tmp_path: Path, check: str, change: dict[str, Any]) -> None:
    report = measured(tmp_path, RIGHT, {**RIGHT, **change})
    assert report["languages"]["en"][check] == 0.5
    assert f"summaries.jsonl:1] {check}" in "\n".join(report["errors"])
    assert check in summaries.render(report)


def test_a_quoted_sentence_is_its_own_quote_in_its_own_language(tmp_path: Path) -> None:
    report = measured(tmp_path, {"text": "직원은 20명이다.", "cites": [1], "quoted": True})
    assert report["errors"] == []


def test_what_is_said_twice_counts(tmp_path: Path) -> None:
    assert measured(tmp_path, RIGHT, RIGHT)["repetition"] == 0.5


@pytest.mark.parametrize("line", ["nonsense", "{}", '{"language": "fr", "sentences": [], "sources": []}', "[1]"])
def test_a_broken_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "broken.jsonl"
    path.write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"broken\.jsonl:2"):
        summaries.evaluate(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"none\.jsonl: No such file"):
        summaries.evaluate(tmp_path / "none.jsonl")
