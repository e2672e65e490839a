"""Where an answer goes: the private reply to a slash command, or a thread. Each shows progress first and then fills it in."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot import log
from bot.model import Message

TIMEOUT = 15  # seconds for one request
_RESPONSE_URL_USES = 5
_TROUBLE = (SlackClientError, aiohttp.ClientError, TimeoutError)


def patience() -> list[AsyncRateLimitErrorRetryHandler]:
    """Answers wait when Slack asks for it; nothing else is repeated, because it may have been posted."""
    return [AsyncRateLimitErrorRetryHandler(max_retry_count=2)]


class Place(Protocol):
    """Somewhere a person waits for an answer. Neither method raises for trouble with Slack: there is nobody left to tell."""

    async def progress(self, message: Message) -> None:
        """Show that we are at work."""
        ...

    async def fill(self, messages: Sequence[Message]) -> None:
        """Put the answer where the progress was shown, and what does not fit behind it."""
        ...


class PrivatePlace:
    """A slash command's reply, seen by one person only."""

    def __init__(self, response_url: str, client: AsyncWebClient, channel: str, person: str) -> None:
        self._hook = AsyncWebhookClient(response_url, timeout=TIMEOUT, retry_handlers=list(patience()))
        self._client, self._channel, self._person = client, channel, person
        self._uses = 0

    async def progress(self, message: Message) -> None:
        await self._respond(message, replace=False)

    async def fill(self, messages: Sequence[Message]) -> None:
        for at, message in enumerate(messages):
            if self._uses < _RESPONSE_URL_USES:
                await self._respond(message, replace=at == 0)
            else:
                await self._whisper(message)

    async def _respond(self, message: Message, *, replace: bool) -> None:
        self._uses += 1
        body = {"response_type": "ephemeral", "replace_original": replace, "unfurl_links": False, "unfurl_media": False}
        try:
            response = await self._hook.send_dict({**body, **message.payload})
        except _TROUBLE as error:
            log.warning("slack.reply_lost", error=repr(error))
            return
        if response.status_code != 200:
            log.warning("slack.reply_refused", status=response.status_code, body=response.body[:200])

    async def _whisper(self, message: Message) -> None:
        try:
            await self._client.chat_postEphemeral(channel=self._channel, user=self._person, **message.payload)
        except _TROUBLE as error:
            log.warning("slack.reply_lost", error=repr(error))


class ThreadPlace:
    """A thread: below a mention, or below a direct message."""

    def __init__(self, client: AsyncWebClient, channel: str, root: str) -> None:
        self._client, self._channel, self._root = client, channel, root
        self._shown: str | None = None

    async def progress(self, message: Message) -> None:
        self._shown = await self._post(message)

    async def fill(self, messages: Sequence[Message]) -> None:
        first, *rest = messages
        if self._shown is None or not await self._edit(self._shown, first):
            await self._post(first)
        for message in rest:
            await self._post(message)

    async def _post(self, message: Message) -> str | None:
        quiet = {"unfurl_links": False, "unfurl_media": False}
        return await self._call(self._client.chat_postMessage, thread_ts=self._root, **quiet, **message.payload)

    async def _edit(self, ts: str, message: Message) -> bool:
        return await self._call(self._client.chat_update, ts=ts, **message.payload) is not None

    async def _call(self, method: Callable[..., Any], **arguments: Any) -> str | None:
        try:
            response = await method(channel=self._channel, **arguments)
        except SlackApiError as error:
            log.warning("slack.reply_refused", error=str(error.response.get("error")), channel=self._channel)
            return None
        except _TROUBLE as error:
            log.warning("slack.reply_lost", error=repr(error), channel=self._channel)
            return None
        return str(response["ts"])
