"""A chart in words: its alternative text, from the same numbers and in its language."""

from collections.abc import Sequence

from bot.locales import t
from bot.model import Bar, Chart, ChartMoment, ChartRow, Series

MOST = 1000  # characters: what the platforms take as alternative text


def alt(chart: Chart, most: int = MOST) -> str:
    """What the picture of ``chart`` shows, in at most ``most`` characters: whole rows, and how many more there are."""
    totals = _listed([f"{one.name} {one.total}" for one in chart.series if one.total], chart.language)
    head = [part for part in (chart.title, chart.period, chart.unit, totals, chart.mark) if part]
    lines = rows(chart)
    for kept in range(len(lines), 0, -1):
        left = chart.more + len(lines) - kept
        more = [t(chart.language, "{n} more not shown", n=left)] if left else []
        text = _sentences([*head, *lines[:kept], *more, *chart.notes], chart.language)
        if len(text) <= most:
            return text
    text = _sentences([*head, *lines[:1], *chart.notes], chart.language)
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def rows(chart: Chart) -> list[str]:
    """Each row or moment in words."""
    return [_row(row, chart) for row in chart.rows] + [_moment(one, chart.language) for one in chart.moments]


def _row(row: ChartRow, chart: Chart) -> str:
    series = chart.series or (Series(""),) * len(row.bars)
    pairs = zip(row.bars, series, strict=True)
    return f"{row.label}: {_listed([_bar(bar, one.name, chart) for bar, one in pairs if bar], chart.language)}"


def _bar(bar: Bar, name: str, chart: Chart) -> str:
    said = " ".join(part for part in (name, bar.said) if part)
    asides = [part for part in (bar.note, _how_sure(bar, chart)) if part]
    return said + _aside(_listed(asides, chart.language), chart.language)


def _how_sure(bar: Bar, chart: Chart) -> str:
    if bar.sure is None:
        return ""
    if bar.sure in (0, bar.value):
        return chart.solid if bar.sure else chart.light
    return f"{chart.solid}: {bar.sure_said}"


def _moment(moment: ChartMoment, language: str) -> str:
    return f"{moment.when}{_aside(moment.far, language)}: {moment.text}"


def _aside(text: str, language: str) -> str:
    if not text:
        return ""
    return f"（{text}）" if language == "ja" else f" ({text})"


def _listed(parts: Sequence[str], language: str) -> str:
    return ("、" if language == "ja" else ", ").join(parts)


def _sentences(parts: Sequence[str], language: str) -> str:
    stop, space = ("。", "") if language == "ja" else (".", " ")
    return space.join(
        part if part.endswith((stop, ".", "。", "…", "!", "?")) else part + stop for part in map(str.strip, parts) if part
    )
