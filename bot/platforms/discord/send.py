"""Posts frozen messages over Discord's REST interface, which needs no live gateway, and says what became of each.

A delivery's id is its nonce: within some minutes Discord returns the earlier message instead of posting twice. Later a message
is found again by the reference in its last line.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Final

import aiohttp  # discord.py lets the errors of its transport through and takes its trace hooks
import discord

from bot import log
from bot.errors import DeliveryError
from bot.model import Channel, Edition, Message, Reply, Subscription
from bot.platforms.discord import history
from bot.platforms.discord.items import view
from bot.platforms.discord.reference import signed
from bot.platforms.discord.render import edition_messages
from bot.platforms.discord.replies import reply_parts

DEADLINE = 40.0
MAX_NONCE = 25
_SKEW = timedelta(minutes=2)  # by how much our clock and Discord's may differ
_THREADS_REMEMBERED = 1000
_DAY: Final = 1440

_THREAD_EXISTS = 160004
_OUR_BUG = {50006, 50035}
# What only a person can change: unknown channel, guild or webhook, no access, no permission, wrong kind of channel, locked …
_PERMANENT = {10003, 10004, 10013, 10015, 40001, 50001, 50005, 50007, 50008, 50013, 50024, 50027, 50083, 160005}
_NOT_HERE = {10003, 10008}  # unknown channel, unknown message
# Reasons to go on in the channel itself: its kind has no threads, we may not open or write one, its first message is gone.
_NO_THREAD = {10003, 10008, 50001, 50013, 50024, 50083, 160005}
# A posting names no other message, so this is about its nonce: Discord took it before, and somebody deleted it since.
_DELETED_SINCE = 10008

_GONE = "the channel is gone: make the briefing anew in another, or unsubscribe"
_NO_ACCESS = "the bot may not write there: give it View Channel, Send Messages and Read Message History in the channel"
_CURES = {10003: _GONE, 10004: "the bot was removed from the server: invite it again", 50001: _NO_ACCESS, 50013: _NO_ACCESS}

_attempts: ContextVar[list[int | None] | None] = ContextVar("_attempts", default=None)


class _SecondAttempt(Exception):
    """Stops discord.py's own retry of a request whose first outcome is unknown."""


def trace() -> aiohttp.TraceConfig:
    """Hooks for a discord.Client (``http_trace``) that keep a send from being retried unless Discord surely refused it (429)."""
    hooks = aiohttp.TraceConfig()

    async def start(_session: object, _context: SimpleNamespace, _params: aiohttp.TraceRequestStartParams) -> None:
        attempts = _attempts.get()
        if attempts is None:
            return
        if any(status != 429 for status in attempts):
            raise _SecondAttempt
        attempts.append(None)

    async def end(_session: object, _context: SimpleNamespace, params: aiohttp.TraceRequestEndParams) -> None:
        attempts = _attempts.get()
        if attempts:
            attempts[-1] = params.response.status

    hooks.on_request_start.append(start)
    hooks.on_request_end.append(end)
    return hooks


class DiscordMessenger:
    """ports.Messenger for Discord, speaking through a client that is logged in; its gateway may be down."""

    platform = "discord"
    repeat_seconds = 60.0  # Discord says "the past few minutes" of a nonce, without a figure
    spacing = 0.0  # discord.py waits by the headers of each answer, channel by channel
    workspace_spacing = 0.0

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._threads: OrderedDict[str, bool] = OrderedDict()  # by first message: does its thread take messages?

    def render(self, edition: Edition, subscription: Subscription | None = None) -> tuple[Message, ...]:
        """The edition as Components V2 messages: the first for the channel, the rest for its thread."""
        return edition_messages(edition, subscription)

    async def send(self, channel: Channel, message: Message, delivery_id: str, thread: str | None) -> str:
        """Post once and return the message's id. ``thread`` is the id of the edition's first message, as of the thread below it.

        Raises:
            DeliveryError: ``posted`` is None after a time-out, a lost connection or a 5xx.
        """
        if len(delivery_id) > MAX_NONCE:
            raise ValueError(f"a delivery id of {len(delivery_id)} characters is no nonce: at most {MAX_NONCE}")
        if self._client.user is None or self._client.is_closed():
            raise DeliveryError("Discord: not logged in yet", retry_after=5.0)
        if message.in_thread and thread and await self._has_thread(channel, message, thread):
            try:
                return await self._post(thread, message, delivery_id)
            except discord.HTTPException as error:
                if error.code not in _NO_THREAD or error.code == _DELETED_SINCE:
                    raise _delivery_error(error) from error
                self._remember(thread, usable=False)
                log.event("discord.thread.refused", channel=channel.id, code=error.code)
        try:
            return await self._post(channel.id, message, delivery_id)
        except discord.HTTPException as error:
            raise _delivery_error(error) from error

    def render_note(self, reply: Reply, language: str) -> Message:
        """A short reply as one message. Pure."""
        return Message({"components": reply_parts(reply, language)[0].components})

    async def edit(
        self, channel: Channel, message_id: str, message: Message, thread: str | None = None, delivery_id: str = ""
    ) -> None:
        """Put ``message`` in the place of message ``message_id``, wherever in ``thread`` or ``channel`` it stands.

        Raises:
            DeliveryError: ``permanent`` where Discord refuses, ``posted`` where the message is gone.
        """
        if self._client.user is None or self._client.is_closed():
            raise DeliveryError("Discord: not logged in yet", retry_after=5.0)
        components = signed(message.payload["components"], delivery_id) if delivery_id else message.payload["components"]
        # The first message of a post in a forum stands in a thread that bears its own id.
        places = (thread, channel.id) if thread else (channel.id, message_id)
        gone: discord.HTTPException | None = None
        for place in places:
            found = self._client.get_partial_messageable(_snowflake(place)).get_partial_message(_snowflake(message_id))
            try:
                with _settled(posted=None):
                    async with asyncio.timeout(DEADLINE):
                        await found.edit(view=view(components), allowed_mentions=discord.AllowedMentions.none())
                return
            except discord.HTTPException as error:
                if error.code not in _NOT_HERE:
                    raise _delivery_error(error) from error
                gone = error
        raise DeliveryError("Discord: the message is gone", posted=True) from gone

    async def tell(self, workspace: str, person: str, reply: Reply, notice_id: str, since: datetime | None = None) -> None:
        """Say something to a person, or in the channel whose id follows a "#", as bot.ports.Messenger says.

        Raises:
            DeliveryError: as bot.ports.Messenger says.
        """
        if self._client.user is None or self._client.is_closed():
            raise DeliveryError("Discord: not logged in yet", retry_after=5.0)
        place = person.removeprefix("#")
        if place == person:
            try:
                with _settled(posted=False):
                    async with asyncio.timeout(DEADLINE):
                        place = str((await self._client.http.start_private_message(_snowflake(person)))["id"])
            except discord.HTTPException as error:
                raise _delivery_error(error, posted=False) from error
        channel = Channel(self.platform, place, workspace)
        if since is None or await self._find_again(channel, notice_id, since) is None:
            await self.send(channel, self.render_note(reply, "en"), notice_id, None)

    async def _find_again(self, channel: Channel, notice_id: str, since: datetime) -> str | None:
        try:
            return await self.find(channel, notice_id, since - _SKEW, None)
        except DeliveryError as error:  # whether the earlier attempt came through stays unknown
            raise DeliveryError(str(error), retry_after=error.retry_after, posted=None) from error

    async def find(self, channel: Channel, delivery_id: str, since: datetime, thread: str | None) -> str | None:
        """The id of our own message that bears the delivery's reference, as bot.ports.Messenger says.

        Raises:
            DeliveryError: ``permanent`` where the history may not be read, or is too long to be read to its end.
        """
        if self._client.user is None or self._client.is_closed():
            raise DeliveryError("Discord: not logged in yet", retry_after=5.0)
        below = _snowflake(thread) if thread else None
        try:
            with _settled(posted=None):
                async with asyncio.timeout(DEADLINE):
                    return await history.find(self._client, _snowflake(channel.id), delivery_id, since, below)
        except discord.DiscordException as error:
            if isinstance(error, discord.HTTPException):
                raise _delivery_error(error) from error
            raise DeliveryError(f"Discord: {type(error).__name__}", permanent=True) from error

    async def _has_thread(self, channel: Channel, message: Message, first: str) -> bool:
        """Open the thread below message ``first``, which then has that message's id; False where there can be none."""
        if first not in self._threads:
            start = self._client.http.start_thread_with_message
            name = str(message.payload.get("thread_name") or "…")
            try:
                with _settled(posted=False):
                    async with asyncio.timeout(DEADLINE):
                        await start(_snowflake(channel.id), _snowflake(first), name=name, auto_archive_duration=_DAY)
                usable = True
            except discord.HTTPException as error:
                usable = error.code == _THREAD_EXISTS
                if not usable and error.code not in _NO_THREAD:
                    raise _delivery_error(error, posted=False) from error
            self._remember(first, usable=usable)
        return self._threads[first]

    def _remember(self, first: str, *, usable: bool) -> None:
        self._threads[first] = usable
        while len(self._threads) > _THREADS_REMEMBERED:
            self._threads.popitem(last=False)

    async def _post(self, target: str, message: Message, nonce: str) -> str:
        place = self._client.get_partial_messageable(_snowflake(target))
        attempts: list[int | None] = []
        token = _attempts.set(attempts)
        try:
            with _settled(posted=None):
                async with asyncio.timeout(DEADLINE):
                    sent = await place.send(
                        view=view(signed(message.payload["components"], nonce)),
                        nonce=nonce,
                        suppress_embeds=True,
                        allowed_mentions=discord.AllowedMentions.none(),
                    )
        except _SecondAttempt as error:
            raise DeliveryError(f"Discord: HTTP {attempts[-1] or 'connection lost'}", posted=None) from error
        finally:
            _attempts.reset(token)
        return str(sent.id)


def _snowflake(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise DeliveryError(f"Discord: {text!r} is no channel id", permanent=True) from error


@contextmanager
def _settled(posted: bool | None) -> Iterator[None]:
    """Turn what is no answer from Discord into DeliveryError; ``posted``: what a lost answer means for the message."""
    try:
        yield
    except discord.RateLimited as error:
        raise DeliveryError("Discord: rate limited", retry_after=error.retry_after) from error
    except aiohttp.ClientConnectorError as error:  # refused before a byte went out
        raise DeliveryError("Discord: cannot connect") from error
    except TimeoutError as error:
        raise DeliveryError("Discord: no answer in time", posted=posted) from error
    except (aiohttp.ClientError, OSError) as error:
        raise DeliveryError("Discord: connection lost", posted=posted) from error


def _delivery_error(error: discord.HTTPException, posted: bool | None = None) -> DeliveryError:
    """What an answer of Discord means for a delivery. ``posted``: what a 5xx means."""
    reason = f"Discord: HTTP {error.status}, code {error.code}: {error.text[:200]}"
    if error.status >= 500:
        return DeliveryError(reason, posted=posted)
    if error.code == _DELETED_SINCE:
        return DeliveryError(reason, posted=True)
    if error.status == 429:
        return DeliveryError(reason, retry_after=_retry_after(error))
    if error.code in _OUR_BUG:
        log.bug("discord.payload", error)
        return DeliveryError(reason)
    permanent = error.code in _PERMANENT or error.status == 401
    return DeliveryError(reason, permanent=permanent, cure=_CURES.get(error.code, ""))


def _retry_after(error: discord.HTTPException) -> float | None:
    try:
        return float(error.response.headers.get("Retry-After", ""))
    except ValueError:
        return None
