"""Whole pages of the archive, made once and handed out until something changes: to who is signed in to nothing, and to everybody
whose workspace shows nothing of its own on them; else to all of that workspace. Only what is marked is each reader's own.
"""

from dataclasses import replace

from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from bot.platforms.web import look
from bot.platforms.web.own import OWN_LASTS
from bot.platforms.web.page_kinds import Access, Page
from bot.platforms.web.reader import Reader
from bot.platforms.web.shelf import Shelf

MOST = 96_000_000  # bytes of pages, which are some 30 KB each
OLD = 15.0  # seconds more for which one is shown while the next is made
_CONDITIONS = (b"if-none-match", b"if-modified-since")


async def page_of(reader: Reader, page: Page) -> Response:
    """What ``page`` shows to this reader."""
    if reader.http.method in ("GET", "HEAD") and page.access is Access.ARCHIVE and page.kept:
        return await _kept(reader, page)
    return await page.show(reader)


async def _kept(reader: Reader, page: Page) -> Response:
    own = reader.visit is not None and await page.own(reader)
    who = (reader.place.platform, reader.place.workspace) if own else None
    key = (who, reader.here, reader.language, reader.zone)
    lasts = min(page.lasts, OWN_LASTS) if own else page.lasts
    shown = await _pages(reader).get(key, lambda: page.show(_anybody(reader, own)), lasts=lasts, patient=OLD)
    return look.again(reader, shown)


def _pages(reader: Reader) -> Shelf:
    cache = reader.site.cache
    if "pages" not in cache:
        cache["pages"] = Shelf(reader.store.changes.mark, most=MOST, weigh=look.weight)
    found: Shelf = cache["pages"]
    return found


def _anybody(reader: Reader, own: bool) -> Reader:
    """The reader without what is theirs alone: their browser's secret, what it has already, and who they are. ``own``: somebody
    of their workspace, else nobody who is signed in.
    """
    scope = dict(reader.http.scope)
    scope["headers"] = [(name, value) for name, value in scope["headers"] if name not in _CONDITIONS]
    visit = replace(reader.visit, person="", admin=False) if own and reader.visit else None
    return replace(reader, http=HttpRequest(scope), secret="", visit=visit)
