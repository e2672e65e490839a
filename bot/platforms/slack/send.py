"""Posting to Slack: one request, no library retries, and an honest word on whether the message is there.

A message carries its delivery's id as metadata, by which it is found again in the channel's history. Decides which of Slack's
error codes only a person can cure, which time cures, and which leave the outcome unknown.
"""

from datetime import datetime, timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot import log
from bot.errors import DeliveryError
from bot.model import Channel, Edition, Message, Reply, Subscription
from bot.platforms.slack.clients import TIMEOUT, Clients, OneToken
from bot.platforms.slack.render import edition_messages, reply_messages

_SKEW = timedelta(minutes=2)  # by how much our clock and Slack's may differ
_PAGE = 100
_MOST_PAGES = 10
_CURES = {
    "channel_not_found": "the channel is gone, or private and the bot was removed: invite it again or unsubscribe",
    "is_archived": "the channel is archived",
    "not_in_channel": "the bot is no member of the channel: type /invite and the bot's name there",
    "missing_scope": "the app lacks a permission: reinstall it with the current manifest",
    "token_revoked": "the bot token was revoked: install the app again and set SLACK_BOT_TOKEN",
    "token_expired": "the bot token has expired: set a fresh SLACK_BOT_TOKEN",
    "account_inactive": "the app was removed from the workspace: install it again",
    "invalid_auth": "Slack does not know this token: check SLACK_BOT_TOKEN",
    "not_authed": "no token was sent: set SLACK_BOT_TOKEN",
}
# Policies of the workspace, and payloads of ours that Slack will never take; restricted_action* stands for a family.
_PERMANENT = frozenset(_CURES) | {
    "messages_tab_disabled",
    "ekm_access_denied",
    "no_permission",
    "app_access_restricted",
    "two_factor_setup_required",
    "enterprise_is_restricted",
    "not_allowed_token_type",
    "cannot_reply_to_message",
    "no_text",
    "invalid_arguments",
    "invalid_metadata_format",
    "invalid_metadata_schema",
    "metadata_too_large",
    "method_not_supported_for_channel_type",
    "cant_update_message",
    "edit_window_closed",
    "is_inactive",
    "cannot_dm_bot",
    "user_not_found",
    "user_disabled",
    "user_not_visible",
}
_GONE = frozenset({"message_not_found"})
_UNKNOWN_OUTCOME = frozenset({"fatal_error", "internal_error"})
# Slack refuses what we built: that is our mistake, and the plain text of the briefing is better than none.
_REFUSED_BLOCKS = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"})
_FOREVER = _PERMANENT | _REFUSED_BLOCKS


class SlackMessenger:
    """ports.Messenger for the workspaces of ``clients``, or for the one that ``token`` belongs to."""

    platform = "slack"
    repeat_seconds = 0.0
    spacing = 1.0  # Slack's limit: about one message a second to one channel
    workspace_spacing = 0.2  # "several hundred messages a minute" to one workspace

    def __init__(
        self, token: str = "", *, base_url: str | None = None, timeout: int = TIMEOUT, clients: Clients | None = None
    ) -> None:
        self._clients: Clients = clients or OneToken(token, base_url, timeout)

    def render(self, edition: Edition, subscription: Subscription | None = None) -> tuple[Message, ...]:
        """The edition as Block Kit messages: the first for the channel, the rest for its thread."""
        return edition_messages(edition, mention=subscription.mention if subscription else "")

    def render_note(self, reply: Reply, language: str) -> Message:
        """A short reply as one message. Pure."""
        return reply_messages(reply, language)[0]

    async def send(self, channel: Channel, message: Message, delivery_id: str, thread: str | None) -> str:
        """Post ``message`` and return its ts. Posts again only what Slack has surely refused, each cure tried once.

        Raises:
            DeliveryError: as bot.ports.Messenger says.
        """
        body = {
            "channel": channel.id,
            "thread_ts": thread,
            "metadata": _metadata(delivery_id),
            "unfurl_links": False,
            "unfurl_media": False,
            **message.payload,
        }
        tried: set[str] = set()
        client = await self._clients.of(channel.workspace)
        while True:
            try:
                return str((await client.chat_postMessage(**body))["ts"])
            except SlackApiError as error:
                code = _code(error)
                if code in tried or not await self._cured(client, code, body, delivery_id):
                    raise _as_ours(error) from error
                tried.add(code)
            except (aiohttp.ClientError, TimeoutError, SlackClientError, ValueError) as error:
                raise _as_ours(error) from error

    async def edit(
        self, channel: Channel, message_id: str, message: Message, thread: str | None = None, delivery_id: str = ""
    ) -> None:
        """Put ``message`` in the place of the one with the ts ``message_id``, as bot.ports.Messenger says.

        Raises:
            DeliveryError: ``permanent`` where the workspace lets nobody edit so old a message, ``posted`` where it is gone.
        """
        body = {"channel": channel.id, "ts": message_id, **message.payload}
        if delivery_id:
            body["metadata"] = _metadata(delivery_id)
        client = await self._clients.of(channel.workspace)
        while True:
            try:
                await client.chat_update(**body)
                return
            except SlackApiError as error:
                code = _code(error)
                if code in _GONE:
                    raise DeliveryError(f"Slack: {code}", posted=True) from error
                if code not in _REFUSED_BLOCKS or not body.pop("blocks", None):
                    raise _as_ours(error) from error
                log.warning("slack.blocks_refused", error=code, delivery=delivery_id)
            except (aiohttp.ClientError, TimeoutError, SlackClientError, ValueError) as error:
                raise _as_ours(error) from error

    async def tell(self, workspace: str, person: str, reply: Reply, notice_id: str, since: datetime | None = None) -> None:
        """Say something to a person, or in the channel whose id follows a "#", as bot.ports.Messenger says.

        Raises:
            DeliveryError: as bot.ports.Messenger says.
        """
        place = person.removeprefix("#")
        if place == person:
            client = await self._clients.of(workspace)
            try:
                place = str((await client.conversations_open(users=person))["channel"]["id"])
            except (aiohttp.ClientError, TimeoutError, SlackClientError, ValueError) as error:
                raise _before(_as_ours(error)) from error
        channel = Channel(self.platform, place, workspace)
        if since is None or await self._find_again(channel, notice_id, since) is None:
            await self.send(channel, self.render_note(reply, "en"), notice_id, None)

    async def _find_again(self, channel: Channel, notice_id: str, since: datetime) -> str | None:
        try:
            return await self.find(channel, notice_id, since - _SKEW, None)
        except DeliveryError as error:  # whether the earlier attempt came through stays unknown
            raise DeliveryError(str(error), retry_after=error.retry_after, posted=None) from error

    async def find(self, channel: Channel, delivery_id: str, since: datetime, thread: str | None) -> str | None:
        """The ts of our own message with this delivery's id in its metadata, as bot.ports.Messenger says.

        Raises:
            DeliveryError: ``permanent`` where the history may not be read, or is too long to be read to its end.
        """
        place: dict[str, Any] = {"channel": channel.id, "oldest": f"{since.timestamp():.6f}", "limit": _PAGE}
        client = await self._clients.of(channel.workspace)
        read: Any = client.conversations_history
        if thread:
            place["ts"], read = thread, client.conversations_replies
        cursor = None
        try:
            ours = await self._clients.ids(channel.workspace)
            for _ in range(_MOST_PAGES):
                page = await read(**place, include_all_metadata=True, cursor=cursor)
                for message in page["messages"]:
                    by = message.get("bot_id") or message.get("user")
                    if by in ours and _delivery_of(message) == delivery_id:
                        return str(message["ts"])
                cursor = (page.get("response_metadata") or {}).get("next_cursor")
                if not cursor:
                    return None
        except (SlackClientError, aiohttp.ClientError, TimeoutError, ValueError) as error:
            if isinstance(error, SlackApiError) and _code(error) == "thread_not_found":
                raise DeliveryError("Slack: the briefing's first message is gone", permanent=True) from error
            raise _as_ours(error) from error
        raise DeliveryError(f"Slack: more than {_MOST_PAGES * _PAGE} messages since", permanent=True)

    async def _cured(self, client: AsyncWebClient, code: str, body: dict[str, Any], delivery_id: str) -> bool:
        """Put right what stopped the post, where that is in our hands; True when another try makes sense."""
        if code == "not_in_channel":
            return await self._join(client, body["channel"])
        if code in _REFUSED_BLOCKS and body.pop("blocks", None):
            log.warning("slack.blocks_refused", error=code, delivery=delivery_id)
            return True
        return False

    async def _join(self, client: AsyncWebClient, channel: str) -> bool:
        """Join a public channel; False where a person has to invite us."""
        try:
            await client.conversations_join(channel=channel)
        except (SlackClientError, aiohttp.ClientError, TimeoutError) as error:
            ours = _as_ours(error)
            if ours.permanent:
                return False
            raise DeliveryError(f"not_in_channel, and joining failed: {ours}", retry_after=ours.retry_after) from error
        return True


def _metadata(delivery_id: str) -> dict[str, Any]:
    return {"event_type": "briefing_posted", "event_payload": {"d": delivery_id}}


def _before(error: DeliveryError) -> DeliveryError:
    """What went wrong before anything was posted."""
    return DeliveryError(str(error), permanent=error.permanent, retry_after=error.retry_after, cure=error.cure)


def _delivery_of(message: dict[str, Any]) -> str | None:
    payload = (message.get("metadata") or {}).get("event_payload") or {}
    found = payload.get("d")
    return found if isinstance(found, str) else None


def _code(error: SlackApiError) -> str:
    """Slack's own error code; empty where the answer was none of Slack's."""
    data = getattr(error.response, "data", None)
    return str(data.get("error") or "") if isinstance(data, dict) else ""


def _as_ours(error: Exception) -> DeliveryError:
    """What went wrong, as far as it is known whether Slack holds the message."""
    if isinstance(error, SlackApiError):
        return _refusal(error)
    # Only a connection that never stood is sure; after that, Slack may have read the request to its end.
    before = isinstance(error, aiohttp.ClientConnectorError | aiohttp.InvalidURL)
    reason = "no answer in time" if isinstance(error, TimeoutError) else f"{type(error).__name__}: {error}"
    return DeliveryError(f"Slack: {reason}", posted=False if before else None)


def _refusal(error: SlackApiError) -> DeliveryError:
    status = int(getattr(error.response, "status_code", None) or getattr(error.response, "status", None) or 0)
    code = _code(error)
    if status == 429 or code in ("ratelimited", "rate_limited"):
        return DeliveryError("Slack: too many messages", retry_after=_retry_after(error))
    if status >= 500 or code in _UNKNOWN_OUTCOME or not (code or status >= 400):
        return DeliveryError(f"Slack: {code or f'HTTP status {status} without a word'}", posted=None)
    permanent = code in _FOREVER or code.startswith("restricted_action")
    cure = _CURES.get(code, "")
    return DeliveryError(
        f"Slack: {code or f'HTTP status {status}'}" + (f" ({cure})" if cure else ""), permanent=permanent, cure=cure
    )


def _retry_after(error: SlackApiError) -> float | None:
    value = str((getattr(error.response, "headers", None) or {}).get("Retry-After", ""))
    return float(value) if value.isdigit() else None
