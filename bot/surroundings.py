"""What the bot stands on: room on the disk, and a clock that agrees with those of others."""

import asyncio
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from bot import clock
from bot.config import Settings
from bot.errors import FetchError
from bot.feeds.fetch import Client
from bot.model import Feed

GOOD, OFF, BAD = "good", "off", "bad"
ROOM = 500_000_000  # bytes
SERVERS = 5
PATIENCE = 10.0  # seconds for one of them
SKEW = 60.0  # seconds; the history of a channel is searched from two minutes before a message


def disk(settings: Settings, room: int = ROOM) -> tuple[str, str]:
    """Whether there is room where the database lies; a server's disk is its own matter."""
    if not settings.database_url.startswith("sqlite:///"):
        return OFF, "the database is not a file here"
    folder = Path(settings.database_url.removeprefix("sqlite:///")).expanduser().parent
    try:
        free = shutil.disk_usage(folder).free
    except OSError as exc:
        return BAD, f"{folder}: {exc.strerror}; make the folder, or set DATABASE_URL"
    if not os.access(folder, os.W_OK):
        return BAD, f"{folder} cannot be written; give this user the right to, or set DATABASE_URL"
    words = f"{free / 1e9:,.1f} GB free in {folder}"
    return (GOOD, words) if free >= room else (BAD, f"{words}: make room, or set BOT_RETENTION_DAYS")


def pages(settings: Settings) -> tuple[str, str]:
    """Whether people reach the pages in the browser, and safely."""
    if not settings.base_url:
        if settings.public_pages:
            return BAD, "BOT_PUBLIC_PAGES is set without BOT_BASE_URL: they are shown on this machine only"
        return OFF, "set BOT_BASE_URL and BOT_HTTP_PORT for pages in the browser and `/brief web`"
    host = urlsplit(settings.base_url).hostname or ""
    if not settings.over_https and host not in ("localhost", "127.0.0.1", "::1"):
        return BAD, f"{settings.base_url}: who signs in over http can be overheard; put a proxy with TLS in front and use https"
    who = "everybody reads the archive" if settings.public_pages else "only who signs in reads them"
    return GOOD, f"{settings.base_url}, {who}; links by `/brief web`" + _ways(settings)


def _ways(settings: Settings) -> str:
    ways = [name for name, id in (("Slack", settings.slack_client_id), ("Discord", settings.discord_client_id)) if id]
    return f", {' and '.join(ways)}" if ways else ""


async def clocks(settings: Settings, feeds: Sequence[Feed]) -> tuple[str, str]:
    """Our clock beside those of a few feeds' servers, as their answers give them."""
    asked = list({urlsplit(feed.url).netloc: feed.url for feed in feeds}.values())[:SERVERS]
    if not asked:
        return OFF, "no feed to compare with"
    async with Client(user_agent=settings.user_agent, allow_private=settings.fetch_allow_loopback) as client:
        answers = await asyncio.gather(*(_ahead(client, url) for url in asked))
    known = [ahead for ahead in answers if ahead is not None]
    if not known:
        return BAD, f"none of {len(asked)} feeds answers, so there is nothing to compare with: check the connection"
    ahead = median(known)
    words = f"{abs(ahead):.0f} s {'behind' if ahead > 0 else 'ahead of'} the clocks of {len(known)} servers"
    return (GOOD, words) if abs(ahead) <= SKEW else (BAD, f"{words}: set it by NTP, or messages are looked for at a wrong time")


async def _ahead(client: Client, url: str) -> float | None:
    """By how many seconds a server is ahead of us; None where it does not say."""
    try:
        async with asyncio.timeout(PATIENCE):
            date = (await client.get(url)).date
    except (FetchError, TimeoutError):
        return None
    return (date - clock.now()).total_seconds() if date else None
