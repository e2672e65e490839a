"""``bot summarize``: pages in a few cited sentences with their facts, for the terminal."""

import sys
from collections.abc import Sequence

from rich.table import Table

from bot import clock, log
from bot.app import opened
from bot.config import Settings
from bot.model import Channel, Reply, Request, Summary
from bot.once import as_data
from bot.platforms.terminal.render import console, plain

_HERE = Channel("terminal", "terminal")


async def summarize(settings: Settings, urls: Sequence[str], *, as_json: bool) -> None:
    """Read the pages and show what they say. Raises UserError where none can be read."""
    log.setup("ERROR", as_json=settings.log_format == "json")
    request = Request("summarize", " ".join(urls), _HERE, "", settings.language, clock.now())
    async with opened(settings, lambda: ()) as app:
        reply = await app.commands.handle(request)
    if as_json:
        sys.stdout.write(as_data(reply) + "\n")
    elif reply.summary:
        _show(reply, reply.summary)


def _show(reply: Reply, summary: Summary) -> None:
    out = console()
    out.print(reply.title, style="bold", markup=False)
    for sentence in summary.sentences:
        cites = "".join(f"[{number}]" for number in sentence.cites)
        out.print(f"{sentence.text} {cites}", markup=False)
    if reply.table:
        table = Table(*reply.table.columns, box=None, header_style="bold")
        for row in reply.table.rows:
            table.add_row(*map(plain, row))
        out.print(table)
    for line in reply.paragraphs:
        out.print(line, markup=False, style="yellow")
    for source in summary.sources:
        origin = " · ".join(part for part in (source.title, source.outlet, source.url) if part)
        out.print(f"[{source.number}] {origin}", markup=False, style="dim")
