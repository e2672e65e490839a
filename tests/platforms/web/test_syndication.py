"""Feeds over HTTP: what they hold, for whom, and what is not sent twice."""

import json
from collections.abc import Mapping

import feedparser

from bot.config import Settings
from tests.platforms.web.visitors import OURS, site

PUBLIC = Settings(public_pages=True)


async def test_a_reader_that_has_a_feed_is_not_sent_it_again(tmp_path) -> None:
    async with site(tmp_path, PUBLIC) as running, running.browser() as reader:

        async def asked(**headers: str) -> tuple[int, int, Mapping[str, str]]:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            async with reader.get("/stories.atom?country=JP", headers=named) as answer:
                return answer.status, len(await answer.read()), answer.headers

        status, length, known = await asked()
        assert status == 200 and length > 1000 and known["content-type"].startswith("application/atom+xml")
        assert (await asked(if_none_match=known["etag"]))[:2] == (304, 0)
        assert (await asked(if_none_match=f'"other", W/{known["etag"]}'))[0] == 304
        assert (await asked(if_modified_since=known["last-modified"]))[:2] == (304, 0)
        assert (await asked(if_modified_since="Sun, 01 Feb 2026 00:00:00 GMT"))[0] == 200
        assert (await asked(if_modified_since="yesterday"))[0] == 200
        # The hash decides where both are sent.
        assert (await asked(if_none_match='"other"', if_modified_since=known["last-modified"]))[0] == 200


async def test_a_feed_is_narrowed_and_says_so_in_its_id(tmp_path) -> None:
    async with site(tmp_path, PUBLIC) as running, running.browser() as reader:
        async with reader.get("/stories.json?topic=policy&country=KR&lang=ko") as answer:
            document = json.loads(await answer.read())
        assert document["stories"] and document["title"] == "AI 시장 브리핑 · 한국 · 정책"
        assert all("KR" in one["countries"] and "policy" in one["topics"] for one in document["stories"])
        async with reader.get("/stories.atom?name=%EB%A6%AC%EB%B2%A8%EB%A6%AC%EC%98%A8") as answer:
            feed = feedparser.parse(await answer.read())
        assert feed.entries and all("Rebellions" in [tag.term for tag in one.tags] for one in feed.entries)
        assert "name%3DRebellions" in feed.feed.id
        for wrong in ("topic=weather", "country=FR", "name=Nobody+known"):
            async with reader.get(f"/stories.atom?{wrong}") as answer:
                assert answer.status == 404


async def test_a_feed_that_is_not_public_needs_a_key_of_a_workspace(tmp_path) -> None:
    async with site(tmp_path) as running:
        async with running.browser() as reader:
            async with reader.get("/stories.atom") as answer:
                assert answer.status == 403
            async with reader.get("/stories.atom?key=made-up") as answer:
                assert answer.status == 403
        async with running.browser(OURS) as ours, ours.get("/follow") as answer:
            page = await answer.text()
        key = page.split("key=")[1].split('"')[0].split("&")[0].split("<")[0]
        async with running.browser() as reader, reader.get(f"/stories.atom?key={key}") as answer:
            assert answer.status == 200
            feed = feedparser.parse(await answer.read())
            assert key in next(link.href for link in feed.feed.links if link.rel == "self")
            assert key not in feed.feed.id
