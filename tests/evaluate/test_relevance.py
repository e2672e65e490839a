"""The measuring of relevance: figures that can be checked by hand, and files that cannot be used."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.errors import UserError
from bot.evaluate import relevance as measure
from bot.model import Relevance, Topic
from tests.builders import article


def judged(labelled: bool, kept: bool, score: float, **changes: Any) -> measure.Judged:
    topic = changes.pop("topic", "policy" if labelled else "")
    verdict = Relevance(score, kept, changes.pop("topics", (Topic.POLICY,)), changes.pop("countries", ("KR",)))
    language = changes.pop("language", "ko")
    item = measure.Labelled(
        article(language=language), labelled, topic, frozenset({"KR"}) if labelled else frozenset(), **changes
    )
    return measure.Judged(item, verdict)


FOUR = [
    judged(True, True, 0.9),
    judged(True, False, 0.2, borderline=True),
    judged(False, True, 0.6, language="ja"),
    judged(False, False, 0.1, unanimous=False),
]


def test_figures_by_hand() -> None:
    report = measure.report(FOUR, 0.5)
    assert report["overall"] == {"items": 4, "relevant": 2, "kept": 2, "precision": 0.5, "recall": 0.5, "f1": 0.5}
    assert report["by_language"]["ko"]["f1"] == 0.6667
    assert report["by_language"]["ja"]["recall"] is None
    assert report["without_borderline"]["recall"] == 1.0
    assert report["unanimous_without_borderline"]["items"] == 2
    assert report["by_topic"]["policy"] == {"items": 2, "kept": 0.5, "main_topic_right": 1.0, "main_topic_precision": 1.0}
    assert report["countries_right"] == 1.0
    assert report["calibration"]["brier"] == pytest.approx((0.01 + 0.64 + 0.36 + 0.01) / 4)
    assert [error["score"] for error in report["worst"]] == [0.2, 0.6]
    assert "policy" in measure.render(report)


def test_a_wrong_topic_and_country_are_counted() -> None:
    report = measure.report([judged(True, True, 0.9, topics=(Topic.CHIPS, Topic.POLICY), countries=("KR", "JP"))], 0.5)
    assert report["main_topic_right"] == 0.0
    assert report["topic_among_named"] == 1.0
    assert report["countries_right"] == 0.0


def test_a_file_is_read_and_judged(tmp_path: Path) -> None:
    rows = [
        {
            "id": "1",
            "title": "업스테이지, 도쿄 법인 설립해 AI 시장 공략",
            "lang": "ko",
            "relevant": True,
            "category": "expansion",
            "countries": ["KR", "JP"],
        },
        {
            "id": "2",
            "title": "코스피 하락 마감",
            "lang": "ko",
            "summary": None,
            "relevant": False,
            "category": "none",
            "countries": [],
        },
    ]
    file = tmp_path / "labelled.jsonl"
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n", "utf-8")
    report = measure.evaluate(file)
    assert report["overall"]["f1"] == 1.0
    assert report["main_topic_right"] == 1.0
    assert json.loads(json.dumps(report)) == report


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("not json\n", "bad.jsonl:1: Expecting value"),
        ('{"id": "1", "title": "t", "relevant": true}\n[1]\n', "bad.jsonl:2: expected a JSON object"),
        ('{"id": "1", "relevant": true}\n', "bad.jsonl:1: title"),
        ('{"id": "1", "title": "t", "relevant": "yes"}\n', "bad.jsonl:1: relevant"),
        ("", "holds no items"),
    ],
)
def test_a_bad_file_is_named_with_its_line(tmp_path: Path, content: str, reason: str) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text(content, "utf-8")
    with pytest.raises(UserError, match=reason):
        measure.evaluate(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"none\.jsonl: No such file"):
        measure.evaluate(tmp_path / "none.jsonl")


def test_the_developers_items_are_judged_well(shared: Path) -> None:
    report = measure.evaluate(shared / "eval" / "relevance-dev.jsonl")
    assert report["overall"]["f1"] >= 0.88
    assert min(row["f1"] for row in report["by_language"].values()) >= 0.85
    assert report["unanimous_without_borderline"]["f1"] >= 0.95
    assert report["main_topic_right"] >= 0.85
    assert report["countries_right"] >= 0.94
