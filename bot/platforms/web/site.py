"""The site: every page with who may see it, and what happens when one cannot be shown.

How to add a page: in a module of this room write ``async def name(reader: Reader) -> Response`` that ends in
``look.show(reader, "name.html.j2", title=…, …)``; put ``Page("/path/{id}", name, Access.ARCHIVE)`` into the module's ``PAGES``,
the module into ``_ROOMS`` below, and what stands at the top of every page into menu.py. The template extends layout.html.j2 and
fills ``{% block main %}``; a form that is sent by POST holds ``<input type="hidden" name="token" value="{{ reader.token }}">``.
"""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp

from bot import log
from bot.commands.handlers import Commands
from bot.config import Settings
from bot.errors import UserError
from bot.locales import t
from bot.platforms.web import (
    ask,
    comparison,
    deliveries,
    dossiers,
    editions,
    feeds,
    front,
    ledger,
    look,
    oauth_pages,
    pictures,
    policies,
    previews,
    search,
    sign_in,
    stories,
    story,
    syndication,
)
from bot.platforms.web.guard import Guard
from bot.platforms.web.kept import page_of
from bot.platforms.web.links import Links
from bot.platforms.web.oauth import providers
from bot.platforms.web.page_kinds import Page
from bot.platforms.web.reader import NoSuchPage, Reader, Site, TooMuch, reader_of

_ROOMS = (
    front, editions, stories, story, dossiers, policies, ledger, comparison, search, ask, syndication, feeds, deliveries,
    previews, pictures, sign_in, oauth_pages,
)  # fmt: skip
PAGES: tuple[Page, ...] = tuple(page for room in _ROOMS for page in room.PAGES)


def connect(settings: Settings, commands: Commands, links: Links, now: Callable[[], datetime]) -> Sequence[BaseRoute]:
    """The pages as the settings want them."""
    return routes(Site(settings, commands.desk, commands, now, links, providers(settings)))


def routes(site: Site) -> Sequence[BaseRoute]:
    """Everything below the address of the site; to be put behind all other routes."""
    return [Mount("/", app=app(site))]


def app(site: Site) -> ASGIApp:
    """The pages as an application of their own."""

    async def unknown(request: HttpRequest, _: Exception) -> Response:
        return await _problem(site, request, 404)

    async def not_so(request: HttpRequest, _: Exception) -> Response:
        return await _problem(site, request, 405)

    listed: list[BaseRoute] = [Route("/static/{hash}/{name}", _static), Route("/robots.txt", _robots(site))]
    listed += [Route(page.path, _endpoint(site, page), methods=list(page.methods)) for page in PAGES]
    made = Starlette(routes=listed, exception_handlers={404: unknown, 405: not_so})
    return Guard(made, site.settings.base_url, indexed=site.settings.public_pages)


def _endpoint(site: Site, page: Page) -> Callable[[HttpRequest], Awaitable[Response]]:
    async def shown(request: HttpRequest) -> Response:
        try:
            reader = await reader_of(site, request)
            if page.access.needs_session(site.settings.public_pages) and reader.visit is None:
                return _ask_in(reader)
            return await _tried(page, reader)
        except Exception as error:  # noqa: BLE001 the edge of a page: what fails is this request
            return await _failed(site, request, error)

    return shown


async def _tried(page: Page, reader: Reader) -> Response:
    try:
        return await page_of(reader, page)
    except NoSuchPage:
        return _told(reader, 404)
    except TooMuch:
        return _told(reader, 413)
    except UserError as error:
        title = t(reader.language, "That did not work")
        return look.show(reader, "problem.html.j2", title=title, status=400, said=str(error), reference="")


def _ask_in(reader: Reader) -> Response:
    """What is not for everybody asks who is there; a page comes back to itself."""
    if reader.http.method not in ("GET", "HEAD"):
        return sign_in.door(reader, status=403)
    return sign_in.door(reader, status=403, after=reader.here)


async def _problem(site: Site, request: HttpRequest, status: int) -> Response:
    try:
        return _told(await reader_of(site, request), status)
    except Exception as error:  # noqa: BLE001 the edge of a page
        return await _failed(site, request, error)


def _told(reader: Reader, status: int) -> Response:
    language = reader.language
    title, said = {
        404: (
            t(language, "There is no such page"),
            t(language, "The address may be mistyped, or what it showed is kept no longer."),
        ),
        405: (t(language, "That cannot be done here"), t(language, "This page is for reading.")),
        413: (t(language, "That is too much"), t(language, "No form of ours is that long.")),
    }[status]
    return look.show(reader, "problem.html.j2", title=title, status=status, said=said, reference="")


async def _failed(site: Site, request: HttpRequest, error: Exception) -> Response:
    """A bug: logged with a reference, which is all that is shown of it."""
    reference = secrets.token_hex(4)
    log.bug("page.failed", error, reference=reference, path=request.url.path[:200])
    reader = Reader(site, request, site.desk.language, site.desk.time_zone)
    title = t(reader.language, "Something went wrong")
    return look.show(reader, "problem.html.j2", title=title, status=500, said="", reference=reference)


async def _static(request: HttpRequest) -> Response:
    name = request.path_params["name"]
    if name not in look.FILES or request.path_params["hash"] != look.static(name)[1]:
        return Response("not found\n", 404, media_type="text/plain")
    kept = {"cache-control": "public, max-age=31536000, immutable"}
    return Response(look.static(name)[0], headers=kept, media_type=look.FILES[name])


def _robots(site: Site) -> Callable[[HttpRequest], Awaitable[Response]]:
    refused = "/" if not site.settings.public_pages else "\nDisallow: ".join(("/sign-in", "/ask", "/search", "/preferences"))

    async def robots(_: HttpRequest) -> Response:
        return Response(f"User-agent: *\nDisallow: {refused}\n", media_type="text/plain")

    return robots
