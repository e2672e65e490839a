"""The way through a chat platform and back: /sign-in/slack and /sign-in/discord, where the settings name an app of ours."""

import base64
import secrets
from datetime import timedelta
from hashlib import sha256

from starlette.responses import RedirectResponse, Response

from bot import log
from bot.locales import t
from bot.model import Channel, Request
from bot.platforms.web import look, sign_in
from bot.platforms.web.oauth import Membership, Person, Provider, Refused, Secrets
from bot.platforms.web.page_kinds import Access, Page
from bot.platforms.web.reader import NoSuchPage, Reader

LASTS = timedelta(minutes=10)
_FOR = "oauth"
_PATH = "/sign-in"


async def begin(reader: Reader) -> Response:
    """Send the browser to the platform, with what it has to bring back in a cookie of its own."""
    provider = _provider(reader)
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    made = Secrets(secrets.token_urlsafe(24), secrets.token_urlsafe(24), verifier, challenge)
    until = reader.now + LASTS
    await reader.store.installations.begin(made.state, reader.now, until)
    answer = RedirectResponse(provider.begin(made, _back(reader, provider)), 303, headers={"cache-control": "no-store"})
    kept = reader.site.links.sign([provider.platform, *made, int(until.timestamp()), sign_in.local(reader.asked("after"))], _FOR)
    answer.set_cookie(
        "oauth",
        kept,
        max_age=int(LASTS.total_seconds()),
        path=_PATH,
        secure=reader.site.settings.over_https,
        httponly=True,
        samesite="lax",
    )
    return answer


async def back(reader: Reader) -> Response:
    """Somebody comes back from the platform: a session, where the bot is in a workspace of theirs."""
    provider, language = _provider(reader), reader.language
    kept = reader.site.links.unsign(reader.http.cookies.get("oauth", ""), _FOR)
    refused = t(language, "Signing in with {name} did not work. Please try again.", name=provider.name)
    if not isinstance(kept, list) or len(kept) != 7 or kept[0] != provider.platform or kept[5] <= reader.now.timestamp():
        return sign_in.door(reader, status=403, said=refused)
    made, after = Secrets(*kept[1:5]), str(kept[6])
    state = reader.http.query_params.get("state", "")
    if not secrets.compare_digest(state.encode(), made.state.encode()):
        return sign_in.door(reader, status=403, said=refused)
    if not await reader.store.installations.finish(state, reader.now):
        return sign_in.door(reader, status=403, said=refused)
    try:
        person = await provider.person(reader.http.query_params.get("code", ""), made, _back(reader, provider))
    except Refused as error:
        log.warning("web.oauth_refused", platform=provider.platform, reason=str(error))
        return sign_in.door(reader, status=403, said=refused)
    return await _in(reader, provider, person, after)


async def _in(reader: Reader, provider: Provider, person: Person, after: str) -> Response:
    ids = [one.workspace for one in person.memberships]
    ours = await reader.store.visits.known(provider.platform, ids)
    found = [one for one in person.memberships if one.workspace in ours]
    if not found:
        said = t(reader.language, "The bot is in no workspace of yours on {name}.", name=provider.name)
        return sign_in.door(reader, status=403, said=said)
    if len(found) == 1:
        place = Channel(provider.platform, "", found[0].workspace)
        answer = await sign_in.begin(reader, place, person.id, admin=found[0].admin, after=after)
    else:
        choices = [(one.name, _link(reader, provider, person, one)) for one in found]
        answer = look.show(reader, "choose.html.j2", title=t(reader.language, "Which workspace?"), choices=choices)
        answer.headers["referrer-policy"] = "no-referrer"
        answer.headers["cache-control"] = "no-store"
    answer.delete_cookie("oauth", path=_PATH)
    return answer


def _link(reader: Reader, provider: Provider, person: Person, one: Membership) -> str:
    """A link as the chat gives it, for one of several workspaces."""
    place = Channel(provider.platform, "", one.workspace)
    return reader.site.links.sign_in(Request("web", "", place, person.id, reader.language, reader.now, admin=one.admin))


def _provider(reader: Reader) -> Provider:
    found = reader.site.providers.get(reader.param("platform"))
    if found is None or not reader.site.settings.base_url:
        raise NoSuchPage
    return found


def _back(reader: Reader, provider: Provider) -> str:
    return f"{reader.site.settings.base_url}{_PATH}/{provider.platform}/back"


PAGES = (
    Page("/sign-in/{platform}", begin, Access.OPEN),
    Page("/sign-in/{platform}/back", back, Access.OPEN),
)
