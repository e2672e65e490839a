"""The scorer's weights: the shipped file, its errors, and the shift by feedback."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ConfigError
from bot.knowledge import weights

SHIPPED = weights.load()


def test_the_shipped_file_says_how_it_was_made() -> None:
    figures = SHIPPED.about["cross-validated"]
    assert figures["all"]["f1"] >= 0.86
    assert all(figures[code]["f1"] >= 0.82 for code in ("ko", "ja", "en"))
    assert figures["clear"]["f1"] >= 0.93
    assert 0 < SHIPPED.doubtful[0] < SHIPPED.threshold < SHIPPED.doubtful[1] < 1
    assert list(SHIPPED.features) == sorted(SHIPPED.features)


@given(st.lists(st.sampled_from(sorted(SHIPPED.features)), max_size=40))
def test_scores_are_probabilities(features: list[str]) -> None:
    assert 0 < SHIPPED.score(features) < 1


@given(st.integers(1, 50), st.booleans())
def test_feedback_is_bounded_and_reversible(times: int, wanted: bool) -> None:
    known = next(iter(SHIPPED.features))
    features = (known, "unknown@title")
    moved = weights.shifted(SHIPPED, [(features, wanted)] * times)
    change = moved.features[known] - SHIPPED.features[known]
    assert 0 < (change if wanted else -change) <= weights.FEEDBACK_BOUND + 1e-9
    assert "unknown@title" not in moved.features
    assert weights.shifted(SHIPPED, []) == SHIPPED


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{\n broken", "w.json:2"),
        ("{}", "w.json: KeyError"),
        (
            json.dumps({"weights": {"a": "x"}, "bias": 0, "threshold": 0.5, "doubtful": [0, 1], "topics": {}, "about": {}}),
            "w.json",
        ),
        (
            json.dumps({"weights": {}, "bias": 0, "threshold": 0.5, "doubtful": [0, 1], "topics": {"sport": {}}, "about": {}}),
            "sport",
        ),
    ],
)
def test_a_broken_file_is_named(text: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        weights.parse(text, "w.json")
