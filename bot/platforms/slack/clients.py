"""Which token speaks to which workspace: one for all, or that of each workspace which installed the app."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot import log
from bot.errors import DeliveryError
from bot.store.installations import Installation, Installations

TIMEOUT = 15  # seconds for one request
PLATFORM = "slack"
_EARLY = timedelta(hours=2)  # a token that ends within this time is exchanged for a new one


def web_client(token: str, base_url: str | None = None, timeout: int = TIMEOUT) -> AsyncWebClient:
    """Slack's client without its default retries: they repeat a post whose answer was lost, and so double it."""
    return AsyncWebClient(token, base_url=base_url or AsyncWebClient.BASE_URL, timeout=timeout, retry_handlers=[])


class Clients(Protocol):
    """The clients of the workspaces."""

    async def of(self, workspace: str) -> AsyncWebClient:
        """The client that speaks in ``workspace``. Raises DeliveryError where the app is not installed."""
        ...

    async def ids(self, workspace: str) -> frozenset[str]:
        """Of the bot and of its user there, by which our messages are known. Raises what the client and ``of`` raise."""
        ...


class OneToken:
    """Clients of the one workspace that a token belongs to."""

    def __init__(self, token: str, base_url: str | None = None, timeout: int = TIMEOUT) -> None:
        self._client = web_client(token, base_url, timeout)
        self._ids: frozenset[str] = frozenset()

    async def of(self, workspace: str) -> AsyncWebClient:
        """The same client whatever the workspace: Slack refuses channels that the token cannot see."""
        return self._client

    async def ids(self, workspace: str) -> frozenset[str]:
        """As Slack says, asked once."""
        if not self._ids:
            who = await self._client.auth_test()
            self._ids = frozenset((str(who["bot_id"]), str(who["user_id"])))
        return self._ids


class Installed:
    """Clients of every workspace that installed the app. Tokens that end are exchanged in time, where Slack gives such."""

    def __init__(
        self,
        kept: Installations,
        *,
        client_id: str,
        client_secret: str,
        now: Callable[[], datetime],
        base_url: str | None = None,
        timeout: int = TIMEOUT,
    ) -> None:
        self.kept = kept
        self._id, self._secret, self._now = client_id, client_secret, now
        self._base_url, self._timeout = base_url, timeout
        self._exchanging = asyncio.Lock()

    async def installation(self, workspace: str) -> Installation | None:
        """The installation of a workspace, with a token that is good for a while; None where there is none."""
        found = await self.kept.of(PLATFORM, workspace)
        if not (found and self._ends(found)):
            return found
        async with self._exchanging:  # a refresh token is good for one exchange
            found = await self.kept.of(PLATFORM, workspace)
            return await self._exchanged(found) if found and self._ends(found) else found

    async def of(self, workspace: str) -> AsyncWebClient:
        """A client with the token of ``workspace``."""
        return web_client((await self._known(workspace)).token, self._base_url, self._timeout)

    async def ids(self, workspace: str) -> frozenset[str]:
        """As they were when the app was installed there."""
        found = await self._known(workspace)
        return frozenset((found.bot_id, found.bot_user))

    async def _known(self, workspace: str) -> Installation:
        found = await self.installation(workspace)
        if found is None:
            raise DeliveryError(f"Slack: the app is not installed in {workspace}: install it there again", permanent=True)
        return found

    def _ends(self, found: Installation) -> bool:
        return bool(found.refresh_token and found.expires and found.expires - self._now() < _EARLY)

    async def _exchanged(self, found: Installation) -> Installation:
        """With a new token; where Slack gives none now, with the old one, which is good for a while yet."""
        client = web_client("", self._base_url, self._timeout)
        grant: dict[str, Any] = {"grant_type": "refresh_token", "refresh_token": found.refresh_token}
        try:
            answer = await client.oauth_v2_access(client_id=self._id, client_secret=self._secret, **grant)
        except (SlackClientError, aiohttp.ClientError, TimeoutError) as error:
            log.warning("slack.token_kept", workspace=found.workspace, ends=found.expires, error=repr(error)[:200])
            return found
        expires = self._now() + timedelta(seconds=int(answer["expires_in"]))
        fresh = replace(found, token=answer["access_token"], refresh_token=answer["refresh_token"], expires=expires)
        await self.kept.save(fresh)
        log.event("slack.token_exchanged", workspace=found.workspace, ends=expires)
        return fresh
