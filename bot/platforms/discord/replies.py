"""Replies as Components V2 messages with their files: what a verb answers, in the order that ``bot.model.Reply`` says."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.charts.pictures import file_name
from bot.locales import t
from bot.locales.wording import answer_note, model_note, sources_word
from bot.model import Answer, File, Reply, Source, Summary
from bot.platforms.discord.buttons import IN_A_ROW
from bot.platforms.discord.layout import MAX_LINE, Block, Component, Section, finished, pack
from bot.platforms.discord.naming import named
from bot.platforms.discord.pictures import attached_name, chart_blocks, gallery
from bot.platforms.discord.render import PIECE, cited, edition_blocks, headline, paragraph, short
from bot.platforms.discord.tables import table_blocks
from bot.platforms.discord.text import clean, inert, lines, link, pieces

MAX_FILE = 8_000_000  # bytes; servers without boosts take 10 MB
_RESERVE = 140  # characters that stay free for a line on who asked
_RED = 0xED4245
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp")


@dataclass(frozen=True, slots=True)
class Part:
    """One message of a reply: its components as JSON and the files that they show."""

    components: list[Component]
    files: tuple[File, ...] = ()


def reply_parts(reply: Reply, language: str, buttons: Sequence[Component] = ()) -> tuple[Part, ...]:
    """Any reply as messages in order, at least one. ``language`` is the asker's; ``buttons`` stand below the last.

    Editions, answers and summaries know their own language.
    """
    reply = named(reply)
    files = {_file_name(file, number): file for number, file in enumerate(reply.files) if len(file.content) <= MAX_FILE}
    charts = {file_name(chart) for chart in (*reply.charts, *(reply.edition.charts if reply.edition else ()))}
    pictures = {file.name: name for name, file in files.items() if file.name in charts}
    others = {name: file for name, file in files.items() if file.name not in charts}
    blocks = [*_blocks(reply, pictures), *_file_blocks(others)]
    if len(files) < len(reply.files):
        blocks.append(Block((inert(t(language, "A file is too large for Discord.")),)))
    blocks = blocks or [Block((inert(t(language, "There is nothing to show.")),))]
    blocks += [Block((), below=(row,)) for row in _rows(buttons)]
    unfinished = None
    parts = []
    for part in pack(blocks, reserve=_RESERVE):
        made = finished(part, unfinished)
        parts.append(Part(made, tuple(File(name, files[name].content, files[name].alt) for name in _shown(made))))
        unfinished = part[-1].section
    return tuple(parts)


def _rows(buttons: Sequence[Component]) -> Iterator[Component]:
    for at in range(0, len(buttons), IN_A_ROW):
        yield {"type": 1, "components": list(buttons[at : at + IN_A_ROW])}


def _blocks(reply: Reply, pictures: Mapping[str, str]) -> Iterator[Block]:
    framed = Section(colour=_RED) if reply.error else None
    if reply.answer is None:
        yield from _titled(reply.title, framed)
    yield from _detail_blocks(reply.details)
    yield from chart_blocks(reply.charts, pictures)
    if reply.edition is not None:
        yield from edition_blocks(reply.edition, pictures)
    elif reply.answer is not None:
        yield from _answer_blocks(reply.title, reply.answer)
    elif reply.summary is not None:
        yield from _summary_blocks(reply.summary)
    if reply.table is not None:
        yield from table_blocks(reply.table)
    for text in reply.paragraphs:
        made = [line for row in text.splitlines() for line in paragraph(row)]
        if made:
            yield Block(tuple(made), framed)


def _titled(title: str, section: Section | None = None) -> Iterator[Block]:
    made = lines((f"**{piece}**" for piece in pieces(title, PIECE)), MAX_LINE)
    if made:
        yield Block(tuple(made), section)


def _detail_blocks(details: Sequence[tuple[str, str]]) -> Iterator[Block]:
    section = Section()
    for label, value in details:
        named = next(pieces(label, 200), "")
        made = lines([f"**{named}**", *pieces(value, PIECE)] if named else pieces(value, PIECE), MAX_LINE)
        if made:
            yield Block(tuple(made), section)


def _answer_blocks(title: str, answer: Answer) -> Iterator[Block]:
    yield from _titled(title or answer.question)
    section = Section()
    for line in cited(answer.sentences, answer.sources):
        yield Block((line,), section)
    yield from _source_blocks(answer.sources, answer.language)
    if answer.found:
        yield Block(tuple(paragraph(answer_note(answer), prefix="-# ")))
    else:
        yield Block(tuple(paragraph(answer_note(answer))))


def _summary_blocks(summary: Summary) -> Iterator[Block]:
    section = Section()
    yield Block(tuple([*headline(summary, ""), *cited(summary.sentences, summary.sources)]), section)
    yield from _source_blocks(summary.sources, summary.language)
    yield Block(tuple(paragraph(model_note(summary.method, summary.language, summary.fallback), prefix="-# ")))


def _source_blocks(sources: Sequence[Source], language: str) -> Iterator[Block]:
    """Each source on a line of its own: number, linked title, outlet."""
    if not sources:
        return
    made = [f"-# {inert(sources_word(language))}"]
    for source in sources:
        title = source.title if clean(source.title) else source.outlet
        label = short(link(title, source.url) or "…", title)
        made += lines([rf"\[{source.number}\] {label}", *pieces(source.outlet, 200)], MAX_LINE, "-# ")
    yield Block(tuple(made))


# ---- files ----


def _file_name(file: File, number: int) -> str:
    """A name that is safe in an address and unlike the others' of the reply."""
    stem, dot, ending = re.sub(r"[^A-Za-z0-9._-]+", "-", file.name).strip("-.")[-60:].rpartition(".")
    made = f"{stem}{dot}{ending}" or "file"
    return f"{number + 1}-{made}" if number else made


def _file_blocks(files: Mapping[str, File]) -> Iterator[Block]:
    for name, file in files.items():
        if name.lower().endswith(_PICTURES):
            yield Block((), below=(gallery(name, file.alt),))
        else:
            yield Block((), below=({"type": 13, "file": {"url": f"attachment://{name}"}, "spoiler": False},))


def _shown(components: Sequence[Component]) -> Iterator[str]:
    """Names of the attachments that these components show."""
    return filter(None, map(attached_name, components))
