"""Says in words why reports were joined, what of a report is new, and when two stories are one matter."""

from collections.abc import Iterable, Sequence

from bot.knowledge import rarity
from bot.pipeline.story_clues import Clues, Money
from bot.pipeline.story_evidence import same_amount
from bot.pipeline.story_vectors import nearness
from bot.pipeline.story_weights import probability

_SOON = 0.125  # days in which outlets fill in each other's first report: no update yet


def shared(clues: Clues, other: Clues, odds: float) -> str:
    """What a report shares with the one it was joined to."""
    common = _in_common(clues, other)
    if clues.vector and other.vector and nearness(clues.vector, other.vector):
        common.append("the meaning")
    return f"{probability(odds):.0%} the same event as {_cite(other)}: shares {_listed(common)}"


def same_matter(a: Clues, b: Clues) -> bool:
    """Whether two reports speak of one matter at different stages: the same actor in both headlines, the same object or place."""
    if a.title_names.isdisjoint(b.title_names) or not a.stage or not b.stage or a.stage == b.stage:
        return False
    places = {key for key in a.subjects[2] & b.subjects[2] if rarity.of_subject(key) > 3.5}
    return bool(places or a.subjects[1] & b.subjects[1])


def news(clues: Clues, members: Sequence[Clues]) -> list[str]:
    """What a report adds materially to what the story's members said: another stage, amount or actor in its headline."""
    first = members[0].at
    if first is None or clues.at is None or clues.at - first < _SOON:
        return []
    found = []
    known = {amount for member in members for amount in member.amounts}
    amounts = sorted(amount for amount in clues.title_amounts if not any(same_amount(amount, other) for other in known))
    if amounts:
        found.append(f"new amount: {_listed(map(_money, amounts))}")
    stages = {member.stage for member in members}
    if clues.stage in ("decision", "done") and stages.isdisjoint({clues.stage, None}):
        found.append(f"new stage: {clues.stage}")
    actors = clues.title_names - {name for member in members for name in member.names}
    if actors:
        found.append(f"new in it: {_listed(sorted(actors))}")
    return found


def _money(amount: Money) -> str:
    currency, value = amount
    for size, unit in ((1e12, "tn"), (1e9, "bn"), (1e6, "m")):
        if value >= size:
            return f"{currency} {value / size:.4g}{unit}"
    return f"{currency} {value:,.0f}"


def _in_common(a: Clues, b: Clues) -> list[str]:
    names = sorted(a.names & b.names, key=lambda name: (-rarity.of_subject(name), name))
    keys = {key for mine, theirs in zip(a.subjects, b.subjects, strict=True) for key in mine & theirs}
    subjects = sorted(keys, key=lambda key: (-rarity.of_subject(key), key))
    figures = [_money(amount) for amount in sorted(a.amounts & b.amounts)]
    figures += [f"{value:,.10g}" for value in sorted(a.numbers & b.numbers, reverse=True)]
    words = sorted((w for w in set(a.title.all) & set(b.title.all) if len(w) > 2), key=lambda w: (-rarity.of_term(w), w))
    told = [*names[:3], *(key.partition(" ")[2] for key in subjects[:3]), *figures[:2]]
    return list(dict.fromkeys(told)) or [f"“{word}”" for word in words[:3]]


def _cite(clues: Clues) -> str:
    return f"“{clues.headline}”" + (f" ({clues.outlet})" if clues.outlet else "")


def _listed(words: Iterable[str]) -> str:
    *first, last = [*words] or [""]
    return f"{', '.join(first)} and {last}" if first else last
