"""What an edition looks like in Slack, and what replies have in common with it: sentences, their sources, pictures.

Sentences and titles are rich_text, which Slack never parses (so nothing in them can mention, and bold works beside Korean and
Japanese letters); only lists of links are mrkdwn, escaped and verbatim.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from bot.charts import alt
from bot.charts.pictures import file_name
from bot.commands.buttons import of_story
from bot.locales import tn, wording
from bot.model import (
    Chart,
    CitedSentence,
    Edition,
    EditionItem,
    Message,
    Source,
)
from bot.platforms.slack.blocks import Group, Json, Line, context, contexts, header, messages_of, pack, rich, space, text_of
from bot.platforms.slack.buttons import of_actions
from bot.platforms.slack.pictures import frozen, stand_ins
from bot.platforms.slack.text import OBJECT_LIMIT, bounded, clean, escape, link, units, web_url

_LABEL_LIMIT = 80
_ALT_LIMIT = 1900
_USER_GROUP = re.compile(r"S[A-Z0-9]{2,30}")


def edition_messages(edition: Edition, *, mention: str = "") -> tuple[Message, ...]:
    """An edition in messages: all but the first are posted in its thread, and the first says so. ``mention``: of a user group."""
    heading = wording.heading(edition)
    called = _mention(mention)
    charts = stand_ins(edition.charts)
    ids = {file_name(chart): id for id, chart in charts.items()}
    messages = pack([*called, *edition_groups(edition, heading, ids)])
    if len(messages) > 1:
        later = sum(1 for groups in messages[1:] for group in groups if group.spoken)
        line = tn(edition.language, "{n} more story in the thread", "{n} more stories in the thread", later)
        messages[0].append(Group(context([line] if later else [])))
    return tuple(frozen(message, charts) for message in messages_of(messages))


# ---- the parts of an edition ----


def _mention(group: str) -> list[Group]:
    """The user group that an admin wants called; anything but an id of one is nobody."""
    if not _USER_GROUP.fullmatch(group):
        return []
    called = {"type": "usergroup", "usergroup_id": group}
    return [Group([{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [called]}]}])]


def edition_groups(edition: Edition, heading: str, pictures: Mapping[str, str]) -> list[Group]:
    first, *others = [*chart_groups(edition.charts, pictures)] or [Group([])]
    stories = _stories(replace(edition, key="", missed=0))
    return [*_opening(edition, heading), first, *stories, *others, *_ahead(edition), Group(_footer(edition))]


def chart_groups(charts: Iterable[Chart], pictures: Mapping[str, str]) -> Iterator[Group]:
    for chart in charts:
        if id := pictures.get(file_name(chart)):
            yield Group([image(id, alt(chart))])


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
        sources = numbered(edition.sources)
        lines: list[Line] = [("section", text_of(wording.lead_title(edition.language), bold=True))]
        lines += [("bullet", [*text_of(sentence.text), *cites(sentence, sources)]) for sentence in edition.lead]
        yield Group(rich(lines))


@lru_cache(maxsize=64)  # channels that wish the same get the same, whatever their editions are called
def _stories(edition: Edition) -> tuple[Group, ...]:
    sources = numbered(edition.sources)
    found: list[Group] = []
    topic = None
    for item in edition.items:
        section = header(wording.topic_name(item.topic, edition.language)) if item.topic is not topic else []
        topic = item.topic
        found.append(Group(section + _story(item, edition, sources), clean(item.summary.headline) or item.story_id))
    return tuple(found)


def _story(item: EditionItem, edition: Edition, sources: Mapping[int, Source]) -> list[Json]:
    sources = {**sources, **numbered(item.summary.sources)}
    headline = text_of(wording.headline(item.summary), bold=True)
    mark = wording.mark_name(item.mark, edition.language)
    if mark:
        headline += [*([space()] if headline else []), *text_of(mark, code=True)]
    lines: list[Line] = [("section", headline), *sentence_lines(item.summary.sentences, sources)]
    small = context([wording.amounts_line(item, edition.language), wording.outlets_line(item, edition)])
    small = _with_page(small, wording.story_page(item, edition), edition.language)
    cited = any(number in sources for sentence in item.summary.sentences for number in sentence.cites)
    links = [] if cited else source_links(item.summary.sources, edition.language)
    return [*rich(lines), *small, *links, *of_actions(of_story(item.story_id, edition.language), edition.language)]


def source_links(sources: Sequence[Source], language: str) -> list[Json]:
    links = [link(source.url, f"[{source.number}] {outlet(source)}") for source in sources]
    texts: list[str] = []
    for piece in links:
        if texts and units(texts[-1]) + units(piece) + 3 <= OBJECT_LIMIT:
            texts[-1] += " · " + piece
        else:
            texts.append(piece if texts else f"{escape(wording.sources_word(language))}: {piece}")
    return contexts([{"type": "mrkdwn", "text": text, "verbatim": True} for text in texts])


def image(id: str, words: str) -> Json:
    return {"type": "image", "slack_file": {"id": id}, "alt_text": bounded(words, _ALT_LIMIT) or "…"}


# ---- sentences and citations ----


def numbered(sources: Iterable[Source]) -> dict[int, Source]:
    return {source.number: source for source in sources}


def sentence_lines(sentences: Iterable[CitedSentence], sources: Mapping[int, Source]) -> list[Line]:
    """Our own sentences as one paragraph; each quoted one as a quotation of its own."""
    lines: list[Line] = []
    for sentence in sentences:
        inlines = [*text_of(sentence.text), *cites(sentence, sources)]
        if sentence.quoted:
            lines.append(("quote", inlines))
        elif lines and lines[-1][0] == "section":
            lines[-1][1].extend([space(), *inlines])
        else:
            lines.append(("section", inlines))
    return lines


def cites(sentence: CitedSentence, sources: Mapping[int, Source]) -> list[Json]:
    marks = [anchor(sources[number], f"[{number}]") for number in sentence.cites if number in sources]
    return [space(), *marks] if marks else []


def anchor(source: Source, label: str) -> Json:
    url = web_url(source.url)
    return {"type": "link", "url": url, "text": label} if url else {"type": "text", "text": label}


def outlet(source: Source) -> str:
    return bounded(source.outlet, _LABEL_LIMIT)
