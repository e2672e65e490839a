"""When two amounts of one story are one, when they contradict each other, and when a later one takes the place of an earlier."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bot.knowledge import money, money_context, publishers
from bot.model import Amount, Article, Fact

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


def tellings(articles: Sequence[Article], facts: Mapping[str, Sequence[Fact]]) -> tuple[Telling, ...]:
    """The state of a story: its articles, earliest first, with their facts (by article id)."""
    return tuple(Telling(article, tuple(facts.get(article.id, ()))) for article in articles)


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
