"""Trying a feed that a person names, over HTTP on loopback."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import FetchError, ParseError
from bot.feeds.fetch import Client
from bot.feeds.probe import Probe, feed_id
from bot.feeds.workers import ParserPool
from tests.feeds.servers import Server, answer, redirect

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
KOREAN = (Path(__file__).parents[1] / "data" / "feeds" / "ko-naive-dates.xml").read_bytes()


@pytest.fixture
async def probe() -> AsyncIterator[Probe]:
    async with Client(user_agent="test", allow_private=True, total=2.0) as client, ParserPool(total=5.0) as parsers:
        yield Probe(client, parsers)


async def test_language_place_and_dates_come_from_what_the_feed_holds(probe: Probe) -> None:
    async with Server({"/rss": answer(KOREAN)}) as server:
        reading = await probe.probe(server.url("/rss"), NOW)
    found = reading.feed
    assert (found.language, found.country, found.time_zone, found.url) == ("ko", "KR", "Asia/Seoul", server.url("/rss"))
    assert found.name and found.id == feed_id(found.url) and reading.entries and reading.error is None
    dated = [entry.published for entry in reading.entries if entry.published]
    assert dated and all(at.tzinfo is not None for at in dated)


async def test_a_page_leads_to_the_feed_that_it_names(probe: Probe) -> None:
    page = b"""<html><head><title>News</title><link rel="stylesheet" href="/x.css">
        <link href='/feed.xml?a=1&amp;b=2' title="RSS" type="application/rss+xml" rel="alternate"></head><body>hello</body></html>"""
    async with Server({"/": answer(page, **{"Content-Type": "text/html"}), "/feed.xml": answer(KOREAN)}) as server:
        reading = await probe.probe(server.url("/"), NOW)
        assert reading.feed.url == server.url("/feed.xml?a=1&b=2")


async def test_a_feed_that_moved_for_good_is_known_by_its_new_address(probe: Probe) -> None:
    async with Server({"/old": redirect("/new", 301), "/now": redirect("/new", 302), "/new": answer(KOREAN)}) as server:
        assert (await probe.probe(server.url("/old"), NOW)).feed.url == server.url("/new")
        assert (await probe.probe(server.url("/now"), NOW)).feed.url == server.url("/now")


@pytest.mark.parametrize(
    "body",
    [b"<html><body>no feed</body></html>", b"", b"\x00\x01", b'<html><link type="application/rss+xml" href="/page">'],
)
async def test_what_is_no_feed_is_refused_in_words(probe: Probe, body: bytes) -> None:
    async with Server({"/page": answer(body)}) as server:
        with pytest.raises(ParseError):
            await probe.probe(server.url("/page"), NOW)


async def test_a_private_address_looks_like_one_where_nobody_answers() -> None:
    async with Client(user_agent="test", total=2.0) as client, ParserPool() as parsers, Server() as server:
        for url in (server.url("/"), "http://10.1.2.3/", "http://169.254.169.254/latest", "http://localhost:1/"):
            with pytest.raises(FetchError) as refused:
                await Probe(client, parsers).probe(url, NOW)
            assert refused.value.reason == "cannot be reached"
