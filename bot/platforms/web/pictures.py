"""Charts on pages: the address of each picture for light and dark, what it says in words, and the picture itself."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import urlencode

from starlette.responses import Response

from bot import charts
from bot.archive import trends
from bot.archive.period import Period, read_period
from bot.commands.weekly import Weekly
from bot.model import LANGUAGES, Chart, Filters, Story
from bot.platforms.web import look
from bot.platforms.web.page_kinds import Access, Page
from bot.platforms.web.reader import NoSuchPage, Reader
from bot.platforms.web.shelf import shelf_of
from bot.store import Store

_OLD = 600.0  # seconds for which the week's charts may be shown while the next ones are made
_KEPT = 86_400  # seconds for which a browser keeps a picture: its address changes with what it shows


class Picture(NamedTuple):
    """Where a chart is drawn for a light and for a dark page, and what it says."""

    light: str
    dark: str
    alt: str


def pictures(kind: str, of: str, shown: Sequence[Chart]) -> list[Picture]:
    """The pictures of the charts that ``SOURCES[kind]`` gives for ``of``."""
    return [_picture(kind, of, number, chart) for number, chart in enumerate(shown)]


def _picture(kind: str, of: str, number: int, chart: Chart) -> Picture:
    # The language stands in the address: a browser asks for pictures with headers of its own.
    asked = {"of": of, "lang": chart.language, "v": sha256(repr(chart).encode()).hexdigest()[:12]}
    light, dark = (f"/charts/{kind}/{number}.png?{urlencode(asked | more)}" for more in ({}, {"dark": "1"}))
    return Picture(light, dark, charts.alt(chart))


async def week(reader: Reader, language: str = "") -> Sequence[Chart]:
    """As ``lately``, of seven days."""
    return await lately(reader, 7, language)


async def lately(reader: Reader, days: int, language: str = "") -> Sequence[Chart]:
    """The last days: stories by topic, and the amounts that they tell of; as the reader's workspace sees them."""
    language, place, shelf = language or reader.language, reader.place, shelf_of(reader.site)

    async def make() -> Sequence[Chart]:
        # Read once for all languages, time zones and workspaces.
        read = await shelf.get(("period", days), lambda: _read(reader, days), lasts=_OLD, patient=_OLD, rests=_OLD / 2)
        return await read.charts(language, reader.zone, Filters(), place if reader.visit else None)

    key = ("lately", days, place.platform, place.workspace, language, reader.zone)
    return await shelf.get(key, make, lasts=_OLD, patient=_OLD, rests=_OLD / 2)


async def _read(reader: Reader, days: int) -> Weekly:
    until = reader.now
    return await asyncio.to_thread(_lightened, reader.store, await read_period(reader.store, until - timedelta(days=days), until))


def _lightened(store: Store, read: Period) -> Weekly:
    """Without the texts of the articles, which no chart of all stories looks at: it is kept for a while."""
    stories, earlier = (
        [replace(story, articles=tuple([replace(one, summary="", body="") for one in story.articles])) for story in some]
        for some in (read.stories, read.earlier)
    )
    return Weekly(store, replace(read, stories=stories, earlier=earlier))


def reported(story: Story, language: str, zone: str) -> Sequence[Chart]:
    """Who told of one story, and how much later than the first."""
    made = trends.reported(story, language, zone)
    return [made] if made else []


async def _week(reader: Reader, _: str, language: str) -> Sequence[Chart]:
    return await week(reader, language)


async def _days(reader: Reader, days: str, language: str) -> Sequence[Chart]:
    return await lately(reader, int(days), language) if days in ("7", "30", "90") else []


async def _story(reader: Reader, id: str, language: str) -> Sequence[Chart]:
    found = await reader.store.stories.get([id])
    return await asyncio.to_thread(reported, found[0], language, reader.zone) if found else []


async def _edition(reader: Reader, key: str, _: str) -> Sequence[Chart]:
    found = await reader.store.issued.edition(reader.place, key) if reader.visit else None
    return found[1].charts if found else []


# By kind; the rooms of names and policies add theirs.
SOURCES: dict[str, Callable[[Reader, str, str], Awaitable[Sequence[Chart]]]] = {
    "week": _week,
    "days": _days,
    "story": _story,
    "edition": _edition,
}


async def picture(reader: Reader) -> Response:
    """A chart as PNG, drawn off the event loop and kept by the browser."""
    source, number = SOURCES.get(reader.param("kind")), reader.param("number")
    language = reader.asked("lang") if reader.asked("lang") in LANGUAGES else reader.language
    shown = await source(reader, reader.asked("of"), language) if source else []
    if not (number.isascii() and number.isdecimal() and len(number) < 3 and int(number) < len(shown)):
        raise NoSuchPage
    drawn = await charts.painted(shown[int(number)], dark=reader.asked("dark") == "1")
    kept = {"cache-control": f"private, max-age={_KEPT}"}
    return look.answer(reader, drawn, "image/png", headers=kept)


PAGES = (Page("/charts/{kind}/{number}.png", picture, Access.ARCHIVE, kept=False),)
