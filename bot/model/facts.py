"""What a text states and can be checked: amounts, dates, events and policies, each with its verbatim quote."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

ROLES = (
    "investment", "funding_raised", "subsidy", "budget", "revenue", "valuation", "acquisition_price", "tax", "market_size",
    "loan", "other",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Amount:
    """Money as a text states it: ``quote`` is text[start:end]. ``value`` is None for vague amounts (수천억).

    ``qualifier``: exact, about, up_to, at_least, more_than, range_low or range_high. ``converted_of``: index, in the same
    reading, of the amount that this one only restates in another currency.
    """

    value: Decimal | None
    currency: str | None
    quote: str
    start: int
    end: int
    qualifier: str = "exact"
    converted_of: int | None = None
    role: str | None = None
    period: str | None = None


@dataclass(frozen=True, slots=True)
class Converted:
    """``value`` in ``currency`` by the rates of ``day``; ``reported``: an article itself gave it, on ``day``."""

    value: Decimal
    currency: str
    day: date
    reported: bool = False


@dataclass(frozen=True, slots=True)
class DateFact:
    """A calendar expression; ``quote`` is text[start:end]. ``value``: 2026-11-23, 2026-11, 2026, 2026-Q2, 2026-H1, 2026-autumn,
    2030s, FY2030, FYE2027-03, an interval a/b, --11-23 where only the year is missing, None where the text alone does not tell.
    """

    value: str | None
    quote: str
    start: int
    end: int


EVENT_TYPES = (
    "acquisition", "budget", "datacenter_investment", "fab_investment", "funding", "government_program", "guideline", "hiring",
    "ipo", "law_in_force", "office_opened", "other", "partnership", "subsidiary_established", "subsidy",
)  # fmt: skip
STATUSES = ("planned", "announced", "decided", "completed", "in_force", "rejected")


@dataclass(frozen=True, slots=True)
class EventFact:
    """Who did what, where and when, in the words of the clause that says it: ``quote`` is text[start:end].

    ``type`` is one of EVENT_TYPES, ``status`` one of STATUSES. ``actors``: the main one first, ids of the register, or the name
    as written where the register does not know it. ``place``: country code; ``date`` as in DateFact.
    """

    type: str
    status: str
    actors: tuple[str, ...]
    quote: str
    start: int
    end: int
    place: str | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyFact:
    """A law, subsidy, tax break or programme and where it stands: ``quote`` is text[start:end].

    ``instrument``: law, subsidy, tax_break or programme; ``stage`` one of STATUSES. ``name``: id of the register, or the name as
    quoted, empty where the text gives none. ``in_force`` and ``until``: when it starts and ends, as in DateFact.
    """

    instrument: str
    stage: str
    quote: str
    start: int
    end: int
    name: str = ""
    country: str | None = None
    ministry: str | None = None
    in_force: str | None = None
    until: str | None = None


Fact = Amount | DateFact | EventFact | PolicyFact


@dataclass(frozen=True, slots=True)
class Former:
    """What an article stated until it was changed."""

    until: datetime
    facts: tuple[Fact, ...]
