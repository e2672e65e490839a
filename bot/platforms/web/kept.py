"""Whole pages of the archive, which look alike to all of a workspace, or to all who are signed in to none: made once, and handed
out until something changes. Only what keeps a form from being sent from elsewhere is each reader's own.
"""

from dataclasses import replace

from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from bot.platforms.web import look
from bot.platforms.web.page_kinds import Access, Page
from bot.platforms.web.reader import Reader
from bot.platforms.web.shelf import LASTS, Shelf

MOST = 2_000  # pages, some 15 KB each
OWN_LASTS = 15.0  # seconds of one that shows a workspace's own, such as its watchlist
OLD = 15.0  # seconds more for which one is shown while the next is made
_CONDITIONS = (b"if-none-match", b"if-modified-since")


async def page_of(reader: Reader, page: Page) -> Response:
    """What ``page`` shows to this reader."""
    if reader.http.method in ("GET", "HEAD") and page.access is Access.ARCHIVE and page.kept:
        return await _kept(reader, page)
    return await page.show(reader)


async def _kept(reader: Reader, page: Page) -> Response:
    visit, anybody = reader.visit, _anybody(reader)
    who = (visit.platform, visit.workspace, visit.admin) if visit else None
    key = (who, reader.here, reader.language, reader.zone)
    lasts = OWN_LASTS if visit else LASTS
    shown = await _pages(reader).get(key, lambda: page.show(anybody), lasts=lasts, patient=OLD)
    if shown.status_code != 200:
        return shown
    body = bytes(shown.body)
    if visit:
        body = body.replace(anybody.token.encode(), reader.token.encode())
    headers = {name: value for name, value in shown.headers.items() if name not in ("content-length", "etag")}
    return look.answer(reader, body, headers["content-type"], headers=headers)


def _pages(reader: Reader) -> Shelf:
    cache = reader.site.cache
    if "pages" not in cache:
        cache["pages"] = Shelf(reader.store.changes.mark, most=MOST)
    found: Shelf = cache["pages"]
    return found


def _anybody(reader: Reader) -> Reader:
    """The reader without what is theirs alone: their browser's secret, and what it has already."""
    scope = dict(reader.http.scope)
    scope["headers"] = [(name, value) for name, value in scope["headers"] if name not in _CONDITIONS]
    return replace(reader, http=HttpRequest(scope), secret="")
