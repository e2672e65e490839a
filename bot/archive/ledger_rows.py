"""Makes the rows of the ledger: one amount of a story with every quote of it, its history, and who contradicts it. Pure.

The same money told by several outlets, in several currencies or as a range is one row. A figure that a later report or an edit
replaced is history of the one that holds now; figures of two publishers for one thing stay, and each names the other.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.knowledge import figures, money_context, publishers
from bot.knowledge.figures import Telling
from bot.knowledge.rates import Rates
from bot.model import STATUSES, Amount, Article, Converted, EventFact, Fact, Former, PolicyFact, Relevance

DONE = frozenset(("completed", "decided", "in_force"))
# Which events an amount of a role can be about, where it does not stand in the event's own words.
_EVENTS_OF = {
    "investment": ("datacenter_investment", "fab_investment", "funding", "government_program", "office_opened"),
    "funding_raised": ("funding", "ipo"),
    "subsidy": ("subsidy", "government_program"),
    "budget": ("budget", "government_program"),
    "acquisition_price": ("acquisition",),
    "loan": ("funding",),
}


@dataclass(frozen=True, slots=True)
class Quote:
    """Who said it, where, when, in which words. ``start`` and ``end``: their place in the text of the article."""

    outlet: str
    url: str
    text: str
    at: datetime | None = None
    house: str = ""
    status: str = ""
    article: str = ""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Revision:
    """What was said until then, in place of which the row's amount holds now."""

    amount: Amount
    quotes: tuple[Quote, ...]
    until: datetime


@dataclass(slots=True)
class Row:
    """One amount of a story. ``low``: the lower end of a range whose upper end ``amount`` is. ``rivals``: other outlets' figures
    for the same thing. ``share``: "part" of an amount told before it, or "to_date", a sum of what was told earlier.
    """

    story: str
    matter: str | None
    day: date
    amount: Amount
    actors: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    quotes: list[Quote] = field(default_factory=list)
    converted: tuple[Converted, ...] = ()
    low: Amount | None = None
    share: str | None = None
    rivals: list[Amount] = field(default_factory=list)
    history: list[Revision] = field(default_factory=list)
    roles: Counter[str] = field(default_factory=Counter)

    @property
    def status(self) -> str:
        """What most of its reports say; of two said as often the one that is less far."""
        said = Counter(quote.status for quote in self.quotes if quote.status)
        return max(said, key=lambda status: (said[status], -STATUSES.index(status)), default="announced")

    @property
    def role(self) -> str:
        """What most of its reports say that the money is for."""
        told = [(count, role) for role, count in self.roles.items() if role != "other"]
        return max(told, key=lambda one: one[0])[1] if told else "other"

    @property
    def done(self) -> bool:
        """Whether it was decided or done. An upper limit never is: what will be paid is open."""
        return self.status in DONE and self.amount.qualifier != "up_to"

    @property
    def outlets(self) -> tuple[str, ...]:
        """Who tells it, the first first."""
        return tuple(dict.fromkeys(quote.outlet for quote in self.quotes))


@dataclass(frozen=True, slots=True)
class Told:
    """An article of a story with its facts; ``until``: it said so only until then. ``found``: its relevance."""

    telling: Telling
    found: Relevance | None = None
    until: datetime | None = None


def told(
    articles: Iterable[Article],
    facts: Mapping[str, Sequence[Fact]],
    former: Mapping[str, Sequence[Former]],
    relevances: Mapping[str, Relevance],
) -> list[Told]:
    """What the articles state, and before it what they stated until they were changed."""
    listed: list[Told] = []
    for article in articles:
        if article.at is None:
            continue
        found = relevances.get(article.id)
        listed += [Told(Telling(article, one.facts), found, one.until) for one in former.get(article.id, ())]
        listed.append(Told(Telling(article, tuple(facts.get(article.id, ()))), found))
    return listed


def of_story(story: str, matter: str | None, listed: Sequence[Told], rates: Rates) -> list[Row]:
    """The rows of one story from what its articles state, in their order. An amount that merely converts another has none."""
    rows: list[Row] = []
    by_telling: list[tuple[Told, dict[int, Row]]] = []
    for one in listed:
        by_telling.append((one, _add(rows, story, matter, one, rates)))
    current = {id(row) for one, its in by_telling if one.until is None for row in its.values()}
    replaced = _settle(rows, by_telling, current)
    kept = [row for row in rows if id(row) in current and id(row) not in replaced]
    for row in kept:
        row.rivals = [rival for rival in row.rivals if any(other.amount is rival for other in kept)]
    return kept


# ---- from amounts to rows ----


def _add(rows: list[Row], story: str, matter: str | None, one: Told, rates: Rates) -> dict[int, Row]:
    """Put the amounts of one telling into ``rows``; which row holds which of its amounts, by the amount's identity."""
    amounts = [fact for fact in one.telling.facts if isinstance(fact, Amount)]
    its: dict[int, Row] = {}
    low: Amount | None = None
    for index, amount in enumerate(amounts):
        if amount.converted_of is not None or not amount.currency:
            continue
        if amount.qualifier == "range_low":
            low = amount
            continue
        restated = [other for other in amounts if other.converted_of == index]
        row = next((row for row in rows if any(_holds(row, one) for one in (amount, *restated))), None)
        if row is None:
            row = _row(story, matter, one, amount, rates)
            rows.append(row)
        if amount.qualifier == "range_high":
            row.low = row.low or low
        low = None
        row.quotes.append(_quote(one.telling, amount))
        row.roles[amount.role or "other"] += 1
        row.converted = _as_reported(row, [amount, *restated], one.telling.article)
        its[id(amount)] = row
    return its


def _holds(row: Row, amount: Amount) -> bool:
    """Whether ``amount`` is the money of ``row``: in its currency, or in one into which a report itself converted it."""
    if figures.agree(row.amount, amount):
        return True
    given = (one for one in row.converted if one.reported and one.currency == amount.currency)
    return amount.value is not None and any(abs(one.value - amount.value) * 100 <= one.value for one in given)


def _row(story: str, matter: str | None, one: Told, amount: Amount, rates: Rates) -> Row:
    article, found = one.telling.article, one.found
    day = article.at.date() if article.at else date.min
    return Row(
        story,
        matter,
        day,
        amount,
        actors=_actors(one, amount),
        countries=found.countries if found else (),
        topics=tuple(found.topics) if found else (),
        converted=rates.in_all(amount.value, str(amount.currency), day) if amount.value is not None else (),
        share=money_context.share(article.text, amount.start, amount.end),
    )


def _as_reported(row: Row, restated: Sequence[Amount], article: Article) -> tuple[Converted, ...]:
    """The conversions of ``row``, with those that its reports give themselves in place of ours."""
    day = article.at.date() if article.at else row.day
    others = (one for one in restated if one.currency != row.amount.currency)
    given = [Converted(one.value, one.currency, day, reported=True) for one in others if one.value is not None and one.currency]
    known = {one.currency: one for one in row.converted}
    known |= {one.currency: one for one in given if one.currency not in known or not known[one.currency].reported}
    return tuple(known.values())


def _quote(telling: Telling, amount: Amount) -> Quote:
    article = telling.article
    act = _act(telling, amount)
    status = act.status if isinstance(act, EventFact) else act.stage if act else ""
    house = publishers.house(article.outlet, article.url)
    place = article.id, amount.start, amount.end
    return Quote(article.outlet, article.url, amount.quote, article.at, house, status, *place)


def _actors(one: Told, amount: Amount) -> tuple[str, ...]:
    act = _act(one.telling, amount)
    if isinstance(act, EventFact) and act.actors:
        return act.actors
    if isinstance(act, PolicyFact) and act.ministry:
        return (act.ministry,)
    return one.found.entities if one.found else ()


def _act(telling: Telling, amount: Amount) -> EventFact | PolicyFact | None:
    """What the amount is about: the event or policy in whose words it stands, else the article's only event of its kind."""
    acts = [fact for fact in telling.facts if isinstance(fact, EventFact | PolicyFact)]
    around = [act for act in acts if act.start <= amount.start < act.end]
    if around:
        fitting = [act for act in around if isinstance(act, EventFact) and act.type in _EVENTS_OF.get(amount.role or "", ())]
        return next(iter(fitting or around))
    alike = [act for act in acts if isinstance(act, EventFact) and act.type in _EVENTS_OF.get(amount.role or "", ())]
    return alike[0] if len(alike) == 1 else None


# ---- history and conflicts ----


def _settle(rows: Sequence[Row], by_telling: Sequence[tuple[Told, dict[int, Row]]], current: set[int]) -> set[int]:
    """Let later figures replace earlier ones, and note who contradicts whom; ids of the rows that were replaced."""
    leading: dict[int, list[Told]] = {}
    for one, its in by_telling:
        for lead in figures.leads(one.telling).values():
            row = its.get(id(lead))
            if row is not None:
                leading.setdefault(id(row), []).append(one)
    leads = [row for row in rows if id(row) in leading]
    replaced: set[int] = set()
    for place, row in enumerate(leads):
        for other in leads[place + 1 :]:
            if not {id(row), id(other)} & replaced and figures.contradict(row.amount, other.amount):
                replaced |= _compare(row, other, leading, current)
    return replaced


def _compare(row: Row, other: Row, leading: Mapping[int, Sequence[Told]], current: set[int]) -> set[int]:
    for old, new in ((row, other), (other, row)):
        if id(new) in current and _replaces(new, leading[id(new)], leading[id(old)], edited=id(old) not in current):
            until = max((one.until for one in leading[id(old)] if one.until), default=None) or _first(leading[id(new)])
            new.history += [*old.history, Revision(old.amount, tuple(old.quotes), until)]
            return {id(old)}
    if not {quote.house for quote in row.quotes} & {quote.house for quote in other.quotes}:
        row.rivals.append(other.amount)
        other.rivals.append(row.amount)
    return set()


def _replaces(new: Row, later: Sequence[Told], earlier: Sequence[Told], *, edited: bool) -> bool:
    """Whether the figure of ``new`` takes the place of the earlier one: its article was changed, or all who gave it say so."""
    if edited:
        return bool({one.telling.article.id for one in earlier} & {one.telling.article.id for one in later})
    return all(any(figures.revises(one.telling, before.telling, _said(one, new)) for one in later) for before in earlier)


def _first(listed: Sequence[Told]) -> datetime:
    return min(one.telling.article.at for one in listed if one.telling.article.at)


def _said(one: Told, row: Row) -> Amount:
    """The amount of ``row`` as this telling has it."""
    amounts = (fact for fact in one.telling.facts if isinstance(fact, Amount))
    return next((amount for amount in amounts if figures.agree(amount, row.amount)), row.amount)
