"""The amounts of a story: the same money said by several articles is one amount, the main one first, conversions behind it.

Two outlets with two figures for one thing stay visible, both.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from bot.knowledge import currencies, money, publishers
from bot.model import Amount, Article, Story

ARTICLES_READ = 24
TEXT_READ = 1200  # characters of an article's title, summary and body
MOST = 4
# How much a role makes an amount the one that a story is about.
_ROLES = {
    "investment": 1.5,
    "subsidy": 1.5,
    "funding_raised": 1.5,
    "acquisition_price": 1.5,
    "budget": 1.3,
    "loan": 1.0,
    "tax": 1.0,
    "valuation": 0.5,
    "revenue": 0.4,
    "other": 0.0,
    "market_size": -0.8,
}
_SMALL = 100_000.0  # dollars: prices, fees and wages are not what a story turns on
_SMALL_OTHER = 1_000_000.0


@dataclass(slots=True)
class _Sum:
    """One amount of money with all its mentions."""

    mentions: list[Amount] = field(default_factory=list)
    houses: set[str] = field(default_factory=set)
    in_title: bool = False
    base: "_Sum | None" = None
    restated: int = 0

    @property
    def role(self) -> str:
        roles = Counter(mention.role for mention in self.mentions if mention.role and mention.role != "other")
        return str(roles.most_common(1)[0][0]) if roles else "other"

    @property
    def amount(self) -> Amount:
        """The first mention, with the role most of them tell and a qualifier where any has one."""
        qualifiers = Counter(mention.qualifier for mention in self.mentions if mention.qualifier != "exact")
        qualifier = qualifiers.most_common(1)[0][0] if qualifiers else "exact"
        return replace(self.mentions[0], role=self.role, qualifier=qualifier, converted_of=None)

    @property
    def is_conversion(self) -> bool:
        return self.base is not None and self.restated * 2 >= len(self.mentions)

    def worth(self) -> float:
        size = min(max(math.log10(max(dollars(self.mentions[0]), 1.0)) - 6.0, 0.0) / 3.0, 2.0)
        return _ROLES.get(self.role, 0.0) + 1.0 * self.in_title + 0.4 * min(len(self.houses), 4) + size


def of_story(story: Story) -> tuple[Amount, ...]:
    """At most MOST amounts. ``converted_of`` is the index, in the result, of the amount that one restates."""
    return _of_articles(story.articles[:ARTICLES_READ])


@lru_cache(maxsize=512)  # every channel that is told of a story asks for the same
def _of_articles(articles: tuple[Article, ...]) -> tuple[Amount, ...]:
    sums = _sums(articles)
    ranked = sorted((one for one in sums if not one.is_conversion and _matters(one)), key=lambda one: -one.worth())
    if not ranked:
        return ()
    main, others = ranked[0], ranked[1:]
    rivals = [one for one in others if _contradicts(one, main)]
    others = [*rivals, *(one for one in others if one not in rivals)]
    room = MOST - 1 if rivals else MOST
    shown = _with_conversions(main, sums, 0)[:room]
    for one in others:
        shown += _with_conversions(one, sums, len(shown))
    return tuple(shown[:MOST])


def new_amounts(newer: Sequence[Article], older: Sequence[Article]) -> tuple[Amount, ...]:
    """The telling amounts of ``newer`` articles that no ``older`` one has: what makes a known story news again."""
    known = [mention for one in _sums(older) for mention in one.mentions]
    fresh = [one for one in _sums(newer) if not one.is_conversion and _matters(one) and (one.in_title or _ROLES[one.role] >= 1.0)]
    return tuple(one.amount for one in fresh if not any(_is_same(one.amount, mention) for mention in known))


def dollars(amount: Amount) -> float:
    """Its size in dollars, roughly: to compare, not to show. 0 where no value or an unknown currency is stated."""
    return currencies.dollars(amount.value, amount.currency) if amount.value is not None and amount.currency else 0.0


def _sums(articles: Sequence[Article]) -> list[_Sum]:
    sums: list[_Sum] = []
    for article in articles:
        read = money.read_amounts(article.text[:TEXT_READ], article.language)
        met: dict[int, _Sum] = {}
        for index, amount in enumerate(read):
            if amount.value is None or amount.currency is None:
                continue
            one = next((known for known in sums if _is_same(known.mentions[0], amount)), None)
            if one is None:
                one = _Sum()
                sums.append(one)
            one.mentions.append(amount)
            one.houses.add(publishers.house(article.outlet, article.url))
            one.in_title |= amount.start < len(article.title)
            met[index] = one
            _link(one, met.get(amount.converted_of) if amount.converted_of is not None else None)
    return sums


def _is_same(a: Amount, b: Amount) -> bool:
    """Within one story, figures that differ by a rounding or by the day's rate are one amount."""
    if money.same(a, b) or a.currency != b.currency or a.value is None or b.value is None:
        return money.same(a, b)
    return abs(a.value - b.value) * 100 <= max(a.value, b.value) and "range" not in f"{a.qualifier}{b.qualifier}"


def _link(one: _Sum, base: _Sum | None) -> None:
    """``one`` restates ``base``, unless another article had it the other way round."""
    if base is not None and base is not one and base.base is not one:
        one.base = base
        one.restated += 1


def _matters(one: _Sum) -> bool:
    size = dollars(one.mentions[0])
    return size >= (_SMALL_OTHER if one.role == "other" and not one.in_title else _SMALL)


def _contradicts(one: _Sum, main: _Sum) -> bool:
    """Another figure for the same thing, by another publisher."""
    same_kind = one.role == main.role and one.role != "other" and one.mentions[0].currency == main.mentions[0].currency
    return same_kind and not one.houses & main.houses


def _with_conversions(one: _Sum, sums: Sequence[_Sum], at: int) -> list[Amount]:
    restated = [replace(other.amount, converted_of=at) for other in sums if other.is_conversion and other.base is one]
    return [one.amount, *restated]
