"""Editions and replies as Block Kit. Valid by construction: every text and block has a bound; what is longer goes on in the next.

Sentences and titles are rich_text, which Slack never parses (so nothing in them can mention, and bold works beside Korean and
Japanese letters); only lists of links are mrkdwn, escaped and verbatim.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.locales import t, tn, wording
from bot.model import Answer, CitedSentence, Edition, EditionItem, Message, Reply, Source, Summary
from bot.platforms.slack.text import OBJECT_LIMIT, clean, escape, link, pieces, units, web_url

Json = dict[str, Any]
Line = tuple[str, list[Json]]  # kind (section, quote or bullet) and its rich_text elements

MAX_BLOCKS = 49  # Slack allows 50; one is kept for the line that points to the thread
MAX_WEIGHT = 12_000  # Slack refuses messages beyond about 13,200
_HEADER_LIMIT = 150
_CONTEXT_ELEMENTS = 10
_LABEL_LIMIT = 80
_FALLBACK_LIMIT = 3000
_CODE = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True, slots=True)
class _Group:
    """Blocks that stay in one message where they fit, and what a screen reader or notification says for them."""

    blocks: list[Json]
    spoken: str = ""


def edition_messages(edition: Edition, *, threaded: bool = True) -> tuple[Message, ...]:
    """An edition in messages; ``threaded``: all but the first are posted in its thread, and the first says so."""
    heading = wording.heading(edition)
    messages = _pack([*_opening(edition, heading), *_stories(edition), _Group(_context([wording.footer(edition)]))])
    if threaded and len(messages) > 1:
        later = sum(1 for groups in messages[1:] for group in groups if group.spoken)
        line = tn(edition.language, "{n} more story in the thread", "{n} more stories in the thread", later)
        messages[0].append(_Group(_context([line] if later else [])))
    return _finished(messages, heading)


def reply_messages(reply: Reply, language: str) -> tuple[Message, ...]:
    """What we answer, in one message wherever it fits."""
    if reply.edition is not None:
        return edition_messages(reply.edition, threaded=False)
    groups = [_Group(_title(reply.title), reply.title)] if reply.title else []
    if reply.answer is not None:
        groups += _answer(reply.answer, titled=bool(reply.title))
    elif reply.summary is not None:
        groups += _summary(reply.summary)
    groups += [_Group(_rich([("section", _coded(paragraph))]), paragraph) for paragraph in reply.paragraphs]
    return _finished(_pack(groups), reply.title or t(language, "Answer"))


def plain_message(text: str) -> Message:
    """One short text of our own."""
    return _finished(_pack([_Group(_rich([("section", _coded(text))]), text)]), text)[0]


# ---- the parts of an edition ----


def _opening(edition: Edition, heading: str) -> Iterator[_Group]:
    notice = wording.notice(edition)
    warned = _rich([("section", _text(notice, bold=True))]) if notice else []
    yield _Group([*_title(heading), *warned], "\n".join(filter(None, (heading, notice))))
    if not edition.items:
        quiet = wording.quiet_line(edition)
        yield _Group(_rich([("section", _text(quiet))]), quiet)
    if edition.lead:
        sources = _numbered(edition.sources)
        lines: list[Line] = [("section", _text(wording.lead_title(edition.language), bold=True))]
        lines += [("bullet", [*_text(sentence.text), *_cites(sentence, sources)]) for sentence in edition.lead]
        yield _Group(_rich(lines), "")


def _stories(edition: Edition) -> Iterator[_Group]:
    sources = _numbered(edition.sources)
    topic = None
    for item in edition.items:
        header = _title(wording.topic_name(item.topic, edition.language)) if item.topic is not topic else []
        topic = item.topic
        yield _Group(header + _story(item, edition, sources), clean(item.summary.headline) or item.story_id)


def _story(item: EditionItem, edition: Edition, sources: Mapping[int, Source]) -> list[Json]:
    sources = {**sources, **_numbered(item.summary.sources)}
    headline = _text(item.summary.headline, bold=True)
    mark = wording.mark_name(item.mark, edition.language)
    if mark:
        headline += [*([_space()] if headline else []), *_text(mark, code=True)]
    lines: list[Line] = [("section", headline), *_sentences(item.summary.sentences, sources)]
    small = _context([wording.amounts_line(item, edition.language), wording.outlets_line(item, edition)])
    return [*_rich(lines), *small, *_source_links(item.summary.sources, edition.language)]


def _source_links(sources: Sequence[Source], language: str) -> list[Json]:
    links = [link(source.url, f"[{source.number}] {_outlet(source)}") for source in sources]
    texts: list[str] = []
    for piece in links:
        if texts and units(texts[-1]) + units(piece) + 3 <= OBJECT_LIMIT:
            texts[-1] += " · " + piece
        else:
            texts.append(piece if texts else f"{escape(wording.sources_word(language))}: {piece}")
    return _contexts([{"type": "mrkdwn", "text": text, "verbatim": True} for text in texts])


# ---- the parts of a reply ----


def _answer(answer: Answer, *, titled: bool) -> Iterator[_Group]:
    if not titled:
        yield _Group(_rich([("section", _text(answer.question, bold=True))]), "")
    yield from _cited(answer.sentences, answer.sources, wording.answer_note(answer), answer.language)


def _summary(summary: Summary) -> Iterator[_Group]:
    yield _Group(_rich([("section", _text(summary.headline, bold=True))]), summary.headline)
    note = wording.model_note(summary.method, summary.language)
    yield from _cited(summary.sentences, summary.sources, note, summary.language)


def _cited(sentences: Sequence[CitedSentence], sources: Sequence[Source], note: str, language: str) -> Iterator[_Group]:
    spoken = " ".join(sentence.text for sentence in sentences) or note
    yield _Group(_rich(_sentences(sentences, _numbered(sources))), spoken)
    if sources:
        lines: list[Line] = [("section", _text(wording.sources_word(language), bold=True))]
        yield _Group(_rich([*lines, *(("section", _described(source)) for source in sources)]))
    yield _Group(_context([note]))


def _described(source: Source) -> list[Json]:
    """ "[1] ETNews · the title · Mon 23 Nov", the date as the reader's own client writes it."""
    parts = [_anchor(source, f"[{source.number}] {_outlet(source)}"), *_text(f" · {clean(source.title)}" if source.title else "")]
    if len(parts) > 1:
        parts.insert(1, _space())
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
        inlines = [*_text(sentence.text), *_cites(sentence, sources)]
        if sentence.quoted:
            lines.append(("quote", inlines))
        elif lines and lines[-1][0] == "section":
            lines[-1][1].extend([_space(), *inlines])
        else:
            lines.append(("section", inlines))
    return lines


def _cites(sentence: CitedSentence, sources: Mapping[int, Source]) -> list[Json]:
    marks = [_anchor(sources[number], f"[{number}]") for number in sentence.cites if number in sources]
    return [_space(), *marks] if marks else []


def _anchor(source: Source, label: str) -> Json:
    url = web_url(source.url)
    return {"type": "link", "url": url, "text": label} if url else {"type": "text", "text": label}


def _outlet(source: Source) -> str:
    name = clean(source.outlet).replace("\n", " ")
    return name if units(name) <= _LABEL_LIMIT else next(pieces(name, _LABEL_LIMIT)) + "…"


# ---- blocks ----


def _space() -> Json:
    return {"type": "text", "text": " "}


def _text(text: str, **style: bool) -> list[Json]:
    styled: Json = {"style": style} if style else {}
    return [{"type": "text", "text": piece, **styled} for piece in pieces(clean(text))]


def _coded(text: str) -> list[Json]:
    """``text`` with what stands between backticks shown as code."""
    inlines: list[Json] = []
    for at, part in enumerate(_CODE.split(clean(text))):
        styled: Json = {"style": {"code": True}} if at % 2 else {}
        inlines += [{"type": "text", "text": piece, **styled} for piece in pieces(part)]
    return inlines


def _title(text: str) -> list[Json]:
    title = clean(text).replace("\n", " ")
    if not title:
        return []
    if units(title) > _HEADER_LIMIT:
        return _rich([("section", _text(title, bold=True))])
    return [{"type": "header", "text": {"type": "plain_text", "text": title, "emoji": False}}]


def _context(texts: Iterable[str]) -> list[Json]:
    return _contexts(
        [{"type": "plain_text", "text": piece, "emoji": False} for text in texts for piece in pieces(clean(text)) if piece]
    )


def _contexts(elements: Iterable[Json]) -> list[Json]:
    blocks: list[Json] = []
    for element in elements:
        shown = blocks[-1]["elements"] if blocks else []
        if not shown or len(shown) == _CONTEXT_ELEMENTS or weigh(shown) + weigh(element) > OBJECT_LIMIT:
            blocks.append({"type": "context", "elements": [element]})
        else:
            shown.append(element)
    return blocks


def _rich(lines: Iterable[Line]) -> list[Json]:
    """Lines as rich_text blocks, none heavier than one text object may be."""
    blocks: list[Json] = []
    weight = 0
    for kind, line in lines:
        fresh = True
        for inline in line:
            own = weigh(inline) + 1  # one for a line break
            if not blocks or weight + own > OBJECT_LIMIT:
                blocks.append({"type": "rich_text", "elements": []})
                weight, fresh = 0, True
            _add(blocks[-1]["elements"], kind, inline, fresh)
            weight += own
            fresh = False
    return blocks


def _add(elements: list[Json], kind: str, inline: Json, fresh: bool) -> None:
    """Put ``inline`` behind what is there; ``fresh``: on a line of its own."""
    wanted = "rich_text_list" if kind == "bullet" else f"rich_text_{kind}"
    if not elements or elements[-1]["type"] != wanted:
        elements.append({"type": wanted, "elements": []} | ({"style": "bullet"} if kind == "bullet" else {}))
    holder = elements[-1]["elements"]
    if kind == "bullet":
        if fresh:
            holder.append({"type": "rich_text_section", "elements": []})
        holder[-1]["elements"].append(inline)
    else:
        holder += [{"type": "text", "text": "\n"}, inline] if fresh and holder else [inline]


def weigh(node: Any) -> int:
    """The text and addresses below ``node``, in units: more than Slack counts, never less."""
    if isinstance(node, list):
        return sum(map(weigh, node))
    if not isinstance(node, dict):
        return 0
    own = sum(units(value) for key, value in node.items() if key in ("text", "url", "fallback") and isinstance(value, str))
    return own + sum(weigh(value) for value in node.values())


# ---- messages ----


class _Draft:
    """A message being filled."""

    def __init__(self) -> None:
        self.groups: list[_Group] = []
        self._blocks = self._weight = 0

    def fits(self, blocks: Sequence[Json]) -> bool:
        return self._blocks + len(blocks) <= MAX_BLOCKS and self._weight + sum(map(weigh, blocks)) <= MAX_WEIGHT

    def add(self, group: _Group) -> None:
        self.groups.append(group)
        self._blocks += len(group.blocks)
        self._weight += sum(map(weigh, group.blocks))


def _pack(groups: Iterable[_Group]) -> list[list[_Group]]:
    """Groups in messages, broken between groups; only a group that no message could hold is broken between its blocks."""
    drafts = [_Draft()]
    for group in groups:
        if not drafts[-1].fits(group.blocks) and _Draft().fits(group.blocks):
            drafts.append(_Draft())
        if drafts[-1].fits(group.blocks):
            drafts[-1].add(group)
            continue
        for at, block in enumerate(group.blocks):
            if not drafts[-1].fits([block]):
                drafts.append(_Draft())
            drafts[-1].add(_Group([block], "" if at else group.spoken))
    return [draft.groups for draft in drafts]


def _finished(messages: Iterable[Sequence[_Group]], title: str) -> tuple[Message, ...]:
    return tuple(
        Message(
            {"text": _fallback([group.spoken for group in groups], title), "blocks": [b for g in groups for b in g.blocks]},
            in_thread=at > 0,
        )
        for at, groups in enumerate(messages)
        if any(group.blocks for group in groups)
    )


def _fallback(spoken: Iterable[str], title: str) -> str:
    """What a screen reader or a notification says: whole lines as far as they go."""
    lines = [escape(piece) for text in spoken for piece in pieces(clean(text), 500)]
    said = ""
    for line in lines:
        if units(said) + units(line) > _FALLBACK_LIMIT:
            break
        said += ("\n" if said else "") + line
    return said or escape(next(pieces(clean(title), 500), "")) or "…"
