"""An article's embedding as the stories use it: how near two are in meaning, and which few of many are nearest."""

from __future__ import annotations

import heapq
import math
from array import array
from collections.abc import Iterable, Mapping, Sequence
from operator import mul

# Below this cosine two texts of one trade are merely texts of one trade.
FLOOR = 0.6
NEAREST = 6  # candidates


class Vector:
    """A vector of length 1, in single precision, with the signs of its components as the bits of one number."""

    __slots__ = ("signs", "values")

    def __init__(self, values: Sequence[float]) -> None:
        """``values``: finite, not all 0."""
        length = math.hypot(*values)
        self.values = array("f", [value / length for value in values])
        self.signs = sum(1 << place for place, value in enumerate(values) if value > 0)

    def nearness(self, other: Vector) -> float:
        """0 at FLOOR and below, 1 for the same direction; 0 for vectors of two models, where their lengths tell."""
        if len(self.values) != len(other.values):
            return 0.0
        cosine = math.fsum(map(mul, self.values, other.values))
        return max(0.0, cosine - FLOOR) / (1 - FLOOR)


def read(vectors: Mapping[str, Sequence[float]]) -> dict[str, Vector]:
    """By article id; without vectors that point nowhere."""
    return {id: Vector(values) for id, values in vectors.items() if any(values)}


def nearest(vector: Vector, others: Iterable[tuple[str, Vector]]) -> list[str]:
    """The ids of the NEAREST, those above FLOOR only.

    Told by the signs first, which takes a fraction of a microsecond each: the cosine is worked out for a few only.
    """
    alike = heapq.nsmallest(4 * NEAREST, (((vector.signs ^ other.signs).bit_count(), id, other) for id, other in others))
    near = [(vector.nearness(other), id) for _, id, other in alike]
    return [id for nearness, id in heapq.nlargest(NEAREST, near) if nearness]
