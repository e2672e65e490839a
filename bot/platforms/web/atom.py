"""Stories as an Atom feed (RFC 4287): what any reader takes, whatever the titles hold. Pure."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from html import escape
from xml.etree import ElementTree as ET

from bot.locales import t, tn, wording
from bot.model import Topic
from bot.platforms.web.feed_story import FeedHead, FeedStory, fit, mark, safe_address

TYPE = "application/atom+xml; charset=utf-8"
_ATOM = "http://www.w3.org/2005/Atom"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_SUMMARY = 600  # characters


def as_atom(head: FeedHead, stories: Sequence[FeedStory]) -> bytes:
    """The whole document in UTF-8, the stories in their order."""
    feed = ET.Element("feed", {"xmlns": _ATOM, _LANGUAGE: head.language})
    _add(feed, "id", head.mark)
    _add(feed, "title", head.title)
    _add(feed, "updated", instant(head.updated))
    ET.SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": head.own})
    ET.SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": head.base + head.home})
    _add(ET.SubElement(feed, "author"), "name", t(head.language, "AI-market briefings on Korea and Japan"))
    ET.SubElement(feed, "generator").text = "ai-market-briefings"
    for one in stories:
        feed.append(_entry(head, one))
    return bytes(ET.tostring(feed, encoding="utf-8", xml_declaration=True))


def instant(at: datetime) -> str:
    """As RFC 3339 has it, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _entry(head: FeedHead, one: FeedStory) -> ET.Element:
    entry = ET.Element("entry", {_LANGUAGE: one.language})
    _add(entry, "id", mark(head.host, "story", one.story.id))
    _add(entry, "title", one.title)
    _add(entry, "updated", instant(one.updated))
    _add(entry, "published", instant(one.published))
    ET.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": head.base + one.address})
    for source in one.summary.sources:
        if url := safe_address(source.url):
            ET.SubElement(entry, "link", {"rel": "via", "href": url, "title": fit(source.outlet)})
    for outlet in dict.fromkeys(article.outlet for article in one.story.articles if article.outlet.strip()):
        _add(ET.SubElement(entry, "author"), "name", outlet)
    for term, label in _categories(head, one):
        ET.SubElement(entry, "category", {"term": fit(term), "label": fit(label)})
    _add(entry, "summary", plain(one)[:_SUMMARY])
    content = _add(entry, "content", as_html(head, one))
    content.set("type", "html")
    return entry


def _categories(head: FeedHead, one: FeedStory) -> Iterator[tuple[str, str]]:
    for topic in one.topics:
        yield topic, wording.topic_name(Topic(topic), head.language)
    for country in one.countries:
        yield country, country
    for name in one.names:
        yield name, name


def plain(one: FeedStory) -> str:
    """The sentences without marks."""
    return fit(" ".join(sentence.text for sentence in one.summary.sentences))


def as_html(head: FeedHead, one: FeedStory) -> str:
    """The sentences with links to who says them, as HTML for any reader; all of it escaped."""
    lines = [f"<p>{_clean(said.text)} {' '.join(_link(s.url, f'[{s.number}]') for s in one.sources_of(said))}</p>"
             for said in one.summary.sentences]  # fmt: skip
    outlets = len({article.outlet for article in one.story.articles})
    listed = "".join(f'<li value="{s.number}">{_link(s.url, s.title)} — {_clean(s.outlet)}</li>' for s in one.summary.sources)
    lines.append(f"<p>{_clean(tn(head.language, '{n} outlet', '{n} outlets', outlets))}</p><ol>{listed}</ol>")
    return "".join(lines)


def _link(url: str, text: str) -> str:
    address = safe_address(url)
    return f'<a href="{escape(address)}">{_clean(text)}</a>' if address else _clean(text)


def _clean(text: str) -> str:
    return escape(fit(text))


def _add(parent: ET.Element, name: str, text: str) -> ET.Element:
    child = ET.SubElement(parent, name)
    child.text = fit(text) or "–"
    return child
