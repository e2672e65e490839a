"""The ledger in the browser: narrowed by a plain form, with sums in three currencies, and as a file for a spreadsheet."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from starlette.responses import Response

from bot.archive import ledger as archive
from bot.archive.ledger import Filter
from bot.archive.ledger_csv import as_csv
from bot.archive.ledger_rows import Row
from bot.archive.totals import Total, total, totals, why_left_out
from bot.commands import ledger as told
from bot.commands import names
from bot.commands.ledger_query import LONGEST_PERIOD
from bot.knowledge.rates import SHOWN
from bot.locales import amounts, t, wording
from bot.model import COUNTRIES, ROLES, Topic
from bot.platforms.web import look, own, rows
from bot.platforms.web.lists import paged, with_values
from bot.platforms.web.page_kinds import Access, Page
from bot.platforms.web.reader import Reader
from bot.platforms.web.shelf import shelf_of

ROWS_A_PAGE = 25
PERIODS = (30, 90, 365)  # days
CURRENCIES = ("KRW", "JPY", "USD")
_RESTS, _OLD = 20.0, 120.0  # seconds for which rows stand, and may be shown while newer ones are made


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form asks for. ``unknown``: the name that nobody bears; then nothing is found."""

    wanted: Filter
    since: datetime
    currency: str = ""
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The rows, the latest first, why none of the sums adds some of them, the sums, and the first and last day of the rates that
    converted them.
    """

    rows: Sequence[Row]
    reasons: Sequence[str | None]
    sums: Sequence[Total]
    rates: tuple[date, date] | None


async def ledger(reader: Reader) -> Response:
    """A page of rows, the sums of all of them, and the form."""
    asked, language = read_asked(reader), reader.language
    found = await find(reader, asked)
    page, pager = paged(reader, found.rows, ROWS_A_PAGE)
    near = names.near(asked.unknown) if asked.unknown else []
    return look.show(
        reader,
        "ledger.html.j2",
        title=t(language, "Ledger"),
        rows=await rows.shown(reader.store, page, language),
        pager=pager,
        sums=_sums(found.sums, language),
        left_out=told.left_out(found.sums[-1].left_out, language),
        rates=found.rates,
        asked=asked,
        near=list(dict.fromkeys(rows.name(names.meant(one)[0].id, language) for one in near)),
        form=form(reader),
        roles=roles(language),
        periods=PERIODS,
        currencies=CURRENCIES,
        csv=with_values(reader, path="/ledger.csv", page=""),
    )


async def csv(reader: Reader) -> Response:
    """All rows that the form asks for."""
    asked = read_asked(reader)
    found = await find(reader, asked)

    async def written() -> bytes:
        return (await asyncio.to_thread(as_csv, found.rows, found.reasons)).encode("utf-8-sig", "replace")

    content = await shelf_of(reader.site).get(("ledger csv", _whose(reader), asked), written)
    name = f"ledger-{asked.since:%Y-%m-%d}-{reader.now:%Y-%m-%d}.csv"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return look.answer(reader, content, "text/csv; charset=utf-8", headers=headers)


# ---- what is asked for ----


def read_asked(reader: Reader) -> Asked:
    """The form's fields from the address; what is no choice of it counts as not chosen."""
    country, topic, role, currency = (reader.asked(name) for name in ("country", "topic", "role", "currency"))
    who = reader.asked("who", 80)
    meant = names.meant(who) if who else ()
    wanted = Filter(
        country=country if country in COUNTRIES else None,
        topic=topic if topic in set(Topic) else None,
        role=role if role in ROLES else None,
        actor=meant[0].id if meant else None,
    )
    currency = currency if currency in CURRENCIES else ""
    return Asked(wanted, since_of(reader), currency, who if who and not meant else "")


def since_of(reader: Reader) -> datetime:
    """Since when: so many days back, or a day; midnight in UTC. Thirty days where nothing else is chosen."""
    text = reader.asked("since", 20)
    today = reader.now.replace(hour=0, minute=0, second=0, microsecond=0)
    if text.isascii() and text.isdecimal() and len(text) < 5:
        return today - min(timedelta(days=max(int(text), 1)), LONGEST_PERIOD)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today - timedelta(days=PERIODS[0])
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return min(max(start, today - LONGEST_PERIOD), today)


def form(reader: Reader) -> dict[str, str]:
    """What the form's fields hold."""
    return {name: reader.asked(name, 80) for name in ("country", "topic", "role", "who", "since", "currency")}


# ---- what is found ----


async def find(reader: Reader, asked: Asked) -> Found:
    """The rows that are asked for, as this reader's workspace corrected them."""
    if asked.unknown:
        return Found((), (), totals(()), None)
    key = ("ledger found", _whose(reader), asked)
    return await shelf_of(reader.site).get(key, lambda: _found(reader, asked), patient=_OLD)


def _whose(reader: Reader) -> tuple[str, str]:
    """Whose corrections hold."""
    return reader.place.platform, reader.place.workspace


async def _found(reader: Reader, asked: Asked) -> Found:
    key = ("ledger", asked.since)
    until = reader.now + timedelta(seconds=1)
    shelf = shelf_of(reader.site)
    everything = await shelf.get(key, lambda: archive.rows(reader.store, asked.since, until), rests=_RESTS)
    if reader.visit:
        everything = await told.corrected(reader.store, reader.place, everything)
    return await asyncio.to_thread(_narrowed, everything, asked)


def _narrowed(everything: Sequence[Row], asked: Asked) -> Found:
    wanted = [row for row in everything if asked.wanted.wants(row) and asked.currency in ("", row.amount.currency)]
    days = [one.day for row in wanted for one in row.converted if not one.reported]
    reasons = why_left_out(wanted)
    sums = [total(wanted, reasons, currency) for currency in SHOWN]
    return Found(wanted, reasons, sums, (min(days), max(days)) if days else None)


def _sums(found: Sequence[Total], language: str) -> list[tuple[str, str, str]]:
    """Currency, what was decided or done, what is planned or announced."""
    return [
        (one.currency, amounts.show(one.done, one.currency, language), amounts.show(one.planned, one.currency, language))
        for one in found
    ]


def roles(language: str) -> list[tuple[str, str]]:
    """What money can be for, as choices of a form."""
    return [(role, wording.role_name(role, language) or t(language, "other")) for role in ROLES]


PAGES = (
    Page("/ledger", ledger, Access.ARCHIVE, own=own.corrected),
    Page("/ledger.csv", csv, Access.ARCHIVE, own=own.corrected),
)
