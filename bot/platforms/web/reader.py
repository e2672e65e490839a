"""Who reads a page, and all that the page is made of: the site, the request, language, zone and workspace."""

import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from starlette.requests import Request as HttpRequest

from bot.commands.desk import Desk
from bot.config import Settings
from bot.errors import UserError
from bot.locales import t
from bot.model import LANGUAGES, Channel, Request
from bot.platforms.web.links import Links
from bot.platforms.web.oauth import Provider
from bot.platforms.web.text import clean
from bot.ports import Conversation
from bot.store import Store
from bot.store.visits import Visit

LAST_PAGE = 500
MOST_FORM = 64_000  # bytes
MOST_FIELDS = 50
ZONE_LASTS, MOST_ZONES = timedelta(seconds=15), 5_000
NOBODY = Channel("web", "", "@")  # the place of who is signed in to no workspace: nothing is kept of it
_LANGUAGE = re.compile(r"([a-z]{2})(?:-[a-z0-9]+)*(?:;q=([01](?:\.\d{1,3})?))?", re.IGNORECASE)


class NoSuchPage(Exception):
    """What is asked for is not there, or belongs to another workspace; shown as 404."""


class TooMuch(Exception):
    """More was sent than a form of ours can hold; shown as 413."""


@dataclass(frozen=True)
class Site:
    """What all pages share. ``talk``: the verbs, for what is asked in the browser. ``now``: the clock. ``providers``: by
    platform, who says who somebody is, for signing in without a link from the chat.
    """

    settings: Settings
    desk: Desk
    talk: Conversation
    now: Callable[[], datetime]
    links: Links
    providers: Mapping[str, Provider] = field(default_factory=dict)
    cache: dict[Any, Any] = field(default_factory=dict)

    @property
    def store(self) -> Store:
        """The database."""
        return self.desk.store

    @property
    def cookie(self) -> str:
        """The name of the session's cookie: over https no other host can set one of this name."""
        return "__Host-session" if self.settings.over_https else "session"


@dataclass(frozen=True, slots=True)
class Reader:
    """One request. ``visit``: the session, None for who is not signed in; ``secret``: its cookie."""

    site: Site
    http: HttpRequest
    language: str
    zone: str
    visit: Visit | None = None
    secret: str = ""

    @property
    def store(self) -> Store:
        """The database."""
        return self.site.store

    @property
    def now(self) -> datetime:
        """The current instant."""
        return self.site.now()

    @property
    def place(self) -> Channel:
        """The workspace whose eyes read; every query of what belongs to one takes it. Nobody's where nobody is signed in."""
        return self.visit.place if self.visit else NOBODY

    @property
    def here(self) -> str:
        """This page's path and query, for a way back."""
        query = self.http.url.query
        return self.http.url.path + (f"?{query}" if query else "")

    def param(self, name: str) -> str:
        """A part of the path."""
        return clean(str(self.http.path_params[name]))

    def asked(self, name: str, longest: int = 300) -> str:
        """A parameter of the query, cleaned; what is longer than a person types is cut."""
        return clean(self.http.query_params.get(name, "")).strip()[:longest]

    @property
    def page(self) -> int:
        """Which page of a list, from 1."""
        text = self.http.query_params.get("page", "1")
        return min(max(int(text), 1), LAST_PAGE) if text.isascii() and text.isdecimal() and len(text) < 6 else 1

    def request(self, verb: str, text: str = "", **more: Any) -> Request:
        """What this reader says to the bot, for handlers of ``bot.commands``."""
        who = self.visit.person if self.visit else ""
        admin = bool(self.visit and self.visit.admin)
        return Request(verb, text, self.place, who, self.language, self.now, admin=admin, **more)

    @property
    def token(self) -> str:
        """What a form has to bring along: nobody can make it up who does not hold this browser's cookie."""
        return self.site.links.mark(f"form {self.secret}")

    async def form(self) -> Mapping[str, str]:
        """The fields of a POST that came from a page of ours. Raises UserError for any other."""
        body = (await self.http.body()).decode("ascii", "replace")
        try:
            sent = parse_qsl(body, keep_blank_values=True, max_num_fields=MOST_FIELDS)
        except ValueError as error:
            raise TooMuch from error
        values = {name: clean(value) for name, value in sent}
        if not hmac.compare_digest(values.get("token", "").encode(), self.token.encode()):
            raise UserError(t(self.language, "This page is too old. Load it again, then try once more."))
        return values


def language_of(request: HttpRequest, fallback: str) -> str:
    """The language that was chosen on a page, else the best of ours that the browser asks for."""
    chosen = request.cookies.get("language", "")
    if chosen in LANGUAGES:
        return chosen
    found = _LANGUAGE.findall(request.headers.get("accept-language", "")[:300])
    wanted = [(float(weight or 1), -at, name.lower()) for at, (name, weight) in enumerate(found) if name.lower() in LANGUAGES]
    return max(wanted)[2] if wanted else fallback


def is_zone(name: str) -> bool:
    """Whether there is such a time zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return bool(name)


async def reader_of(site: Site, request: HttpRequest) -> Reader:
    """Who reads: by the session's cookie, and by what was chosen before."""
    secret = request.cookies.get(site.cookie, "")
    visit = await site.store.visits.of(secret, site.now()) if 20 <= len(secret) <= 100 else None
    chosen = request.cookies.get("zone", "")[:64]
    zone = chosen if chosen and is_zone(chosen) else ""
    if not zone:
        zone = await _zone_of(site, visit.place) if visit else site.desk.time_zone
    return Reader(site, request, language_of(request, site.desk.language), zone, visit, secret if visit else "")


async def _zone_of(site: Site, place: Channel) -> str:
    """The time zone of a workspace, asked for again after a while."""
    known: dict[tuple[str, str], tuple[datetime, str]] = site.cache.setdefault("zones", {})
    key, now = (place.platform, place.workspace), site.now()
    if key not in known or now - known[key][0] > ZONE_LASTS:
        if len(known) >= MOST_ZONES:
            known.clear()
        known[key] = now, await site.desk.zone_of(place)
    return known[key][1]
