"""Whole pages that look alike to everybody who is signed in to nothing: made once, and handed out until something changes."""

from dataclasses import replace

from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from bot.platforms.web.page_kinds import Access, Page
from bot.platforms.web.reader import Reader
from bot.platforms.web.shelf import Shelf

MOST = 600  # pages, some 20 KB each
LASTS = 60.0  # seconds for which one stands where nothing changes; the time of day moves on
OLD = 15.0  # seconds more for which one is shown while the next is made
_CONDITIONS = (b"if-none-match", b"if-modified-since")


async def page_of(reader: Reader, page: Page) -> Response:
    """What ``page`` shows to this reader."""
    if reader.visit or page.access is not Access.ARCHIVE or not page.kept or reader.http.method not in ("GET", "HEAD"):
        return await _shown(reader, page)
    key = (reader.here, reader.language, reader.zone)
    shown = await _pages(reader).get(key, lambda: page.show(_unconditional(reader)), lasts=LASTS, patient=OLD)
    tag = shown.headers.get("etag", "")
    if shown.status_code == 200 and tag and tag in reader.http.headers.get("if-none-match", "").replace("W/", "").split(", "):
        return Response(status_code=304, headers={name: shown.headers[name] for name in ("etag", "cache-control", "vary")})
    return shown


async def _shown(reader: Reader, page: Page) -> Response:
    if page.access is Access.OPEN or reader.http.method not in ("GET", "HEAD"):
        return await page.show(reader)
    async with reader.store.snapshot():
        return await page.show(reader)


def _pages(reader: Reader) -> Shelf:
    cache = reader.site.cache
    if "pages" not in cache:
        cache["pages"] = Shelf(reader.store.changes.mark, most=MOST, around=reader.store.snapshot)
    found: Shelf = cache["pages"]
    return found


def _unconditional(reader: Reader) -> Reader:
    """The same for whoever has nothing yet: what is kept must be whole."""
    scope = dict(reader.http.scope)
    scope["headers"] = [(name, value) for name, value in scope["headers"] if name not in _CONDITIONS]
    return replace(reader, http=HttpRequest(scope))
