"""Listens on Discord: commands, buttons, modals, mentions, direct messages; being added to servers and removed from them.

Needs no privileged intent: Discord hands over the text of messages that mention the bot, reply to it or are sent to it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Any

import aiohttp
import discord
from discord import app_commands
from discord.app_commands import Choice
from discord.http import Route

from bot import log
from bot.errors import ConfigError
from bot.platforms.discord import menus
from bot.platforms.discord.asking import Asking, First, Interaction
from bot.platforms.discord.calls import trace
from bot.platforms.discord.growing import PACE
from bot.platforms.discord.interactions import Interactions
from bot.platforms.discord.items import Chosen, Pressed
from bot.platforms.discord.questions import Questions
from bot.platforms.discord.tree import Names, commands_on, sync
from bot.ports import Conversation, Notes

INTENTS = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)

_MAX_RATE_LIMIT = 30.0
_LONGEST_PAUSE = 300.0


Identify = Callable[[], Awaitable[None]]
RestClient = discord.Client


class BriefBot(discord.AutoShardedClient):
    """The chat side of Discord. Made by ``build``."""

    def __init__(self, asking: Asking, pace: float, identify: Identify | None = None, **options: Any) -> None:
        self._identify = identify
        super().__init__(
            intents=INTENTS,
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            max_ratelimit_timeout=_MAX_RATE_LIMIT,
            http_trace=trace(),
            **options,
        )
        self._asking = asking
        self._interactions = Interactions(asking, pace)
        self._questions = Questions(asking, pace)
        self.tree: app_commands.CommandTree[BriefBot] = app_commands.CommandTree(self)
        summarize, why = (partial(chosen, self._interactions) for chosen in (menus.summarize, menus.why))
        commands_on(self.tree, self._command, self._suggest, summarize, why)

    async def setup_hook(self) -> None:
        """After the login, before the gateway: take presses of all buttons ever posted, make changed commands known."""
        self.add_dynamic_items(Pressed, Chosen)
        await self.tree.set_translator(Names())
        if self.application_id is not None:
            await sync(self.tree, self.application_id)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Sessions of one bot begin one after the other, in whichever process."""
        if self._identify:
            await self._identify()
        else:
            await super().before_identify_hook(shard_id, initial=initial)

    async def launch_shard(self, gateway: Any, shard_id: int, *, initial: bool = False) -> None:
        """At the gateway that Discord names, also where we say which shards we serve."""
        if self.shard_ids is not None:
            _, url, _ = await self.http.get_bot_gateway()
            gateway = type(gateway)(url)
        await super().launch_shard(gateway, shard_id, initial=initial)

    async def _command(self, interaction: Interaction, verb: str, rest: str) -> None:
        await self._interactions.command(interaction, verb, rest)

    async def _suggest(self, interaction: Interaction, verb: str, typed: str) -> list[Choice[str]]:
        return await self._interactions.suggest(interaction, verb, typed)

    async def pressed(self, interaction: Interaction, custom_id: str) -> None:
        """A button of ours was pressed."""
        await self._interactions.pressed(interaction, custom_id)

    async def on_interaction(self, interaction: Interaction) -> None:
        """Modals: what they carry is in the interaction, so one that was opened before a restart is answered too."""
        if interaction.type is discord.InteractionType.modal_submit:
            await self._interactions.submitted(interaction)

    async def on_message(self, message: discord.Message) -> None:
        """A mention, a direct message or a reply to the bot is a question or a verb in words."""
        if self.user is not None:
            await self._questions.take(message, self.user)

    # ---- servers ----

    async def on_ready(self) -> None:
        """Servers that removed the bot and have it again since it was last here."""
        for guild in self.guilds:
            await self._asking.conversation.joined("discord", str(guild.id))

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Added to a server."""
        await self._asking.conversation.joined("discord", str(guild.id))

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Removed from a server, not merely cut off from it."""
        await self._asking.conversation.left("discord", str(guild.id), self._asking.now())


def reach(url: str) -> None:
    """Speak with another address of the API from now on, such as a proxy's; with Discord's own where ``url`` is empty."""
    if url:
        Route.BASE = f"{url.rstrip('/')}/api/v10"


def build(
    conversation: Conversation,
    *,
    notes: Notes,
    now: Callable[[], datetime],
    pace: float = PACE,
    first: First | None = None,
    **options: Any,
) -> BriefBot:
    """A bot that is not connected yet. ``notes`` keeps what buttons refer to; ``pace``: seconds between edits of an answer that
    grows; ``first`` says whether a message is ours to answer, where other processes listen too; ``options`` go to discord.py's
    client, ``identify`` waits for its turn to begin a session.
    """
    return BriefBot(Asking(conversation, notes, now, first), pace, **options)


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


async def post(client: discord.Client, token: str, *, pause: float = 5.0) -> None:
    """Have a client from ``poster`` logged in until cancelled; then close it. Raises ConfigError: Discord refuses the token."""
    try:
        await _patiently(client, lambda: client.login(token), pause)
        await asyncio.get_running_loop().create_future()
    except discord.LoginFailure as error:
        raise ConfigError(["DISCORD_TOKEN: Discord refuses it; make a new one in the developer portal"]) from error
    finally:
        await client.close()


def poster() -> discord.Client:
    """A client that posts over REST only: it never opens the gateway."""
    return discord.Client(
        intents=discord.Intents.none(),
        allowed_mentions=discord.AllowedMentions.none(),
        max_messages=None,
        max_ratelimit_timeout=_MAX_RATE_LIMIT,
        http_trace=trace(),
    )


async def recommended_shards(client: discord.Client) -> int:
    """How many shards Discord wants. Raises OSError while ``client`` is not logged in, or Discord cannot be reached."""
    if client.user is None:
        raise ConnectionError("not logged in yet")
    try:
        return int((await client.http.get_bot_gateway())[0])
    except (discord.HTTPException, discord.GatewayNotFound, aiohttp.ClientError) as error:
        raise ConnectionError(f"Discord cannot be reached: {type(error).__name__}") from error


async def _patiently(bot: discord.Client, step: Callable[[], Awaitable[None]], pause: float) -> None:
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
