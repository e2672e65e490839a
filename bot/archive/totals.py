"""Sums of the ledger in won, yen and dollars: nothing is added twice, pledges stand apart from deeds, what is left out is told.

In doubt an amount is left out: a sum that is too small says so, one that is too large misleads. Pure.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.archive.ledger_rows import Row
from bot.knowledge import currencies
from bot.knowledge.rates import SHOWN
from bot.model import STATUSES

# What is money that moves; revenue, valuations and market sizes are shown, but a sum of them would mean nothing.
ADDED = frozenset(("investment", "subsidy", "funding_raised", "acquisition_price", "loan", "budget"))
# Why a row is not added, in the order in which it is looked for.
REASONS = (
    "no figure", "no money that moves", "given up", "disputed", "part of another amount", "sum to date", "per year or month",
    "told by another row", "no rate",
)  # fmt: skip
_STEP = math.log(1.03)  # amounts of two stories that differ by less are one, told at the rates of two days


@dataclass(frozen=True, slots=True)
class Total:
    """The sum in one currency: of what was decided or done, of what is only planned; how many rows it leaves out, by reason."""

    currency: str
    done: Decimal
    planned: Decimal
    left_out: Mapping[str, int]


def totals(rows: Sequence[Row]) -> tuple[Total, ...]:
    """The sums in KRW, JPY and USD. Of a range the lower end is added; an upper limit ("up to") counts as planned."""
    reasons = why_left_out(rows)
    return tuple(total(rows, reasons, currency) for currency in SHOWN)


def total(rows: Sequence[Row], reasons: Sequence[str | None], currency: str) -> Total:
    """The sum of the rows that have no reason against it, as ``why_left_out`` gives them for these or for more rows."""
    sums = {True: Decimal(0), False: Decimal(0)}
    left_out: Counter[str] = Counter()
    for row, reason in zip(rows, reasons, strict=True):
        value = worth(row, currency)
        if reason or value is None:
            left_out[reason or "no rate"] += 1
        else:
            sums[row.done] += value * _low_share(row)
    return Total(currency, sums[True], sums[False], dict(left_out))


def worth(row: Row, currency: str) -> Decimal | None:
    """What the row's amount is in ``currency``, as its reports say or by the day's rate."""
    if row.amount.currency == currency:
        return row.amount.value
    return next((one.value for one in row.converted if one.currency == currency), None)


def _low_share(row: Row) -> Decimal:
    """The lower end of a range as a share of the upper one, which the row's conversions are of."""
    if row.low is None or not row.low.value or not row.amount.value:
        return Decimal(1)
    return row.low.value / row.amount.value


def why_left_out(rows: Sequence[Row]) -> list[str | None]:
    """For each row one of REASONS for which no sum adds it; None where it is added.

    The rows that are farthest, best attested and largest come first: what repeats one of them, in its story, in its matter or
    elsewhere, is left out.
    """
    reasons = [_own_reason(row) for row in rows]
    taken = _Taken()
    order = sorted((place for place, reason in enumerate(reasons) if reason is None), key=lambda place: _rank(rows[place]))
    for place in order:
        if taken.has(rows[place]):
            reasons[place] = "told by another row"
        else:
            taken.add(rows[place])
    return reasons


def _own_reason(row: Row) -> str | None:
    tests = {
        "no figure": row.amount.value is None,
        "no money that moves": row.role not in ADDED,
        "given up": row.status == "rejected",
        "disputed": bool(row.rivals),
        "part of another amount": row.share == "part",
        "sum to date": row.share == "to_date",
        "per year or month": (row.amount.period or "").startswith("per "),
    }
    return next((reason for reason, holds in tests.items() if holds), None)


def _rank(row: Row) -> tuple[object, ...]:
    return -STATUSES.index(row.status), -_size(row), -len(row.quotes), row.story, row.amount.start


def _size(row: Row) -> float:
    value, currency = row.amount.value, row.amount.currency
    dollars = worth(row, "USD")
    return float(dollars) if dollars else currencies.dollars(value, currency) if value and currency else 0.0


class _Taken:
    """The rows that a sum has taken so far."""

    def __init__(self) -> None:
        self._of_affair: dict[str, list[Row]] = {}
        self._of_size: dict[int, list[Row]] = {}

    def add(self, row: Row) -> None:
        self._of_affair.setdefault(_affair(row), []).append(row)
        self._of_size.setdefault(_bucket(row), []).append(row)

    def has(self, row: Row) -> bool:
        """Whether the money of ``row`` may be that of a row that was taken."""
        beside = self._of_affair.get(_affair(row), ())
        return any(not _is_apart(row, other) for other in beside) or any(_is_one(row, other) for other in self._alike(row))

    def _alike(self, row: Row) -> Iterator[Row]:
        bucket = _bucket(row)
        return (other for near in (bucket - 1, bucket, bucket + 1) for other in self._of_size.get(near, ()))


def _affair(row: Row) -> str:
    """What plan, decision and opening of one thing have in common."""
    return row.matter or row.story


def _bucket(row: Row) -> int:
    return round(math.log(max(_size(row), 1.0)) / _STEP)


def _is_apart(row: Row, other: Row) -> bool:
    """Whether two amounts of one affair are surely two: of others, or of the same for two periods."""
    if row.amount.period and other.amount.period and row.amount.period != other.amount.period:
        return row.role == other.role
    return bool(row.actors and other.actors) and not set(row.actors) & set(other.actors) and row.role == other.role


def _is_one(row: Row, other: Row) -> bool:
    """Whether two amounts of one size in two stories may be one: they share somebody, or nobody is named on one side."""
    if row.actors and other.actors:
        return bool(set(row.actors) & set(other.actors))
    return bool(set(row.countries) & set(other.countries)) or not (row.countries and other.countries)
