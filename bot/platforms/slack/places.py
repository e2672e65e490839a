"""Where an answer goes: to one person, or into a view. Each shows progress first and then fills it in.

None of the methods raises for trouble with Slack: there is nobody left to tell.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot import log
from bot.locales import t
from bot.model import File, Message, Reply
from bot.platforms.slack.blocks import Json
from bot.platforms.slack.clients import TIMEOUT
from bot.platforms.slack.files import hand_to
from bot.platforms.slack.modals import answer_view, wait_view
from bot.platforms.slack.replies import Prepared
from bot.platforms.slack.tables import without_tables

TROUBLE = (SlackClientError, aiohttp.ClientError, TimeoutError)
_RESPONSE_URL_USES = 5
_GROWTHS = 2  # of those uses
_LONGEST_WAIT = 30.0  # seconds; a person who waits longer for an answer has asked again
_NO_PATIENCE = ("views.open", "views.push")  # they must come within three seconds of a click
QUIET: dict[str, Any] = {"unfurl_links": False, "unfurl_media": False}


class _Patience(AsyncRateLimitErrorRetryHandler):
    """Waits as long as Slack asks for, within reason, and tries again."""

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        if response is None or response.status_code != 429 or request.url.endswith(_NO_PATIENCE):
            return False
        headers = {key.lower(): value[0] if isinstance(value, list) else value for key, value in response.headers.items()}
        wait = str(headers.get("retry-after", "1"))
        return wait.isdigit() and float(wait) <= _LONGEST_WAIT


def patience() -> list[AsyncRateLimitErrorRetryHandler]:
    """Answers wait when Slack asks for it; nothing else is repeated, because it may have been posted."""
    return [_Patience(max_retry_count=2)]


def code_of(error: Exception) -> str:
    """Slack's own error code, or what else went wrong."""
    data = getattr(error.response, "data", None) if isinstance(error, SlackApiError) else None
    return str(data.get("error")) if isinstance(data, dict) else repr(error)[:200]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A reply as messages; ``share``: the button that shows it to everyone, where that makes sense."""

    reply: Reply
    messages: tuple[Message, ...]
    language: str
    prepared: Prepared = field(default_factory=Prepared)
    share: Json | None = None


class Place(Protocol):
    """Somewhere a person waits for an answer. ``private``: nobody else sees it there."""

    private: bool

    async def progress(self, words: str, language: str) -> None:
        """Show that we are at work."""
        ...

    async def grow(self, reply: Reply, drawn: Sequence[Message]) -> None:
        """Show what there is so far."""
        ...

    async def open(self, view: Json) -> bool:
        """Open a form; False where that is not possible (any more)."""
        ...

    async def fill(self, drawn: Drawn) -> None:
        """Put the answer where the progress was shown, and what does not fit behind it."""
        ...

    async def hand_over(self, files: Sequence[File]) -> bool:
        """Give the person these files; False where that failed."""
        ...


async def opened(client: AsyncWebClient, trigger: str, view: Json) -> str | None:
    """The id of ``view``, opened by what a person just did; None where Slack refuses, most often because it was too long ago."""
    if not trigger:
        return None
    try:
        return str((await client.views_open(trigger_id=trigger, view=view))["view"]["id"])
    except TROUBLE as error:
        log.warning("slack.view_refused", error=code_of(error))
        return None


class PrivatePlace:
    """Seen by one person only, below a slash command, a button or a message.

    ``thread``: where the button stands in one. ``replaces``: the answer takes the place of the message with the button.
    ``trigger``: lets a form open.
    """

    private = True

    def __init__(
        self,
        url: str,
        client: AsyncWebClient,
        channel: str,
        person: str,
        *,
        thread: str | None = None,
        replaces: bool = False,
        trigger: str = "",
    ) -> None:
        self._hook = AsyncWebhookClient(url, timeout=TIMEOUT, retry_handlers=list(patience())) if url else None
        self._client, self._channel, self._person, self._thread = client, channel, person, thread
        self._shown, self._trigger = replaces, trigger
        self._uses = self._grown = 0

    async def progress(self, words: str, language: str) -> None:
        if self._hook and not self._shown:
            self._shown = await self._respond({"text": words}, replace=False)

    async def grow(self, reply: Reply, drawn: Sequence[Message]) -> None:
        if self._hook and self._grown < _GROWTHS:
            self._grown += 1
            self._shown = await self._respond(drawn[0].payload, replace=self._shown) or self._shown

    async def open(self, view: Json) -> bool:
        done = await opened(self._client, self._trigger, view) is not None
        if done and self._shown and self._hook:
            await self._post({"delete_original": True})
        return done

    async def fill(self, drawn: Drawn) -> None:
        payloads = [dict(message.payload) for message in drawn.messages]
        if drawn.share:
            payloads[-1]["blocks"] = [*payloads[-1]["blocks"], {"type": "actions", "elements": [drawn.share]}]
        for at, payload in enumerate(payloads):
            if not (self._uses < _RESPONSE_URL_USES and await self._respond(payload, replace=at == 0 and self._shown)):
                await self._whisper(payload)

    async def hand_over(self, files: Sequence[File]) -> bool:
        return await hand_to(self._client, files, self._person)

    async def _respond(self, payload: Mapping[str, Any], *, replace: bool) -> bool:
        """Answer by the address that Slack gave us; where it refuses the blocks, with simpler ones."""
        body = {"response_type": "ephemeral", "replace_original": replace, **QUIET, **payload}
        if self._thread:
            body["thread_ts"] = self._thread
        for simpler in ({}, _plainer(payload), {"blocks": None}):
            status = await self._post({key: value for key, value in (body | simpler).items() if value is not None})
            if status != 400 or "blocks" not in payload:
                break
        return status == 200

    async def _post(self, body: Mapping[str, Any]) -> int:
        """The HTTP status of the answer; 0 where there is no address or none came."""
        if not self._hook or self._uses >= _RESPONSE_URL_USES:
            return 0
        try:
            response = await self._hook.send_dict(dict(body))
        except TROUBLE as error:
            log.warning("slack.reply_lost", error=repr(error)[:200])
            return 0
        self._uses += response.status_code == 200
        if response.status_code != 200:
            log.warning("slack.reply_refused", status=response.status_code, body=response.body[:200])
        return int(response.status_code)

    async def _whisper(self, payload: Mapping[str, Any]) -> None:
        """Without an address: in the channel where we are a member, or else in a direct message."""
        try:
            await self._client.chat_postEphemeral(channel=self._channel, user=self._person, thread_ts=self._thread, **payload)
        except TROUBLE as error:
            log.warning("slack.reply_refused", error=code_of(error), channel=self._channel)
            if code_of(error) in ("not_in_channel", "channel_not_found", "user_not_in_channel"):
                await self._direct(payload)

    async def _direct(self, payload: Mapping[str, Any]) -> None:
        try:
            await self._client.chat_postMessage(channel=self._person, **QUIET, **payload)
        except TROUBLE as error:
            log.warning("slack.reply_lost", error=code_of(error))


def _plainer(payload: Mapping[str, Any]) -> Json:
    """The same without what only new clients show."""
    blocks = [block for block in payload.get("blocks") or () if block["type"] != "image"]
    return {"blocks": without_tables(blocks)}


class ViewPlace:
    """A modal: one that is open (``view``), or one that a click lets us open (``trigger``)."""

    private = True

    def __init__(
        self, client: AsyncWebClient, person: str, *, title: str, view: str = "", trigger: str = "", metadata: str = ""
    ) -> None:
        self._client, self._person, self._title = client, person, title
        self._view, self._trigger, self._metadata = view, trigger, metadata

    async def progress(self, words: str, language: str) -> None:
        await self.open(wait_view(self._title, words, language))

    async def grow(self, reply: Reply, drawn: Sequence[Message]) -> None:
        """A view that changes while it is read is no help."""

    async def open(self, view: Json) -> bool:
        if self._view:
            return await self._update(view)
        self._view = await opened(self._client, self._trigger, view) or ""
        return bool(self._view)

    async def fill(self, drawn: Drawn) -> None:
        if not await self.open(answer_view(self._title, drawn.messages, drawn.language, self._metadata)):
            await self._direct(drawn)

    async def hand_over(self, files: Sequence[File]) -> bool:
        return await hand_to(self._client, files, self._person)

    async def _update(self, view: Json) -> bool:
        try:
            await self._client.views_update(view_id=self._view, view=view)
        except TROUBLE as error:
            log.warning("slack.view_refused", error=code_of(error))
            return False
        return True

    async def _direct(self, drawn: Drawn) -> None:
        """The view was closed, or could never be opened: the person reads it in our direct messages."""
        for message in drawn.messages:
            try:
                await self._client.chat_postMessage(channel=self._person, **QUIET, **message.payload)
            except TROUBLE as error:
                log.warning("slack.reply_lost", error=code_of(error))
                return


def private_note(language: str) -> str:
    """Says where a file went that only one person may see."""
    return t(language, "The file is in your direct messages with me.")
