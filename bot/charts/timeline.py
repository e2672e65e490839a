"""How moments lie on a timeline: dots where their days are, words beside them as near as there is room."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.charts.canvas import WIDTH, Canvas
from bot.model import Chart, ChartMoment

_PAD = 20.0
_AXIS = 28.0
_WORDS = 64.0
_TEXT, _SMALL = 14.0, 12.0
_GAP = 12.0
_LEAST = 120.0  # height of the axis
_LINES = 3


@dataclass(slots=True)
class _Label:
    """A moment's words; ``at``: where its dot is, ``top``: where they begin."""

    moment: ChartMoment
    head: list[str]
    lines: list[str]
    at: float = 0.0
    top: float = 0.0

    @property
    def height(self) -> float:
        return _SMALL * 1.35 * len(self.head) + _TEXT * 1.28 * len(self.lines)


def timeline(canvas: Canvas, chart: Chart, y: float) -> float:
    """Draw the moments of ``chart`` below ``y``, and return where they end."""
    room = WIDTH - _PAD - _WORDS
    labels = [
        _Label(
            one,
            canvas.lines(" · ".join(part for part in (one.when, one.far) if part), _SMALL, room, 2, bold=True),
            canvas.lines(one.text, _TEXT, room, _LINES),
        )
        for one in chart.moments
    ]
    if not labels:
        return y
    days = [one.day for one in chart.moments] + ([chart.today] if chart.today else [])
    first, last = min(days), max(days)
    tall = sum(label.height + _GAP for label in labels) - labels[-1].height - _GAP
    tall = max(_LEAST if first < last else 0.0, tall)
    top = y + 10
    for label in labels:
        label.at = _place(label.moment.day, first, last, top, tall)
    bottom = top + tall + labels[-1].height
    _spread(labels, top - _SMALL * 0.7, bottom)
    _axis(canvas, chart, first, last, top, tall)
    for label in labels:
        _words(canvas, label)
    return max(labels[-1].top + labels[-1].height, top + tall) + 8


def _place(day: date, first: date, last: date, top: float, tall: float) -> float:
    span = (last - first).days
    return top + (tall * (day - first).days / span if span else 0.0)


def _spread(labels: Sequence[_Label], top: float, bottom: float) -> None:
    """Give each label its place between ``top`` and ``bottom``: beside its dot, or as near as the others let it."""
    for label in labels:
        label.top = max(top, label.at - _SMALL * 0.7)
        top = label.top + label.height + _GAP
    for label in reversed(labels):
        label.top = min(label.top, bottom - label.height)
        bottom = label.top - _GAP


def _axis(canvas: Canvas, chart: Chart, first: date, last: date, top: float, tall: float) -> None:
    canvas.line([(_AXIS, top), (_AXIS, top + tall)], canvas.theme.rule, 2)
    if chart.today:
        canvas.dot(_AXIS, _place(chart.today, first, last, top, tall), 4, canvas.theme.muted, hollow=True)


def _words(canvas: Canvas, label: _Label) -> None:
    full, _ = canvas.theme.tone(label.moment.tone)
    middle = label.top + _SMALL * 0.7
    canvas.line([(_AXIS, label.at), (_AXIS + 14, label.at), (_WORDS - 14, middle), (_WORDS - 5, middle)], canvas.theme.rule)
    canvas.dot(_AXIS, label.at, 5, full)
    y = label.top
    for line in label.head:
        y += _SMALL * 1.1
        canvas.text(_WORDS, y, line, _SMALL, colour=full, bold=True)
        y += _SMALL * 0.25
    for line in label.lines:
        y += _TEXT * 1.1
        canvas.text(_WORDS, y, line, _TEXT)
        y += _TEXT * 0.18
