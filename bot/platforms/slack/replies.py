"""What a reply looks like in Slack: what a verb answers, in the order that ``bot.model.Reply`` says."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from bot.charts.pictures import file_name
from bot.locales import wording
from bot.model import Action, Answer, CitedSentence, File, Message, Reply, Request, Source, Summary, Table
from bot.platforms.slack.blocks import Group, Json, Line, context, header, messages_of, pack, rich, space, text_of
from bot.platforms.slack.buttons import of_actions
from bot.platforms.slack.render import (
    anchor,
    chart_groups,
    cites,
    edition_groups,
    image,
    numbered,
    outlet,
    sentence_lines,
    source_links,
)
from bot.platforms.slack.tables import table_blocks
from bot.platforms.slack.text import clean, pieces

_CODE = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True, slots=True)
class Prepared:
    """What had to be fetched or kept before a reply could be drawn.

    ``request``: what it answers. ``notes``: keys of actions that are too long for Slack. ``pictures``: Slack's ids of uploaded
    images. ``sentences``: how many of an answer's sentences are shown already.
    """

    request: Request | None = None
    notes: Mapping[Action, str] = field(default_factory=dict)
    pictures: Mapping[str, str] = field(default_factory=dict)
    sentences: int = 0


_NOTHING = Prepared()


def reply_messages(reply: Reply, language: str = "en", prepared: Prepared = _NOTHING) -> tuple[Message, ...]:
    """What we answer: at least one message, more only where one cannot hold it."""
    return messages_of(pack(reply_groups(reply, language, prepared))) or (plain_message("—"),)


def reply_groups(reply: Reply, language: str, prepared: Prepared = _NOTHING) -> list[Group]:
    """The parts of a reply in the order in which they are shown."""
    groups = [Group(header(reply.title), reply.title)]
    groups += _details(reply.details)
    groups += chart_groups(reply.charts, prepared.pictures)
    if reply.edition is not None:
        groups += edition_groups(reply.edition, wording.heading(reply.edition), prepared.pictures)
    elif reply.answer is not None:
        groups += _answer(reply.answer, titled=bool(reply.title), after=prepared.sentences)
    elif reply.summary is not None:
        groups += _summary(reply.summary, reply.title)
    groups += _table(reply.table)
    groups.append(Group(rich(map(_paragraph, reply.paragraphs)), "\n".join(reply.paragraphs)))
    charts = {file_name(chart) for chart in (*reply.charts, *(reply.edition.charts if reply.edition else ()))}
    groups += _pictures((file for file in reply.files if file.name not in charts), prepared.pictures)
    groups.append(Group(of_actions(reply.actions, language, prepared.request, prepared.notes)))
    return groups


def said_so_far(answer: Answer, after: int) -> list[Json]:
    """The sentences of a growing answer behind the first ``after``, as blocks that follow those shown before."""
    return rich(sentence_lines(answer.sentences[after:], numbered(answer.sources)))


def plain_message(text: str) -> Message:
    """One short text of our own."""
    return messages_of(pack([Group(rich([_paragraph(text)]), text)]))[0]


# ---- its parts ----


def _paragraph(text: str) -> Line:
    """A paragraph, or an item of a list where it begins with a bullet; what stands between backticks is code."""
    kind = "bullet" if text.startswith("• ") else "section"
    inlines: list[Json] = []
    for at, part in enumerate(_CODE.split(clean(text.removeprefix("• ")))):
        styled: Json = {"style": {"code": True}} if at % 2 else {}
        inlines += [{"type": "text", "text": piece, **styled} for piece in pieces(part)]
    return kind, inlines


def _details(details: Iterable[tuple[str, str]]) -> Iterator[Group]:
    lines: list[Line] = [
        ("section", [*text_of(label, bold=True), *([space()] if clean(label) else []), *text_of(value)])
        for label, value in details
    ]
    lines = [(kind, inlines) for kind, inlines in lines if inlines]
    if lines:
        yield Group(rich(lines), "\n".join(f"{label}: {value}" for label, value in details))


def _table(table: Table | None) -> Iterator[Group]:
    if table is None:
        return
    *most, last = [Group([block]) for block in table_blocks(table)]
    yield from most
    yield Group([*last.blocks, *context(table.notes)])


def _pictures(files: Iterable[File], ids: Mapping[str, str]) -> Iterator[Group]:
    for file in files:
        if file.name in ids:
            words = file.alt or file.name
            yield Group([image(ids[file.name], words)], words)


def _answer(answer: Answer, *, titled: bool, after: int) -> Iterator[Group]:
    if not titled and not after:
        yield Group(rich([("section", text_of(answer.question, bold=True))]))
    note = wording.answer_note(answer)
    rest = answer.sentences[after:]
    lines = sentence_lines(rest, numbered(answer.sources)) if answer.found else [("section", text_of(note))]
    yield Group(rich(lines), _spoken(answer.sentences) if answer.found else note)
    if answer.sources:
        label = text_of(wording.sources_word(answer.language), bold=True)
        yield Group(rich([("section", label), *(("section", _described(source)) for source in answer.sources)]))
    if answer.found:
        yield Group(context([note]))


def _summary(summary: Summary, title: str) -> Iterator[Group]:
    """A page in a few sentences, or a list of findings: each stands on a line of its own."""
    if summary.headline != title:
        yield Group(rich([("section", text_of(wording.headline(summary), bold=True))]), summary.headline)
    sources = numbered(summary.sources)
    lines = [("quote" if each.quoted else "bullet", [*text_of(each.text), *cites(each, sources)]) for each in summary.sentences]
    yield Group([*rich(lines), *source_links(summary.sources, summary.language)], _spoken(summary.sentences))
    yield Group(context([wording.model_note(summary.method, summary.language, summary.fallback)]))


def _spoken(sentences: Iterable[CitedSentence]) -> str:
    return "\n".join(sentence.text for sentence in sentences)


def _described(source: Source) -> list[Json]:
    """ "[1] ETNews · the title · Mon 23 Nov", the date as the reader's own client writes it."""
    parts = [
        anchor(source, f"[{source.number}] {outlet(source)}"),
        *text_of(f" · {clean(source.title)}" if source.title else ""),
    ]
    if len(parts) > 1:
        parts.insert(1, space())
    if source.published:
        date = {"type": "date", "timestamp": int(source.published.timestamp()), "format": "{date_short}"}
        parts += [{"type": "text", "text": " · "}, {**date, "fallback": source.published.date().isoformat()}]
    return parts
