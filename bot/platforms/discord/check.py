"""What ``bot doctor`` finds out about Discord: token, intents, commands, and for each channel what the bot may do there.

Nothing is posted and nothing changed. Each line says in one sentence how it is and what to do.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import aiohttp
import discord

from bot.model import Subscription
from bot.platforms.discord.invite import PERMISSIONS, called
from bot.platforms.discord.tree import Names, commands_on, differs

GOOD, OFF, BAD = "good", "off", "bad"
_UNSET = "set DISCORD_TOKEN to the token of a bot from the developer portal"
_REFUSED = "DISCORD_TOKEN: Discord refuses it; make a new one in the developer portal"
_UNREACHABLE = "Discord cannot be reached; check the connection"
_NOWHERE = "it is in no server yet; open the address that `bot discord invite` prints"
_TROUBLE = (discord.HTTPException, aiohttp.ClientError, TimeoutError, OSError)
_IN_TEXT = ("create_public_threads",)


class Line(NamedTuple):
    """One thing: what it is, good, off (nothing to see yet) or bad, and words."""

    what: str
    state: str
    words: str


async def check(token: str, subscriptions: Sequence[Subscription] = ()) -> list[Line]:
    """Everything about Discord. ``subscriptions``: all that are served, of any platform."""
    if not token:
        return [Line("discord", OFF, _UNSET)]
    client = discord.Client(intents=discord.Intents.none(), max_ratelimit_timeout=30.0)
    try:
        await client.login(token)
        lines = [await _servers(client), _intents(await client.application_info()), await _commands(client)]
        ours = {one.channel: one for one in subscriptions if one.channel.platform == "discord"}
        return lines + [await _channel(client, one) for one in ours.values()]
    except discord.LoginFailure:
        return [Line("discord", BAD, _REFUSED)]
    except _TROUBLE:
        return [Line("discord", BAD, _UNREACHABLE)]
    finally:
        await client.close()


async def _servers(client: discord.Client) -> Line:
    names = [guild.name async for guild in client.fetch_guilds(limit=200)]
    if not names:
        return Line("discord", BAD, f"{client.user}: {_NOWHERE}")
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return Line("discord", GOOD, f"{client.user} is in {', '.join(names[:5])}{more}")


def _intents(application: discord.AppInfo) -> Line:
    flags = application.flags
    names = {
        "Presence": flags.gateway_presence or flags.gateway_presence_limited,
        "Server Members": flags.gateway_guild_members or flags.gateway_guild_members_limited,
        "Message Content": flags.gateway_message_content or flags.gateway_message_content_limited,
    }
    ticked = [name for name, there in names.items() if there]
    words = f"not used, so tick them off again: {', '.join(ticked)}" if ticked else "none of the privileged ones, none is needed"
    return Line("discord intents", GOOD, words)


async def _commands(client: discord.Client) -> Line:
    tree: discord.app_commands.CommandTree[Any] = discord.app_commands.CommandTree(client)
    commands_on(tree, _nothing, _nothing, _nothing, _nothing)
    await tree.set_translator(Names())
    if client.application_id is not None and await differs(tree, client.application_id):
        return Line("discord commands", OFF, "Discord does not hold these yet; `bot run` sends them when it starts")
    return Line("discord commands", GOOD, "Discord holds them as they are")


async def _nothing(*_: Any) -> Any:
    """What a command does that is only described."""


async def _channel(client: discord.Client, subscription: Subscription) -> Line:
    what = f"discord {subscription.channel.id}"
    try:
        place = await client.fetch_channel(int(subscription.channel.id))
        if isinstance(place, discord.abc.PrivateChannel):
            return Line(what, GOOD, "a direct message")
        guild = await client.fetch_guild(place.guild.id, with_counts=False)
        parent = place.parent_id if isinstance(place, discord.Thread) else place.id
        whole = await guild.fetch_channel(parent)
        me = await guild.fetch_member(client.user.id if client.user else 0)
    except (discord.NotFound, discord.InvalidData, ValueError):
        return Line(what, BAD, "there is no such channel; put its id right (right-click, Copy ID), or unsubscribe")
    except discord.Forbidden:
        return Line(what, BAD, "the bot cannot see it; give it View Channels there, or invite it with `bot discord invite`")
    if isinstance(whole, discord.Thread):
        return Line(what, BAD, "its channel cannot be found")
    missing = _missing(whole, me, subscription)
    what = f"discord #{whole.name}"
    if missing:
        return Line(what, BAD, f"give the bot's role there: {', '.join(missing)}")
    return Line(what, GOOD, "briefings can be posted and found again")


def _missing(place: discord.abc.GuildChannel, me: discord.Member, subscription: Subscription) -> list[str]:
    """Names of the permissions that the bot lacks, as Discord calls them."""
    held = place.permissions_for(me)
    unused = _IN_TEXT if isinstance(place, discord.ForumChannel) else ()
    missing = [called(name) for name, needed in PERMISSIONS if needed and name not in unused and not getattr(held, name)]
    role = place.guild.get_role(int(subscription.mention)) if subscription.mention.isdecimal() else None
    if role is not None and not role.mentionable and not held.mention_everyone:
        missing.append(f"Mention All Roles (or let anyone mention @{role.name})")
    return missing
