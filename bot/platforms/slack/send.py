"""Posting to Slack: one request, no library retries, and an honest word on whether the message is there.

A message carries its delivery's id as metadata, by which it is found again in the channel's history.
"""

from datetime import datetime
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import DeliveryError
from bot.model import Channel, Edition, Message, Reply, Subscription
from bot.pipeline.attempt import say_once
from bot.platforms.slack.clients import TIMEOUT, Clients, OneToken
from bot.platforms.slack.pictures import Pictures, Remedy
from bot.platforms.slack.refusals import GONE, as_ours, before_posting, code_of
from bot.platforms.slack.render import edition_messages
from bot.platforms.slack.replies import reply_messages

_PAGE = 100
_MOST_PAGES = 10


class SlackMessenger:
    """ports.Messenger for the workspaces of ``clients``, or for the one that ``token`` belongs to."""

    platform = "slack"
    repeat_seconds = 0.0
    spacing = 1.0  # Slack's limit: about one message a second to one channel
    workspace_spacing = 0.2  # "several hundred messages a minute" to one workspace

    def __init__(
        self,
        token: str = "",
        *,
        base_url: str | None = None,
        timeout: int = TIMEOUT,
        clients: Clients | None = None,
        pictures: Pictures | None = None,
    ) -> None:
        self._clients: Clients = clients or OneToken(token, base_url, timeout)
        self._pictures = pictures or Pictures()

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
        client = await self._clients.of(channel.workspace)
        body = {
            "channel": channel.id,
            "thread_ts": thread,
            "metadata": _metadata(delivery_id),
            "unfurl_links": False,
            "unfurl_media": False,
            **await self._pictures.shown(client, channel.workspace, message.payload),
        }
        remedy, joined = Remedy(self._pictures, body, delivery_id), False
        while True:
            try:
                return str((await client.chat_postMessage(**body))["ts"])
            except SlackApiError as error:
                if code_of(error) == "not_in_channel" and not joined:
                    joined = await self._join(client, channel.id)
                    if joined:
                        continue
                if not await remedy.applied(error):
                    raise as_ours(error) from error
            except (aiohttp.ClientError, TimeoutError, SlackClientError, ValueError) as error:
                raise as_ours(error) from error

    async def edit(
        self, channel: Channel, message_id: str, message: Message, thread: str | None = None, delivery_id: str = ""
    ) -> None:
        """Put ``message`` in the place of the one with the ts ``message_id``, as bot.ports.Messenger says.

        Raises:
            DeliveryError: ``permanent`` where the workspace lets nobody edit so old a message, ``posted`` where it is gone.
        """
        client = await self._clients.of(channel.workspace)
        shown = await self._pictures.shown(client, channel.workspace, message.payload, needed=True)
        body = {"channel": channel.id, "ts": message_id, **shown}
        if delivery_id:
            body["metadata"] = _metadata(delivery_id)
        remedy = Remedy(self._pictures, body, delivery_id)
        while True:
            try:
                await client.chat_update(**body)
                return
            except SlackApiError as error:
                if code_of(error) in GONE:
                    raise DeliveryError(f"Slack: {code_of(error)}", posted=True) from error
                if not await remedy.applied(error):
                    raise as_ours(error) from error
            except (aiohttp.ClientError, TimeoutError, SlackClientError, ValueError) as error:
                raise as_ours(error) from error

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
                raise before_posting(as_ours(error)) from error
        channel = Channel(self.platform, place, workspace)
        await say_once(self, channel, reply, notice_id, since)

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
            if isinstance(error, SlackApiError) and code_of(error) == "thread_not_found":
                raise DeliveryError("Slack: the briefing's first message is gone", permanent=True) from error
            raise as_ours(error) from error
        raise DeliveryError(f"Slack: more than {_MOST_PAGES * _PAGE} messages since", permanent=True)

    async def _join(self, client: AsyncWebClient, channel: str) -> bool:
        """Join a public channel; False where a person has to invite us."""
        try:
            await client.conversations_join(channel=channel)
        except (SlackClientError, aiohttp.ClientError, TimeoutError) as error:
            ours = as_ours(error)
            if ours.permanent:
                return False
            raise DeliveryError(f"not_in_channel, and joining failed: {ours}", retry_after=ours.retry_after) from error
        return True


def _metadata(delivery_id: str) -> dict[str, Any]:
    return {"event_type": "briefing_posted", "event_payload": {"d": delivery_id}}


def _delivery_of(message: dict[str, Any]) -> str | None:
    payload = (message.get("metadata") or {}).get("event_payload") or {}
    found = payload.get("d")
    return found if isinstance(found, str) else None
