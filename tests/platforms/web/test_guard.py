"""What holds for every page: headers, hosts, bounds, errors that tell nothing."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.config import Settings
from bot.model import Relevance, StoryDecision, Topic
from bot.platforms.web import look
from bot.platforms.web.guard import LONGEST_QUERY
from bot.platforms.web.page_kinds import Access
from bot.platforms.web.site import PAGES
from tests.builders import NOON, article
from tests.platforms.web.visitors import OURS, Running, site

PUBLIC = Settings(public_pages=True, base_url="https://briefings.example.com")
HOST = {"host": "briefings.example.com"}


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    async with site(tmp_path, Settings(public_pages=True)) as opened:
        yield opened


async def test_every_answer_has_the_headers_of_security(running: Running) -> None:
    paths = ("/", "/stories", "/nothing", "/sign-in", "/feeds", look.static_path("style.css"), "/robots.txt", f"/?{'x' * 3000}")
    async with running.browser() as browser:
        for path in paths:
            async with browser.get(path) as answer:
                policy = answer.headers["content-security-policy"].split("; ")
                assert {"default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"} <= set(policy)
                assert "unsafe" not in answer.headers["content-security-policy"]
                assert answer.headers["x-content-type-options"] == "nosniff"
                assert answer.headers["referrer-policy"] in ("same-origin", "no-referrer")
                assert "camera=()" in answer.headers["permissions-policy"]
                assert "strict-transport-security" not in answer.headers


async def test_pages_hold_no_script_and_no_style_of_their_own(running: Running) -> None:
    async with running.browser(OURS) as browser:
        for path in ("/", "/stories", "/editions", "/feeds", "/deliveries", "/previews/unser-id", "/sign-in", "/nothing"):
            async with browser.get(path) as answer:
                text = await answer.text()
                assert not re.search(r"<script|<style|\son\w+=|\sstyle=|javascript:", text), path
                assert 'rel="noopener noreferrer nofollow"' in text or "https://news.example" not in text


async def test_only_our_own_host_is_served(tmp_path: Path) -> None:
    async with site(tmp_path, PUBLIC) as running, running.browser() as browser:
        for host, status in (("briefings.example.com", 200), ("BRIEFINGS.example.com", 200), ("evil.example", 421), ("", 421)):
            async with browser.get("/stories", headers={"host": host}) as answer:
                assert answer.status == status, host
        async with browser.get("/stories") as answer:  # by the address of the machine
            assert answer.status == 421


async def test_without_a_base_url_only_this_machine_is_served(running: Running) -> None:
    async with running.browser() as browser:
        for host, status in (("localhost:80", 200), ("127.0.0.1", 200), ("[::1]:8080", 200), ("evil.example", 421)):
            async with browser.get("/stories", headers={"host": host}) as answer:
                assert answer.status == status, host


async def test_what_is_asked_is_bounded(running: Running) -> None:
    async with running.browser() as browser:
        async with browser.get(f"/stories?page={'9' * LONGEST_QUERY}") as answer:
            assert answer.status == 414
        for page in ("0", "-1", "99999999", "²", "x", "٣"):
            async with browser.get("/stories", params={"page": page}) as answer:
                assert answer.status == 200
        async with browser.post("/preferences", data={"token": "x" * 200_000}) as answer:
            assert answer.status == 413


async def test_a_page_that_did_not_change_is_not_sent_again(running: Running) -> None:
    async with running.browser() as browser:
        async with browser.get("/stories") as first:
            tag = first.headers["etag"]
            assert first.headers["cache-control"] == "no-cache"
        async with browser.get("/stories", headers={"if-none-match": f"W/{tag}"}) as second:
            assert (second.status, await second.read()) == (304, b"")
        async with browser.get("/stories", headers={"if-none-match": tag, "accept-language": "ko"}) as other:
            assert other.status == 200
        async with browser.head("/stories") as head:
            assert (head.status, await head.read()) == (200, b"")
    async with running.browser(OURS) as browser, browser.get("/stories") as own:
        assert own.headers["cache-control"] == "private, no-cache"


async def test_unknown_pages_and_wrong_methods_have_pages_of_their_own(running: Running) -> None:
    async with running.browser() as browser:
        async with browser.get("/nothing/here", headers={"accept-language": "ja"}) as answer:
            assert (answer.status, "ページが見つかりません" in await answer.text()) == (404, True)
        async with browser.post("/stories") as answer:
            assert answer.status == 405
        async with browser.get("/stories/nosuchstory") as answer:
            assert answer.status == 404


async def test_a_bug_shows_a_reference_and_nothing_else(running: Running, caplog: pytest.LogCaptureFixture) -> None:
    async with running.browser() as browser:
        async with running.store._database.write() as connection:
            await connection.exec_driver_sql("DROP TABLE relevances")
        async with browser.get("/stories") as answer:
            text = await answer.text()
            assert answer.status == 500
            found = re.search(r"reference: (\w{8})", text)
            assert found and "Traceback" not in text and "relevances" not in text
        assert any(getattr(record, "fields", {}).get("reference") == found[1] for record in caplog.records)


async def test_files_are_kept_for_good_under_an_address_that_changes_with_them(running: Running) -> None:
    async with running.browser() as browser:
        for name in look.FILES:
            async with browser.get(look.static_path(name)) as answer:
                assert (answer.status, "immutable" in answer.headers["cache-control"]) == (200, True)
        for path in ("/static/000000000000/style.css", "/static/x/..%2f..%2fsite.py", "/static/x/site.py"):
            async with browser.get(path) as answer:
                assert answer.status == 404


async def test_search_engines_are_told_to_stay_away_unless_the_pages_are_public(tmp_path: Path) -> None:
    async with site(tmp_path / "a", PUBLIC) as running, running.browser() as browser:
        async with browser.get("/stories", headers=HOST) as answer:
            assert "x-robots-tag" not in answer.headers
        async with browser.get("/robots.txt", headers=HOST) as answer:
            assert "Disallow: /\n" not in await answer.text()
    async with site(tmp_path / "b") as running, running.browser() as browser:
        async with browser.get("/sign-in") as answer:
            assert "noindex" in answer.headers["x-robots-tag"]
        async with browser.get("/robots.txt") as answer:
            assert "Disallow: /\n" in await answer.text()


def test_what_belongs_to_a_workspace_is_never_public() -> None:
    own = {page.path for page in PAGES if page.access is Access.WORKSPACE}
    assert {"/editions", "/editions/{key:path}", "/deliveries", "/previews/{id}", "/ask"} <= own
    open_ = {page.path for page in PAGES if page.access is Access.OPEN}
    assert all(path.startswith(("/sign-", "/preferences")) or path.endswith((".atom", ".json")) for path in open_), open_


async def test_hostile_text_of_a_report_is_text(running: Running) -> None:
    """What a feed says is escaped, loses what turns it round, and is linked only where it is a web address."""
    evil = article("evil", "<script>alert(1)</script>\u202egnp.exe", url="javascript:alert(1)", outlet='"><img src=x onerror=y>')
    await running.store.articles.add([evil])
    await running.store.articles.save_relevance(
        {"evil": Relevance(0.9, True, (Topic.POLICY,), ("KR",), None, (), ("<b>why</b>",))}
    )
    await running.store.stories.save([StoryDecision("evil", "sevil", False)], [evil], NOON)
    async with running.browser() as browser, browser.get("/stories/sevil") as answer:
        text = await answer.text()
        assert answer.status == 200
        assert "<script" not in text and "<img" not in text and "<b>why" not in text
        assert "javascript:" not in text and "\u202e" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
