"""Answers what people say to the bot in messages: mentions, direct messages, replies to it.

Discord hands over the text of just these without a privileged intent; where it keeps one back, we say how to reach us.
"""

import re
from collections import OrderedDict
from dataclasses import replace

import aiohttp
import discord

from bot import log
from bot.commands.verbs import parse
from bot.locales import t
from bot.model import Reply, Request
from bot.platforms.discord import forms
from bot.platforms.discord.asking import Asking, attached, manages, place_of_message
from bot.platforms.discord.growing import PACE, Growing
from bot.platforms.discord.items import view
from bot.platforms.discord.layout import texts
from bot.platforms.discord.replies import Part, reply_parts
from bot.platforms.discord.text import plain

_LINE = 2000
_LINES = 20
_PLACES = 1000
_TALK = (discord.MessageType.default, discord.MessageType.reply)


class Questions:
    """What people say in messages. ``pace``: seconds between two edits of an answer that grows."""

    def __init__(self, asking: Asking, pace: float = PACE) -> None:
        self._asking = asking
        self._pace = pace
        self._told: OrderedDict[int, None] = OrderedDict()  # channels where we said how to reach us

    async def take(self, message: discord.Message, me: discord.ClientUser) -> None:
        """Answer a message that is for us."""
        if message.author.bot or message.type not in _TALK:
            return
        try:
            if message.guild is None or me in message.mentions:
                await self._answer(message, me)
            elif _means_us(message, me):
                await self._say_how(message)
        except (discord.HTTPException, aiohttp.ClientError) as error:
            log.warning("discord.reply.failed", verb="message", reason=str(error))
        except Exception as error:  # noqa: BLE001 - the edge of a chat handler: logged, the next message is answered
            log.bug("discord.bug", error, verb="message")

    async def _answer(self, message: discord.Message, me: discord.ClientUser) -> None:
        verb, rest = parse(re.sub(rf"<@!?{me.id}>", " ", message.content).strip())
        place = place_of_message(message)
        # Interactions need no such look: Discord takes one acknowledgement of each, and nothing is done before it.
        if self._asking.first and not await self._asking.first(place.workspace, f"message/{message.id}"):
            return
        request = Request(verb, rest, place, str(message.author.id), "en", self._asking.now(), admin=manages(message.author))
        request = replace(request, alone=message.guild is None)
        shown = _Shown(message)
        async with message.channel.typing():
            request = replace(request, thread=await _earlier(message, me), root=_root(message))
            language = await self._language(request)

            async def put(reply: Reply) -> None:
                await shown.first(reply_parts(reply, language)[0])

            growing = Growing(put, self._pace)
            request, reply = await self._asking.answer(request, show=growing.show)
            await growing.ended()
        await shown.all(await self._parts(request, reply))

    async def _language(self, request: Request) -> str:
        """For what is shown before the answer is whole; the answer itself finds the language for itself."""
        try:
            return await self._asking.language(request.channel, None)
        except Exception as error:  # noqa: BLE001 - the edge of a chat handler; the same failure follows in the answer
            log.warning("discord.language", reason=type(error).__name__)
            return request.language

    async def _parts(self, request: Request, reply: Reply) -> tuple[Part, ...]:
        if reply.form is None:
            return reply_parts(reply, request.language, await self._asking.buttons(request, reply))
        draft = forms.draft(reply.form, request.person, request.language)
        key = await self._asking.keep(request.channel, draft)
        return reply_parts(forms.card(draft), request.language, forms.card_buttons(draft, key))

    async def _say_how(self, message: discord.Message) -> None:
        """Once a channel: a message is meant for us, and Discord keeps its text from us."""
        if message.channel.id in self._told:
            return
        self._told[message.channel.id] = None
        while len(self._told) > _PLACES:
            self._told.popitem(last=False)
        language = await self._asking.language(place_of_message(message), None)
        words = t(language, "Discord does not show me what you wrote. Mention me in your message, and I will answer.")
        await _Shown(message).all(reply_parts(Reply(paragraphs=(words,)), language))


class _Shown:
    """An answer as it stands below a message: the first part is posted once and then edited."""

    def __init__(self, asked: discord.Message) -> None:
        self._asked = asked
        self._posted: discord.Message | None = None

    async def first(self, part: Part) -> None:
        if self._posted is not None:
            await self._posted.edit(view=view(part.components), attachments=attached(part.files))
            return
        reference = self._asked.to_reference(fail_if_not_exists=False)
        self._posted = await self._asked.channel.send(
            view=view(part.components), files=attached(part.files), reference=reference, suppress_embeds=True
        )

    async def all(self, parts: tuple[Part, ...]) -> None:
        await self.first(parts[0])
        for part in parts[1:]:
            await self._asked.channel.send(view=view(part.components), files=attached(part.files), suppress_embeds=True)


def _means_us(message: discord.Message, me: discord.ClientUser) -> bool:
    """Whether a message without our mention is for us: it stands in a thread that we opened or replies to us."""
    if message.content or message.attachments or message.stickers:
        return False
    replied_to = message.reference.resolved if message.reference else None
    if isinstance(replied_to, discord.Message) and replied_to.author == me:
        return True
    return isinstance(message.channel, discord.Thread) and message.channel.owner_id == me.id


def _root(message: discord.Message) -> str:
    """The id of the message with which the talk began: of a thread's first message, else of the one that is replied to."""
    if isinstance(message.channel, discord.Thread):
        return str(message.channel.id)
    return str(message.reference.message_id) if message.reference and message.reference.message_id else ""


async def _earlier(message: discord.Message, me: discord.ClientUser) -> tuple[str, ...]:
    """What was said before in the thread, or in the message that this one replies to, as people read it."""
    if isinstance(message.channel, discord.Thread):
        try:
            before = [said async for said in message.channel.history(limit=_LINES, before=message)]
        except discord.Forbidden:
            before = []
        return tuple(line for said in reversed(before) if (line := _said(said)))
    replied_to = message.reference.resolved if message.reference else None
    if isinstance(replied_to, discord.Message) and (line := _said(replied_to)):
        return (line,)
    return ()


def _said(message: discord.Message) -> str:
    """A message as people read it; empty where Discord keeps its text from us."""
    shown = texts([component.to_dict() for component in message.components])
    return (plain("\n".join(shown)) or re.sub(r"<@[!&]?\d+>", " ", message.content).strip())[:_LINE]
