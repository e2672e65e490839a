"""Whole pages that are kept: what is a reader's own stays so, and many at once never wait for each other in a ring."""

import asyncio
import re

from bot.store.watchlist import Watched
from tests.builders import NOON
from tests.platforms.web.visitors import OURS, THEIRS, site

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


async def test_what_a_browser_has_already_is_not_sent_again(tmp_path) -> None:
    async with site(tmp_path) as running, running.browser(OURS) as browser:

        async def asked(tag: str) -> tuple[int, int, str]:
            async with browser.get("/policies", headers={"if-none-match": tag}) as answer:
                return answer.status, len(await answer.read()), answer.headers["etag"]

        status, length, tag = await asked('"other"')
        assert status == 200 and length > 1000
        assert await asked(tag) == (304, 0, tag)


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
