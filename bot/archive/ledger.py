"""The ledger: which money the stories of a time tell of, each amount once, with its quotes, and totals that add nothing twice.

What was done and what is only planned are never added together; what could not be added is told.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from bot.knowledge import money
from bot.knowledge.rates import SHOWN, Converted, Rates
from bot.model import Amount, Article, EventFact, Fact, Relevance
from bot.store import Store

DONE = frozenset(("completed", "decided", "in_force"))
# What is money that moves; revenue, valuations and market sizes are shown, but a sum of them would mean nothing.
ADDED = frozenset(("investment", "subsidy", "funding_raised", "acquisition_price", "loan", "budget"))
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet may run as a formula


@dataclass(frozen=True, slots=True)
class Quote:
    """Who said it, where, in which words."""

    outlet: str
    url: str
    text: str


@dataclass(slots=True)
class Row:
    """One amount of a story with all its quotes. ``rival``: another outlet gives another figure for the same thing."""

    story: str
    day: date
    amount: Amount
    status: str
    actors: tuple[str, ...]
    countries: tuple[str, ...]
    topics: tuple[str, ...]
    quotes: list[Quote] = field(default_factory=list)
    converted: tuple[Converted, ...] = ()
    rival: bool = False

    @property
    def done(self) -> bool:
        """Whether it was decided or done, not only planned or announced."""
        return self.status in DONE


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the ledger is wanted; None wants everything."""

    country: str | None = None
    topic: str | None = None
    role: str | None = None
    actor: str | None = None

    def wants(self, row: Row) -> bool:
        """Whether ``row`` is wanted."""
        pairs = ((self.country, row.countries), (self.topic, row.topics), (self.actor, row.actors))
        return all(one is None or one in among for one, among in pairs) and self.role in (None, row.amount.role)


@dataclass(frozen=True, slots=True)
class Total:
    """The sum in one currency: of what was done, of what is only planned, and how many rows it leaves out."""

    currency: str
    done: Decimal
    planned: Decimal
    left_out: int


async def rows(store: Store, since: datetime, until: datetime, rates: Rates, wanted: Filter = Filter()) -> list[Row]:
    """The rows of the articles of that time, latest first."""
    ids = await store.facts.articles_with("money", since, until)
    articles = await store.articles.get(ids)
    facts = await store.facts.of_articles(ids)
    relevances = await store.articles.relevance(ids)
    stories = await store.stories.of_articles(ids)
    made = build(articles, facts, relevances, stories, rates)
    return sorted((row for row in made if wanted.wants(row)), key=lambda row: row.day, reverse=True)


def build(
    articles: Iterable[Article],
    facts: Mapping[str, Sequence[Fact]],
    relevances: Mapping[str, Relevance],
    stories: Mapping[str, str],
    rates: Rates,
) -> list[Row]:
    """One row an amount and story, in the order of ``articles``; an amount that merely converts another has none."""
    by_story: dict[str, list[Row]] = {}
    for article in articles:
        story = stories.get(article.id, article.id)
        known = by_story.setdefault(story, [])
        amounts = [one for one in facts.get(article.id, ()) if isinstance(one, Amount)]
        for index, amount in enumerate(amounts):
            if amount.converted_of is None and amount.currency and article.at:
                row = next((row for row in known if money.same(row.amount, amount)), None)
                if row is None:
                    row = _row(story, article, amount, facts[article.id], relevances.get(article.id), rates)
                    known.append(row)
                row.quotes.append(Quote(article.outlet, article.url, amount.quote))
                row.converted = _as_reported(row, [one for one in amounts if one.converted_of == index], article.at.date())
    for known in by_story.values():
        _mark_rivals(known)
    return [row for known in by_story.values() for row in known]


def _row(story: str, article: Article, amount: Amount, facts: Sequence[Fact], found: Relevance | None, rates: Rates) -> Row:
    told = next((one for one in facts if isinstance(one, EventFact) and one.start <= amount.start < one.end), None)
    at = article.at.date() if article.at else date.min
    return Row(
        story,
        at,
        amount,
        told.status if told else "announced",
        told.actors if told else (found.entities if found else ()),
        found.countries if found else (),
        tuple(found.topics) if found else (),
        converted=rates.in_all(amount.value, str(amount.currency), at) if amount.value is not None else (),
    )


def _as_reported(row: Row, restated: Sequence[Amount], day: date) -> tuple[Converted, ...]:
    """The conversions of ``row``, with those that its article itself gives in place of ours."""
    told = {one.currency: Converted(one.value, one.currency, day) for one in restated if one.value is not None and one.currency}
    ours = {one.currency: one for one in row.converted}
    return tuple((ours | told).values())


def _mark_rivals(known: Sequence[Row]) -> None:
    """Two figures for one thing by different outlets stay, both, and each shows that there is another."""
    for row in known:
        outlets = {quote.outlet for quote in row.quotes}
        row.rival = any(
            other is not row
            and other.amount.role == row.amount.role != "other"
            and other.amount.currency == row.amount.currency
            and not outlets & {quote.outlet for quote in other.quotes}
            for other in known
        )


def totals(listed: Sequence[Row]) -> tuple[Total, ...]:
    """The sums in KRW, JPY and USD. Left out: what is no moving money, has no figure or no rate, or is disputed."""
    return tuple(_total(listed, currency) for currency in SHOWN)


def _total(listed: Sequence[Row], currency: str) -> Total:
    sums = {True: Decimal(0), False: Decimal(0)}
    left_out = 0
    for row in listed:
        value = _in(row, currency)
        if value is None or row.rival or row.amount.role not in ADDED or row.amount.qualifier == "range_low":
            left_out += 1
        else:
            sums[row.done] += value
    return Total(currency, sums[True], sums[False], left_out)


def _in(row: Row, currency: str) -> Decimal | None:
    if row.amount.currency == currency:
        return row.amount.value
    return next((one.value for one in row.converted if one.currency == currency), None)


def as_csv(listed: Sequence[Row]) -> str:
    """The rows for a spreadsheet: a cell that it could take for a formula begins with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        ["day", "actors", "role", "status", "qualifier", "value", "currency", *SHOWN, "rate of", "outlets", "quote", "url"]
    )
    for row in listed:
        value = row.amount.value
        cells = [row.day.isoformat(), "; ".join(row.actors), row.amount.role or "", row.status, row.amount.qualifier]
        cells += ["" if value is None else f"{value:f}", row.amount.currency or ""]
        cells += [_whole(_in(row, currency)) for currency in SHOWN]
        cells += [row.converted[0].day.isoformat() if row.converted else ""]
        cells += ["; ".join(dict.fromkeys(quote.outlet for quote in row.quotes)), row.quotes[0].text, row.quotes[0].url]
        writer.writerow(map(_safe, cells))
    return out.getvalue()


def _whole(value: Decimal | None) -> str:
    return "" if value is None else f"{value:.0f}"


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.lstrip().startswith(_DANGEROUS) else cell
