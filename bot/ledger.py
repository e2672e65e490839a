"""The verb ledger: the money of the last days as a table or CSV, with totals."""

import sys
from collections.abc import Sequence
from datetime import timedelta

from rich.table import Table

from bot import clock
from bot.app import opened
from bot.archive import ledger
from bot.archive.ledger import Filter, Row, Total
from bot.config import Settings
from bot.errors import UserError
from bot.knowledge import money, rates, register
from bot.platforms.terminal.render import console


async def show(settings: Settings, since: float, wanted: Filter, *, as_csv: bool) -> None:
    """Show the rows of the last ``since`` seconds that are wanted. ``wanted.actor`` is a name in any script.

    Raises:
        UserError: nobody of that name is in the register.
    """
    wanted = _resolved(wanted)
    now = clock.now()
    async with opened(settings, lambda: ()) as app:
        found = await ledger.rows(app.store, now - timedelta(seconds=since), now, rates.embedded(), wanted)
    if as_csv:
        sys.stdout.write(ledger.as_csv(found))
        return
    console().print(_table(found, settings.language))
    for total in ledger.totals(found):
        console().print(_sum(total, settings.language), markup=False, highlight=False)


def _resolved(wanted: Filter) -> Filter:
    if wanted.actor is None:
        return wanted
    known = register.load().find(wanted.actor)
    if not known:
        raise UserError(f"nobody called {wanted.actor!r} is in the register")
    return Filter(wanted.country, wanted.topic, wanted.role, known[0].id)


def _table(found: Sequence[Row], language: str) -> Table:
    table = Table("day", "who", "amount", "for", "status", "outlets")
    for row in found:
        value, currency = row.amount.value, row.amount.currency or ""
        shown = money.show(value, currency, language) if value is not None else row.amount.quote
        others = [money.show(one.value, one.currency, language) for one in row.converted]
        said = " · ".join([shown, *others]) + (f" ({row.converted[0].day})" if others else "")
        outlets = ", ".join(dict.fromkeys(quote.outlet for quote in row.quotes))
        mark = " (disputed)" if row.rival else ""
        table.add_row(row.day.isoformat(), ", ".join(row.actors[:3]), said, row.amount.role, row.status + mark, outlets)
    return table


def _sum(total: Total, language: str) -> str:
    done, planned = (money.show(value, total.currency, language) for value in (total.done, total.planned))
    return f"{total.currency}: {done} decided or done, {planned} planned or announced, {total.left_out} rows left out"
