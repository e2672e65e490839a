"""The measures agree with figures worked out by hand, and the shipped weights hold their level on the labelled files."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.errors import UserError
from bot.evaluate import stories as evaluation
from bot.model import StoryDecision

Rows = list[dict[str, Any]]


def _item(id: str, lang: str = "ko") -> dict[str, Any]:
    return {"id": id, "title": f"제목 {id}" if lang == "ko" else f"Title {id}", "lang": lang, "published": "2026-11-23"}


def _write(path: Path, rows: Rows) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path, Path]:
    groups = [
        {"story_id": "s1", "items": [_item("a"), _item("b"), _item("c", "en")]},
        {"story_id": "s2", "items": [_item("d"), _item("e", "en")]},
    ]
    near = [{"a": _item("a"), "b": _item("d"), "why": "another day"}, {"a": _item("b"), "b": _item("x"), "why": "another firm"}]
    return (
        _write(tmp_path / "groups.jsonl", groups),
        _write(tmp_path / "near.jsonl", near),
        _write(tmp_path / "others.jsonl", [_item("y"), _item("a")]),
    )


def _joined(**story_of: str) -> list[StoryDecision]:
    return [StoryDecision(id, story, joined=True, reasons=(f"why {id}",)) for id, story in story_of.items()]


def test_figures_are_those_worked_out_by_hand(files: tuple[Path, Path, Path]) -> None:
    groups, near, others = files
    decisions = _joined(a="1", b="1", c="2", d="1", e="3", x="4", y="5")
    report = evaluation.evaluate(groups, near, [others], cluster=lambda _: decisions)
    assert report["items"] == 7 and report["items_in_groups"] == 5
    # a, b: 2 of their 3 are right and 2 of 3 found; c, e alone: right, but 1/3 and 1/2 found; d: 1/3 right, 1/2 found
    assert report["b_cubed"]["precision"] == pytest.approx((2 / 3 + 2 / 3 + 1 + 1 / 3 + 1) / 5, abs=1e-4)
    assert report["b_cubed"]["recall"] == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 / 2 + 1 / 2) / 5, abs=1e-4)
    assert (report["same_language_pairs"]["right"], report["same_language_pairs"]["joined"]) == (1, 3)
    assert (report["cross_language_pairs"]["right"], report["cross_language_pairs"]["pairs"]) == (0, 3)
    assert report["near_misses"]["merged"] == 1
    assert report["near_misses"]["errors"][0]["why_not"] == "another day"


def test_errors_are_listed_with_their_reasons(files: tuple[Path, Path, Path]) -> None:
    decisions = _joined(a="1", b="1", c="2", d="1", e="3", x="4")
    report = evaluation.evaluate(files[0], files[1], cluster=lambda _: decisions)
    text = evaluation.render(report)
    assert "near misses merged     1 of 2" in text
    assert "[s2, ko, 2026-11-23] 제목 d" in text and "why a; why d" in text


def test_a_perfect_answer_is_perfect(files: tuple[Path, Path, Path]) -> None:
    report = evaluation.evaluate(*files[:2], cluster=lambda _: _joined(a="1", b="1", c="1", d="2", e="2", x="3"))
    for name in ("b_cubed", "b_cubed_all_items", "same_language_pairs", "cross_language_pairs"):
        assert report[name]["f1"] == 1.0
    assert report["wrong_merges"] == report["missed"] == report["near_misses"]["errors"] == []


def test_parts_add_up_to_the_whole(files: tuple[Path, Path, Path]) -> None:
    labels = evaluation.read_labels(*files[:2])
    decisions = _joined(a="1", b="1", c="2", d="1", e="3", x="4")
    parts = [evaluation.measure(labels, decisions, {id}) for id in labels.story_of]
    whole = evaluation.measure(labels, decisions)
    for name in ("same_language_pairs", "cross_language_pairs"):
        for count in ("right", "joined", "pairs"):
            assert sum(part[name][count] for part in parts) == whole[name][count]


def test_a_file_that_cannot_be_used_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"groups\.jsonl:1: story_id is missing, expected a JSON object with story_id, items"):
        evaluation.evaluate(_write(tmp_path / "groups.jsonl", [_item("a")]))
    with pytest.raises(UserError, match=r"nowhere\.jsonl"):
        evaluation.evaluate(tmp_path / "nowhere.jsonl")


def test_an_item_that_cannot_be_used_is_named_with_its_line(tmp_path: Path) -> None:
    good = {"story_id": "s1", "items": [_item("a")]}
    groups = _write(tmp_path / "groups.jsonl", [good])
    untitled = _write(tmp_path / "untitled.jsonl", [good, {"story_id": "s2", "items": [{"id": "b"}]}])
    with pytest.raises(UserError, match=r"untitled\.jsonl:2: title is missing"):
        evaluation.evaluate(untitled)
    with pytest.raises(UserError, match=r"odd\.jsonl:1: expected a text as story_id and a list of items"):
        evaluation.evaluate(_write(tmp_path / "odd.jsonl", [{"story_id": "s1", "items": "a"}]))
    near = _write(tmp_path / "near.jsonl", [{"a": _item("a"), "b": _item("b") | {"published": "soon"}}])
    with pytest.raises(UserError, match=r"near\.jsonl:1: published is 'soon'"):
        evaluation.evaluate(groups, near)
    with pytest.raises(UserError, match=r"others\.jsonl:1: id is missing"):
        evaluation.evaluate(groups, others=[_write(tmp_path / "others.jsonl", [{"id": 7, "title": "T"}])])


def test_the_shipped_weights_hold_their_level(shared: Path) -> None:
    folder = shared / "eval"
    report = evaluation.evaluate(folder / "stories-dev.jsonl", folder / "near-misses-dev.jsonl", [folder / "relevance-dev.jsonl"])
    assert report["b_cubed"]["f1"] >= 0.90
    assert report["cross_language_pairs"]["recall"] >= 0.75
    assert report["cross_language_pairs"]["precision"] >= 0.95
    assert report["near_misses"]["merged"] <= 1
