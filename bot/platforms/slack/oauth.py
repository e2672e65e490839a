"""Installing the app in several workspaces: slack_sdk's stores over our database, who a request speaks for, and the pages."""

import html
import logging
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store import Bot
from slack_sdk.oauth.installation_store import Installation as SlackInstallation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from bot import log
from bot.locales import t
from bot.model import LANGUAGES
from bot.platforms.slack.clients import PLATFORM, Installed, web_client
from bot.platforms.slack.surface import INSTALL_PATH, REDIRECT_PATH, SCOPES
from bot.store.installations import Installation, Installations

STATE_LASTS = timedelta(minutes=10)
_LANGUAGE = re.compile(r"\b(" + "|".join(LANGUAGES) + r")\b")

Joined = Callable[[str, str], Awaitable[None]]


class InstallationStore(AsyncInstallationStore):
    """slack_sdk's interface over our table. An installation belongs to a workspace, whoever of its people made it."""

    def __init__(self, kept: Installations, now: Callable[[], datetime]) -> None:
        self._kept, self._now = kept, now

    @property
    def logger(self) -> logging.Logger:
        """Where slack_sdk writes."""
        return logging.getLogger(__name__)

    async def async_save(self, installation: SlackInstallation) -> None:
        """Keep the bot's part of it; a person's own token is neither asked for nor kept.

        Raises:
            BoltError: it is none for one workspace with a bot.
        """
        made = installation
        if made.is_enterprise_install or not (made.team_id and made.bot_token and made.bot_id and made.bot_user_id):
            raise BoltError("only installations for one workspace with a bot can be kept")
        ends = made.bot_token_expires_at
        row = Installation(
            platform=PLATFORM,
            workspace=made.team_id,
            name=made.team_name or made.team_id,
            app_id=made.app_id or "",
            bot_id=made.bot_id,
            bot_user=made.bot_user_id,
            installer=made.user_id or "",
            scopes=tuple(made.bot_scopes or ()),
            token=made.bot_token,
            refresh_token=made.bot_refresh_token,
            expires=datetime.fromtimestamp(ends, UTC) if ends else None,
            at=self._now(),
        )
        await self._kept.save(row)

    async def async_find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> SlackInstallation | None:
        """The installation of a workspace, whoever made it."""
        found = await self._kept.of(PLATFORM, team_id or "")
        return _as_slacks(found) if found else None

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """The bot of a workspace."""
        found = await self._kept.of(PLATFORM, team_id or "")
        return _as_slacks(found).to_bot() if found else None

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """Forget the tokens of a workspace."""
        await self._kept.remove(PLATFORM, team_id or "")

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """Forget the tokens of a workspace; of a person there are none to forget."""
        if user_id is None:
            await self._kept.remove(PLATFORM, team_id or "")


def _as_slacks(found: Installation) -> SlackInstallation:
    return SlackInstallation(
        app_id=found.app_id,
        team_id=found.workspace,
        team_name=found.name,
        bot_token=found.token,
        bot_id=found.bot_id,
        bot_user_id=found.bot_user,
        bot_scopes=found.scopes,
        bot_refresh_token=found.refresh_token,
        bot_token_expires_at=int(found.expires.timestamp()) if found.expires else None,
        user_id=found.installer,
        installed_at=found.at.timestamp(),
    )


class StateStore(AsyncOAuthStateStore):
    """What ties the end of an installation to its beginning: good once, for ten minutes."""

    def __init__(self, kept: Installations, now: Callable[[], datetime]) -> None:
        self._kept, self._now = kept, now

    @property
    def logger(self) -> logging.Logger:
        """Where slack_sdk writes."""
        return logging.getLogger(__name__)

    async def async_issue(self, *args: Any, **kwargs: Any) -> str:
        """A new one."""
        state, now = secrets.token_urlsafe(32), self._now()
        await self._kept.begin(state, now, now + STATE_LASTS)
        return state

    async def async_consume(self, state: str) -> bool:
        """Whether it is one of ours, not too old and not used before."""
        return await self._kept.finish(state, self._now())


class Authorize(AsyncAuthorize):
    """Whose token answers a request: that of the workspace where the app was installed. Asks our database, not Slack."""

    def __init__(self, installed: Installed) -> None:
        self._installed = installed

    async def __call__(
        self, *, team_id: str | None, user_id: str | None, enterprise_id: str | None = None, **_: Any
    ) -> AuthorizeResult | None:
        """None where the app is not installed."""
        found = await self._installed.installation(team_id or "")
        if found is None:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            team=found.name,
            bot_id=found.bot_id,
            bot_user_id=found.bot_user,
            bot_token=found.token,
            bot_scopes=list(found.scopes),
            user_id=user_id,
        )


@dataclass(frozen=True, slots=True)
class OAuth:
    """How workspaces install the app, and who a request then speaks for."""

    flow: AsyncOAuthFlow
    authorize: Authorize


def oauth(
    installed: Installed,
    *,
    client_id: str,
    client_secret: str,
    now: Callable[[], datetime],
    joined: Joined,
    base_url: str | None = None,
) -> OAuth:
    """Bolt's flow behind /slack/install and /slack/oauth_redirect. ``joined`` is told platform and workspace when it is done."""
    kept, api = installed.kept, base_url or AsyncWebClient.BASE_URL

    async def done(args: AsyncSuccessArgs) -> BoltResponse:
        made = args.installation
        log.event("slack.installed", workspace=made.team_id, by=made.user_id)
        await joined(PLATFORM, str(made.team_id))
        return _done_page(args)

    settings = AsyncOAuthSettings(
        client_id=client_id,
        client_secret=client_secret,
        scopes=sorted(SCOPES),
        user_scopes=[],
        install_path=INSTALL_PATH,
        redirect_uri_path=REDIRECT_PATH,
        install_page_rendering_enabled=False,
        authorization_url=api.removesuffix("/").removesuffix("/api") + "/oauth/v2/authorize",
        installation_store=InstallationStore(kept, now),
        state_store=StateStore(kept, now),
        state_expiration_seconds=int(STATE_LASTS.total_seconds()),
        callback_options=AsyncCallbackOptions(success=done, failure=_failed),
    )
    return OAuth(AsyncOAuthFlow(client=web_client("", base_url), settings=settings), Authorize(installed))


# ---- pages ----


def _done_page(args: AsyncSuccessArgs) -> BoltResponse:
    language, made = _language(args.request), args.installation
    words = t(language, "AI Market Briefings is now in {workspace}.", workspace=made.team_name or made.team_id or "")
    next_ = t(language, "Invite it to a channel with /invite, then try /brief help there.")
    link = f"slack://app?team={made.team_id}&id={made.app_id}"
    page = _page(language, 200, words, f"{html.escape(next_)} <a href='{html.escape(link)}'>{t(language, 'Open Slack')}</a>")
    page.headers["set-cookie"] = [args.settings.state_utils.build_set_cookie_for_deletion()]
    return page


async def _failed(args: AsyncFailureArgs) -> BoltResponse:
    log.warning("slack.install_failed", reason=args.reason[:100], error=repr(args.error)[:200] if args.error else None)
    language = _language(args.request)
    words = t(language, "The app was not installed.")
    again = f"<a href='{INSTALL_PATH}'>{t(language, 'Try again')}</a> ({html.escape(args.reason[:100])})"
    return _page(language, args.suggested_status_code, words, again)


def _page(language: str, status: int, title: str, rest: str) -> BoltResponse:
    """``title`` is text, ``rest`` is HTML."""
    body = (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{html.escape(title)}</title><h1>{html.escape(title)}</h1><p>{rest}</p></html>"
    )
    headers: dict[str, Any] = {
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "content-security-policy": "default-src 'none'",
        "x-content-type-options": "nosniff",
    }
    return BoltResponse(status=status, body=body, headers=headers)


def _language(request: AsyncBoltRequest) -> str:
    """The first of our languages that the browser asks for."""
    wanted = _LANGUAGE.search(request.headers.get("accept-language", [""])[0].lower())
    return wanted[0] if wanted else "en"
