"""How much speaks for two articles reporting one event: named evidence, weighed by a data file into a probability."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from bot.knowledge import currencies, rarity
from bot.pipeline.story_clues import KINDS, Clues, Money
from bot.pipeline.story_vectors import nearness

Evidence = dict[str, float]
_ROUNDING, _RATE_SWING = 1.03, 1.2  # ratios
_EPOCH = date(1970, 1, 1).toordinal()
_JUST_AFTER = 3  # days
# Two reports on two events of one kind are as near in meaning as two on one event: nearness does not speak against these.
_CONTRADICTIONS = (
    "other amounts",
    "other amounts in titles",
    "other days",
    "other names in titles",
    "other stage",
    "other year",
    "routine",
    "one is routine",
)


class Probe:
    """An article's clues laid open for comparing it with many others."""

    def __init__(self, clues: Clues) -> None:
        self.clues = clues
        self.title = dict(rarity.of_terms(clues.title.all))
        self.text = dict(rarity.of_terms(clues.text.all))
        self._title_terms = frozenset(self.title)
        self._text_terms = frozenset(self.text)
        self.names = {name: rarity.of_subject(name) for name in clues.names}
        self.title_subject = rarity.norm(clues.title_subject)
        self.subject = rarity.norm(key for keys in clues.subjects for key in keys)

    def compare(self, other: Clues) -> Evidence:
        """Every piece of evidence on the pair; what is absent does not speak. Symmetric."""
        found: Evidence = {}
        self._words(other, found)
        self._names(other, found)
        self._subjects(other, found)
        _figures(self.clues, other, found)
        _time(self.clues, other, found)
        _meaning(self.clues, other, found)
        return found

    def _words(self, other: Clues, found: Evidence) -> None:
        shared = [self.text[term] for term in self._text_terms.intersection(other.text.all)]
        shared_title = [self.title[term] for term in self._title_terms.intersection(other.title.all)]
        shared.sort(reverse=True)
        shared_title.sort(reverse=True)
        found["rare words"] = sum(shared[:4]) / 10
        found["rare title words"] = sum(shared_title[:4]) / 10
        mine = self.clues
        if mine.language != other.language:
            return
        found["text"] = _cosine(shared, mine.text.norm * other.text.norm)
        found["title"] = _cosine(shared_title, mine.title.norm * other.title.norm)
        here = sum(self.title[term] for term in self._title_terms.intersection(other.text.all)) / (mine.title.total or 1)
        there = sum(self.text[term] for term in self._text_terms.intersection(other.title.all)) / (other.title.total or 1)
        found["title in text"] = max(here, there)
        found["both titles in text"] = min(here, there)

    def _names(self, other: Clues, found: Evidence) -> None:
        mine = self.clues
        shared = mine.names & other.names
        both = sum(self.names[name] for name in shared)
        least = min(sum(self.names.values()), sum(map(rarity.of_subject, other.names)))
        if both:
            in_titles = (name for name in shared if name in mine.title_names or name in other.title_names)
            found["names"] = min(both, 18) / 10
            found["names in a title"] = min(sum(self.names[name] for name in in_titles), 12) / 10
            found["share of names"] = both / least
        elif not least:
            found["no names"] = 1.0
        if mine.title_names and other.title_names and mine.title_names.isdisjoint(other.title_names):
            found["other names in titles"] = 1.0
        unshared = (mine.title_names ^ other.title_names) - shared
        found["names not shared"] = sum(map(rarity.of_subject, unshared)) / 10

    def _subjects(self, other: Clues, found: Evidence) -> None:
        shared: set[str] = set()
        for kind, mine, theirs in zip(KINDS, self.clues.subjects, other.subjects, strict=True):
            both = mine & theirs
            if both:
                shared |= both
                found[f"{kind}s"] = min(sum(map(rarity.of_subject, both)), 15) / 10
            elif mine and theirs:
                found[f"other {kind}s"] = 1.0
        if shared:
            whole = self.subject * rarity.norm(key for keys in other.subjects for key in keys)
            found["subject"] = _cosine(map(rarity.of_subject, shared), whole)
            titles = self.clues.title_subject & other.title_subject
            whole = self.title_subject * rarity.norm(other.title_subject)
            found["subject of titles"] = _cosine(map(rarity.of_subject, titles), whole)


def _figures(a: Clues, b: Clues, found: Evidence) -> None:
    shared = a.numbers & b.numbers
    if shared:
        found["numbers"] = min(sum(map(_significance, shared)), 8) / 4
        found["big numbers"] = min(sum(_significance(value) for value in shared if value >= 10000), 6) / 4
    elif a.numbers and b.numbers:
        found["other numbers"] = 1.0
    _amounts(a, b, found)
    _days(a, b, found)
    if a.stage and b.stage:
        found["same stage" if a.stage == b.stage else "other stage"] = 1.0
        if a.stage != b.stage and (a.at is None or b.at is None):
            found["undated other stage"] = 1.0


def _days(a: Clues, b: Clues, found: Evidence) -> None:
    if a.days and b.days:
        same = any(_same_day(x, y) for x in a.days for y in b.days)
        found["days" if same else "other days"] = 1.0
        found["full days"] = float(any(day[0] for day in a.days & b.days))
    early = max(_days_before(a, b), _days_before(b, a))
    if early:
        found["before the named day"] = min(early, 3.0)
    if _dated(a, b) or _dated(b, a):
        found["named day is date"] = 1.0
        found["undated named day is date"] = float(a.at is None or b.at is None)
    if _other_year(a, b) or _other_year(b, a):
        found["other year"] = 1.0


def _amounts(a: Clues, b: Clues, found: Evidence) -> None:
    alike = _alike(a.amounts, b.amounts)
    if alike:
        found["amounts"] = alike
    elif alike == 0:
        found["other amounts"] = 1.0
    if sum(_is_precise(value) for _, value in a.amounts & b.amounts) >= 2:
        found["several precise amounts"] = 1.0
    if _alike(a.title_amounts, b.title_amounts) == 0:
        found["other amounts in titles"] = 1.0
    missing = _lacks_figure(a, b) + _lacks_figure(b, a)
    if missing:
        found["headline figure missing"] = float(missing)


def _is_precise(value: float) -> bool:
    """Three or more telling digits: 989.5bn, not 10bn."""
    return _significance(value) >= 3


def _lacks_figure(a: Clues, b: Clues) -> bool:
    """Whether ``a`` has a figure in its headline that ``b`` says nothing of."""
    if not (a.title_numbers or a.title_amounts) or a.title_numbers & b.numbers:
        return False
    return not _alike(a.title_amounts, b.amounts)


def _alike(mine: frozenset[Money], theirs: frozenset[Money]) -> float | None:
    """How well the best pair of amounts agrees, 0 for a contradiction; None where nothing can be compared."""
    if not mine or not theirs:
        return None
    best = max((same_amount(x, y) for x in mine for y in theirs), default=0.0)
    return best or (0.0 if {currency for currency, _ in mine} & {currency for currency, _ in theirs} else None)


def same_amount(a: Money, b: Money) -> float:
    """1 for one amount in one currency, a half for what may be its conversion."""
    if a[0] == b[0]:
        return float(_ratio(a[1], b[1]) <= _ROUNDING)
    first, second = currencies.dollars(a[1], a[0]), currencies.dollars(b[1], b[0])
    # The rates are those of the last years' middle; _RATE_SWING allows for the rest.
    return 0.5 * bool(first and second and _ratio(first, second) <= _RATE_SWING)


def _ratio(a: float, b: float) -> float:
    return max(a, b) / min(a, b)


def _time(a: Clues, b: Clues, found: Evidence) -> None:
    same_outlet = float(a.outlet == b.outlet)
    if a.at is None or b.at is None:
        found |= {"undated": 1.0, "undated same outlet": same_outlet}
        return
    gap = abs(a.at - b.at)
    found |= {
        "gap": math.log1p(max(0.0, gap - 0.5)),
        "next day": float(0.75 < gap <= 2),
        "days apart": float(gap > 2),
        "same outlet": same_outlet,
        "same outlet later": same_outlet * (gap > 0.9),
        "same outlet days later": same_outlet * (gap > 2),
        "routine": float(a.routine and b.routine and int(a.at) != int(b.at)),
        "one is routine": float(a.routine != b.routine),
    }


def _meaning(a: Clues, b: Clues, found: Evidence) -> None:
    if a.vector and b.vector and not any(found.get(name) for name in _CONTRADICTIONS):
        found["vectors"] = nearness(a.vector, b.vector)


def _cosine(shared: Iterable[float], whole: float) -> float:
    return sum(value * value for value in shared) / whole if whole else 0.0


def _same_day(a: tuple[int, int], b: tuple[int, int]) -> bool:
    return a[1] == b[1] and (a[0] == b[0] or not a[0] or not b[0])


def _dated(a: Clues, b: Clues) -> bool:
    """Whether the text of ``a`` names the day on which, or before which, ``b`` was published."""
    if b.at is None or not a.days:
        return False
    return _names_day(a, int(b.at)) or _names_day(a, int(b.at) - 1)


def _days_before(a: Clues, b: Clues) -> float:
    """How many days before the event of ``b`` ``a`` was published: before the day that ``b``, just after it, names alone."""
    if a.at is None or b.at is None or not b.days:
        return 0.0
    today = int(b.at)
    told = [ago for ago in range(_JUST_AFTER) if _names_day(b, today - ago)]
    return max(0.0, today - told[-1] - int(a.at)) if told and not any(_names_day(a, today - ago) for ago in told) else 0.0


def _names_day(clues: Clues, number: int) -> bool:
    month, day = _calendar(number)
    return (month, day) in clues.days or (0, day) in clues.days


@lru_cache(1024)
def _calendar(number: int) -> tuple[int, int]:
    """Month and day of a day since 1970."""
    when = date.fromordinal(_EPOCH + number)
    return when.month, when.day


def _other_year(a: Clues, b: Clues) -> bool:
    if a.at is not None or not a.years:
        return False
    if b.at is None:
        return bool(b.years) and a.years.isdisjoint(b.years)
    return date.fromordinal(_EPOCH + int(b.at)).year not in a.years


def _significance(value: float) -> float:
    digits = f"{value:.10g}".rstrip("0").replace(".", "")
    return (1.0 if value < 1000 else 1.5) + len(digits) - 1
