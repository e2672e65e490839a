"""What changed materially in what the reports of one story state: figures, stages and dates. Pure.

Used for the ledger's history and for corrections of posted messages: ``material(before, after)`` compares two states of a story,
each made by ``tellings`` from its articles and their facts (the earlier facts come from ``store.facts.as_of``).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.knowledge import money, money_context, publishers
from bot.model import Amount, Article, EventFact, Fact, PolicyFact

DONE = frozenset(("completed", "decided", "in_force"))
_FARTHEST = 10  # times: figures that lie farther apart are not about one thing
_REVISED = re.compile(
    r"당초|애초|기존\s?계획|증액|감액|상향|하향|늘(?:려|렸|린|리기|어난|었)|줄(?:여|였|인|이기|었|어든)|수정|정정|"
    r"当初|増額|減額|引き上げ|引き下げ|上方修正|下方修正|修正|訂正|積み増|拡大し|"
    r"\b(?:up from|down from|from an? (?:earlier|initial|original|previous)|revis(?:e[sd]?|ed|ing|ion)|correct(?:ed|ion)|"
    r"rais(?:e[sd]?|ing) (?:its|the|their)|increas(?:e[sd]?|ing) (?:its|the|their)|cut(?:s|ting)? (?:its|the|their)|"
    r"originally|initially|previously (?:announced|planned|reported)|instead of)\b",
    re.IGNORECASE,
)


class Telling(NamedTuple):
    """What one article states."""

    article: Article
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One material change, as ``article`` (an id) tells it.

    ``kind``: corrected (the article itself was changed), revised (a later report changes the figure), disputed (another outlet
    has another one), withdrawn (nobody says it any more), stage or date. ``after`` is None where it was withdrawn.
    """

    kind: str
    before: Fact
    after: Fact | None
    article: str


def tellings(articles: Sequence[Article], facts: Mapping[str, Sequence[Fact]]) -> tuple[Telling, ...]:
    """The state of a story: its articles, earliest first, with their facts (by article id)."""
    return tuple(Telling(article, tuple(facts.get(article.id, ()))) for article in articles)


def material(before: Sequence[Telling], after: Sequence[Telling]) -> tuple[Change, ...]:
    """What a reader who knows ``before`` has to be told of ``after``; a figure or stage only once. Rewording is no change."""
    known = {one.article.id: one for one in before}
    changes = [*_withdrawn(before, after)]
    for telling in after:
        earlier = known.get(telling.article.id)
        found = _figures(earlier, telling, before)
        changes += [*found, *_stages(before, telling), *_dates(before, telling)]
    return tuple({_key(change): change for change in reversed(changes)}.values())[::-1]


def _key(change: Change) -> tuple[object, ...]:
    fact = change.after or change.before
    said = (fact.value, fact.currency, fact.role) if isinstance(fact, Amount) else _topic(fact)
    return (change.kind, *said)


# ---- figures ----


def leads(telling: Telling) -> dict[tuple[str, str], Amount]:
    """By role and currency, the amount that the article is about: the first told, without parts, sums to date and low ends."""
    found: dict[tuple[str, str], Amount] = {}
    text = telling.article.text
    for one in telling.facts:
        if not isinstance(one, Amount) or one.value is None or not one.currency or one.role in (None, "other"):
            continue
        if one.converted_of is None and one.qualifier != "range_low" and not money_context.share(text, one.start, one.end):
            found.setdefault((str(one.role), one.currency), one)
    return found


def agree(a: Amount, b: Amount) -> bool:
    """Whether two amounts of one story are one: but for a rounding of one in a hundred, or the day's rate."""
    if money.same(a, b) or a.currency != b.currency or a.value is None or b.value is None:
        return money.same(a, b)
    return abs(a.value - b.value) * 100 <= max(a.value, b.value) and "range" not in f"{a.qualifier}{b.qualifier}"


def contradict(a: Amount, b: Amount) -> bool:
    """Whether two amounts cannot both hold of one thing: other figures, for one role, in one currency, for one period."""
    if (a.role, a.currency) != (b.role, b.currency) or not a.value or not b.value or agree(a, b):
        return False
    if a.period and b.period and a.period != b.period:
        return False
    low, high = sorted((a, b), key=lambda one: one.value or 0)
    if high.value and low.value and high.value > _FARTHEST * low.value:
        return False
    return low.qualifier not in ("at_least", "more_than") and high.qualifier != "up_to"


def revises(later: Telling, earlier: Telling, figure: Amount) -> bool:
    """Whether ``figure`` of a later report takes the place of what the earlier one said, rather than contradicting it.

    It does where the same publisher tells it later, or where the words around say that something was changed.
    """
    if later.article.at is None or earlier.article.at is None or later.article.at <= earlier.article.at:
        return False
    return _house(later.article) == _house(earlier.article) or tells_of_change(later.article.text, figure)


def tells_of_change(text: str, figure: Amount) -> bool:
    """Whether the words beside an amount say that it was another before."""
    return _REVISED.search(text, max(0, figure.start - 60), figure.end + 60) is not None


def _house(article: Article) -> str:
    return publishers.house(article.outlet, article.url)


def _figures(earlier: Telling | None, telling: Telling, before: Sequence[Telling]) -> Iterator[Change]:
    for key, figure in leads(telling).items():
        stated = [(one, old) for one in before if (old := leads(one).get(key))]
        if any(not contradict(figure, old) for _, old in stated):
            continue
        own = next((old for one, old in stated if one is earlier), None)
        if own:
            yield Change("corrected", own, figure, telling.article.id)
        elif stated and earlier is None:
            source, old = stated[-1]
            kind = "revised" if revises(telling, source, figure) else "disputed"
            yield Change(kind, old, figure, telling.article.id)


def _withdrawn(before: Sequence[Telling], after: Sequence[Telling]) -> Iterator[Change]:
    said = [one for telling in after for one in telling.facts if isinstance(one, Amount)]
    now = {telling.article.id: leads(telling) for telling in after}
    for telling in before:
        for key, figure in leads(telling).items():
            current = now.get(telling.article.id)
            if current is not None and key not in current and not any(agree(figure, one) for one in said):
                yield Change("withdrawn", figure, None, telling.article.id)


# ---- stages and dates ----


def _topic(fact: Fact) -> tuple[str, ...]:
    """What an event or policy is, whatever is said of it."""
    if isinstance(fact, EventFact):
        return "event", fact.type, fact.actors[0] if fact.actors else ""
    if isinstance(fact, PolicyFact):
        return "policy", fact.instrument, fact.name or fact.country or ""
    return ("other", fact.quote)


def _about(before: Sequence[Telling], fact: Fact) -> list[Fact]:
    return [old for telling in before for old in telling.facts if type(old) is type(fact) and _topic(old) == _topic(fact)]


def _status(fact: Fact) -> str:
    return fact.status if isinstance(fact, EventFact) else fact.stage if isinstance(fact, PolicyFact) else ""


def _stages(before: Sequence[Telling], telling: Telling) -> Iterator[Change]:
    """What was a plan and is done, and what was given up."""
    for fact in telling.facts:
        told = _about(before, fact) if isinstance(fact, EventFact | PolicyFact) else []
        known, status = {_status(old) for old in told}, _status(fact)
        if told and status not in known and ((status in DONE and not known & DONE) or status == "rejected"):
            yield Change("stage", told[-1], fact, telling.article.id)


def _dates(before: Sequence[Telling], telling: Telling) -> Iterator[Change]:
    """When a policy begins or ends, where that was told before and was another day."""
    for fact in telling.facts:
        if not isinstance(fact, PolicyFact):
            continue
        told = [old for old in _about(before, fact) if isinstance(old, PolicyFact)]
        for name in ("in_force", "until"):
            days, day = {getattr(old, name) for old in told} - {None}, getattr(fact, name)
            if day and days and not any(_fits(day, other) for other in days):
                yield Change("date", next(old for old in told if getattr(old, name)), fact, telling.article.id)


def _fits(a: str, b: str) -> bool:
    """Whether one of two dates only says the other less exactly: 2027 and 2027-03."""
    return a.startswith(b) or b.startswith(a)
