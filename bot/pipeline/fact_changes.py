"""What changed materially in what the reports of one story state: figures, stages and dates. Pure.

Used for the ledger's history and for corrections of posted messages: ``material(before, after)`` compares two states of a story,
each made by ``tellings`` from its articles and their facts (the earlier facts come from ``store.facts.former``).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.knowledge.figures import Telling, agree, contradict, leads, revises, tellings
from bot.model import Amount, EventFact, Fact, PolicyFact

__all__ = ["Change", "Telling", "agree", "material", "tellings"]

DONE = frozenset(("completed", "decided", "in_force"))


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
