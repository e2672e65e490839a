"""The weights of the relevance scorer: a readable data file (data/relevance.json), and how a workspace's feedback shifts them."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import Any

from bot.errors import ConfigError
from bot.model import Topic

FEEDBACK_STEP = 0.08  # how much one vote moves the weight of each feature of an article
FEEDBACK_BOUND = 0.6  # no weight is ever moved farther than this from the shipped one


@dataclass(frozen=True, slots=True)
class Weights:
    """What each feature adds to the log-odds of being relevant, and of each topic. ``doubtful``: the band left to a judge."""

    features: Mapping[str, float]
    bias: float
    threshold: float
    doubtful: tuple[float, float]
    topics: Mapping[Topic, Mapping[str, float]] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)

    def score(self, features: Iterable[str]) -> float:
        """The probability, 0..1, that an article with these features is relevant."""
        odds = self.bias
        known = self.features
        for name in features:
            odds += known.get(name, 0.0)
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))

    def rank_topics(self, features: Sequence[str], votes: Mapping[Topic, int]) -> list[tuple[Topic, float]]:
        """Topics with their log-odds, best first. ``votes``: how many names of the title speak for a topic."""
        found: list[tuple[Topic, float]] = []
        for topic, known in self.topics.items():
            odds = known["bias"]
            for name in features:
                odds += known.get(name, 0.0)
            for other, count in votes.items():
                odds += known.get(f"votes.{other}", 0.0) * count
            found.append((topic, odds))
        return sorted(found, key=lambda pair: -pair[1])


def shifted(base: Weights, feedback: Iterable[tuple[Sequence[str], bool]]) -> Weights:
    """``base`` moved by votes (an article's features, wanted or not); bounded, and undone by leaving the votes out again."""
    shift: dict[str, float] = {}
    for features, wanted in feedback:
        for name in features:
            if name in base.features:
                shift[name] = shift.get(name, 0.0) + (FEEDBACK_STEP if wanted else -FEEDBACK_STEP)
    moved = dict(base.features)
    for name, amount in shift.items():
        moved[name] += max(-FEEDBACK_BOUND, min(FEEDBACK_BOUND, amount))
    return replace(base, features=moved)


@cache
def load() -> Weights:
    """The shipped weights. Raises ConfigError where the file cannot be used."""
    return parse((resources.files("bot.knowledge") / "data" / "relevance.json").read_text("utf-8"), "relevance.json")


def parse(text: str, name: str) -> Weights:
    """Weights from the text of a file. Raises ConfigError that names the file and, where it is no JSON, the line."""
    try:
        data = json.loads(text)
        return Weights(
            features={str(key): float(value) for key, value in data["weights"].items()},
            bias=float(data["bias"]),
            threshold=float(data["threshold"]),
            doubtful=(float(data["doubtful"][0]), float(data["doubtful"][1])),
            topics={Topic(topic): dict(known) for topic, known in data["topics"].items()},
            about=data["about"],
        )
    except json.JSONDecodeError as error:
        raise ConfigError([f"{name}:{error.lineno}: {error.msg}"]) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ConfigError([f"{name}: {error!r}: not the weights of a scorer"]) from error
