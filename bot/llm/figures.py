"""Decides whether the numbers of a sentence stand in its sources: amounts, days, shares, multiples and counts with their units.

Values are compared across Korean, Japanese and English: 令和8年 is 2026, 450억엔 is ¥45bn, 7割 is 70 %, 25万kW is 250 MW.
A number with another unit is another number.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache

from bot.knowledge import language, magnitudes, money
from bot.knowledge.magnitudes import Magnitude
from bot.llm import days, units
from bot.llm.units import Quantity
from bot.model import Amount, Article

_START = re.compile(r"(?<![A-Za-z0-9.,])\d|[〇一二三四五六七八九十百千]+(?=[万億兆])")
_REST = re.compile(r"(?<=[만万억億])\s?\d")
_SMALL = 100  # below it another number of the text is hit by chance: the very same unit has to follow


@dataclass(slots=True)
class _Told:
    """What the sources of a sentence say in numbers."""

    amounts: list[Amount] = field(default_factory=list)
    quantities: list[Quantity] = field(default_factory=list)
    dates: days.Told = field(default_factory=days.Told)
    languages: set[str] = field(default_factory=set)

    def add(self, article: Article) -> None:
        """Note all figures of one source."""
        text = plain(article.text)
        code = language.detect(text, article.language)
        amounts, mentions, counted = _read(text, code)
        self.languages.add(code)
        self.amounts += amounts
        self.quantities += counted
        self.quantities += (Quantity(value, unit, "") for value, unit in units.spelled(text))
        self.quantities += (Quantity(one.value, "money", one.quote) for one in amounts if one.value is not None)
        self.dates.add(text, mentions, article.published)


@lru_cache(maxsize=16)
def _told(cited: tuple[Article, ...]) -> _Told:
    """All sentences of a summary rest on the same few sources: each set of them is read once."""
    told = _Told()
    for article in cited:
        told.add(article)
    return told


def problems(text: str, cited: Sequence[Article], asked: str) -> Iterator[str]:
    """A reason for each figure of ``text``, a sentence in the language ``asked``, that no cited source holds."""
    told = _told(tuple(cited))
    text = plain(text)
    amounts, mentions, counted = _read(text, asked)
    strict = told.languages == {asked}
    missing = [
        *(f"amount {one.quote}" for one in amounts if one.value is not None and not _has_amount(told, one)),
        *(f"date {quote}" for quote in told.dates.missing(text, mentions)),
        *(f"number {one.quote}" for one in counted if not _has_quantity(told, one, strict=strict)),
        *(f"share or multiple {one.quote}" for one in units.shares(text) if not _has_share(told, one)),
    ]
    yield from (f"the {figure} is not in a cited source" for figure in missing)


def _read(text: str, code: str) -> tuple[tuple[Amount, ...], list[days.Mention], list[Quantity]]:
    """The amounts, the days, and the numbers that belong to neither."""
    amounts = money.read_amounts(text, code)
    spans = [(one.start, one.end) for one in amounts]
    mentions = days.mentions(text, spans)
    spans += [(one.start, one.end) for one in mentions]
    return amounts, mentions, list(_quantities(text, [*spans, *days.periods(text)]))


def plain(text: str) -> str:
    """One width and one form of each character, cases kept: 2026年 and ２０２６年 are the same."""
    return unicodedata.normalize("NFKC", text).translate({0x301C: "~", 0x2013: "-", 0x2014: "-", 0x2212: "-"})


def _quantities(text: str, taken: Sequence[tuple[int, int]]) -> Iterator[Quantity]:
    """The numbers outside of the spans ``taken``, each with its unit."""
    end = 0
    for match in _START.finditer(text):
        start = match.start()
        if start < end or any(low <= start < high for low, high in taken):
            continue
        number = _with_rest(text, magnitudes.read(text, start))
        if number:
            end = number.end
            if not units.is_a_year_ago(text, start):
                yield units.quantity(text, number)


def _with_rest(text: str, number: Magnitude | None) -> Magnitude | None:
    """7만8000: what follows the last unit of a count."""
    rest = _REST.match(text, number.end) if number and number.unit else None
    if number is None or rest is None or (number.unit or 0) < 10_000:
        return number
    low = magnitudes.read(text, rest.end() - 1)
    if low is None or low.unit is not None or low.value >= (number.unit or 0):
        return number
    return replace(number, value=number.value + low.value, end=low.end)


def _has_amount(told: _Told, amount: Amount) -> bool:
    if any(_same(amount, other) for other in told.amounts):
        return True
    # 450億規模: a sum whose currency a source leaves unsaid.
    return any(other.value == amount.value and not other.unit for other in told.quantities)


def _same(amount: Amount, other: Amount) -> bool:
    if amount.currency is None or other.currency is None:
        return amount.value == other.value
    return money.same(amount, other)


def _has_quantity(told: _Told, said: Quantity, *, strict: bool) -> bool:
    if any(_equal(said.value, other.value) and _fits(said, other, strict=strict) for other in told.quantities):
        return True
    # 27年 is a year as often as a time.
    return said.word in ("年", "년") and said.value < _SMALL and told.dates.has_year(2000 + int(said.value))


def _fits(said: Quantity, other: Quantity, *, strict: bool) -> bool:
    """Whether the units can be the same. ``strict``: both texts are in one language, so small numbers need the same word."""
    if said.unit == other.unit:
        return True
    if not other.quote:
        return said.unit not in units.MEASURES and not other.unit
    if said.unit in units.KINDS and other.unit in units.KINDS:
        return False
    return not strict or said.value >= _SMALL or said.word == other.word


def _equal(said: Decimal, told: Decimal) -> bool:
    """Equal, or said with fewer digits than told: 1.2 million for 1,203,400."""
    if said == told:
        return True
    if said < 1000 or told <= 0:
        return False
    step = Decimal(1).scaleb(int(said.normalize().as_tuple().exponent))
    return abs(said - told) * 2 <= step and abs(said - told) * 50 <= told


def _has_share(told: _Told, share: Quantity) -> bool:
    if any(share.value == other.value and share.unit == other.unit for other in told.quantities):
        return True
    if share.unit == "times":
        # "doubled", where the source gives both figures.
        values = {other.value for other in told.quantities}
        return any(value * share.value in values for value in values if value)
    return False
