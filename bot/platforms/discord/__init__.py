"""Discord: listens (client), renders Components V2 (render, layout, text) and posts over REST (send)."""

from bot.platforms.discord.check import check
from bot.platforms.discord.client import BriefBot, RestClient, build, post, poster, reach, recommended_shards, serve
from bot.platforms.discord.invite import invite
from bot.platforms.discord.send import SPACING, DiscordMessenger
from bot.platforms.discord.shards import Shards

__all__ = [
    "SPACING",
    "BriefBot",
    "DiscordMessenger",
    "RestClient",
    "Shards",
    "build",
    "check",
    "invite",
    "post",
    "poster",
    "reach",
    "recommended_shards",
    "serve",
]
