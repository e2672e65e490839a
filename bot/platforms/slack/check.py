"""What ``bot doctor`` finds out about Slack: tokens, scopes, connection, and for each channel membership, posting and history.

Nothing is posted. Each line says in one sentence how it is and what to do.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import Settings
from bot.model import Channel
from bot.platforms.slack.clients import web_client
from bot.platforms.slack.surface import EVENTS_PATH, INSTALL_PATH, SCOPES
from bot.store.installations import Installation

GOOD, OFF, BAD = "good", "off", "bad"
_TIMEOUT = 10  # seconds for one request
_TROUBLE = (SlackClientError, aiohttp.ClientError, TimeoutError, OSError)
_AGAIN = "update the app with `bot slack manifest` and install it again"
_COPY = {
    "SLACK_BOT_TOKEN": ("xoxb-", "copy the token again from OAuth & Permissions"),
    "SLACK_APP_TOKEN": ("xapp-", "copy it again from Basic Information, App-Level Tokens, with connections:write"),
}


class Line(NamedTuple):
    """One thing: what it is, good, off (nothing to see yet) or bad, and words."""

    what: str
    state: str
    words: str


class _Refused(Exception):
    """What Slack answered, in words for an operator; ``code`` is Slack's own."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


async def check(settings: Settings, installed: Sequence[Installation] = (), channels: Sequence[Channel] = ()) -> list[Line]:
    """Everything about Slack. ``installed``: by OAuth; ``channels``: that get briefings, of any workspace."""
    if not (settings.slack_bot_token or settings.slack_client_id or settings.slack_app_token):
        how = "set SLACK_BOT_TOKEN and SLACK_APP_TOKEN; `bot slack manifest` prints the app to create"
        return [Line("slack", OFF, how)]
    lines = [*await _transport(settings)]
    tokens = [(settings.slack_bot_token, ())] if settings.slack_bot_token else [(one.token, one.scopes) for one in installed]
    if not tokens:
        lines.append(_nobody(settings))
    ours = [channel for channel in channels if channel.platform == "slack"]
    seen: set[str] = set()
    for token, scopes in tokens:
        client = web_client(token, settings.slack_api_url or None, _TIMEOUT)
        line, team = await _workspace(client, scopes)
        lines.append(line)
        seen.add(team)
        if team:
            lines += [await _channel(client, channel.id) for channel in ours if channel.workspace == team]
    if "" not in seen:
        lines += [_stranger(channel) for channel in ours if channel.workspace not in seen]
    return lines


def _nobody(settings: Settings) -> Line:
    if settings.slack_client_id:
        return Line("slack workspaces", OFF, f"no workspace has installed the app yet: open {INSTALL_PATH} at its public address")
    return Line(
        "slack", BAD, "SLACK_BOT_TOKEN is missing: install the app to your workspace, then copy it from OAuth & Permissions"
    )


def _stranger(channel: Channel) -> Line:
    words = f"no token for the workspace {channel.workspace}: correct the digest's channel, or install the app there"
    return Line(f"slack {channel.id}", BAD, words)


# ---- how events come ----


async def _transport(settings: Settings) -> list[Line]:
    lines = []
    if settings.slack_app_token:
        lines.append(await _socket_mode(settings))
    needed = settings.slack_signing_secret or settings.slack_client_id
    if needed and not settings.http_port:
        lines.append(Line("slack http", BAD, "BOT_HTTP_PORT is missing: HTTP and installing need a port that Slack can reach"))
    elif settings.slack_signing_secret:
        where = f"port {settings.http_port}; the address of the manifest must lead there by https"
        lines.append(Line("slack http", GOOD, f"{EVENTS_PATH} is served at {where}"))
    if not (settings.slack_app_token or settings.slack_signing_secret):
        how = "SLACK_APP_TOKEN is missing: Socket Mode needs it (or for HTTP SLACK_SIGNING_SECRET and BOT_HTTP_PORT)"
        lines.append(Line("slack", BAD, how))
    return lines


async def _socket_mode(settings: Settings) -> Line:
    client = web_client("", settings.slack_api_url or None, _TIMEOUT)
    try:
        _look_at("SLACK_APP_TOKEN", settings.slack_app_token)
        await _asked("SLACK_APP_TOKEN", client.apps_connections_open(app_token=settings.slack_app_token))
    except _Refused as refused:
        return Line("slack socket mode", BAD, str(refused))
    return Line("slack socket mode", GOOD, "the token is good, a connection can be opened")


# ---- a workspace ----


async def _workspace(client: AsyncWebClient, scopes: Sequence[str]) -> tuple[Line, str]:
    """How its token is, and its id where the token is good."""
    try:
        _look_at("SLACK_BOT_TOKEN", client.token or "")
        who = await _asked("SLACK_BOT_TOKEN", client.auth_test())
    except _Refused as refused:
        return Line("slack token", BAD, str(refused)), ""
    told = str(who.headers.get("x-oauth-scopes", ""))
    granted = {scope.strip() for scope in told.split(",") if scope.strip()} or set(scopes)
    missing = [f"{scope} ({purpose})" for scope, purpose in SCOPES.items() if scope not in granted] if granted else []
    what, team = f"slack {who['team']}", str(who["team_id"])
    if missing:
        return Line(what, BAD, f"the app lacks {', '.join(missing)}; {_AGAIN}"), team
    return Line(what, GOOD, f"connected as {who['user']} ({team}), with every scope that is needed"), team


# ---- a channel ----


async def _channel(client: AsyncWebClient, id: str) -> Line:
    """Whether a briefing would get there, and could be found again."""
    what, name = f"slack {id}", ""
    try:
        found: dict[str, Any] = (await _asked("", client.conversations_info(channel=id)))["channel"]
        name = f"#{found['name']}: " if found.get("name") else ""
        problem = _closed(found)
        if problem:
            return Line(what, BAD, name + problem)
        if not (found.get("is_member") or found.get("is_im")):
            return Line(what, GOOD, f"{name}public; the bot joins it with the first briefing")
        await _asked("", client.conversations_history(channel=id, limit=1))
    except _Refused as refused:
        return Line(what, OFF if refused.code == "ratelimited" else BAD, f"{name}{refused}")
    return Line(what, GOOD, f"{name}member, may post, may read the history")


def _closed(channel: dict[str, Any]) -> str:
    """Why nobody, or not we, may post there; empty where we may."""
    if channel.get("is_archived"):
        return "the channel is archived: unarchive it, or end its subscription"
    restricted = (channel.get("properties") or {}).get("posting_restricted_to")
    if channel.get("is_read_only") or channel.get("is_thread_only") or restricted:
        return "only some may post there: let the app post, in the channel's settings under posting permissions"
    if channel.get("is_private") and not channel.get("is_member"):
        return "private, and the bot is no member: type /invite and the bot's name there"
    return ""


_CURES = {
    "channel_not_found": "it is gone, or private without the bot: type /invite and the bot's name there, or correct the id",
    "not_in_channel": "the bot is no member: type /invite and the bot's name there",
    "missing_scope": f"the app may not look: {_AGAIN}",
    "ratelimited": "not looked at, Slack asks for patience: run `bot doctor` again in a minute",
}


def _look_at(setting: str, token: str) -> None:
    """Raises _Refused where a token is plainly another kind of token."""
    prefix, cure = _COPY[setting]
    # With rotation on, bot tokens begin with xoxe.
    if not token.removeprefix("xoxe.").startswith(prefix):
        raise _Refused("", f"{setting} begins with {prefix}, what is set is something else: {cure}")


async def _asked(setting: str, call: Any) -> Any:
    """Slack's answer. Raises _Refused; ``setting``: of the token, where that is what is tried."""
    try:
        return await call
    except SlackApiError as error:
        code = str(error.response.get("error") or "") if isinstance(error.response.data, dict) else ""
        words = _CURES.get(code) or (f"{setting}: {_COPY[setting][1]}" if setting else "look at the channel in Slack")
        raise _Refused(code, f"Slack answers {code or 'nothing that makes sense'}; {words}") from error
    except _TROUBLE as error:
        raise _Refused("", "Slack cannot be reached; check the connection and SLACK_API_URL") from error
