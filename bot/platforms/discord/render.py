"""Editions and replies as Components V2 messages: the only place that knows Discord's idiom.

All foreign text goes through ``text``; all limits are kept by ``layout``.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from bot.locales import t, tn
from bot.locales.wording import (
    amounts_line,
    answer_note,
    footer,
    heading,
    lead_title,
    mark_name,
    model_note,
    notice,
    outlets_line,
    quiet_line,
    sources_word,
    topic_name,
)
from bot.model import Answer, CitedSentence, Edition, EditionItem, Message, Reply, Source, Summary, Topic
from bot.platforms.discord.layout import MAX_LINE, Block, Section, components, pack
from bot.platforms.discord.text import citation, clean, inert, length, lines, link, pieces

_PIECE = 1500
_THREAD_NAME = 100
_NOTE = 100
_RED = 0xED4245
_COLOURS = {
    Topic.EXPANSION: 0x3BA55D,
    Topic.INVESTMENT: 0xF0B232,
    Topic.POLICY: 0x5865F2,
    Topic.INFRASTRUCTURE: 0x00A8FC,
    Topic.CHIPS: 0x9B59B6,
    Topic.TALENT: 0xEB459E,
    Topic.OTHER: 0x80848E,
}


def edition_messages(edition: Edition) -> tuple[Message, ...]:
    """The edition as messages in order: the first for the channel, the rest for its thread."""
    parts = pack(_edition_blocks(edition), reserve=_NOTE)
    name = _cut_name(heading(edition))
    messages: list[Message] = []
    unfinished = None
    for number, blocks in enumerate(parts):
        made = components(blocks, unfinished)
        unfinished = blocks[-1].section
        if number == 0 and len(parts) > 1:
            made.append(components([Block((_more_note(edition, parts[1:]),))], None)[0])
        payload = {"components": made} if number == 0 else {"components": made, "thread_name": name}
        messages.append(Message(payload, in_thread=number > 0))
    return tuple(messages)


def reply_messages(reply: Reply, language: str) -> tuple[Message, ...]:
    """Any reply as messages in order. ``language`` is the asker's; editions, answers and summaries know their own."""
    if reply.edition is not None:
        blocks = [*_titled(reply.title), *_edition_blocks(reply.edition)]
    elif reply.answer is not None:
        blocks = list(_answer_blocks(reply.title, reply.answer))
    elif reply.summary is not None:
        blocks = list(_summary_blocks(reply.title, reply.summary))
    else:
        blocks = list(_paragraph_blocks(reply))
    blocks = blocks or [Block((inert(t(language, "There is nothing to show.")),))]
    unfinished = None
    messages = []
    for part in pack(blocks):
        messages.append(Message({"components": components(part, unfinished)}))
        unfinished = part[-1].section
    return tuple(messages)


# ---- editions ----


def _edition_blocks(edition: Edition) -> Iterator[Block]:
    language = edition.language
    top = [f"## {inert(heading(edition))}"]
    warning = notice(edition)
    if warning:
        top += _paragraph(warning, prefix="> ⚠️ ")
    yield Block(tuple(top))
    urls = {source.number: source.url for source in edition.sources}
    if edition.lead:
        title = inert(lead_title(language))
        section = Section(f"### {title}", f"### {title} {_continued(language)}")
        for sentence in edition.lead:
            yield Block(tuple(lines(_sentence(sentence, urls), MAX_LINE, "- ")), section)
    if not edition.items:
        yield Block(tuple(_paragraph(quiet_line(edition))))
    for item in edition.items:
        name = inert(topic_name(item.topic, language))
        section = Section(f"### {name}", f"### {name} {_continued(language)}", _COLOURS[item.topic], ruled=True)
        yield Block(tuple(_story(item, edition)), section)
    yield Block(tuple(_paragraph(footer(edition), prefix="-# ")))


def _continued(language: str) -> str:
    return inert(t(language, "(continued)"))


def _more_note(edition: Edition, later: Sequence[Sequence[Block]]) -> str:
    stories = sum(block.section is not None and block.section.ruled for part in later for block in part)
    if not stories:
        return f"-# ⤵ {inert(t(edition.language, '(continued)'))}"
    return f"-# ⤵ {inert(tn(edition.language, '{n} more story follows', '{n} more stories follow', stories))}"


def _story(item: EditionItem, edition: Edition) -> Iterator[str]:
    language, summary = edition.language, item.summary
    mark = mark_name(item.mark, language)
    yield from _headline(summary, f"`{mark.replace('`', '')}`" if mark else "")
    yield from _sentences(summary.sentences, summary.sources)
    amounts = amounts_line(item, language)
    if amounts:
        yield from _paragraph(amounts)
    yield from _paragraph(outlets_line(item, edition), prefix="-# ")
    yield from _source_line(summary.sentences, summary.sources, language)


def _headline(summary: Summary, mark: str) -> list[str]:
    words = summary.headline if clean(summary.headline) else next((source.title for source in summary.sources), "")
    bold = [f"**{piece}**" for piece in pieces(words, _PIECE)] or ["**…**"]
    return lines([*bold, mark] if mark else bold, MAX_LINE)


def _sentences(sentences: Iterable[CitedSentence], sources: Iterable[Source]) -> Iterator[str]:
    """Our own sentences as one paragraph; what is word for word from a source as a quotation of its own."""
    urls = {source.number: source.url for source in sources}
    for quoted, group in groupby(sentences, key=lambda sentence: sentence.quoted):
        if quoted:
            for sentence in group:
                yield from lines(_sentence(sentence, urls), MAX_LINE, "> ")
        else:
            yield from lines((token for sentence in group for token in _sentence(sentence, urls)), MAX_LINE)


def _sentence(sentence: CitedSentence, urls: dict[int, str]) -> list[str]:
    """A sentence in pieces that fit a line, then its linked citations."""
    return [*pieces(sentence.text, _PIECE), *(citation(number, urls.get(number, "")) for number in sentence.cites)]


def _source_line(sentences: Iterable[CitedSentence], sources: Sequence[Source], language: str) -> list[str]:
    """Who stands behind each number; linked here only where no sentence links it already."""
    if not sources:
        return []
    cited = {number for sentence in sentences for number in sentence.cites}
    names = []
    for source in sources:
        outlet = source.outlet if clean(source.outlet) else source.title
        label = inert(outlet) if source.number in cited else link(outlet, source.url)
        names.append(rf"\[{source.number}\] {_short(label, outlet)}")
    return lines([f"{inert(sources_word(language))}:", *names], MAX_LINE, "-# ")


def _short(label: str, text: str) -> str:
    """``label``, or the first piece of the plain text where a label would be too long for a line."""
    return label if length(label) <= MAX_LINE - 100 else next(pieces(text, 200), "…")


# ---- answers, summaries, paragraphs ----


def _titled(title: str) -> Iterator[Block]:
    made = lines((f"**{piece}**" for piece in pieces(title, _PIECE)), MAX_LINE)
    if made:
        yield Block(tuple(made))


def _answer_blocks(title: str, answer: Answer) -> Iterator[Block]:
    yield from _titled(title or answer.question)
    section = Section()
    for line in _sentences(answer.sentences, answer.sources):
        yield Block((line,), section)
    yield from _source_blocks(answer.sources, answer.language)
    if answer.found:
        yield Block(tuple(_paragraph(answer_note(answer), prefix="-# ")))
    else:
        yield Block(tuple(_paragraph(answer_note(answer))))


def _summary_blocks(title: str, summary: Summary) -> Iterator[Block]:
    yield from _titled(title)
    section = Section()
    yield Block(tuple([*_headline(summary, ""), *_sentences(summary.sentences, summary.sources)]), section)
    yield from _source_blocks(summary.sources, summary.language)
    yield Block(tuple(_paragraph(model_note(summary.method, summary.language), prefix="-# ")))


def _source_blocks(sources: Sequence[Source], language: str) -> Iterator[Block]:
    """Each source on a line of its own: number, linked title, outlet."""
    if not sources:
        return
    made = [f"-# {inert(sources_word(language))}"]
    for source in sources:
        title = source.title if clean(source.title) else source.outlet
        label = _short(link(title, source.url) or "…", title)
        made += lines([rf"\[{source.number}\] {label}", *pieces(source.outlet, 200)], MAX_LINE, "-# ")
    yield Block(tuple(made))


def _paragraph_blocks(reply: Reply) -> Iterator[Block]:
    section = Section(colour=_RED) if reply.error else None
    title = [f"**{piece}**" for piece in pieces(reply.title, _PIECE)]
    if title:
        yield Block(tuple(title), section)
    for paragraph in reply.paragraphs:
        made = [line for row in paragraph.splitlines() for line in _paragraph(row)]
        if made:
            yield Block(tuple(made), section)


def _paragraph(text: str, prefix: str = "") -> list[str]:
    return lines(pieces(text, _PIECE), MAX_LINE, prefix)


def _cut_name(name: str) -> str:
    """A thread's name within Discord's limit; it is plain text there, so it is cleaned but not escaped."""
    name = clean(name)
    while length(name) > _THREAD_NAME:
        name = name[:-1].rstrip()
    return name
