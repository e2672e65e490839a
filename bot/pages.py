"""``bot summarize``: pages in a few cited sentences with their facts, for the terminal."""

import sys
from collections.abc import Sequence

from bot import clock, log
from bot.app import opened
from bot.config import Settings
from bot.model import Request
from bot.once import as_data
from bot.platforms.terminal.render import HERE, answered, console


async def summarize(settings: Settings, urls: Sequence[str], *, as_json: bool) -> None:
    """Read the pages and show what they say. Raises UserError where none can be read."""
    log.setup("ERROR", as_json=settings.log_format == "json")
    request = Request("summarize", " ".join(urls), HERE, "", settings.language, clock.now())
    async with opened(settings, lambda: ()) as app:
        reply = await app.commands.handle(request)
    if as_json:
        sys.stdout.write(as_data(reply) + "\n")
    else:
        console().print(answered(reply))
