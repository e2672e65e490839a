"""Posts frozen messages over Discord's REST interface, which needs no live gateway, and says what became of each.

A delivery's id is its nonce: within some minutes Discord returns the earlier message instead of posting twice. Later a message
is found again by the reference in its last line.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

import discord

from bot import log
from bot.errors import DeliveryError
from bot.model import Channel, Edition, Message, Reply, Subscription
from bot.pipeline.attempt import say_once
from bot.platforms.discord import forum, history
from bot.platforms.discord.asking import attached
from bot.platforms.discord.calls import Turn, answered, once
from bot.platforms.discord.items import view
from bot.platforms.discord.pictures import Shown, refuses_pictures, shown
from bot.platforms.discord.reference import signed
from bot.platforms.discord.refusals import DELETED_SINCE, delivery_error, snowflake
from bot.platforms.discord.render import edition_messages
from bot.platforms.discord.replies import reply_parts

SPACING = 1 / 45  # seconds between two requests of all processes: Discord takes 50 a second of one bot, replies aside
MAX_NONCE = 25
_THREADS_REMEMBERED = 1000
_DAY: Final = 1440

_THREAD_EXISTS = 160004
_NO_TEXT_CHANNEL = 50008
_NOT_HERE = {10003, 10008}  # unknown channel, unknown message
# Reasons to go on in the channel itself: its kind has no threads, we may not open or write one, its first message is gone.
_NO_THREAD = {10003, 10008, 50001, 50013, 50024, 50083, 160005}

_T = TypeVar("_T")


class DiscordMessenger:
    """ports.Messenger for Discord, speaking through a client that is logged in; its gateway may be down."""

    platform = "discord"
    repeat_seconds = 60.0  # Discord says "the past few minutes" of a nonce, without a figure
    spacing = 0.0  # discord.py waits by the headers of each answer, channel by channel
    workspace_spacing = 0.0

    def __init__(self, client: discord.Client, turn: Turn | None = None) -> None:
        """``turn``: waits before each request that sends something, so that all processes together keep the limit."""
        self._client = client
        self._turn = turn
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
        self._refuse_unless_ready()
        if message.in_thread and thread and await self._goes_below(channel, message, thread):
            try:
                return await self._post(thread, message, delivery_id)
            except discord.HTTPException as error:
                if error.code not in _NO_THREAD or error.code == DELETED_SINCE:
                    raise delivery_error(error) from error
                self._remember(thread, usable=False)
                log.event("discord.thread.refused", channel=channel.id, code=error.code)
        return await self._post_in_channel(channel, message, delivery_id)

    async def _post_in_channel(self, channel: Channel, message: Message, delivery_id: str) -> str:
        begins = "title" in message.payload
        if begins and isinstance(self._client.get_channel(snowflake(channel.id)), discord.ForumChannel):
            return await self._post_in_forum(channel, message, delivery_id)
        try:
            return await self._post(channel.id, message, delivery_id, publish=bool(message.payload.get("publish")))
        except discord.HTTPException as error:
            if begins and error.code == _NO_TEXT_CHANNEL:  # perhaps a forum that the gateway told nothing of
                return await self._post_in_forum(channel, message, delivery_id)
            raise delivery_error(error) from error

    def render_note(self, reply: Reply, language: str) -> Message:
        """A short reply as one message. Pure."""
        return Message({"components": reply_parts(reply, language)[0].components, "thread_name": reply.title or "…"})

    async def edit(
        self, channel: Channel, message_id: str, message: Message, thread: str | None = None, delivery_id: str = ""
    ) -> None:
        """Put ``message`` in the place of message ``message_id``, wherever in ``thread`` or ``channel`` it stands.

        Raises:
            DeliveryError: ``permanent`` where Discord refuses, ``posted`` where the message is gone.
        """
        self._refuse_unless_ready()
        ways = await shown(message)
        if ways[0].files:  # Discord may keep what is attached, and take nothing new
            ways.insert(1, Shown(ways[0].components))
        # The first message of a post in a forum stands in a thread that bears its own id.
        places = (thread, channel.id) if thread else (channel.id, message_id)
        gone: discord.HTTPException | None = None
        for place in places:
            found = self._client.get_partial_messageable(snowflake(place)).get_partial_message(snowflake(message_id))
            try:
                await _edited(found, ways, delivery_id)
                return
            except discord.HTTPException as error:
                if error.code not in _NOT_HERE:
                    raise delivery_error(error) from error
                gone = error
        raise DeliveryError("Discord: the message is gone", posted=True) from gone

    async def tell(self, workspace: str, person: str, reply: Reply, notice_id: str, since: datetime | None = None) -> None:
        """Say something to a person, or in the channel whose id follows a "#", as bot.ports.Messenger says.

        Raises:
            DeliveryError: as bot.ports.Messenger says.
        """
        self._refuse_unless_ready()
        place = person.removeprefix("#")
        if place == person:
            try:
                async with answered(posted=False):
                    place = str((await self._client.http.start_private_message(snowflake(person)))["id"])
            except discord.HTTPException as error:
                raise delivery_error(error, posted=False) from error
        channel = Channel(self.platform, place, workspace)
        await say_once(self, channel, reply, notice_id, since)

    async def find(self, channel: Channel, delivery_id: str, since: datetime, thread: str | None) -> str | None:
        """The id of our own message that bears the delivery's reference, as bot.ports.Messenger says.

        Raises:
            DeliveryError: ``permanent`` where the history may not be read, or is too long to be read to its end.
        """
        self._refuse_unless_ready()
        below = snowflake(thread) if thread else None
        try:
            async with answered(posted=None):
                return await history.find(self._client, snowflake(channel.id), delivery_id, since, below)
        except discord.DiscordException as error:
            if isinstance(error, discord.HTTPException):
                raise delivery_error(error) from error
            raise DeliveryError(f"Discord: {type(error).__name__}", permanent=True) from error

    def _refuse_unless_ready(self) -> None:
        if self._client.user is None or self._client.is_closed():
            raise DeliveryError("Discord: not logged in yet", retry_after=5.0)

    async def _goes_below(self, channel: Channel, message: Message, first: str) -> bool:
        """Whether the message can stand in a thread; followers of a channel for announcements see nothing of its threads."""
        if isinstance(self._client.get_channel(snowflake(channel.id)), discord.ForumChannel):
            return True
        if message.payload.get("publish"):
            place = await self._place(channel)
            if isinstance(place, discord.TextChannel) and place.is_news():
                return False
        return await self._has_thread(channel, message, first)

    async def _place(self, channel: Channel) -> Any:
        try:
            async with answered(posted=False):
                return await forum.place(self._client, snowflake(channel.id))
        except discord.HTTPException as error:
            raise delivery_error(error, posted=False) from error

    async def _post_in_forum(self, channel: Channel, message: Message, delivery_id: str) -> str:
        place = await self._place(channel)
        if not isinstance(place, discord.ForumChannel):
            raise DeliveryError("Discord: the channel takes no messages", permanent=True)
        try:
            async with answered(posted=None):
                if found := await forum.find(self._client, place, delivery_id):
                    return found
            title, topics = str(message.payload["title"]), message.payload.get("topics", ())
            return await self._as_well_as_may_be(
                message,
                lambda way: forum.post(
                    place, title, topics, signed(way.components, delivery_id), _mentions(message), **_files(way)
                ),
            )
        except discord.HTTPException as error:
            raise delivery_error(error) from error

    async def _has_thread(self, channel: Channel, message: Message, first: str) -> bool:
        """Open the thread below message ``first``, which then has that message's id; False where there can be none."""
        if first not in self._threads:
            start = self._client.http.start_thread_with_message
            name = str(message.payload.get("thread_name") or "…")
            try:
                if self._turn:
                    await self._turn()
                async with answered(posted=False):
                    await start(snowflake(channel.id), snowflake(first), name=name, auto_archive_duration=_DAY)
                usable = True
            except discord.HTTPException as error:
                usable = error.code == _THREAD_EXISTS
                if not usable and error.code not in _NO_THREAD:
                    raise delivery_error(error, posted=False) from error
                # In a forum the first message is its thread's own.
                usable = usable or isinstance(await self._place(channel), discord.ForumChannel)
            self._remember(first, usable=usable)
        return self._threads[first]

    def _remember(self, first: str, *, usable: bool) -> None:
        self._threads[first] = usable
        while len(self._threads) > _THREADS_REMEMBERED:
            self._threads.popitem(last=False)

    async def _post(self, target: str, message: Message, nonce: str, *, publish: bool = False) -> str:
        place = self._client.get_partial_messageable(snowflake(target))
        sent = await self._as_well_as_may_be(
            message,
            lambda way: place.send(
                view=view(signed(way.components, nonce)),
                nonce=nonce,
                suppress_embeds=True,
                allowed_mentions=_mentions(message),
                **_files(way),
            ),
        )
        if publish:
            await _publish(sent)
        return str(sent.id)

    async def _as_well_as_may_be(self, message: Message, post: Callable[[Shown], Awaitable[_T]]) -> _T:
        """What ``post`` returns for the message with its pictures or, where Discord surely refused these, without them."""
        best, *plainer = await shown(message)
        try:
            async with once(self._turn):
                return await post(best)
        except discord.HTTPException as error:
            if not plainer or not refuses_pictures(error):
                raise
            log.warning("discord.picture_lost", code=error.code, status=error.status)
        async with once(self._turn):
            return await post(plainer[0])


def _files(way: Shown) -> dict[str, Any]:
    """What is attached, made anew for each request: one that was sent is used up."""
    return {"files": attached(way.files)} if way.files else {}


def _mentions(message: Message) -> discord.AllowedMentions:
    """Nobody, or the one role that an admin of the channel chose."""
    role = message.payload.get("mention")
    return discord.AllowedMentions(everyone=False, users=False, roles=[discord.Object(int(role))] if role else False)


async def _edited(found: discord.PartialMessage, ways: Sequence[Shown], delivery_id: str) -> None:
    """Edit a message in the first of ``ways`` that Discord takes."""
    for number, way in enumerate(ways, 1):
        components = signed(way.components, delivery_id) if delivery_id else way.components
        files: dict[str, Any] = {"attachments": attached(way.files)} if way.files else {}
        try:
            async with answered(posted=None):
                await found.edit(view=view(components), allowed_mentions=discord.AllowedMentions.none(), **files)
            return
        except discord.HTTPException as error:
            if number == len(ways) or not refuses_pictures(error):
                raise
            log.warning("discord.picture_refused", code=error.code, status=error.status, delivery=delivery_id)


async def _publish(message: discord.Message) -> None:
    """Have followers of the channel see the message; it stands where it stands whatever becomes of this."""
    try:
        async with answered(posted=True):
            await message.publish()
    except (discord.DiscordException, DeliveryError) as error:
        log.warning("discord.publish.failed", channel=str(message.channel.id), reason=str(error))
