"""The Socket Mode connection: opened, watched, and made anew when it is gone or only looks as if it were there."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import log
from bot.errors import ConfigError
from bot.platforms.slack.clients import PLATFORM, TIMEOUT

Joined = Callable[[str, str], Awaitable[None]]

_HELLO_INTERVALS = 3  # of pings, in which Slack has to greet a new connection
_BAD_TOKEN = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type"}
)


async def serve(
    app: AsyncApp, app_token: str, *, base_url: str | None = None, ping_interval: float = 10, joined: Joined | None = None
) -> None:
    """Listen through Socket Mode until cancelled; ``ping_interval`` in seconds. ``joined`` is told where a bot token belongs.

    Raises:
        ConfigError: Slack refuses one of the tokens.
    """
    web = AsyncWebClient(base_url=base_url or app.client.base_url, timeout=TIMEOUT)
    address = await _open(app.client, web, app_token, joined)
    handler = AsyncSocketModeHandler(app, app_token, web_client=web, ping_interval=ping_interval)
    handler.client.wss_uri = address
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(handler.connect_async())  # type: ignore[no-untyped-call]
            await _Watch(handler, ping_interval).forever()
    finally:
        await _close(handler)


async def _open(client: AsyncWebClient, web: AsyncWebClient, app_token: str, joined: Joined | None) -> str | None:
    """The address of the first connection; None where Slack cannot be reached now (the connection keeps trying)."""
    setting = "SLACK_BOT_TOKEN"
    try:
        if client.token:  # else every workspace has its own
            team = str((await client.auth_test())["team_id"])
            if joined:
                await joined(PLATFORM, team)
        setting = "SLACK_APP_TOKEN"
        return str((await web.apps_connections_open(app_token=app_token))["url"])
    except SlackApiError as error:
        code = error.response.get("error")
        if code in _BAD_TOKEN:
            raise ConfigError([f"{setting}: Slack refuses it ({code}): copy the token again from the app's settings"]) from error
        log.warning("slack.unreachable", error=str(code))
    except (aiohttp.ClientError, TimeoutError) as error:
        log.warning("slack.unreachable", error=repr(error))
    return None


class _Watch:
    """Notes when the connection goes and comes.

    slack_sdk looks after sockets that close and pings that nobody answers. Left to us: a lost connection must not be tried again
    with its used-up address, and one that Slack never greets will never bring an event, however well it answers pings.
    """

    def __init__(self, handler: AsyncSocketModeHandler, interval: float) -> None:
        self._client, self._interval = handler.client, interval
        self._greeted: Any = None  # the session that Slack has said hello to
        self._session: Any = None
        self._silent = 0
        self._client.on_message_listeners.append(self._heard)

    async def forever(self) -> None:
        """Look once an interval."""
        connected = False
        while True:
            await asyncio.sleep(self._interval)
            alive = await self._client.is_connected()
            if alive != connected:
                log.event("slack.connected") if alive else log.warning("slack.disconnected")
            if not alive:
                self._client.wss_uri = None
            elif self._is_deaf():
                log.warning("slack.deaf", effect="connected anew")
                self._client.wss_uri = None
                await self._client.connect_to_new_endpoint(force=True)
            connected = alive

    async def _heard(self, message: aiohttp.WSMessage) -> None:
        """Whatever Slack says begins with its greeting."""
        self._greeted = self._client.current_session

    def _is_deaf(self) -> bool:
        session = self._client.current_session
        if session is not self._session:
            self._session, self._silent = session, 0
        self._silent += 1
        return self._greeted is not session and self._silent > _HELLO_INTERVALS


async def _close(handler: AsyncSocketModeHandler) -> None:
    await handler.close_async()  # type: ignore[no-untyped-call]
    client = handler.client
    tasks = [task for task in (client.message_processor, client.current_session_monitor, client.message_receiver) if task]
    await asyncio.gather(*tasks, return_exceptions=True)
