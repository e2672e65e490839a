"""Korea and Japan side by side in the browser."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from starlette.responses import Response

from bot.archive import comparison
from bot.commands import comparing
from bot.locales import t
from bot.platforms.web import look, own, rows
from bot.platforms.web.page_kinds import Access, Page
from bot.platforms.web.pictures import lately, pictures
from bot.platforms.web.reader import Reader
from bot.platforms.web.shelf import shelf_of

PERIODS = (7, 30, 90)  # days
_RESTS, _OLD = 300.0, 600.0  # seconds: it reads all stories of twice the time


async def compare(reader: Reader) -> Response:
    """The table of both sides over some days, and the stories that weigh most on either."""
    text = reader.asked("days", 3)
    days = int(text) if text in map(str, PERIODS) else PERIODS[1]
    shelf = shelf_of(reader.site)
    found, heaviest, since = await shelf.get(("compare", days), lambda: _compared(reader, days), patient=_OLD, rests=_RESTS)
    language = reader.language
    return look.show(
        reader,
        "compare.html.j2",
        title=t(language, "Korea and Japan side by side"),
        days=days,
        periods=PERIODS,
        table=comparing.table(found, language) if any(side.stories for side in found.sides) else None,
        pictures=pictures("days", str(days), await lately(reader, days)),
        since=since.date(),
        until=reader.now.date(),
        heaviest=[(code, [story for country, story in heaviest if country == code]) for code in ("KR", "JP")],
    )


async def _compared(reader: Reader, days: int) -> tuple[comparison.Comparison, list[tuple[str, dict[str, object]]], datetime]:
    until = reader.now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    since = until - timedelta(days=days)
    found = await comparison.compare(reader.store, since, until)
    heaviest = await asyncio.to_thread(comparing.heaviest, found.stories, since, until)
    return replace(found, stories=(), earlier=()), [(country, rows.latest(story)) for country, story in heaviest], since


PAGES = (Page("/compare", compare, Access.ARCHIVE, own=own.corrected),)
