"""nDCG and recall against figures worked out by hand."""

from math import log2

import pytest

from bot.evaluate import search

QUERY = {"qid": "q1", "lang": "ko", "query": "라피더스", "kind": "entity", "form": "entity"}
GRADED = QUERY | {"relevant": {"a": 2, "b": 1, "c": 1}, "judged_zero": ["z"]}


def test_the_best_order_is_worth_one() -> None:
    assert search.ndcg(["a", "b", "c"], {"a": 2, "b": 1, "c": 1}) == 1.0
    assert search.ndcg([], {"a": 2}) == 0.0 == search.ndcg(["a"], {})


def test_a_later_place_is_worth_less() -> None:
    best = 2 + 1 / log2(3) + 1 / 2
    assert search.ndcg(["z", "a", "b"], {"a": 2, "b": 1, "c": 1}) == pytest.approx((2 / log2(3) + 1 / 2) / best)
    assert search.ndcg(["z"] * 10 + ["a"], {"a": 2}) == 0.0


def test_the_report_counts_unjudged_articles_and_passes_them_over() -> None:
    report = search.evaluate([GRADED], {"q1": ["?", "a", "z", "b"]})
    row = report["all"]
    assert row["queries"] == 1 and row["unjudged10"] == 1
    assert row["ndcg10"] < row["ndcg10_condensed"] == pytest.approx(search.ndcg(["a", "z", "b"], GRADED["relevant"]), abs=1e-4)  # type: ignore[arg-type]
    assert row["recall50"] == pytest.approx(2 / 3, abs=1e-4)
    assert row["precision10_saturated"] is None
    assert report["by_lang"]["ko"] == report["by_kind"]["entity"] == row


def test_recall_looks_at_fifty() -> None:
    assert search.evaluate([GRADED], {"q1": [f"x{n}" for n in range(50)] + ["a"]})["all"]["recall50"] == 0.0


def test_saturated_queries_have_precision_and_no_recall() -> None:
    row = search.evaluate([GRADED | {"saturated": True}], {"q1": ["a", "b", "z"]})["all"]
    assert (row["precision10_saturated"], row["recall50"]) == (0.2, None)


def test_a_query_without_a_result_counts_as_nothing_found() -> None:
    report = search.evaluate([GRADED, GRADED | {"qid": "q2", "lang": "ja"}], {"q1": ["a", "b", "c"]})
    assert report["all"]["ndcg10"] == 0.5
    assert report["worst"][0]["qid"] == "q2"
    assert "q2" in search.render(report) and "ja" in search.render(report)
