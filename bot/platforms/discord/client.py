"""Listens on Discord: ``/brief`` commands, mentions, direct messages; each becomes a Request, each Reply is shown.

Needs no privileged intent: Discord hands over the text of messages that mention the bot, reply to it or are sent to it.
"""

import asyncio
import inspect
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import aiohttp
import discord
from discord import app_commands

from bot import log
from bot.commands.verbs import parse
from bot.errors import ConfigError, UserError
from bot.locales import t
from bot.model import Channel, Message, Reply, Request
from bot.platforms.discord.layout import texts, view
from bot.platforms.discord.render import reply_messages
from bot.platforms.discord.send import trace
from bot.platforms.discord.text import plain
from bot.platforms.discord.tree import LANGUAGE_OF_LOCALE, Names, brief, sync

Handle = Callable[[Request], Awaitable[Reply]]
LanguageOf = Callable[[Channel], str | Awaitable[str]]

_MAX_RATE_LIMIT = 30.0
_LONGEST_PAUSE = 300.0
_CONTEXT = 2000


class BriefBot(discord.AutoShardedClient):
    """The chat side of Discord. Made by ``build``."""

    def __init__(self, handle: Handle, language_of: LanguageOf, now: Callable[[], datetime], **options: Any) -> None:
        super().__init__(
            intents=discord.Intents.default(),
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=_MAX_RATE_LIMIT,
            http_trace=trace(),
            **options,
        )
        self._handle = handle
        self._language_of = language_of
        self._now = now
        self.tree: app_commands.CommandTree[BriefBot] = app_commands.CommandTree(self)
        self.tree.add_command(brief(self._command))

    async def setup_hook(self) -> None:
        """After the login, before the gateway: make the commands known where they changed."""
        await self.tree.set_translator(Names())
        if self.application_id is not None:
            await sync(self.tree, self.application_id)

    # ---- commands ----

    async def _command(self, interaction: discord.Interaction[Any], verb: str, rest: str) -> None:
        """Acknowledge at once, then fill in: Discord waits 3 seconds for the first and 15 minutes for the second."""
        try:
            await interaction.response.defer(ephemeral=True, thinking=True)
            channel = _channel(interaction.channel_id, interaction.guild_id)
            request = Request(verb, rest, channel, str(interaction.user.id), "en", self._now())
            first, *others = await self._answer(request, interaction.locale)
            await interaction.edit_original_response(view=view(first.payload["components"]))
            for message in others:
                await interaction.followup.send(view=view(message.payload["components"]), ephemeral=True)
        except (discord.HTTPException, aiohttp.ClientError) as error:
            log.warning("discord.reply.failed", verb=verb, reason=str(error))

    # ---- questions ----

    async def on_message(self, message: discord.Message) -> None:
        """A mention, a direct message or a reply to the bot is a question or a verb in words."""
        text = self._addressed(message)
        if text is None:
            return
        channel = _channel(message.channel.id, message.guild.id if message.guild else None)
        verb, rest = parse(text)
        request = Request(verb, rest, channel, str(message.author.id), "en", self._now(), self._earlier(message))
        try:
            async with message.channel.typing():
                first, *others = await self._answer(request)
            reference = message.to_reference(fail_if_not_exists=False)
            await message.channel.send(view=view(first.payload["components"]), reference=reference, suppress_embeds=True)
            for more in others:
                await message.channel.send(view=view(more.payload["components"]), suppress_embeds=True)
        except (discord.HTTPException, aiohttp.ClientError) as error:
            log.warning("discord.reply.failed", verb=verb, reason=str(error))

    def _addressed(self, message: discord.Message) -> str | None:
        """What a person said to us, without the mention; None where nobody did."""
        if (
            message.author.bot
            or self.user is None
            or message.type not in (discord.MessageType.default, discord.MessageType.reply)
        ):
            return None
        if message.guild is not None and self.user not in message.mentions:
            return None
        return re.sub(rf"<@!?{self.user.id}>", " ", message.content).strip()

    def _earlier(self, message: discord.Message) -> tuple[str, ...]:
        """What the bot said in the message that this one replies to, as people read it."""
        replied_to = message.reference.resolved if message.reference else None
        if not isinstance(replied_to, discord.Message) or replied_to.author != self.user:
            return ()
        shown = plain("\n".join(texts([component.to_dict() for component in replied_to.components])))
        return (shown[:_CONTEXT],) if shown else ()

    async def _answer(self, request: Request, locale: discord.Locale | None = None) -> tuple[Message, ...]:
        """The reply's messages, at least one. People see only the text of a UserError; all else they see as a reference."""
        language = request.language
        try:
            found = self._language_of(request.channel)
            language = reply_language(locale, await found if inspect.isawaitable(found) else found)
            return reply_messages(await self._handle(replace(request, language=language)), language)
        except UserError as error:
            reply = Reply(paragraphs=(str(error),), error=True)
        except Exception as error:  # noqa: BLE001 - the edge of a chat handler: logged, and the person gets a reference
            reference = secrets.token_hex(3)
            log.bug("discord.bug", error, reference=reference, verb=request.verb)
            text = t(language, "Something went wrong. Reference: {reference}", reference=reference)
            reply = Reply(paragraphs=(text,), error=True)
        return reply_messages(reply, language)


def build(handle: Handle, *, language_of: LanguageOf, now: Callable[[], datetime], **options: Any) -> BriefBot:
    """A bot that is not connected yet. ``language_of`` gives a channel's language; ``options`` go to discord.py's client."""
    return BriefBot(handle, language_of, now, **options)


def reply_language(locale: discord.Locale | None, otherwise: str) -> str:
    """The language of the person's own Discord where we speak it, else the channel's."""
    if locale in (discord.Locale.american_english, discord.Locale.british_english):
        return "en"
    return LANGUAGE_OF_LOCALE.get(locale, otherwise) if locale else otherwise


async def serve(bot: BriefBot, token: str, *, pause: float = 5.0) -> None:
    """Log in, connect and stay connected until cancelled; then close cleanly.

    While Discord cannot be reached it tries again, first after ``pause`` seconds, then ever less often.

    Raises:
        ConfigError: Discord refuses the token or the application.
    """
    try:
        await _patiently(bot, lambda: bot.login(token), pause)
        log.event("discord.ready", name=str(bot.user))
        await _patiently(bot, bot.connect, pause)
    except discord.LoginFailure as error:
        raise ConfigError(["DISCORD_TOKEN: Discord refuses it; make a new one in the developer portal"]) from error
    except discord.ConnectionClosed as error:  # discord.py comes back by itself from all that can be repaired
        raise ConfigError([f"DISCORD_TOKEN: Discord ended the connection for good (code {error.code})"]) from error
    finally:
        await bot.close()


async def _patiently(bot: BriefBot, step: Callable[[], Awaitable[None]], pause: float) -> None:
    while True:
        try:
            return await step()
        except discord.LoginFailure:
            raise
        except (discord.HTTPException, discord.GatewayNotFound, aiohttp.ClientError, OSError) as error:
            log.warning("discord.unreachable", reason=type(error).__name__, seconds=pause)
        if bot.user is None:  # each login opens a session of its own
            await bot.http.close()
            bot.http.connector = discord.utils.MISSING
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)


def _channel(channel_id: int | None, guild_id: int | None) -> Channel:
    return Channel("discord", str(channel_id or ""), str(guild_id or ""))
