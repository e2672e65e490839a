"""Signing in with Slack (OpenID Connect) and Discord (OAuth 2): who somebody is and to which of our workspaces they belong.

Door: aiohttp. What comes back is believed only from the platform's own address, for the browser that set out, once.
"""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlencode

import aiohttp

from bot.config import Settings
from bot.errors import BotError

_TIMEOUT = aiohttp.ClientTimeout(total=10.0, connect=4.0)
_MOST = 1_000_000  # bytes of an answer
_SLACK, _DISCORD = "https://slack.com", "https://discord.com"
_DISCORD_API = f"{_DISCORD}/api/v10"
_MANAGES = 0x8 | 0x20  # Discord's rights ADMINISTRATOR and MANAGE_GUILD


class Refused(BotError):
    """The platform did not say who it is; its text is for the log."""


class Membership(NamedTuple):
    """A workspace that a person belongs to. ``admin``: they manage it."""

    workspace: str
    name: str
    admin: bool


class Person(NamedTuple):
    """Whom a platform knows."""

    id: str
    memberships: Sequence[Membership]


class Secrets(NamedTuple):
    """What one way through the platform and back is held together by."""

    state: str
    nonce: str
    verifier: str
    challenge: str


class Provider(Protocol):
    """A platform that says who somebody is. ``platform``: as in Channel; ``name``: as people know it."""

    @property
    def platform(self) -> str: ...

    @property
    def name(self) -> str: ...

    def begin(self, secrets: Secrets, back: str) -> str:
        """The address at the platform to which the browser goes; it comes back to ``back``."""
        ...

    async def person(self, code: str, secrets: Secrets, back: str) -> Person:
        """Who came back with ``code``. Raises Refused."""
        ...


@dataclass(frozen=True, slots=True)
class SlackSignIn:
    """Sign in with Slack. ``api``: of the Web API, ending in a slash; ``site``: where people allow it."""

    client_id: str
    client_secret: str
    api: str = f"{_SLACK}/api/"
    site: str = _SLACK
    platform: str = "slack"
    name: str = "Slack"

    def begin(self, secrets: Secrets, back: str) -> str:
        """As Provider says."""
        asked = {"response_type": "code", "scope": "openid profile", "client_id": self.client_id, "redirect_uri": back}
        return f"{self.site}/openid/connect/authorize?{urlencode(asked | {'state': secrets.state, 'nonce': secrets.nonce})}"

    async def person(self, code: str, secrets: Secrets, back: str) -> Person:
        """As Provider says. The token comes from Slack itself over TLS, which stands for its signature (OpenID Core, 3.1.3.7)."""
        form = {"client_id": self.client_id, "client_secret": self.client_secret, "code": code, "redirect_uri": back}
        async with _session() as session:
            said = await _asked(
                session, "POST", f"{self.api}openid.connect.token", data=form | {"grant_type": "authorization_code"}
            )
        if not said.get("ok", True):
            raise Refused(f"Slack: {said.get('error')}")
        claims = _claims(str(said.get("id_token", "")))
        if claims.get("nonce") != secrets.nonce or self.client_id not in _listed(claims.get("aud")):
            raise Refused("Slack: the token is for somebody else")
        team, person = claims.get("https://slack.com/team_id"), claims.get("https://slack.com/user_id")
        if not (isinstance(team, str) and isinstance(person, str) and team and person):
            raise Refused("Slack: the token names nobody")
        return Person(person, (Membership(team, str(claims.get("https://slack.com/team_name") or team), False),))


@dataclass(frozen=True, slots=True)
class DiscordSignIn:
    """Discord's OAuth 2 with the scopes identify and guilds, and PKCE."""

    client_id: str
    client_secret: str
    api: str = _DISCORD_API
    site: str = _DISCORD
    platform: str = "discord"
    name: str = "Discord"

    def begin(self, secrets: Secrets, back: str) -> str:
        """As Provider says."""
        asked = {"response_type": "code", "scope": "identify guilds", "client_id": self.client_id, "redirect_uri": back}
        asked |= {"state": secrets.state, "code_challenge": secrets.challenge, "code_challenge_method": "S256"}
        return f"{self.site}/oauth2/authorize?{urlencode(asked)}"

    async def person(self, code: str, secrets: Secrets, back: str) -> Person:
        """As Provider says."""
        form = {"client_id": self.client_id, "client_secret": self.client_secret, "code": code, "redirect_uri": back}
        form |= {"grant_type": "authorization_code", "code_verifier": secrets.verifier}
        async with _session() as session:
            said = await _asked(session, "POST", f"{self.api}/oauth2/token", data=form)
            headers = {"authorization": f"Bearer {said.get('access_token', '')}"}
            me = await _asked(session, "GET", f"{self.api}/users/@me", headers=headers)
            guilds = await _asked(session, "GET", f"{self.api}/users/@me/guilds", headers=headers)
        id, listed = me.get("id"), guilds.get("", ())
        if not (isinstance(id, str) and id.isdecimal() and isinstance(listed, list)):
            raise Refused("Discord: the answer names nobody")
        return Person(id, tuple(_membership(one) for one in listed if isinstance(one, Mapping) and "id" in one))


def providers(settings: Settings) -> dict[str, Provider]:
    """Those that the settings set up, by platform."""
    found: dict[str, Provider] = {}
    if settings.slack_client_id:
        api = settings.slack_api_url or f"{_SLACK}/api/"
        site = api.removesuffix("/").removesuffix("/api")
        api = f"{api.removesuffix('/')}/"
        found["slack"] = SlackSignIn(settings.slack_client_id, settings.slack_client_secret, api, site)
    if settings.discord_client_id:
        api = settings.discord_api_url.removesuffix("/") or _DISCORD_API
        site = api.partition("/api")[0]
        found["discord"] = DiscordSignIn(settings.discord_client_id, settings.discord_client_secret, api, site)
    return found


def _membership(guild: Mapping[str, Any]) -> Membership:
    rights = str(guild.get("permissions", "0"))
    manages = bool(guild.get("owner")) or bool(rights.isdecimal() and int(rights) & _MANAGES)
    return Membership(str(guild["id"]), str(guild.get("name") or guild["id"]), manages)


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else (value,)


def _claims(token: str) -> Mapping[str, Any]:
    """What an ID token says; nothing where it is none."""
    parts = token.split(".")
    try:
        found = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))) if len(parts) == 3 else {}
    except (ValueError, binascii.Error, RecursionError):
        return {}
    return found if isinstance(found, Mapping) else {}


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(timeout=_TIMEOUT)


async def _asked(session: aiohttp.ClientSession, method: str, url: str, **more: Any) -> Mapping[str, Any]:
    """What the platform answers, a list under the name "". Raises Refused."""
    try:
        async with session.request(method, url, allow_redirects=False, **more) as answer:
            body = await answer.content.read(_MOST)
            if answer.status != 200:
                raise Refused(f"{url}: HTTP {answer.status}")
            found = json.loads(body)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError, RecursionError) as error:
        raise Refused(f"{url}: {type(error).__name__}") from error
    return found if isinstance(found, Mapping) else {"": found}
