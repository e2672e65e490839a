"""The feeds that others read: valid whatever the news holds, the same marks for ever."""

import json
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import CitedSentence, Relevance, Source, Story, Summary, Topic
from bot.platforms.web.atom import as_atom
from bot.platforms.web.feed_story import FeedHead, FeedStory, fit, mark, safe_address
from bot.platforms.web.json_feed import as_json_feed, as_stories
from tests.builders import NOON, article

ATOM = "{http://www.w3.org/2005/Atom}"
HEAD = FeedHead("AI · 일본", "ko", "https://news.example", "/feeds/stories.atom?country=JP&topic=policy", "/stories", NOON)
# What breaks a document that is put together carelessly: ends of CDATA, entities, control characters, half a surrogate pair.
HOSTILE = st.lists(
    st.sampled_from(
        ["]]>", "<![CDATA[", "&amp;", "&", "<b>", '"', "'", "\x00", "\x0b", "\ud800", "\udfff", "\ufffe", "\r\n", "𠮷", "한", "é"]
    )
    | st.characters(codec=None),
    min_size=1,
    max_size=12,
).map("".join)


def told(
    title: str = "업스테이지, 도쿄 법인 설립",
    outlet: str = "ETNews",
    url: str = "https://example.com/1",
    id: str = "s1",
    **changes,
) -> FeedStory:
    found = Relevance(0.8, True, (Topic.EXPANSION, Topic.POLICY), ("JP", "KR"), "KR→JP", ("Upstage",))
    story = Story(id, (article("a1", title, outlet=outlet, url=url),), (found,))
    said = (CitedSentence(f"{title}.", (1,), quoted=True),)
    summary = Summary(id, "ko", title, said, (Source(1, "a1", outlet, title, url, "ko", NOON),))
    given = {"address": "/stories/s1", "published": NOON, "updated": NOON + timedelta(hours=1), "names": ("Upstage",)}
    return FeedStory(story, summary, **(given | changes))


# ---- Atom ----


def test_a_reader_gets_what_a_story_says() -> None:
    read = feedparser.parse(as_atom(HEAD, [told()]))
    assert not read.bozo
    assert (read.version, read.feed.title, read.feed.language) == ("atom10", "AI · 일본", "ko")
    (entry,) = read.entries
    assert entry.title == "업스테이지, 도쿄 법인 설립"
    assert entry.link == "https://news.example/stories/s1"
    assert entry.id == "tag:news.example,2026:story/s1"
    assert [tag.term for tag in entry.tags] == ["expansion", "policy", "JP", "KR", "Upstage"]
    assert (entry.published, entry.updated) == ("2026-11-23T12:00:00Z", "2026-11-23T13:00:00Z")
    assert entry.author == "ETNews"
    assert entry.summary == "업스테이지, 도쿄 법인 설립."
    assert 'href="https://example.com/1"' in entry.content[0].value


def rules_of_atom(document: bytes) -> ET.Element:
    """RFC 4287, section 4.1 and 4.2, as far as we write it."""
    feed = ET.fromstring(document)  # noqa: S314 - our own
    assert feed.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated"):
        assert len(feed.findall(ATOM + name)) == 1
    assert [link.get("rel") for link in feed.findall(f"{ATOM}link")] == ["self", "alternate"]
    assert feed.findall(f"{ATOM}author")
    for entry in feed.findall(f"{ATOM}entry"):
        for name in ("id", "title", "updated", "published", "summary", "content"):
            assert len(entry.findall(ATOM + name)) == 1, name
        assert sum(link.get("rel") == "alternate" for link in entry.findall(f"{ATOM}link")) == 1
        assert all(urlsplit(link.get("href", "")).scheme in ("http", "https") for link in entry.findall(f"{ATOM}link"))
        assert all(name.text for name in entry.findall(f"{ATOM}author/{ATOM}name"))
        assert all(one.get("term") for one in entry.findall(f"{ATOM}category"))
    for id in feed.iter(f"{ATOM}id"):
        assert re.fullmatch(r"tag:[a-z0-9.-]+,\d{4}:[A-Za-z0-9%/._~-]+", id.text or "")
    for name in ("updated", "published"):
        for at in feed.iter(ATOM + name):
            assert datetime.strptime(at.text or "", "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.findall(f"{ATOM}entry")]
    assert len(set(ids)) == len(ids)
    return feed


@given(HOSTILE, HOSTILE)
def test_no_title_and_no_outlet_breaks_the_document(title: str, outlet: str) -> None:
    feed = rules_of_atom(as_atom(HEAD, [told(title, outlet), told(id="s2")]))
    as_a_line_ends = fit(title).replace("\r\n", "\n").replace("\r", "\n")
    assert feed.findtext(f"{ATOM}entry/{ATOM}title") in (as_a_line_ends, fit(title))
    assert len(feed.findall(f"{ATOM}entry")) == 2


@given(HOSTILE)
def test_what_a_title_holds_is_no_markup_in_the_content(title: str) -> None:
    feed = ET.fromstring(as_atom(HEAD, [told(title)]))  # noqa: S314 - our own
    html = feed.findtext(f"{ATOM}entry/{ATOM}content") or ""
    assert set(re.findall(r"<(\w+)", html)) <= {"p", "a", "ol", "li"}


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//host", "http://[", "", " \x00javascript:alert(1)"])
def test_only_addresses_of_the_web_are_linked(url: str) -> None:
    assert safe_address(url) == ""
    document = as_atom(HEAD, [told(url=url)]).decode()
    assert "alert" not in document and "via" not in document


def test_marks_stay_and_are_of_the_site() -> None:
    assert HEAD.mark == "tag:news.example,2026:feed/%2Ffeeds%2Fstories.atom%3Fcountry%3DJP%26topic%3Dpolicy"
    assert mark("news.example", "story", "a/b 한") == "tag:news.example,2026:story/a%2Fb%20%ED%95%9C"


# ---- JSON ----


def test_the_json_feed_has_what_version_1_1_asks_for() -> None:
    feed = json.loads(as_json_feed(HEAD, [told()]))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == HEAD.base + HEAD.here
    (item,) = feed["items"]
    assert {"id", "url", "content_html", "title", "date_published", "date_modified", "authors", "tags", "language"} <= set(item)
    assert item["external_url"] == "https://example.com/1"
    assert item["date_modified"] == "2026-11-23T13:00:00Z"


def test_programs_get_everything_that_is_known_of_a_story() -> None:
    document = json.loads(as_stories(HEAD, [told()]))
    (story,) = document["stories"]
    assert story["directions"] == ["KR→JP"]
    assert story["sentences"] == [{"text": "업스테이지, 도쿄 법인 설립.", "quoted": True, "articles": ["a1"]}]
    assert story["articles"][0] == {
        "id": "a1", "title": "업스테이지, 도쿄 법인 설립", "url": "https://example.com/1", "outlet": "ETNews", "language": "ko",
        "published": "2026-11-23T12:00:00Z", "score": 0.8,
    }  # fmt: skip


@given(HOSTILE)
def test_json_stays_json(title: str) -> None:
    for made in (as_json_feed, as_stories):
        document = json.loads(made(HEAD, [told(title)]).decode("utf-8"))
        stories = document.get("items") or document["stories"]
        assert stories[0]["title"] == (fit(title))
