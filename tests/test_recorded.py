"""Real documents of the last twenty years through the whole bot: what can be read is read right, and nothing ends the run."""

import csv
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web

from bot.app import opened
from bot.config import Settings
from bot.model import Feed

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ZONES = {"ko": "Asia/Seoul", "ja": "Asia/Tokyo"}
# A byte read in a wrong encoding leaves such traces; so does a title in which nothing was decoded.
MOJIBAKE = re.compile(r"\ufffd|[\x80-\x9f]|Ã[\x80-\xbf©¨]|ì[\x80-\xbf]|ã[\x80-\xbf]|[¤¥»¼½¾¿]{2}|&#?\w+;")


@pytest.fixture
async def recorded(shared: Path) -> AsyncIterator[list[Feed]]:
    folder = shared / "feeds" / "recorded"
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(body=(folder / request.match_info["name"]).read_bytes(), content_type="application/octet-stream")

    application = web.Application()
    application.router.add_get("/{name}", answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield [
        Feed(f"r{number}", row["outlet"], f"{base}/{row['filename']}", row["language"], "GLOBAL", outlet=row["filename"],
             time_zone=ZONES.get(row["language"], "UTC"))
        for number, row in enumerate(rows)
    ]  # fmt: skip
    await runner.cleanup()


async def test_every_recorded_feed_is_read_and_every_title_is_readable(recorded: list[Feed], tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/bot.sqlite3")
    async with opened(settings, lambda: recorded, loopback=True) as app:
        run = await app.pipeline.run(recorded, NOW, everything=True)
        articles = await app.store.articles.between(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    empty = {"en_press_reuters_mostread_invalid.xml"}
    names = {feed.id: feed.url.rsplit("/", 1)[1] for feed in recorded}
    failed = {names[error.split(":")[0]] for error in run.errors}
    assert run.feeds == 80
    assert failed <= empty
    assert {names[article.feed_id] for article in articles} >= set(names.values()) - empty
    assert len(articles) > 2_000
    garbled = [(names[article.feed_id], article.title) for article in articles if MOJIBAKE.search(article.title)]
    assert garbled == []
    for article in articles:
        assert article.title.strip() and (article.published is None or article.published <= NOW)


async def test_old_items_of_a_first_poll_are_not_briefed(recorded: list[Feed], tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/bot.sqlite3")
    async with opened(settings, lambda: recorded, loopback=True) as app:
        await app.pipeline.run(recorded, NOW, everything=True)
        articles = await app.store.articles.between(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    fresh = [article for article in articles if article.fresh]
    assert all(article.published is None for article in fresh)
