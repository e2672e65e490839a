"""The verb ledger: the money that stories tell of, as a table, with sums in three currencies and everything in a CSV file."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from bot.archive import ledger as archive
from bot.archive import trends
from bot.archive.ledger import Filter
from bot.archive.ledger_csv import as_csv
from bot.archive.ledger_rows import Quote, Row
from bot.archive.totals import Total, totals
from bot.commands import browsing
from bot.commands.desk import Desk
from bot.commands.ledger_query import Asked, read_asked
from bot.commands.names import show_name
from bot.locales import amounts, t, tn, wording
from bot.model import ROLES, Action, Amount, Channel, File, Reply, Request, Table, Topic
from bot.pipeline.overriding import WRONG
from bot.store import Store
from bot.store.overrides import Override

ROWS_A_PAGE = 12
NOTES = 6  # lines on conflicts and on earlier figures


async def ledger(desk: Desk, request: Request) -> Reply:
    """The rows, latest first, a page at a time; the file has them all."""
    asked = read_asked(request.text, request.at, request.language)
    anything = replace(asked.wanted, role=None)  # an editor may have given another role
    found = await archive.rows(desk.store, asked.since, request.at + timedelta(seconds=1), anything)
    rows = [row for row in await corrected(desk.store, request.channel, found) if asked.wanted.wants(row)]
    reply = shown(rows, asked, request)
    wanted = {"country": asked.wanted.country, "topic": asked.wanted.topic, "role": asked.wanted.role, "who": asked.wanted.actor}
    said = urlencode({name: value for name, value in wanted.items() if value} | {"since": asked.since.date().isoformat()})
    return replace(reply, actions=(*reply.actions, *browsing.page(desk, f"/ledger?{said}", request.language)))


async def corrected(store: Store, place: Channel, rows: Sequence[Row]) -> list[Row]:
    """``rows`` as the editors of a workspace left them: without amounts that they called wrong, with the roles that they gave."""
    return as_corrected(rows, await store.overrides.of_stories({row.story for row in rows}, place))


def as_corrected(rows: Sequence[Row], made: Mapping[str, Sequence[Override]]) -> list[Row]:
    """As ``corrected``; ``made``: what the editors said, by story."""
    kept: list[Row] = []
    wrong: list[Amount] = []
    for row in rows:
        said = {one.value[0]: one.value[1] for one in made.get(row.story, ()) if one.what == "amount" and len(one.value) == 2}
        told = next((said[quote.text] for quote in row.quotes if quote.text in said), None)
        if told in ROLES:
            row = replace(row, roles=Counter({told: 1}))
        if told == WRONG:
            wrong.append(row.amount)
        else:
            kept.append(row)
    return [_without(row, wrong) for row in kept] if wrong else kept


def _without(row: Row, wrong: Sequence[Amount]) -> Row:
    """``row`` without rivals that are wrong."""
    return replace(row, rivals=[rival for rival in row.rivals if not any(rival is one for one in wrong)])


def shown(rows: Sequence[Row], asked: Asked, request: Request, *, rows_a_page: int = ROWS_A_PAGE) -> Reply:
    """The reply that shows a page of ``rows`` with the sums of all."""
    language = request.language
    title = " · ".join((t(language, "Ledger"), *_narrowed(asked.wanted, language), _since(asked.since, language)))
    if not rows:
        return Reply(title=title, paragraphs=(t(language, "No amounts of money in this time."),))
    first = (max(request.page, 1) - 1) * rows_a_page
    page = rows[first : first + rows_a_page]
    notes = (*sums(totals(rows), language), *_remarks(page, language))
    more = (
        (Action(t(language, "More"), "ledger", request.text, page=max(request.page, 1) + 1),) if rows[first + len(page) :] else ()
    )
    name = f"ledger-{asked.since:%Y-%m-%d}-{request.at:%Y-%m-%d}.csv"
    file = File(name, as_csv(rows).encode("utf-8-sig"), t(language, "The ledger as a table for a spreadsheet"))
    counted = tn(language, "{n} amount", "{n} amounts", len(rows))
    chart = trends.money(rows, asked.since, request.at, language) if request.page <= 1 else None
    return Reply(
        title=title,
        paragraphs=(counted,),
        table=replace(table(page, language), notes=notes),
        files=(file,),
        actions=more,
        charts=(chart,) if chart else (),
    )


def table(rows: Sequence[Row], language: str) -> Table:
    """Day, who, how much, in other currencies, what for, how far, who says so."""
    heads = (
        t(language, "Day"), t(language, "Who"), t(language, "Amount"), t(language, "Converted"), t(language, "For"),
        t(language, "Stage"), t(language, "Outlets"),
    )  # fmt: skip
    return Table(heads, tuple(_cells(row, language) for row in rows))


def _cells(row: Row, language: str) -> tuple[str, ...]:
    said = amounts.say(row.amount, language, row.low) + (" ⚠" if row.rivals else "") + (" ↺" if row.history else "")
    stage = wording.stage_name(row.status, language)
    return (
        row.day.isoformat(), names(row.actors[:2], language), said, converted(row, language),
        wording.role_name(row.role, language) or t(language, "other"), stage, ", ".join(row.outlets[:3]),
    )  # fmt: skip


def converted(row: Row, language: str) -> str:
    """The amount in the other currencies; the day of the rate stands behind those that a rate made."""
    told = [amounts.show_converted(one, language) for one in row.converted if one.reported]
    ours = [one for one in row.converted if not one.reported]
    by_rate = [amounts.show_converted(one, language) for one in ours]
    return " · ".join([*told, *by_rate]) + (f" ({ours[0].day.isoformat()})" if ours else "")


def names(ids: Sequence[str], language: str) -> str:
    """Names of the register as readers of ``language`` know them; others as they were written."""
    return ", ".join(show_name(id, language) for id in ids)


def of_rows(rows: Sequence[Row], language: str) -> list[str]:
    """What the reports of a story disagree on, and which figures were others before, as lines."""
    return [line for row in rows for line in remarks(row, language)][:NOTES]


# ---- notes ----


def sums(found: Sequence[Total], language: str) -> tuple[str, ...]:
    """A line for each currency, and what none of them adds."""
    lines = [
        t(
            language,
            "{currency}: {done} decided or done, {planned} planned or announced",
            currency=one.currency,
            done=amounts.show(one.done, one.currency, language),
            planned=amounts.show(one.planned, one.currency, language),
        )
        for one in found
    ]
    left = left_out(found[-1].left_out, language)
    return (*lines, left) if left else tuple(lines)


def left_out(reasons: Mapping[str, int], language: str) -> str:
    """Why rows are in no sum, with how many; empty where all are."""
    if not reasons:
        return ""
    told = ", ".join(f"{_reason(reason, language)} {count}" for reason, count in reasons.items())
    return t(language, "Not added: {reasons}", reasons=told)


def _reason(reason: str, language: str) -> str:
    said = {
        "no figure": t(language, "no figure"),
        "no money that moves": t(language, "no money that moves (revenue, value, market)"),
        "given up": t(language, "given up"),
        "disputed": t(language, "disputed"),
        "part of another amount": t(language, "part of another amount"),
        "sum to date": t(language, "sum to date"),
        "per year or month": t(language, "per year or month"),
        "told by another row": t(language, "told by another row"),
        "no rate": t(language, "no rate"),
    }
    return said[reason]


def _remarks(rows: Sequence[Row], language: str) -> list[str]:
    """Who contradicts whom, and what was said before, for the rows of a page."""
    lines = [line for row in rows for line in remarks(row, language)]
    return list(dict.fromkeys(lines))[:NOTES]


def remarks(row: Row, language: str) -> list[str]:
    """The conflicts and the history of one row as lines."""
    said = amounts.say(row.amount, language, row.low)
    lines = [
        t(
            language,
            "⚠ {day}: {amount} ({outlets}), elsewhere {other}",
            day=row.day.isoformat(),
            amount=said,
            outlets=", ".join(row.outlets[:3]),
            other=", ".join(amounts.say(rival, language) for rival in row.rivals),
        )
    ] * bool(row.rivals)
    lines += [
        t(
            language,
            "↺ {amount}, before {day} {earlier} ({outlets})",
            amount=said,
            day=one.until.date().isoformat(),
            earlier=amounts.say(one.amount, language),
            outlets=_outlets(one.quotes),
        )
        for one in row.history
    ]
    return lines


def _outlets(quotes: Sequence[Quote]) -> str:
    return ", ".join(list(dict.fromkeys(quote.outlet for quote in quotes))[:3])


def _since(since: datetime, language: str) -> str:
    return t(language, "since {day}", day=wording.short_day(since.date(), language))


def _narrowed(wanted: Filter, language: str) -> list[str]:
    parts = [wanted.country or "", wording.topic_name(Topic(wanted.topic), language) if wanted.topic else ""]
    parts += [
        wording.role_name(wanted.role, language) if wanted.role else "",
        show_name(wanted.actor, language) if wanted.actor else "",
    ]
    return [part for part in parts if part]
