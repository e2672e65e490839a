"""robots.txt: what its lines mean, how often it is asked for, and what a server that fails means."""

import time
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.fetch import Client
from bot.feeds.robots import Robots, allows, read
from tests.feeds.servers import HOSTILE, Server, answer

OURS = "ai-market-briefings"


def allowed(text: str, path: str) -> bool:
    return allows(read(text, OURS), path)


@pytest.mark.parametrize(
    ("lines", "path", "may"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /news", "/newspaper", False),
        ("User-agent: *\nDisallow: /news/", "/news", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("User-agent: *\nAllow: /a\nDisallow: /a", "/a", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf?a=1", True),
        ("User-agent: *\nDisallow: /*?", "/list?page=2", False),
        ("User-agent: *\nDisallow: /a*b*c", "/axxbxxc/d", False),
        ("User-agent: *\nDisallow: /a*b$", "/ab/b", False),
        ("User-agent: *\nDisallow: /a*b$", "/ab/c", True),
        ("User-agent: other\nDisallow: /", "/a", True),
        ("User-agent: other\nUser-agent: AI-Market-Briefings\nDisallow: /", "/a", False),
        ("User-agent: ai-market-briefings/2.0\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: ai-market-briefings\nAllow: /", "/a", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: ai-market-briefings", "/a", True),
        ("User-agent: ai-market-briefings\nDisallow: /a\nUser-agent: *\nDisallow: /\nUser-agent: ai-market-briefings\nDisallow: /b",
         "/b", False),
        ("USER-AGENT : *\n  disallow : /a # all of it", "/a", False),
        ("\ufeffUser-agent: *\r\nDisallow: /a\r\n", "/a", False),
        ("User-agent: *\nCrawl-delay: 3\nSitemap: x\nDisallow: /a", "/a", False),
        ("User-agent: *\nDisallow: /%EB%89%B4%EC%8A%A4", "/뉴스", False),
        ("User-agent: *\nDisallow: /~a", "/%7Ea", False),
        ("Disallow: /", "/a", True),
        ("<html>not found</html>", "/a", True),
    ],
)  # fmt: skip
def test_what_a_file_allows(lines: str, path: str, may: bool) -> None:
    assert allowed(lines, path) is may


@given(st.text(max_size=400), st.text(max_size=60))
def test_any_text_is_read(text: str, path: str) -> None:
    assert allowed(f"User-agent: *\n{text}", path) in (True, False)


def test_a_hostile_file_takes_no_time() -> None:
    text = "User-agent: *\n" + "Disallow: /" + "a*" * 200 + "b\n" + ("Disallow: /" + "*a" * 10 + "\n") * 20_000
    before = time.perf_counter()
    allowed(text, "/" + "a" * 4_000)
    assert time.perf_counter() - before < 2


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with Server(HOSTILE) as running:
        yield running


@pytest.mark.parametrize(("status", "may"), [(404, True), (401, True), (429, False), (500, False), (503, False)])
async def test_a_server_without_one_allows_and_one_that_fails_does_not(server: Server, status: int, may: bool) -> None:
    server.handlers["/robots.txt"] = answer(b"Disallow: /", status=status)
    async with Client(user_agent="tests/1", allow_private=True) as client:
        assert await Robots(client, "tests/1").allow(server.url("/a")) is may


async def test_it_is_asked_for_once_in_six_hours_and_soon_again_after_a_failure(server: Server) -> None:
    instant = [0.0]
    server.handlers["/robots.txt"] = answer(b"", status=503)
    async with Client(user_agent="tests/1", allow_private=True) as client:
        robots = Robots(client, "tests/1", lambda: instant[0])
        assert not await robots.allow(server.url("/a"))
        server.handlers["/robots.txt"] = answer(b"User-agent: *\nDisallow: /b", Content_Type="text/plain")
        assert not await robots.allow(server.url("/a"))
        instant[0] = 601.0
        assert await robots.allow(server.url("/a")) and not await robots.allow(server.url("/b"))
        server.handlers["/robots.txt"] = answer(b"", status=404)
        instant[0] += 6 * 3600.0 - 1
        assert not await robots.allow(server.url("/b"))
        instant[0] += 2
        assert await robots.allow(server.url("/b"))
    assert len(server.requests) == 3
