"""A chart as frozen data: what it says in words and numbers, nothing of how it is drawn. JSON-able by ``bot.store.codec``.

Whoever makes one has put every text into the chart's language; a picture and its alternative text are made from the same data.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Bar:
    """A value and how people say it ("¥45bn", "3 h"); it may be negative. ``note``: what stands behind that, smaller.

    ``sure``: how much of it was decided or done, None where that is no question; ``sure_said``: that in words. ``before``: the
    value in the time before, None where nothing is known of it.
    """

    value: float
    said: str
    sure: float | None = None
    before: float | None = None
    note: str = ""
    sure_said: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """What the bars at one place of every row have in common. ``tone``: KR, JP, both, ko, ja, en or "", what gives its colour."""

    name: str
    tone: str = ""
    total: str = ""


@dataclass(frozen=True, slots=True)
class ChartRow:
    """A line of bars: one for each series, in their order; None where there is nothing to show. ``tone`` as in Series."""

    label: str
    bars: tuple[Bar | None, ...]
    tone: str = ""


@dataclass(frozen=True, slots=True)
class ChartMoment:
    """Something on a day. ``when``: the date as it was told, in words; ``tone`` as in Series; ``far``: such as "in 12 days"."""

    day: date
    when: str
    text: str
    tone: str = ""
    far: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """``kind``: bars (``rows`` below each other) or timeline (``moments``, the earliest first).

    ``period``: what it covers, in words; ``unit``: what the values count, in words; ``notes``: what a reader must know, such as
    the rates' date. ``solid``, ``light``: what the full and the pale part of a bar stand for, ``mark`` what its ``before`` is.
    ``today``: where a timeline has its border between what was and what comes. ``more``: how many rows or moments are left out.
    ``name``: of the file, without its ending.
    """

    kind: str
    title: str
    language: str
    period: str = ""
    unit: str = ""
    series: tuple[Series, ...] = ()
    rows: tuple[ChartRow, ...] = ()
    moments: tuple[ChartMoment, ...] = ()
    notes: tuple[str, ...] = ()
    solid: str = ""
    light: str = ""
    mark: str = ""
    today: date | None = None
    more: int = 0
    name: str = "chart"
