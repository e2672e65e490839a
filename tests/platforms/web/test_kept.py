"""Whole pages that are kept: what is a reader's own stays so, and many at once never wait for each other in a ring."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from bot.archive import ledger
from bot.config import Settings
from bot.model import Channel
from bot.platforms.web import look
from bot.platforms.web.kept import page_of
from bot.platforms.web.page_kinds import Page
from bot.platforms.web.reader import Reader, Site
from bot.store.overrides import Override
from bot.store.visits import Visit
from bot.store.watchlist import Watched
from tests.builders import NOON
from tests.platforms.web.visitors import CANARY, OURS, THEIRS, Running, site

PUBLIC = Settings(public_pages=True)
TOKEN = re.compile(r'name="token" value="(\w+)"')


async def test_each_reader_gets_the_token_of_their_own_browser(tmp_path) -> None:
    async with site(tmp_path) as running:
        tokens = []
        for _ in range(2):
            async with running.browser(OURS) as browser:
                page = await (await browser.get("/policies")).text()
                found = set(TOKEN.findall(page))
                assert len(found) == 1
                tokens += found
                answer = await browser.post("/preferences", data={"token": tokens[-1], "language": "ja", "after": "/policies"})
                assert 'lang="ja"' in await answer.text()
        assert tokens[0] != tokens[1]


async def test_nobody_sees_the_kept_page_of_another_workspace(tmp_path) -> None:
    async with site(tmp_path) as running:
        await running.store.watchlist.add(OURS, Watched("sovereign compute", False), "U1", NOON)
        async with running.browser(OURS) as ours, running.browser(THEIRS) as theirs:
            assert "sovereign compute" in await (await ours.get("/names")).text()
            assert "sovereign compute" not in await (await theirs.get("/names")).text()
            assert "sovereign compute" in await (await ours.get("/names")).text()


@pytest.mark.parametrize("first", [None, OURS])
async def test_one_drawing_serves_who_is_signed_in_and_who_is_not(tmp_path, first: Channel | None) -> None:
    """Whoever asks first: nobody sees another's menu, way out or token."""
    async with site(tmp_path, PUBLIC) as running, running.browser() as anybody, running.browser(OURS) as ours:
        for path in ("/policies", "/search?q=AI", "/stories"):
            for browser in (ours, anybody, ours) if first else (anybody, ours, anybody):
                page = await (await browser.get(path)).text()
                assert "\0" not in page and "\1" not in page and "\2" not in page
                seen = {link for link in ("/sign-in", "/sign-out", "/ask", "/deliveries") if f'"{link}"' in page}
                assert seen == ({"/sign-out", "/ask", "/deliveries"} if browser is ours else {"/sign-in"}), path
                assert ("Signed in from Slack" in page) is (browser is ours)
                assert ("Ask this as a question" in page) is (browser is ours and path.startswith("/search"))
            tokens = [set(TOKEN.findall(await (await one.get(path)).text())) for one in (ours, anybody)]
            assert len(tokens[0]) == len(tokens[1]) == 1 and tokens[0] != tokens[1]


async def _seen(running: Running, path: str, word: str) -> list[bool]:
    """Whether ``word`` stands on a page: to nobody, ours, theirs, and to nobody and theirs once more."""
    async with running.browser() as anybody, running.browser(OURS) as ours, running.browser(THEIRS) as theirs:
        return [word in await (await one.get(path)).text() for one in (anybody, ours, theirs, anybody, theirs)]


async def test_what_belongs_to_a_workspace_stands_on_no_other_drawing(tmp_path) -> None:
    only_ours = [False, True, False, False, False]
    async with site(tmp_path, PUBLIC) as running:
        store = running.store
        told, *_ = [one.id for one in await store.stories.outlines(30) if await store.issued.told(OURS, one.id)]
        assert await _seen(running, f"/stories/{told}", "unser desk") == only_ours
        assert await _seen(running, f"/stories/{told}", CANARY) == [False, False, True, False, True]
        await store.watchlist.add(OURS, Watched("KT", True), "U1", NOON)
        assert await _seen(running, "/names/KT", "Followed in") == only_ours
        assert await _seen(running, "/names", "Followed in your workspace") == only_ours


async def test_what_editors_call_wrong_is_wrong_in_their_workspace(tmp_path) -> None:
    async with site(tmp_path, PUBLIC) as running:
        row = next(one for one in await ledger.rows(running.store, NOON - timedelta(days=30), NOON) if not one.rivals)
        quote = row.quotes[0].text
        await running.store.overrides.add(OURS, Override(row.story, "amount", (quote, "wrong"), "U1", NOON))
        for path in ("/ledger.csv", "/ledger"):
            assert await _seen(running, path, quote) == [True, False, True, True, True], path


async def test_what_many_see_is_drawn_by_nobody(tmp_path) -> None:
    """Even a page that forgets to say that it shows a workspace's own never shows it to others."""
    drawn: list[Reader] = []

    async def show(reader: Reader) -> Response:
        drawn.append(reader)
        return look.show(reader, "problem.html.j2", title="x", said="", reference="")

    async def shows_own(_: Reader) -> bool:
        return True

    async with site(tmp_path, PUBLIC) as running:
        of_pages = Site(PUBLIC, running.commands.desk, running.commands, lambda: NOON, running.links)
        asked = {"type": "http", "method": "GET", "path": "/x", "query_string": b"", "headers": [(b"cookie", b"session=s")]}
        visit = Visit("slack", "T1", "U1", True, NOON, NOON + timedelta(days=1))
        reader = Reader(of_pages, HttpRequest(asked), "en", "UTC", visit, "s" * 40)
        pages = [Page("/x", show), Page("/x", show, own=shows_own)]
        answers = [await page_of(reader, page) for page in pages for _ in range(2)]
    assert [one.visit for one in drawn] == [None, replace(visit, person="", admin=False)]
    assert [one.secret for one in drawn] == ["", ""]
    assert all(reader.token.encode() in answer.body for answer in answers)


async def test_what_a_browser_has_already_is_not_sent_again(tmp_path) -> None:
    async with site(tmp_path) as running, running.browser(OURS) as browser:

        async def asked(tag: str) -> tuple[int, int, str]:
            async with browser.get("/policies", headers={"if-none-match": tag}) as answer:
                return answer.status, len(await answer.read()), answer.headers["etag"]

        status, length, tag = await asked('"other"')
        assert status == 200 and length > 1000
        assert await asked(tag) == (304, 0, tag)
    async with site(tmp_path, PUBLIC) as running, running.browser() as browser, running.browser(OURS) as ours:
        tag = (await browser.get("/policies")).headers["etag"]
        assert (await browser.get("/policies", headers={"if-none-match": tag})).status == 304
        assert (await ours.get("/policies", headers={"if-none-match": tag})).status == 200


async def test_a_crowd_of_different_pages_does_not_run_out_of_connections(tmp_path) -> None:
    async with site(tmp_path) as running, running.browser(OURS) as browser:
        stories = [f"/stories/{one.id}" for one in await running.store.stories.outlines(30)]
        names = [f"/names/{name}" for name in ("Upstage", "Rebellions", "Kakao", "NAVER", "KT", "Krafton")]
        ledgers = [f"/ledger?since={days}" for days in range(20, 35)]

        async def status(path: str) -> int:
            async with browser.get(path) as answer:
                await answer.read()
                return answer.status

        async with asyncio.timeout(25):
            found = await asyncio.gather(*(status(path) for path in (*stories, *names, *ledgers, "/compare", "/policies")))
        assert set(found) == {200}
