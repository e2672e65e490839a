"""Editions as Components V2 messages, each story with its buttons below: the place that knows Discord's idiom of a briefing.

All foreign text goes through ``text``; all limits are kept by ``layout``.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from types import MappingProxyType
from typing import Any

from bot.charts.pictures import file_name
from bot.commands.buttons import of_story
from bot.locales import t, tn, wording
from bot.locales.wording import (
    ahead_line,
    ahead_title,
    amounts_line,
    footer,
    heading,
    lead_title,
    mark_name,
    notice,
    outlets_line,
    quiet_line,
    sources_word,
    topic_name,
)
from bot.model import CitedSentence, Edition, EditionItem, Message, Source, Subscription, Summary, Topic
from bot.platforms.discord.buttons import of_actions, rows
from bot.platforms.discord.layout import MAX_LINE, Block, Section, finished, pack, text_display
from bot.platforms.discord.pictures import chart_blocks, frozen
from bot.platforms.discord.text import citation, clean, inert, length, lines, link, pieces

PIECE = 1500
_THREAD_NAME = 100
_NOTE = 140  # characters for a role, the note that more follows and the reference
_ROLE = re.compile(r"[0-9]{15,20}")
_COLOURS = {
    Topic.EXPANSION: 0x3BA55D,
    Topic.INVESTMENT: 0xF0B232,
    Topic.POLICY: 0x5865F2,
    Topic.INFRASTRUCTURE: 0x00A8FC,
    Topic.CHIPS: 0x9B59B6,
    Topic.TALENT: 0xEB459E,
    Topic.OTHER: 0x80848E,
}


def edition_messages(edition: Edition, subscription: Subscription | None = None) -> tuple[Message, ...]:
    """The edition as messages in order: the first for the channel, the rest for its thread.

    Beside its components each says how it is to be posted: ``title`` and ``topics`` for a forum, ``thread_name`` in a thread,
    the ``mention`` of a role and ``publish`` as the subscription wants them.
    """
    mention = subscription.mention if subscription and _ROLE.fullmatch(subscription.mention) else ""
    names = {name: name for name in map(file_name, edition.charts)}
    parts = pack(edition_blocks(edition, names), reserve=_NOTE)
    name = _cut_name(heading(edition))
    messages: list[Message] = []
    unfinished = None
    for number, blocks in enumerate(parts):
        made = finished(blocks, unfinished)
        unfinished = blocks[-1].section
        payload: dict[str, Any] = {"components": made}
        if charts := frozen(made, edition.charts):
            payload["charts"] = charts
        if number:
            payload["thread_name"] = name
        else:
            if mention:
                made[0]["content"] = f"<@&{mention}>\n{made[0]['content']}"
                payload["mention"] = mention
            if len(parts) > 1:
                made.append(text_display(_more_note(edition, parts[1:])))
            payload |= {"title": name, "topics": list(dict.fromkeys(item.topic.value for item in edition.items))}
        if subscription and subscription.publish:
            payload["publish"] = True
        messages.append(Message(payload, in_thread=number > 0))
    return tuple(messages)


def edition_blocks(edition: Edition, pictures: Mapping[str, str] = MappingProxyType({})) -> Iterator[Block]:
    """All of an edition. ``pictures``: the names by which its charts are attached; the first stands before the stories."""
    language = edition.language
    charts = list(chart_blocks(edition.charts, pictures))
    top = [f"## {inert(heading(edition))}"]
    warning = notice(edition)
    if warning:
        top += paragraph(warning, prefix="> ⚠️ ")
    yield Block(tuple(top))
    urls = {source.number: source.url for source in edition.sources}
    if edition.lead:
        title = inert(lead_title(language))
        section = Section(f"### {title}", f"### {title} {_continued(language)}")
        for sentence in edition.lead:
            yield Block(tuple(lines(_sentence(sentence, urls), MAX_LINE, "- ")), section)
    if not edition.items:
        yield Block(tuple(paragraph(quiet_line(edition))))
    yield from charts[:1]
    yield from _stories(replace(edition, key="", missed=0))
    yield from charts[1:]
    if edition.ahead:
        title = inert(ahead_title(language))
        section = Section(f"### {title}", f"### {title} {_continued(language)}")
        for one in edition.ahead:
            yield Block(tuple(paragraph(ahead_line(one, language), prefix="- ")), section)
    yield Block(tuple(_with_page(footer(edition), wording.edition_page(edition), language)))


@lru_cache(maxsize=64)  # channels that wish the same get the same, whatever their editions are called
def _stories(edition: Edition) -> tuple[Block, ...]:
    return tuple(_story_block(item, edition) for item in edition.items)


def _story_block(item: EditionItem, edition: Edition) -> Block:
    language = edition.language
    name = inert(topic_name(item.topic, language))
    section = Section(f"### {name}", f"### {name} {_continued(language)}", _COLOURS[item.topic], ruled=True)
    return Block(tuple(_story(item, edition)), section, tuple(rows(of_actions(of_story(item.story_id, language)))))


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
    yield from headline(summary, f"`{mark.replace('`', '')}`" if mark else "")
    yield from cited(summary.sentences, summary.sources)
    amounts = amounts_line(item, language)
    if amounts:
        yield from paragraph(amounts)
    yield from _with_page(outlets_line(item, edition), wording.story_page(item, edition), language)
    yield from _source_line(summary.sentences, summary.sources, language)


def _with_page(text: str, url: str, language: str) -> list[str]:
    """Small print with a link to one of our pages behind it."""
    opens = [f"· {link(wording.page_word(language), url)}"] if url else []
    return lines([*pieces(text, PIECE), *opens], MAX_LINE, "-# ")


def headline(summary: Summary, mark: str) -> list[str]:
    words = wording.headline(summary) if clean(summary.headline) else next((source.title for source in summary.sources), "")
    bold = [f"**{piece}**" for piece in pieces(words, PIECE)] or ["**…**"]
    return lines([*bold, mark] if mark else bold, MAX_LINE)


def cited(sentences: Iterable[CitedSentence], sources: Iterable[Source]) -> Iterator[str]:
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
    return [*pieces(sentence.text, PIECE), *(citation(number, urls.get(number, "")) for number in sentence.cites)]


def _source_line(sentences: Iterable[CitedSentence], sources: Sequence[Source], language: str) -> list[str]:
    """Who stands behind each number; linked here only where no sentence links it already."""
    if not sources:
        return []
    cited = {number for sentence in sentences for number in sentence.cites}
    names = []
    for source in sources:
        outlet = source.outlet if clean(source.outlet) else source.title
        label = inert(outlet) if source.number in cited else link(outlet, source.url)
        names.append(rf"\[{source.number}\] {short(label, outlet)}")
    return lines([f"{inert(sources_word(language))}:", *names], MAX_LINE, "-# ")


def short(label: str, text: str) -> str:
    """``label``, or the first piece of the plain text where a label would be too long for a line."""
    return label if length(label) <= MAX_LINE - 100 else next(pieces(text, 200), "…")


def paragraph(text: str, prefix: str = "") -> list[str]:
    return lines(pieces(text, PIECE), MAX_LINE, prefix)


def _cut_name(name: str) -> str:
    """A thread's name within Discord's limit; it is plain text there, so it is cleaned but not escaped."""
    name = clean(name)
    while length(name) > _THREAD_NAME:
        name = name[:-1].rstrip()
    return name
