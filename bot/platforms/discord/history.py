"""Looks for a briefing message in Discord's history, after making sure that the history may be read at all.

Without the permission Discord answers with an empty list and no error: an empty list proves nothing by itself.
"""

from datetime import datetime

import discord

from bot.errors import DeliveryError
from bot.platforms.discord import forum
from bot.platforms.discord.reference import bears

_MOST = 1000
_UNKNOWN_CHANNEL = 10003


async def find(client: discord.Client, channel_id: int, delivery_id: str, since: datetime, thread_id: int | None) -> str | None:
    """The id of our own message for this delivery, posted after ``since`` in the thread or the channel; None: surely none.

    Raises:
        DeliveryError: ``permanent`` where the history may not be read or is too long.
        discord.HTTPException, aiohttp.ClientError, TimeoutError: as they come.
    """
    place = await _readable(client, channel_id)
    if thread_id is not None:
        try:
            found = await _search(client, thread_id, delivery_id, since)
        except discord.NotFound as error:
            if error.code != _UNKNOWN_CHANNEL:
                raise
            found = None  # no thread was opened: the message can only be in the channel
        if found is not None:
            return found
    if isinstance(place, discord.ForumChannel):
        return await forum.find(client, place, delivery_id, since)
    return await _search(client, channel_id, delivery_id, since)


async def _search(client: discord.Client, channel_id: int, delivery_id: str, since: datetime) -> str | None:
    seen = 0
    async for message in client.get_partial_messageable(channel_id).history(limit=_MOST, after=since):
        seen += 1
        ours = message.author == client.user
        if ours and bears([component.to_dict() for component in message.components], delivery_id):
            return str(message.id)
    if seen >= _MOST:
        raise DeliveryError(f"Discord: more than {_MOST} messages since", permanent=True)
    return None


async def _readable(client: discord.Client, channel_id: int) -> object:
    """The channel. Raises DeliveryError unless we may read its history; asked afresh, as a cached right may be gone."""
    place = await client.fetch_channel(channel_id)
    if isinstance(place, discord.abc.PrivateChannel) or client.user is None:
        return place
    guild = await client.fetch_guild(place.guild.id, with_counts=False)
    parent = place.parent_id if isinstance(place, discord.Thread) else place.id
    whole = await guild.fetch_channel(parent)
    me = await guild.fetch_member(client.user.id)
    if isinstance(whole, discord.Thread) or not whole.permissions_for(me).read_message_history:
        raise DeliveryError("Discord: the bot lacks the permission Read Message History in the channel", permanent=True)
    return whole
