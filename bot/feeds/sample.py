"""The sample feeds: invented items in three languages, served over HTTP on loopback with dates of today.

They show a briefing where no real feed can be reached, and they are the day of tests/test_day.py.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path

from aiohttp import web

from bot.model import Feed

_FOLDER = Path(__file__).parent / "samples"
_AGO = re.compile(r"\{ago:(\d+)h:(rfc822|naive|iso):([+-]\d{2})00\}")
_FEEDS = (
    ("ko-daily.xml", "샘플 전자일보", "Sample Daily (KO)", "ko", "KR", "Asia/Seoul"),
    ("ko-economy.xml", "샘플 경제신문", "Sample Economy (KO)", "ko", "KR", "Asia/Seoul"),
    ("ja-keizai.rdf", "サンプル経済新聞", "Sample Keizai (JA)", "ja", "JP", "Asia/Tokyo"),
    ("en-wire.atom", "Sample Asia Wire", "Sample Asia Wire", "en", "GLOBAL", "UTC"),
)


def document(name: str, now: datetime) -> bytes:
    """The sample feed ``name`` with its ``{ago:5h:rfc822:+0900}`` marks turned into dates before ``now``."""

    def dated(mark: re.Match[str]) -> str:
        hours, form, zone = mark.groups()
        at = (now - timedelta(hours=int(hours))).astimezone(timezone(timedelta(hours=int(zone)))).replace(microsecond=0)
        forms = {"rfc822": format_datetime, "naive": lambda d: f"{d:%Y-%m-%d %H:%M:%S}", "iso": datetime.isoformat}
        return str(forms[form](at))

    return _AGO.sub(dated, (_FOLDER / name).read_text(encoding="utf-8")).encode()


@asynccontextmanager
async def serve(now: datetime) -> AsyncIterator[tuple[Feed, ...]]:
    """Serve the sample feeds on loopback for as long as the block lasts, and give the feeds that poll them."""

    async def answer(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in {row[0] for row in _FEEDS}:
            raise web.HTTPNotFound
        return web.Response(body=document(name, now), content_type="application/xml")

    application = web.Application()
    application.router.add_get("/{name}", answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        yield tuple(
            Feed(
                f"sample-{file.split('.')[0]}",
                name,
                f"http://127.0.0.1:{port}/{file}",
                language,
                country,
                time_zone=zone,
                outlet=outlet,
            )
            for file, name, outlet, language, country, zone in _FEEDS
        )
    finally:
        await runner.cleanup()
