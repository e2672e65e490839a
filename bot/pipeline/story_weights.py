"""The weights of the evidence: read from a data file, learned by bench/story_weights.py."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from bot.pipeline.story_evidence import Evidence

LEAST, MOST = -6.0, 2.5  # beyond these log odds a single pair shall not weigh against the rest of a story


@dataclass(frozen=True, slots=True)
class Weights:
    """``same`` and ``other``: of evidence within and across languages, with a "bias". ``threshold``: log odds that join."""

    same: Mapping[str, float]
    other: Mapping[str, float]
    threshold: float
    best: float

    def log_odds(self, evidence: Evidence, *, same_language: bool) -> float:
        """The log odds, between LEAST and MOST, that a pair with this evidence reports one event."""
        weights = self.same if same_language else self.other
        odds = weights["bias"]
        for name, value in evidence.items():
            if name in weights:
                odds += value * weights[name]
        return min(max(odds, LEAST), MOST)

    def link(self, total: float, count: int, highest: float) -> float:
        """The log odds of two groups with ``count`` pairs: of the average pair, drawn towards the best by the share ``best``."""
        return (1 - self.best) * total / count + self.best * highest


def probability(log_odds: float) -> float:
    """0..1."""
    return 1 / (1 + math.exp(-log_odds))


@cache
def load() -> Weights:
    """The shipped weights."""
    data = json.loads(resources.files("bot.knowledge").joinpath("data/story_weights.json").read_text(encoding="utf-8"))
    return Weights(data["same language"], data["other language"], data["threshold"], data["best"])
