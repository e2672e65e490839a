"""The first page: what the last day brought, as a briefing of its own."""

from datetime import timedelta

from starlette.responses import Response

from bot.locales import t
from bot.model import Edition
from bot.pipeline.briefing import Briefer, Wanted
from bot.platforms.web import look, own
from bot.platforms.web.briefing import laid_out
from bot.platforms.web.page_kinds import Access, Page
from bot.platforms.web.pictures import pictures, week
from bot.platforms.web.reader import Reader
from bot.platforms.web.shelf import shelf_of

_DAY, _WEEK = timedelta(hours=24), timedelta(days=7)
_OLD = 120.0  # seconds for which the page may be shown while the next one is made


async def front(reader: Reader) -> Response:
    """The day's stories; where there are none, those of the week."""
    place = reader.place
    key = ("front", place.platform, place.workspace, reader.language, reader.zone)
    edition = await shelf_of(reader.site).get(key, lambda: _latest(reader), patient=_OLD)
    return look.show(
        reader,
        "front.html.j2",
        title=t(reader.language, "Today"),
        edition=edition,
        it=laid_out(edition),
        pictures=pictures("week", "", await week(reader)),
    )


async def _latest(reader: Reader) -> Edition:
    edition = await _edition(reader, _DAY)
    return edition if edition.items else await _edition(reader, _WEEK)


async def _edition(reader: Reader, period: timedelta) -> Edition:
    """Quoted from the sources: what a model writes is paid for by who subscribes to it."""
    until = reader.now
    wanted = Wanted(
        key="front",
        since=until - period,
        until=until,
        language=reader.language,
        time_zone=reader.zone,
        reader=reader.visit.place if reader.visit else None,
    )
    return await Briefer(reader.store).edition(wanted, feeds=reader.site.desk.feeds())


async def _own(reader: Reader) -> bool:
    return await own.voted(reader) or await own.corrected(reader)


PAGES = (Page("/", front, Access.ARCHIVE, own=_own),)
