"""The verbs ledger, policy and lookup on the command line: the same replies as in the chats, or CSV for a spreadsheet."""

import sys
from dataclasses import replace
from datetime import timedelta

from bot import clock
from bot.app import opened
from bot.archive import ledger as archive
from bot.archive.ledger import Filter
from bot.archive.ledger_csv import as_csv
from bot.commands import ledger as spoken
from bot.commands.ledger_query import Asked
from bot.config import Settings
from bot.errors import UserError
from bot.knowledge import register
from bot.model import Request
from bot.platforms.terminal.render import HERE, answered, console


async def ledger(settings: Settings, since: float, wanted: Filter, *, as_file: bool) -> None:
    """Show the rows of the last ``since`` seconds that are wanted. ``wanted.actor`` is a name in any script.

    Raises:
        UserError: nobody of that name is in the register.
    """
    now = clock.now()
    asked = Asked(_resolved(wanted), now - timedelta(seconds=since))
    async with opened(settings, lambda: ()) as app:
        rows = await archive.rows(app.store, asked.since, now, asked.wanted)
    if as_file:
        sys.stdout.write(as_csv(rows))
        return
    request = Request("ledger", "", HERE, "", settings.language, now)
    console().print(answered(spoken.shown(rows, asked, request, rows_a_page=len(rows) or 1)))


async def ask(settings: Settings, verb: str, text: str) -> None:
    """Show what the chats answer to ``verb`` ``text``, all of it on one page. Raises UserError as they do."""
    async with opened(settings, lambda: ()) as app:
        request = Request(verb, text, HERE, "", settings.language, clock.now())
        page = request
        while True:
            reply = await app.commands.handle(page)
            console().print(answered(reply))
            if not any(action.verb == verb and action.page > page.page for action in reply.actions):
                return
            page = replace(page, page=page.page + 1)


def _resolved(wanted: Filter) -> Filter:
    if wanted.actor is None:
        return wanted
    known = register.load().find(wanted.actor)
    if not known:
        raise UserError(f"nobody called {wanted.actor!r} is in the register")
    return Filter(wanted.country, wanted.topic, wanted.role, known[0].id)
