"""From what a person did on Discord to a Request, and from the conversation's answer to a Reply, whatever goes wrong."""

import io
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import discord

from bot import log
from bot.charts.pictures import illustrated
from bot.errors import FormError, UserError
from bot.locales import t
from bot.model import Channel, File, Option, Reply, Request
from bot.platforms.discord.buttons import NOTE, Component, button, custom_id, keyed, link_button, to_keep, turns_page
from bot.ports import Conversation, Notes, Show

KEPT = timedelta(hours=24)  # what buttons and forms refer to
MOST_BUTTONS = 20
LANGUAGE_OF_LOCALE = {discord.Locale.korean: "ko", discord.Locale.japanese: "ja"}
_ENGLISH = (discord.Locale.american_english, discord.Locale.british_english)

Interaction = discord.Interaction[Any]
First = Callable[[str, str], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Asking:
    """The conversation as the listeners see it; ``notes`` keeps what does not fit into a button.

    ``first``: whether an event of a workspace, by its id, is ours to answer, where several processes may hear of it.
    """

    conversation: Conversation
    notes: Notes
    now: Callable[[], datetime]
    first: First | None = None

    async def answer(
        self, request: Request, locale: discord.Locale | None = None, show: Show | None = None
    ) -> tuple[Request, Reply]:
        """The request in its reply's language, and the reply. People see only the text of a UserError, of a bug a reference.

        Raises:
            FormError: fields of the form that the request fills in have to be put right.
        """
        try:
            request = replace(request, language=await self.language(request.channel, locale))
            return request, await illustrated(await self.conversation.handle(request, show), dark=True)
        except FormError as error:
            if request.values is not None:
                raise
            return request, Reply(paragraphs=(str(error),), error=True)
        except UserError as error:
            return request, Reply(paragraphs=(str(error),), error=True)
        except Exception as error:  # noqa: BLE001 - the edge of a chat handler: logged, and the person gets a reference
            return request, went_wrong(error, request.verb, request.language)

    async def language(self, channel: Channel, locale: discord.Locale | None) -> str:
        """That of the person's own Discord where we speak it, else the channel's."""
        return reply_language(locale) or await self.conversation.language_of(channel)

    async def suggest(self, request: Request) -> Sequence[Option]:
        """Ways to complete what is typed."""
        return await self.conversation.suggest(request)

    async def buttons(self, request: Request, reply: Reply) -> list[Component]:
        """The reply's actions as buttons; what is too long for one is kept as a note."""
        said = (request.verb, request.text, request.about)
        opening = [link_button(action.label, action.url) for action in reply.actions if action.url]
        saying = [action for action in reply.actions if not action.url][: MOST_BUTTONS - len(opening)]
        actions = [(action, turns_page(action, said)) for action in saying]
        ids = [custom_id(action, turns=turns) for action, turns in actions]
        kept = [to_keep(action, turns=turns) for (action, turns), id in zip(actions, ids, strict=True) if id is None]
        key = await self.keep(request.channel, {"actions": kept}) if kept else ""
        places = iter(range(len(kept)))
        made = [
            button(action.label, keyed(NOTE, key, next(places)) if id is None else id, action.style)
            for (action, _), id in zip(actions, ids, strict=True)
        ]
        return [*made, *opening]

    async def keep(self, place: Channel, data: dict[str, Any]) -> str:
        """Keep a note for as long as its button can be expected to be pressed."""
        now = self.now()
        return await self.notes.keep(place, data, now + KEPT, now)


def went_wrong(error: Exception, what: str, language: str) -> Reply:
    """Log a bug; the reply gives people the reference by which the log finds it."""
    reference = secrets.token_hex(3)
    log.bug("discord.bug", error, reference=reference, verb=what)
    text = t(language, "Something went wrong. Reference: {reference}", reference=reference)
    return Reply(paragraphs=(text,), error=True)


def reply_language(locale: discord.Locale | None) -> str | None:
    """The language of a person's own Discord; None where we do not speak it."""
    if locale in _ENGLISH:
        return "en"
    return LANGUAGE_OF_LOCALE.get(locale) if locale else None


def place_of(interaction: Interaction) -> Channel:
    """Where something was done. Outside the servers that the bot is in, all that one person does shares a space of its own."""
    alone = interaction.guild_id is None or (interaction.is_user_integration() and not interaction.is_guild_integration())
    workspace = f"@{interaction.user.id}" if alone else str(interaction.guild_id)
    return Channel("discord", str(interaction.channel_id or ""), workspace)


def place_of_message(message: discord.Message) -> Channel:
    """Where a message stands, as ``place_of``."""
    workspace = str(message.guild.id) if message.guild else f"@{message.author.id}"
    return Channel("discord", str(message.channel.id), workspace)


def manages(who: discord.User | discord.Member, permissions: discord.Permissions | None = None) -> bool:
    """Whether a person may manage the server; ``permissions`` as Discord states them in an interaction."""
    if not isinstance(who, discord.Member):
        return False
    held = permissions if permissions is not None else who.guild_permissions
    return held.manage_guild or held.administrator


def attached(files: Sequence[File]) -> list[discord.File]:
    """Files as discord.py sends them."""
    return [discord.File(io.BytesIO(file.content), filename=file.name, description=file.alt[:1024] or None) for file in files]
