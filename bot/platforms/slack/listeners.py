"""What people say in Slack, turned into Requests: /brief, mentions, replies, direct messages; and the Socket Mode connection."""

import asyncio
import html
import inspect
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot import clock, log
from bot.commands.verbs import parse
from bot.errors import ConfigError, UserError
from bot.locales import t
from bot.model import Channel, Message, Reply, Request
from bot.platforms.slack.memory import Seen, Threads
from bot.platforms.slack.oauth import OAuth
from bot.platforms.slack.places import TIMEOUT, Place, PrivatePlace, ThreadPlace, patience
from bot.platforms.slack.render import plain_message, reply_messages
from bot.platforms.slack.surface import COMMAND
from bot.platforms.slack.text import clean

Handle = Callable[[Request], Awaitable[Reply]]
LanguageOf = Callable[[Channel], str | Awaitable[str]]
First = Callable[[str, str], Awaitable[bool]]

_PROGRESS = {"ask": "Searching the archive …", "summarize": "Reading the page …", "today": "Putting the briefing together …"}
_MARKUP = re.compile(r"<([^<>]*)>")
_PERSON = re.compile(r"<@(\w+)")
_REPLIES_READ = 15  # more is refused to apps that are sold outside Slack's Marketplace
_BAD_TOKEN = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type"}
)


def said(text: str, bot_user: str = "") -> str:
    """What a person typed, without Slack's markup and without the mention of ourselves."""

    def plain(found: re.Match[str]) -> str:
        target, _, label = found[1].partition("|")
        if target.startswith(("@", "#", "!")):
            mine = bot_user and target == f"@{bot_user}"
            return " " if mine else label or target.lstrip("!")
        return target if target.startswith(("http://", "https://")) else label or target

    return clean(html.unescape(_MARKUP.sub(plain, text)))


class _Talk:
    """One conversation partner for all channels: gets Requests answered and shows the answers."""

    def __init__(self, handle: Handle, language_of: LanguageOf, now: Callable[[], datetime], first: First | None) -> None:
        self._handle, self._language_of, self._now, self._first = handle, language_of, now, first
        self._seen, self._threads = Seen(), Threads()

    async def command(self, client: AsyncWebClient, command: Mapping[str, Any]) -> None:
        """Answer /brief to the one who typed it."""
        channel = Channel("slack", command["channel_id"], command.get("team_id", ""))
        place = PrivatePlace(command["response_url"], client, channel.id, command["user_id"])
        await self._answer(place, channel, command["user_id"], said(command.get("text") or ""))

    async def message(self, client: AsyncWebClient, event: Mapping[str, Any], event_id: str, team: str, bot_user: str) -> None:
        """Answer a mention or a direct message in its thread, once."""
        # Not the event's own team: in a channel shared with another workspace that is the one of the person who wrote.
        channel = Channel("slack", event["channel"], team)
        names = [("event", event_id), ("message", channel.id, event["ts"]), ("client", event.get("client_msg_id") or event_id)]
        if not self._seen.first(*names) or (self._first and not await self._first(team, event_id)):
            return
        root = event.get("thread_ts") or event["ts"]
        text = said(event.get("text") or "", bot_user)
        lines = await self._earlier(client, channel.id, root, event["ts"]) if root != event["ts"] else ()
        place = ThreadPlace(client, channel.id, root)
        self._threads.remember(channel.id, root, text)
        await self._answer(place, channel, event["user"], text, lines)

    async def _earlier(self, client: AsyncWebClient, channel: str, root: str, before: str) -> tuple[str, ...]:
        """What people said in the thread so far: from memory, or else (a briefing's thread, a restart) from Slack."""
        known = self._threads.recall(channel, root)
        if known:
            return known
        try:
            history = await client.conversations_replies(channel=channel, ts=root, latest=before, limit=_REPLIES_READ)
        except (SlackClientError, aiohttp.ClientError, TimeoutError) as error:
            log.warning("slack.thread_unread", channel=channel, error=repr(error)[:200])
            return ()
        earlier: list[dict[str, Any]] = history.get("messages", [])
        talk = (m for m in earlier if m.get("ts") != before and (m.get("ts") == root or not m.get("bot_id")))
        lines = (said(message.get("text") or "") for message in talk)
        self._threads.remember(channel, root, *filter(None, lines))
        return self._threads.recall(channel, root)

    async def _answer(self, place: Place, channel: Channel, person: str, text: str, thread: tuple[str, ...] = ()) -> None:
        """Show progress, then the answer."""
        language = "en"
        try:
            found = self._language_of(channel)
            language = await found if inspect.isawaitable(found) else found
            verb, rest = parse(text)
            await place.progress(plain_message(t(language, _PROGRESS.get(verb, "One moment …"))))
            request = Request(verb, rest, channel, person, language, self._now(), thread)
            messages = reply_messages(await self._handle(request))
        except UserError as error:
            messages = reply_messages(Reply(paragraphs=(str(error),), error=True))
        except Exception as error:  # noqa: BLE001 the edge of a chat handler: people see a reference, the log the rest
            messages = (_apology(error, channel, language),)
        await place.fill(messages)


def _apology(error: Exception, channel: Channel, language: str) -> Message:
    reference = secrets.token_hex(4)
    log.bug("slack.request_failed", error, reference=reference, workspace=channel.workspace, channel=channel.id)
    return plain_message(t(language, "Something went wrong. Reference: {reference}", reference=reference))


def build_app(
    token: str,
    *,
    handle: Handle,
    language_of: LanguageOf,
    now: Callable[[], datetime] = clock.now,
    base_url: str | None = None,
    oauth: OAuth | None = None,
    first: First | None = None,
) -> AsyncApp:
    """The Slack app of one workspace, or with ``oauth`` of all that installed it.

    ``language_of`` tells the language of a channel's answers; ``base_url``: of the Web API. ``first`` tells whether an event of
    a workspace comes to any of our processes for the first time.
    """
    # What comes over HTTP is verified before it gets here (hooks.py).
    if oauth:
        authorize: Any = oauth.authorize  # Bolt takes an AsyncAuthorize too
        app = AsyncApp(name="slack", oauth_flow=oauth.flow, authorize=authorize, request_verification_enabled=False)
    else:
        app = AsyncApp(token=token, name="slack", request_verification_enabled=False)
    # Set here, not handed over as a client: beside SLACK_BOT_TOKEN in the environment Bolt would warn about that at each start.
    app.client.base_url = base_url or AsyncWebClient.BASE_URL
    app.client.timeout = TIMEOUT
    app.client.retry_handlers = list(patience())
    talk = _Talk(handle, language_of, now, first)

    async def on_command(ack: Callable[[], Awaitable[Any]], client: AsyncWebClient, command: dict[str, Any]) -> None:
        await ack()
        await talk.command(client, command)

    async def on_message(client: AsyncWebClient, event: dict[str, Any], body: dict[str, Any], context: Mapping[str, Any]) -> None:
        bot_user = context.get("bot_user_id") or ""
        if _is_question(event, bot_user):
            await talk.message(client, event, body["event_id"], body.get("team_id", ""), bot_user)

    async def on_other() -> None:
        """Events that come with a subscription but ask nothing of us."""

    async def on_error(error: Exception) -> None:
        log.bug("slack.listener_failed", error)

    app.command(COMMAND)(on_command)
    app.event(re.compile("^(app_mention|message)$"))(on_message)
    app.event(re.compile(".*"))(on_other)
    app.error(on_error)
    return app


def _is_question(event: Mapping[str, Any], bot_user: str) -> bool:
    """A person's own words to us: a mention, a direct message, or a reply below a briefing that is not for somebody else.

    No edits, no joins, no bots (ourselves among them).
    """
    if event.get("bot_id") or not event.get("user") or event.get("subtype") not in (None, "file_share", "thread_broadcast"):
        return False
    if event["type"] == "app_mention" or event.get("channel_type") == "im":
        return True
    below_ours = bool(bot_user) and event.get("parent_user_id") == bot_user
    return below_ours and set(_PERSON.findall(event.get("text") or "")) <= {bot_user}


async def serve(app: AsyncApp, app_token: str, *, base_url: str | None = None, ping_interval: float = 10) -> None:
    """Listen through Socket Mode until cancelled; ``ping_interval`` in seconds.

    Raises:
        ConfigError: Slack refuses one of the tokens.
    """
    web = AsyncWebClient(base_url=base_url or app.client.base_url, timeout=TIMEOUT)
    address = await _open(app.client, web, app_token)
    handler = AsyncSocketModeHandler(app, app_token, web_client=web, ping_interval=ping_interval)
    handler.client.wss_uri = address
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(handler.connect_async())  # type: ignore[no-untyped-call]
            await _watch(handler, ping_interval)
    finally:
        await _close(handler)


async def _open(client: AsyncWebClient, web: AsyncWebClient, app_token: str) -> str | None:
    """The address of the first connection; None where Slack cannot be reached now (the connection keeps trying)."""
    setting = "SLACK_BOT_TOKEN"
    try:
        if client.token:  # else every workspace has its own
            await client.auth_test()
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


async def _watch(handler: AsyncSocketModeHandler, interval: float) -> None:
    """Note when the connection goes and comes; a lost one must not be tried again with its used-up address."""
    connected = False
    while True:
        await asyncio.sleep(interval)
        alive = await handler.client.is_connected()
        if alive != connected:
            log.event("slack.connected") if alive else log.warning("slack.disconnected")
        if not alive:
            handler.client.wss_uri = None
        connected = alive


async def _close(handler: AsyncSocketModeHandler) -> None:
    await handler.close_async()  # type: ignore[no-untyped-call]
    client = handler.client
    tasks = [task for task in (client.message_processor, client.current_session_monitor, client.message_receiver) if task]
    await asyncio.gather(*tasks, return_exceptions=True)
