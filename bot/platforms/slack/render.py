"""What an edition or a reply looks like in Slack.

Sentences and titles are rich_text, which Slack never parses (so nothing in them can mention, and bold works beside Korean and
Japanese letters); only lists of links are mrkdwn, escaped and verbatim.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from bot.charts import alt
from bot.charts.pictures import file_name
from bot.commands.buttons import of_story
from bot.locales import tn, wording
from bot.model import (
    Action,
    Answer,
    Chart,
    CitedSentence,
    Edition,
    EditionItem,
    File,
    Message,
    Reply,
    Request,
    Source,
    Summary,
    Table,
)
from bot.platforms.slack.blocks import Group, Json, Line, context, contexts, header, messages_of, pack, rich, space, text_of
from bot.platforms.slack.buttons import of_actions
from bot.platforms.slack.pictures import frozen, stand_ins
from bot.platforms.slack.tables import table_blocks
from bot.platforms.slack.text import OBJECT_LIMIT, bounded, clean, escape, link, pieces, units, web_url

_LABEL_LIMIT = 80
_ALT_LIMIT = 1900
_USER_GROUP = re.compile(r"S[A-Z0-9]{2,30}")
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


def edition_messages(edition: Edition, *, mention: str = "") -> tuple[Message, ...]:
    """An edition in messages: all but the first are posted in its thread, and the first says so. ``mention``: of a user group."""
    heading = wording.heading(edition)
    called = _mention(mention)
    charts = stand_ins(edition.charts)
    ids = {file_name(chart): id for id, chart in charts.items()}
    messages = pack([*called, *_edition(edition, heading, ids)])
    if len(messages) > 1:
        later = sum(1 for groups in messages[1:] for group in groups if group.spoken)
        line = tn(edition.language, "{n} more story in the thread", "{n} more stories in the thread", later)
        messages[0].append(Group(context([line] if later else [])))
    return tuple(frozen(message, charts) for message in messages_of(messages))


def reply_messages(reply: Reply, language: str = "en", prepared: Prepared = _NOTHING) -> tuple[Message, ...]:
    """What we answer: at least one message, more only where one cannot hold it."""
    return messages_of(pack(reply_groups(reply, language, prepared))) or (plain_message("—"),)


def reply_groups(reply: Reply, language: str, prepared: Prepared = _NOTHING) -> list[Group]:
    """The parts of a reply in the order in which they are shown."""
    groups = [Group(header(reply.title), reply.title)]
    groups += _details(reply.details)
    groups += _charts(reply.charts, prepared.pictures)
    if reply.edition is not None:
        groups += _edition(reply.edition, wording.heading(reply.edition), prepared.pictures)
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
    return rich(_sentences(answer.sentences[after:], _numbered(answer.sources)))


def plain_message(text: str) -> Message:
    """One short text of our own."""
    return messages_of(pack([Group(rich([_paragraph(text)]), text)]))[0]


# ---- the parts of an edition ----


def _mention(group: str) -> list[Group]:
    """The user group that an admin wants called; anything but an id of one is nobody."""
    if not _USER_GROUP.fullmatch(group):
        return []
    called = {"type": "usergroup", "usergroup_id": group}
    return [Group([{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [called]}]}])]


def _edition(edition: Edition, heading: str, pictures: Mapping[str, str]) -> list[Group]:
    first, *others = [*_charts(edition.charts, pictures)] or [Group([])]
    stories = _stories(replace(edition, key="", missed=0))
    return [*_opening(edition, heading), first, *stories, *others, *_ahead(edition), Group(_footer(edition))]


def _charts(charts: Iterable[Chart], pictures: Mapping[str, str]) -> Iterator[Group]:
    for chart in charts:
        if id := pictures.get(file_name(chart)):
            yield Group([_image(id, alt(chart))])


def _footer(edition: Edition) -> list[Json]:
    return _with_page(context([wording.footer(edition)]), wording.edition_page(edition), edition.language)


def _with_page(small: list[Json], url: str, language: str) -> list[Json]:
    """Small print with a link to one of our pages behind it."""
    if not url:
        return small
    opens = {"type": "mrkdwn", "text": link(url, wording.page_word(language)), "verbatim": True}
    return contexts([*(element for block in small for element in block["elements"]), opens])


def _ahead(edition: Edition) -> Iterator[Group]:
    """The days on which policies begin or end soon."""
    if edition.ahead:
        title = wording.ahead_title(edition.language)
        told = [wording.ahead_line(one, edition.language) for one in edition.ahead]
        yield Group(rich([("section", text_of(title, bold=True)), *(("bullet", text_of(line)) for line in told)]), title)


def _opening(edition: Edition, heading: str) -> Iterator[Group]:
    notice = wording.notice(edition)
    warned = rich([("section", text_of(notice, bold=True))]) if notice else []
    yield Group([*header(heading), *warned], "\n".join(filter(None, (heading, notice))))
    if not edition.items:
        quiet = wording.quiet_line(edition)
        yield Group(rich([("section", text_of(quiet))]), quiet)
    if edition.lead:
        sources = _numbered(edition.sources)
        lines: list[Line] = [("section", text_of(wording.lead_title(edition.language), bold=True))]
        lines += [("bullet", [*text_of(sentence.text), *_cites(sentence, sources)]) for sentence in edition.lead]
        yield Group(rich(lines))


@lru_cache(maxsize=64)  # channels that wish the same get the same, whatever their editions are called
def _stories(edition: Edition) -> tuple[Group, ...]:
    sources = _numbered(edition.sources)
    found: list[Group] = []
    topic = None
    for item in edition.items:
        section = header(wording.topic_name(item.topic, edition.language)) if item.topic is not topic else []
        topic = item.topic
        found.append(Group(section + _story(item, edition, sources), clean(item.summary.headline) or item.story_id))
    return tuple(found)


def _story(item: EditionItem, edition: Edition, sources: Mapping[int, Source]) -> list[Json]:
    sources = {**sources, **_numbered(item.summary.sources)}
    headline = text_of(wording.headline(item.summary), bold=True)
    mark = wording.mark_name(item.mark, edition.language)
    if mark:
        headline += [*([space()] if headline else []), *text_of(mark, code=True)]
    lines: list[Line] = [("section", headline), *_sentences(item.summary.sentences, sources)]
    small = context([wording.amounts_line(item, edition.language), wording.outlets_line(item, edition)])
    small = _with_page(small, wording.story_page(item, edition), edition.language)
    cited = any(number in sources for sentence in item.summary.sentences for number in sentence.cites)
    links = [] if cited else _source_links(item.summary.sources, edition.language)
    return [*rich(lines), *small, *links, *of_actions(of_story(item.story_id, edition.language), edition.language)]


def _source_links(sources: Sequence[Source], language: str) -> list[Json]:
    links = [link(source.url, f"[{source.number}] {_outlet(source)}") for source in sources]
    texts: list[str] = []
    for piece in links:
        if texts and units(texts[-1]) + units(piece) + 3 <= OBJECT_LIMIT:
            texts[-1] += " · " + piece
        else:
            texts.append(piece if texts else f"{escape(wording.sources_word(language))}: {piece}")
    return contexts([{"type": "mrkdwn", "text": text, "verbatim": True} for text in texts])


# ---- the parts of a reply ----


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
            yield Group([_image(ids[file.name], words)], words)


def _image(id: str, words: str) -> Json:
    return {"type": "image", "slack_file": {"id": id}, "alt_text": bounded(words, _ALT_LIMIT) or "…"}


def _answer(answer: Answer, *, titled: bool, after: int) -> Iterator[Group]:
    if not titled and not after:
        yield Group(rich([("section", text_of(answer.question, bold=True))]))
    note = wording.answer_note(answer)
    rest = answer.sentences[after:]
    lines = _sentences(rest, _numbered(answer.sources)) if answer.found else [("section", text_of(note))]
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
    sources = _numbered(summary.sources)
    lines = [("quote" if each.quoted else "bullet", [*text_of(each.text), *_cites(each, sources)]) for each in summary.sentences]
    yield Group([*rich(lines), *_source_links(summary.sources, summary.language)], _spoken(summary.sentences))
    yield Group(context([wording.model_note(summary.method, summary.language, summary.fallback)]))


def _spoken(sentences: Iterable[CitedSentence]) -> str:
    return "\n".join(sentence.text for sentence in sentences)


def _described(source: Source) -> list[Json]:
    """ "[1] ETNews · the title · Mon 23 Nov", the date as the reader's own client writes it."""
    parts = [
        _anchor(source, f"[{source.number}] {_outlet(source)}"),
        *text_of(f" · {clean(source.title)}" if source.title else ""),
    ]
    if len(parts) > 1:
        parts.insert(1, space())
    if source.published:
        date = {"type": "date", "timestamp": int(source.published.timestamp()), "format": "{date_short}"}
        parts += [{"type": "text", "text": " · "}, {**date, "fallback": source.published.date().isoformat()}]
    return parts


# ---- sentences and citations ----


def _numbered(sources: Iterable[Source]) -> dict[int, Source]:
    return {source.number: source for source in sources}


def _sentences(sentences: Iterable[CitedSentence], sources: Mapping[int, Source]) -> list[Line]:
    """Our own sentences as one paragraph; each quoted one as a quotation of its own."""
    lines: list[Line] = []
    for sentence in sentences:
        inlines = [*text_of(sentence.text), *_cites(sentence, sources)]
        if sentence.quoted:
            lines.append(("quote", inlines))
        elif lines and lines[-1][0] == "section":
            lines[-1][1].extend([space(), *inlines])
        else:
            lines.append(("section", inlines))
    return lines


def _cites(sentence: CitedSentence, sources: Mapping[int, Source]) -> list[Json]:
    marks = [_anchor(sources[number], f"[{number}]") for number in sentence.cites if number in sources]
    return [space(), *marks] if marks else []


def _anchor(source: Source, label: str) -> Json:
    url = web_url(source.url)
    return {"type": "link", "url": url, "text": label} if url else {"type": "text", "text": label}


def _outlet(source: Source) -> str:
    return bounded(source.outlet, _LABEL_LIMIT)
