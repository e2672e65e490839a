"""How a chart lies on its card: title above, bars or a timeline in the middle, notes below."""

from bot.charts.canvas import WIDTH, Canvas
from bot.charts.colours import DARK, LIGHT
from bot.model import Bar, Chart, ChartRow

_PAD = 20.0
_ROOM = WIDTH - 2 * _PAD
_TITLE, _TEXT, _SMALL = 18.0, 14.0, 12.0
_BAR, _BETWEEN, _ROW_GAP = 15.0, 3.0, 13.0
_MOST_LABEL = 0.34 * _ROOM  # what labels may take of the width
_MOST_SAID = 0.26 * _ROOM  # and each of the words behind a bar
_NOTES = 4


def draw(chart: Chart, *, dark: bool) -> bytes:
    """The picture of ``chart``.

    Raises:
        ValueError: its kind is not known.
    """
    canvas = Canvas(DARK if dark else LIGHT, chart.language)
    y = _head(canvas, chart)
    if chart.kind == "bars":
        y = _bars(canvas, chart, y)
    elif chart.kind == "timeline":
        from bot.charts.timeline import timeline

        y = timeline(canvas, chart, y)
    else:
        raise ValueError(f"no chart is of the kind {chart.kind!r}")
    return canvas.png(_foot(canvas, chart, y) + _PAD * 0.7)


def _head(canvas: Canvas, chart: Chart) -> float:
    y = _PAD + _TITLE
    for line in canvas.lines(chart.title, _TITLE, _ROOM, 2, bold=True):
        canvas.text(_PAD, y, line, _TITLE, bold=True)
        y += _TITLE * 1.3
    for line in canvas.lines(" · ".join(part for part in (chart.period, chart.unit) if part), _SMALL, _ROOM, 2):
        canvas.text(_PAD, y - 2, line, _SMALL, colour=canvas.theme.muted)
        y += _SMALL * 1.4
    return _legend(canvas, chart, y + 6)


def _legend(canvas: Canvas, chart: Chart, y: float) -> float:
    """The series with their colours and totals, then what a bar's parts stand for."""
    x, muted = _PAD, canvas.theme.muted
    for one in chart.series:
        name = "".join(canvas.lines(one.name, _TEXT, _ROOM / 2, bold=True))
        if not name:
            continue
        total = canvas.lines(one.total, _TEXT, _ROOM / 2)
        wide = 17 + canvas.width(name, _TEXT, bold=True) + sum(6 + canvas.width(each, _TEXT) for each in total)
        if x > _PAD and x + wide > WIDTH - _PAD:
            x, y = _PAD, y + _TEXT * 1.5
        canvas.box(x, y - 10.5, 12, 12, canvas.theme.tone(one.tone)[0])
        canvas.text(x + 17, y, name, _TEXT, bold=True)
        for each in total:
            canvas.text(x + 23 + canvas.width(name, _TEXT, bold=True), y, each, _TEXT, colour=muted)
        x += wide + 18
    y += _TEXT * 0.9 if x > _PAD else -_TEXT
    return _keys(canvas, chart, y)


def _keys(canvas: Canvas, chart: Chart, y: float) -> float:
    full, pale = canvas.theme.tone("")
    words = [(chart.solid, full), (chart.light, pale), (chart.mark, "")]
    keys = [(line, colour) for said, colour in words for line in canvas.lines(said, _SMALL, _ROOM - 20)]
    if not keys:
        return y + 8
    x = _PAD
    y += _SMALL
    for said, colour in keys:
        if x > _PAD and x + 17 + canvas.width(said, _SMALL) > WIDTH - _PAD:
            x, y = _PAD, y + _SMALL * 1.5
        if colour:
            canvas.box(x, y - 9, 12, 10, colour, edge=full)
        else:
            canvas.line([(x + 6, y - 11), (x + 6, y + 2)], canvas.theme.text, 2)
        canvas.text(x + 17, y, said, _SMALL, colour=canvas.theme.muted)
        x += 17 + canvas.width(said, _SMALL) + 16
    return y + 14


def _foot(canvas: Canvas, chart: Chart, y: float) -> float:
    y += 4
    for note in chart.notes[:_NOTES]:
        for line in canvas.lines(note, _SMALL, _ROOM, 3):
            y += _SMALL * 1.4
            canvas.text(_PAD, y, line, _SMALL, colour=canvas.theme.muted)
    return y


# ---- bars ----


def _bars(canvas: Canvas, chart: Chart, y: float) -> float:
    labels = [canvas.lines(row.label, _TEXT, _MOST_LABEL, 2) for row in chart.rows]
    left = _PAD + max((canvas.width(line, _TEXT) for lines in labels for line in lines), default=0.0) + 10
    scale = _Scale(canvas, [bar for row in chart.rows for bar in row.bars if bar], left)
    for row, label in zip(chart.rows, labels, strict=True):
        thick = _thickness(row)
        tall = max(thick, len(label) * _TEXT * 1.2)
        for number, line in enumerate(label):
            middle = y + tall / 2 + _TEXT * 0.36 + (number - (len(label) - 1) / 2) * _TEXT * 1.2
            canvas.text(left - 10, middle, line, _TEXT, align="right")
        _row(canvas, chart, row, scale, y + (tall - thick) / 2)
        y += tall + _ROW_GAP
    if chart.rows:
        zero = scale.x(0)
        canvas.line([(zero, y - _ROW_GAP + 4), (zero, y - sum(_heights(chart, labels)) - 4)], canvas.theme.rule)
    return y - _ROW_GAP + 8


def _heights(chart: Chart, labels: list[list[str]]) -> list[float]:
    return [max(_thickness(row), len(label) * _TEXT * 1.2) + _ROW_GAP for row, label in zip(chart.rows, labels, strict=True)]


def _thickness(row: ChartRow) -> float:
    return sum(bar is not None for bar in row.bars) * (_BAR + _BETWEEN) - _BETWEEN


class _Scale:
    """Where values lie between ``left`` and the room that the words behind the bars need."""

    def __init__(self, canvas: Canvas, bars: list[Bar], left: float) -> None:
        values = [value for bar in bars for value in (bar.value, bar.before or 0.0)]
        self._low, self._high = min((0.0, *values)), max((0.0, *values))
        words = max((_said_width(canvas, bar) for bar in bars), default=0.0)
        self._left, self._wide = left, max(60.0, WIDTH - _PAD - left - words - 8)

    def x(self, value: float) -> float:
        span = self._high - self._low
        return self._left + (self._wide * (value - self._low) / span if span else 0.0)


def _said(canvas: Canvas, bar: Bar) -> tuple[str, str]:
    """What stands behind a bar, and its small print."""
    said = canvas.lines(bar.said, _TEXT, _MOST_SAID, bold=True)
    return "".join(said), "".join(canvas.lines(bar.note, _SMALL, _MOST_SAID))


def _said_width(canvas: Canvas, bar: Bar) -> float:
    said, note = _said(canvas, bar)
    return canvas.width(said, _TEXT, bold=True) + (canvas.width(note, _SMALL) + 6 if note else 0.0)


def _row(canvas: Canvas, chart: Chart, row: ChartRow, scale: _Scale, y: float) -> None:
    for bar, one in zip(row.bars, chart.series, strict=True):
        if bar is not None:
            _bar(canvas, bar, canvas.theme.tone(row.tone or one.tone), scale, y)
            y += _BAR + _BETWEEN


def _bar(canvas: Canvas, bar: Bar, tone: tuple[str, str], scale: _Scale, y: float) -> None:
    full, pale = tone
    zero, end = scale.x(0), scale.x(bar.value)
    if bar.value:
        colour, edge = (full, "") if bar.sure is None else (pale, full)
        canvas.box(min(zero, end), y, max(abs(end - zero), 1.5), _BAR, colour, edge=edge)
    if bar.sure:
        canvas.box(zero, y, max(scale.x(bar.sure) - zero, 1.5), _BAR, full)
    if bar.before:
        x = scale.x(bar.before)
        if x > end:
            canvas.line([(end, y + _BAR / 2), (x, y + _BAR / 2)], canvas.theme.rule)
        canvas.line([(x, y - 2), (x, y + _BAR + 2)], canvas.theme.text, 2)
        end = max(end, x)
    x = max(end, zero) + 7
    said, note = _said(canvas, bar)
    canvas.text(x, y + _BAR / 2 + _TEXT * 0.36, said, _TEXT, bold=True)
    if note:
        canvas.text(
            x + canvas.width(said, _TEXT, bold=True) + 6,
            y + _BAR / 2 + _TEXT * 0.33,
            note,
            _SMALL,
            colour=canvas.theme.muted,
        )
