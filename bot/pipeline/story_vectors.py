"""What an article's embedding says about its story: how near two are in meaning, and which open stories to look at for it."""

from collections.abc import Iterable

from bot.knowledge import vectors
from bot.knowledge.vectors import Vector

# Below this cosine two texts of one trade are merely texts of one trade.
FLOOR = 0.6
NEAREST = 6  # candidates


def nearness(one: Vector, other: Vector) -> float:
    """0 at FLOOR and below, 1 for the same direction."""
    return max(0.0, one.cosine(other) - FLOOR) / (1 - FLOOR)


def nearest(vector: Vector, others: Iterable[tuple[str, Vector]]) -> list[str]:
    """The ids of the NEAREST, those above FLOOR only."""
    return [id for id, cosine in vectors.nearest(vector, others, NEAREST) if cosine > FLOOR]
