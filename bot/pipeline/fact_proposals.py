"""Which facts that a language model proposes are taken: those that the text bears out, word for word and figure for figure. Pure.

A model may find what the rules miss and say what money is for; it may not bring in a word, a name, a figure or a day that is not
in the text. What is refused is simply left out: the facts of the rules stand.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.knowledge import dates, money, money_context, register
from bot.knowledge.language import normalise, sentences
from bot.knowledge.policy_words import INSTRUMENTS
from bot.model import EVENT_TYPES, ROLES, STATUSES, Amount, DateFact, EventFact, Fact, PolicyFact

_LONGEST = 400  # characters of a quote; an amount or a date has at most 60
_LONGEST_FIGURE = 60
_MOST_ACTORS = 6


def accepted(
    text: str, language: str, published: datetime | None, proposed: Sequence[Fact], known: Sequence[Fact] = ()
) -> tuple[Fact, ...]:
    """Those of ``proposed`` that hold in ``text`` and that ``known``, what the rules found there, does not have; in text order.

    A quote must stand in the text where ``start`` says, or else exactly once: then its place is put right. An amount must be what
    our own reader makes of the quote, in value and currency; the model only adds the role. The days of events and policies must
    be days that we read in the text, and names must stand in the quote's sentence or belong to what is named there.
    """
    checks = _Checks(text, language, published)
    kept: list[Fact] = []
    for one in proposed:
        fact = checks.held(one)
        if fact and not any(_is_same(fact, other) for other in (*known, *kept)):
            kept.append(fact)
    return tuple(sorted(kept, key=lambda fact: fact.start))


class _Checks:
    """One text, read once for all that is proposed about it."""

    def __init__(self, text: str, language: str, published: datetime | None) -> None:
        self._text = text
        self._language = language
        self._published = published
        self._amounts = money.read_amounts(text, language)
        self._days = {day.value for day in dates.read_dates(text, published)}

    def held(self, fact: Fact) -> Fact | None:
        """``fact`` as the text bears it out, at its place; None where it does not."""
        placed = self._placed(fact)
        if isinstance(placed, Amount):
            return self._amount(placed)
        if isinstance(placed, DateFact):
            return self._date(placed)
        if isinstance(placed, EventFact):
            return self._event(placed)
        return self._policy(placed) if isinstance(placed, PolicyFact) else None

    def _placed(self, fact: Fact) -> Fact | None:
        longest = _LONGEST_FIGURE if isinstance(fact, Amount | DateFact) else _LONGEST
        if not fact.quote.strip() or len(fact.quote) > longest:
            return None
        end = fact.start + len(fact.quote)
        if fact.start >= 0 and self._text[fact.start : end] == fact.quote:
            return replace(fact, end=end)
        start = self._text.find(fact.quote)
        if start < 0 or self._text.find(fact.quote, start + 1) >= 0:
            return None
        return replace(fact, start=start, end=start + len(fact.quote))

    def _amount(self, fact: Amount) -> Amount | None:
        read = self._reading(fact)
        if read is None or read.value is None or (read.value, read.currency) != (fact.value, fact.currency):
            return None
        role = fact.role if fact.role in ROLES else read.role
        return replace(read, role=role, converted_of=None)

    def _reading(self, fact: Amount) -> Amount | None:
        """The one amount that our reader finds in the quote: in the text, else in the quote alone."""
        within = [one for one in self._amounts if fact.start <= one.start and one.end <= fact.end]
        if within or money_context.is_price(self._text, fact.start, fact.end, fact.value):
            return within[0] if len(within) == 1 else None
        alone = money.read_amounts(fact.quote, self._language)
        if len(alone) != 1:
            return None
        (one,) = alone
        return replace(one, start=fact.start + one.start, end=fact.start + one.end)

    def _date(self, fact: DateFact) -> DateFact | None:
        read = dates.read_dates(fact.quote, self._published)
        return fact if fact.value and [one.value for one in read] == [fact.value] else None

    def _event(self, fact: EventFact) -> EventFact | None:
        actors = tuple(name for name in map(self._named(fact), fact.actors[:_MOST_ACTORS]) if name)
        if fact.type not in EVENT_TYPES or fact.status not in STATUSES or not actors:
            return None
        return replace(fact, actors=actors, date=self._day(fact.date), place=_country(fact.place))

    def _policy(self, fact: PolicyFact) -> PolicyFact | None:
        if fact.instrument not in INSTRUMENTS or fact.stage not in STATUSES:
            return None
        name = self._named(fact)
        said = name(fact.name) if fact.name else ""
        if fact.name and not said:
            return None
        return replace(
            fact,
            name=said or "",
            ministry=name(fact.ministry) if fact.ministry else None,
            country=_country(fact.country),
            in_force=self._day(fact.in_force),
            until=self._day(fact.until),
        )

    def _day(self, value: str | None) -> str | None:
        return value if value in self._days else None

    def _named(self, fact: EventFact | PolicyFact) -> "_Names":
        return _Names(self._text, *self._around(fact.start, fact.end))

    def _around(self, start: int, end: int) -> tuple[int, int]:
        """The sentences that text[start:end] is part of."""
        at, first, last = 0, start, end
        for sentence in sentences(self._text):
            at = self._text.index(sentence, at)
            if at < end and start < at + len(sentence):
                first, last = min(first, at), max(last, at + len(sentence))
            at += len(sentence)
        return first, last


class _Names:
    """Who and what a stretch of text names."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self._said = normalise(text[start:end])
        self._known = {one.entity for one in register.load().mentions(text) if start <= one.start < end}

    def __call__(self, name: str) -> str | None:
        """The id of the register that ``name`` means here, or the name as it is written here; None for what is not named here."""
        meant = next((entity.id for entity in register.load().find(name) if entity.id in self._known), None)
        if meant:
            return meant
        return name if len(name.strip()) > 1 and normalise(name) in self._said else None


def _country(code: str | None) -> str | None:
    return code if code and len(code) == 2 and code.isascii() and code.isupper() else None


def _is_same(a: Fact, b: Fact) -> bool:
    """Whether two facts say one thing: figures and days at one place, events and policies of one kind and name."""
    if type(a) is not type(b):
        return False
    if isinstance(a, EventFact) and isinstance(b, EventFact):
        return a.type == b.type and a.actors[:1] == b.actors[:1]
    if isinstance(a, PolicyFact) and isinstance(b, PolicyFact):
        return a.instrument == b.instrument and (a.name == b.name or not a.name or not b.name)
    return a.start < b.end and b.start < a.end
