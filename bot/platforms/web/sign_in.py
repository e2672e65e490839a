"""Coming in and going out: links from the chat, sessions, and the language and time zone that are chosen on a page."""

import secrets
from datetime import timedelta
from urllib.parse import urlsplit

from starlette.responses import RedirectResponse, Response

from bot import log
from bot.errors import UserError
from bot.locales import t
from bot.model import LANGUAGES, Channel
from bot.platforms.web import look
from bot.platforms.web.links import PATH
from bot.platforms.web.page_kinds import Access, Page
from bot.platforms.web.reader import Reader, is_zone
from bot.store.visits import Visit

SESSION = timedelta(days=7)
_YEAR = 365 * 24 * 3600
_HASTY = frozenset(("prefetch", "preview"))  # what looks at a link before a person does


async def sign_in(reader: Reader) -> Response:
    """With a token from the chat: a session, and the way to the first page without it. Else the door."""
    token = reader.http.query_params.get("token", "")
    if not token:
        return door(reader, after=reader.asked("after"))
    ticket = reader.site.links.read(token, reader.now)
    if ticket is None:
        return door(reader, status=403, said=t(reader.language, "This link is too old or not complete. Ask for a new one."))
    if reader.http.method == "HEAD" or reader.http.headers.get("sec-purpose", "").split(";")[0] in _HASTY:
        return Response(status_code=204)
    if not await reader.store.visits.first_use(ticket.place, token, ticket.expires, reader.now):
        return door(reader, status=403, said=t(reader.language, "This link was used already. Ask for a new one."))
    return await begin(reader, ticket.place, ticket.person, admin=ticket.admin, after="/")


async def begin(reader: Reader, place: Channel, person: str, *, admin: bool, after: str) -> Response:
    """A session of a person in a workspace, and the way on."""
    secret = secrets.token_urlsafe(32)
    visit = Visit(place.platform, place.workspace, person, admin, reader.now, reader.now + SESSION)
    if not await reader.store.visits.begin(visit, secret):
        return door(reader, status=403, said=t(reader.language, "The bot is no longer in this workspace."))
    if reader.secret:
        await reader.store.visits.end(reader.secret)
    log.event("web.signed_in", platform=place.platform, workspace=place.workspace)
    answer = _on(after)
    answer.set_cookie(
        reader.site.cookie,
        secret,
        max_age=int(SESSION.total_seconds()),
        path="/",
        secure=reader.site.settings.over_https,
        httponly=True,
        samesite="lax",
    )
    return answer


def door(reader: Reader, *, status: int = 200, after: str = "", said: str = "") -> Response:
    """The page that says how to come in. ``after``: where to go then; ``said``: what went wrong."""
    shown = look.show(
        reader,
        "sign_in.html.j2",
        title=t(reader.language, "Sign in"),
        status=status,
        said=said,
        after=local(after),
        ways=[(f"/sign-in/{one.platform}", one.name) for one in reader.site.providers.values()],
    )
    shown.headers["referrer-policy"] = "no-referrer"
    return shown


async def sign_out(reader: Reader) -> Response:
    """The session ends, here and in the database."""
    await reader.form()
    await reader.store.visits.end(reader.secret)
    answer = _on("/sign-in")
    answer.delete_cookie(reader.site.cookie, path="/", secure=reader.site.settings.over_https, httponly=True, samesite="lax")
    answer.headers["clear-site-data"] = '"cache"'
    return answer


async def choose(reader: Reader) -> Response:
    """Keep the language and the time zone that were chosen, in this browser."""
    wanted = await reader.form()
    answer = _on(wanted.get("after", ""))
    for name, good in (("language", wanted.get("language") in LANGUAGES), ("zone", is_zone(wanted.get("zone", "")[:64]))):
        if good:
            answer.set_cookie(
                name,
                wanted[name],
                max_age=_YEAR,
                path="/",
                secure=reader.site.settings.over_https,
                httponly=True,
                samesite="lax",
            )
        elif wanted.get(name):
            raise UserError(t(reader.language, "That cannot be chosen."))
    return answer


def _on(after: str) -> RedirectResponse:
    return RedirectResponse(local(after) or "/", 303, headers={"cache-control": "no-store", "referrer-policy": "no-referrer"})


def local(path: str) -> str:
    """``path`` where it is one of this site, else nothing: nobody is sent on to elsewhere."""
    parts = urlsplit(path.replace("\\", "/")) if path.startswith("/") else None
    return path[:1000] if parts and not parts.scheme and not parts.netloc and not path.startswith("//") else ""


PAGES = (
    Page(PATH, sign_in, Access.OPEN),
    Page("/sign-out", sign_out, Access.OPEN, ("POST",)),
    Page("/preferences", choose, Access.OPEN, ("POST",)),
)
