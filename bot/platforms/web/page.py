"""A briefing as one HTML page that needs no script, no font and no other file."""

from itertools import groupby

import jinja2

from bot.locales import wording
from bot.model import Edition

_PAGES = jinja2.Environment(loader=jinja2.PackageLoader("bot.platforms.web"), autoescape=True, undefined=jinja2.StrictUndefined)


def render(edition: Edition) -> str:
    """The whole page. Text from the network is escaped; only http and https links are made."""
    sources = {source.number: source for source in edition.sources}
    language = edition.language

    def link(number: int) -> str:
        url = sources[number].url
        return url if url.startswith(("http://", "https://")) else "#sources"

    sections = [
        (
            wording.topic_name(topic, language),
            [
                {
                    "headline": wording.headline(item.summary),
                    "sentences": item.summary.sentences,
                    "kind": item.mark,
                    "mark": wording.mark_name(item.mark, language),
                    "amounts": wording.amounts_line(item, language),
                    "outlets": wording.outlets_line(item, edition),
                }
                for item in items
            ],
        )
        for topic, items in groupby(edition.items, key=lambda item: item.topic)
    ]
    return _PAGES.get_template("briefing.html.j2").render(
        edition=edition,
        heading=wording.heading(edition),
        notice=wording.notice(edition),
        quiet=wording.quiet_line(edition),
        lead_title=wording.lead_title(language),
        sections=sections,
        ahead_title=wording.ahead_title(language),
        ahead=[wording.ahead_line(one, language) for one in edition.ahead],
        sources_word=wording.sources_word(language),
        footer=wording.footer(edition),
        source=sources.__getitem__,
        link=link,
    )
