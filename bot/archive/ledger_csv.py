"""The ledger for a spreadsheet. No cell of it can be taken for a formula, and none breaks out of its place."""

import csv
import io
import re
from collections.abc import Sequence

from bot.archive.ledger_rows import Row
from bot.archive.totals import why_left_out, worth
from bot.knowledge.rates import SHOWN

COLUMNS = (
    "day", "actors", "role", "status", "qualifier", "value", "currency", *SHOWN, "rate of", "as reported", "lower end",
    "period", "outlets", "quote", "url", "disputed by", "before", "in totals",
)  # fmt: skip
# What a spreadsheet may run as a formula, also in the wide writing of East Asia.
_DANGEROUS = tuple("=+-@＝＋－＠|%")
# Where a comma is the decimal sign, spreadsheets part cells at semicolons.
_INNER = re.compile(r"(;\s*)(?=[=+\-@＝＋－＠])")
# What begins so is no formula, and nothing in it breaks out of its cell.
_SURE = re.compile(r"(?:[0-9A-Za-z][0-9A-Za-z .,/:_-]*)?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_BETWEEN = " / "


def as_csv(rows: Sequence[Row], reasons: Sequence[str | None] | None = None) -> str:
    """The rows with a head line, RFC 4180. A cell that could be taken for a formula begins with an apostrophe.

    ``reasons``: why each is left out of sums, where that is known.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row, reason in zip(rows, why_left_out(rows) if reasons is None else reasons, strict=True):
        writer.writerow(map(_safe, _cells(row, reason)))
    return out.getvalue()


def _cells(row: Row, reason: str | None) -> list[str]:
    amount = row.amount
    by_rate = [one for one in row.converted if not one.reported]
    cells = [row.day.isoformat(), _BETWEEN.join(row.actors), row.role, row.status, amount.qualifier]
    cells += [_number(amount.value), amount.currency or ""]
    cells += [_whole(worth(row, currency)) for currency in SHOWN]
    cells += [by_rate[0].day.isoformat() if by_rate else "", _BETWEEN.join(one.currency for one in row.converted if one.reported)]
    cells += [
        _number(row.low.value if row.low else None),
        amount.period or "",
        _BETWEEN.join(row.outlets),
        row.quotes[0].text,
        row.quotes[0].url,
    ]
    cells += [_BETWEEN.join(rival.quote for rival in row.rivals), _BETWEEN.join(one.amount.quote for one in row.history)]
    return [*cells, reason or "yes"]


def _number(value: object) -> str:
    return "" if value is None else f"{value:f}"


def _whole(value: object) -> str:
    return "" if value is None else f"{value:.0f}"


def _safe(cell: str) -> str:
    if _SURE.fullmatch(cell):
        return cell
    cell = _INNER.sub(r"\1'", _CONTROL.sub(" ", cell))
    return f"'{cell}" if cell.lstrip(" \u3000\u00a0\ufeff").startswith(_DANGEROUS) else cell
