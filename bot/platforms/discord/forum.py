"""Forum channels, where a briefing is a post of its own with tags for its topics.

A post bears no nonce: who posts looks first whether the forum holds it already.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from typing import Any

import discord

from bot.locales.wording import topic_name
from bot.model import LANGUAGES, Topic
from bot.platforms.discord.items import view
from bot.platforms.discord.reference import bears

MOST_TAGS = 5
_NEWEST = 10


async def place(client: discord.Client, channel_id: int) -> Any:
    """The channel, from what the gateway told where it did, else asked for.

    Raises:
        discord.HTTPException, aiohttp.ClientError, TimeoutError: as they come.
    """
    return client.get_channel(channel_id) or await client.fetch_channel(channel_id)


async def post(
    forum: discord.ForumChannel,
    title: str,
    topics: Iterable[str],
    components: Sequence[Any],
    allowed_mentions: discord.AllowedMentions,
    **files: Any,
) -> str:
    """Open a post, with ``files`` as discord.py takes them, and return the id that it shares with its first message."""
    made = await forum.create_thread(
        name=title,
        view=view(components),
        applied_tags=tags(forum, topics),
        suppress_embeds=True,
        allowed_mentions=allowed_mentions,
        **files,
    )
    return str(made.thread.id)


def tags(forum: discord.ForumChannel, topics: Iterable[str]) -> list[discord.ForumTag]:
    """The forum's own tags that name these topics in any of our languages; where it wants one and has none, its first."""
    usable = [tag for tag in forum.available_tags if not tag.moderated]
    names = {name.casefold() for topic in topics for name in _names(topic)}
    fitting = [tag for tag in usable if tag.name.strip().casefold() in names]
    if not fitting and forum.flags.require_tag:
        fitting = usable[:1]
    return fitting[:MOST_TAGS]


def _names(topic: str) -> Iterable[str]:
    yield topic
    if topic in set(Topic):
        yield from (topic_name(Topic(topic), language) for language in LANGUAGES)


async def find(
    client: discord.Client, forum: discord.ForumChannel, delivery_id: str, since: datetime | None = None
) -> str | None:
    """The id of our post for this delivery among the newest, or those since ``since``; None: there surely is none."""
    ours = [thread async for thread in _threads(client, forum) if client.user and thread.owner_id == client.user.id]
    ours.sort(key=lambda thread: thread.id, reverse=True)
    for thread in ours[:_NEWEST]:
        if since is not None and discord.utils.snowflake_time(thread.id) < since:
            break
        async for first in thread.history(limit=1, oldest_first=True):
            if bears([component.to_dict() for component in first.components], delivery_id):
                return str(thread.id)
    return None


async def _threads(client: discord.Client, forum: discord.ForumChannel) -> AsyncIterator[discord.Thread]:
    guild = client.get_guild(forum.guild.id) or await client.fetch_guild(forum.guild.id, with_counts=False)
    for thread in await guild.active_threads():
        if thread.parent_id == forum.id:
            yield thread
    async for thread in forum.archived_threads(limit=_NEWEST):
        yield thread
