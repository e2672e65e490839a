"""The first page: what the last day brought, as a briefing of its own, with the stories in full below their topics."""

from datetime import timedelta

from starlette.responses import Response

from bot.locales import t
from bot.model import Edition
from bot.pipeline.briefing import Briefer
from bot.platforms.web import look
from bot.platforms.web.briefing import laid_out
from bot.platforms.web.page_kinds import Access, Page
from bot.platforms.web.reader import Reader

_DAY, _WEEK = timedelta(hours=24), timedelta(days=7)


async def front(reader: Reader) -> Response:
    """The day's stories; where there are none, those of the week."""
    edition = await _edition(reader, _DAY)
    if not edition.items:
        edition = await _edition(reader, _WEEK)
    return look.show(reader, "front.html.j2", title=t(reader.language, "Today"), edition=edition, **laid_out(edition))


async def _edition(reader: Reader, period: timedelta) -> Edition:
    """Quoted from the sources: what a model writes is paid for by who subscribes to it."""
    until = reader.now
    return await Briefer(reader.store).edition(
        key="front",
        since=until - period,
        until=until,
        language=reader.language,
        time_zone=reader.zone,
        reader=reader.visit.place if reader.visit else None,
        feeds=reader.site.desk.feeds(),
    )


PAGES = (Page("/", front, Access.ARCHIVE),)
