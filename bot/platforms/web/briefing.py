"""An edition laid out for templates: the same content, words and order as in the chats."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from bot.locales import wording
from bot.model import Edition, EditionItem


def laid_out(edition: Edition) -> Mapping[str, Any]:
    """What edition.html.j2 shows of ``edition``: heading, notice, lead, sections, dates ahead, sources and footer."""
    language = edition.language
    sections = [
        (topic, wording.topic_name(topic, language), [_item(item, edition) for item in items])
        for topic, items in groupby(edition.items, key=lambda item: item.topic)
    ]
    return {
        "heading": wording.heading(edition),
        "notice": wording.notice(edition),
        "quiet": wording.quiet_line(edition),
        "lead_title": wording.lead_title(language),
        "sections": sections,
        "ahead_title": wording.ahead_title(language),
        "ahead": [(wording.ahead_line(one, language), one.url) for one in edition.ahead],
        "sources_word": wording.sources_word(language),
        "footer": wording.footer(edition),
        "sources": {source.number: source for source in edition.sources},
    }


def _item(item: EditionItem, edition: Edition) -> Mapping[str, Any]:
    language, summary = edition.language, item.summary
    return {
        "id": item.story_id,
        "headline": wording.headline(summary),
        "language": summary.headline_language if summary.headline_language and not summary.translated else language,
        "sentences": summary.sentences,
        "kind": item.mark,
        "mark": wording.mark_name(item.mark, language),
        "amounts": wording.amounts_line(item, language),
        "outlets": wording.outlets_line(item, edition),
    }
