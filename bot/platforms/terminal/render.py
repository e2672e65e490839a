"""A briefing and its parts in the terminal (door: rich)."""

from itertools import groupby

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table as Grid
from rich.text import Text

from bot.charts.words import rows
from bot.locales import wording
from bot.model import Answer, Channel, Chart, CitedSentence, Edition, EditionItem, Reply, Source, Summary, Table

HERE = Channel("terminal", "terminal")  # where one asks on the command line


def console(*, stderr: bool = False) -> Console:
    """The one way this program writes for people; markup in foreign text stays text."""
    return Console(stderr=stderr, highlight=False, markup=True)


def _sentence(sentence: CitedSentence, sources: dict[int, Source]) -> Text:
    line = Text(sentence.text)
    for number in sentence.cites:
        url = sources[number].url
        line.append(" ")
        line.append(f"[{number}]", style=f"cyan link {url}" if url.startswith(("http://", "https://")) else "cyan")
    return line


def _item(item: EditionItem, edition: Edition, sources: dict[int, Source]) -> RenderableType:
    head = Text(wording.headline(item.summary), style="bold")
    if item.mark:
        head.append("  ")
        head.append(wording.mark_name(item.mark, edition.language), style="green" if item.mark == "new" else "yellow")
    lines: list[RenderableType] = [head, *(_sentence(sentence, sources) for sentence in item.summary.sentences)]
    amounts = wording.amounts_line(item, edition.language)
    if amounts:
        lines.append(Text(amounts, style="magenta"))
    lines.append(Text(wording.outlets_line(item, edition), style="dim"))
    return Padding(Group(*lines), (0, 0, 1, 2))


def briefing(edition: Edition) -> RenderableType:
    """The whole edition, with its sources at the end."""
    sources = {source.number: source for source in edition.sources}
    parts: list[RenderableType] = [Rule(Text(wording.heading(edition), style="bold"), align="left")]
    notice = wording.notice(edition)
    if notice:
        parts.append(Text(notice, style="bold black on yellow"))
    if not edition.items:
        parts.append(Padding(Text(wording.quiet_line(edition)), (1, 2)))
    if edition.lead:
        parts.append(Text(wording.lead_title(edition.language), style="bold cyan"))
        parts += [Padding(Group(Text("• ").append_text(_sentence(line, sources))), (0, 0, 0, 2)) for line in edition.lead]
        parts.append(Text())
    parts += [_chart(chart) for chart in edition.charts]
    for topic, items in groupby(edition.items, key=lambda item: item.topic):
        parts.append(Text(wording.topic_name(topic, edition.language).upper(), style="bold cyan"))
        parts += [_item(item, edition, sources) for item in items]
    if edition.ahead:
        parts.append(Text(wording.ahead_title(edition.language), style="bold cyan"))
        parts += [Text(f"  • {wording.ahead_line(one, edition.language)}") for one in edition.ahead]
        parts.append(Text())
    if edition.sources:
        parts.append(Text(wording.sources_word(edition.language), style="bold cyan"))
        parts += [
            Text(f"  [{source.number}] {source.outlet}: {source.title}\n      {source.url}", style="dim")
            for source in edition.sources
        ]
    parts.append(Rule(style="dim"))
    parts.append(Text(wording.footer(edition), style="dim"))
    return Group(*parts)


def _chart(chart: Chart) -> RenderableType:
    """A chart in words: what its picture shows elsewhere."""
    head = " · ".join(part for part in (chart.period, chart.unit) if part)
    notes = [head, *(f"{one.name} {one.total}" for one in chart.series if one.total), chart.mark, *chart.notes]
    small = [Text(note, style="dim") for note in notes if note]
    lines = [Text(f"  • {line}") for line in rows(chart)]
    return Group(Text(chart.title, style="bold cyan"), *small[:1], *lines, *small[1:], Text())


def answered(reply: Reply) -> RenderableType:
    """A reply of title, details, charts, answer or summary, table and paragraphs, in that order."""
    parts: list[RenderableType] = [Text(reply.title, style="bold")] if reply.title else []
    parts += [Text(f"{label}: {value}") for label, value in reply.details]
    parts += [_chart(chart) for chart in reply.charts]
    if reply.answer:
        parts += _cited(reply.answer, wording.answer_note(reply.answer))
    if reply.summary:
        parts += _cited(reply.summary, wording.model_note(reply.summary.method, reply.summary.language, reply.summary.fallback))
    if reply.table:
        parts.append(_table(reply.table))
        parts += [Text(note, style="dim") for note in reply.table.notes]
    parts += [Text(line) for line in reply.paragraphs]
    return Group(*parts)


def _cited(told: Answer | Summary, note: str) -> list[RenderableType]:
    """Sentences, what their numbers stand for, and who wrote them."""
    sources = {source.number: source for source in told.sources}
    origins = [" · ".join(part for part in (one.title, one.outlet, one.url) if part) for one in told.sources]
    return [
        *(_sentence(sentence, sources) for sentence in told.sentences),
        *(Text(f"[{number}] {origin}", style="dim") for number, origin in zip(sources, origins, strict=True)),
        Text(note, style="dim"),
    ]


def _table(table: Table) -> RenderableType:
    shown = Grid(box=None, header_style="bold")
    for place, name in enumerate(table.columns):
        shown.add_column(Text(name), justify="right" if place in table.numeric else "left")
    for row in table.rows:
        shown.add_row(*(Text(cell) for cell in row))
    return shown


def plain(text: str) -> str:
    """``text`` for a place where rich would read markup."""
    return escape(text)
