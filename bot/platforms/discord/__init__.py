"""Discord: listens (client), renders Components V2 (render, layout, text) and posts over REST (send)."""

from bot.platforms.discord.check import check
from bot.platforms.discord.client import BriefBot, build, reach, serve
from bot.platforms.discord.invite import invite
from bot.platforms.discord.send import DiscordMessenger

__all__ = ["BriefBot", "DiscordMessenger", "build", "check", "invite", "reach", "serve"]
