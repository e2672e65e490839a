"""Decides whether the archive holds an answer: how much of a question the best passages say, and whether of the kind it asks.

Nothing here needs a model. A question about a figure is only answered by a sentence with such a figure in it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.archive import passages
from bot.archive.passages import Content, Found
from bot.archive.query import Group, number_term
from bot.archive.question import Question, Wanted
from bot.archive.thread import is_place
from bot.knowledge import language
from bot.knowledge.dates import read_dates
from bot.knowledge.money import read_amounts
from bot.knowledge.numbers import numbers
from bot.model import Article

ENOUGH = 0.19
_MISSED = 0.1
_UNMET = 0.35
_HOLDS = 0.2  # what it counts that a sentence holds the kind of thing that is asked for
_RANK = 0.2  # what the place in the search result counts
_SENTENCES = 4
_TELLING, _UNKNOWN, _FOREIGN = 6.0, 0.25, 0.1
_FRAME = 0.25
_SEASONS = re.compile(
    r"(?i)[봄여름가을겨울](?:께|쯤|에|까지)|연내|연말|春|夏|秋|冬|年内|年末|\b(?:spring|summer|autumn|winter|today)\b"
)
_NAMING = re.compile(r"(?i)\b[a-z]{1,6}-?\d{1,4}[a-z]?\b|\d+\s?(?:세대|世代)|\d+(?:st|nd|rd|th)\b")
_SHARES = re.compile(r"\d\s?(?:%|퍼센트|프로|パーセント|割)|(?i:\bper ?cent\b)")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage of an article. ``coverage``, 0..1, of what was asked; ``holds``: it has the kind of thing that is asked for.

    ``missing``: how telling the most telling thing is, in nats, that the question names and the article does not. ``unmet``: the
    article does not speak of the thing that is asked for.
    """

    article: Article
    text: str
    coverage: float
    holds: bool
    score: float
    missing: float = 0.0
    unmet: bool = False


def weigh(question: Question, hits: Sequence[tuple[Article, float]], weights: Sequence[float]) -> list[Evidence]:
    """The best passage of each of the found articles, the best of all first. ``weights``: how telling each group is."""
    top = max((score for _, score in hits), default=1.0)
    found = [_best(question, article, score / top, weights) for article, score in hits]
    return sorted(found, key=lambda one: (-one.score, one.article.id))


def _best(question: Question, article: Article, rank: float, weights: Sequence[float]) -> Evidence:
    weights = [_fair(group, weight, article, question) for group, weight in zip(question.about, weights, strict=True)]
    whole = passages.read(article.text)
    sentences = passages.ranked(article, whole, question.about, weights)[:_SENTENCES]
    named = _named(question, whole)
    unmet = _is_unmet(question, whole)
    return max((_evidence(question, article, found, rank, named, unmet) for found in sentences), key=lambda one: one.score)


def _fair(group: Group, weight: float, article: Article, question: Question) -> float:
    """Words that only their own language has cannot be asked of an article in another one."""
    if group.known or group.code:
        return min(weight, _TELLING) * (_FRAME if group.frame else 1.0)
    return min(weight, _TELLING) * (_UNKNOWN if article.language == question.language else _FOREIGN)


def _is_unmet(question: Question, whole: Content) -> bool:
    """Whether the whole article is silent on what is asked for, or speaks of HBM3E where HBM4 is asked for."""
    silent = bool(question.focus) and not any(whole.holds(group) for group in question.focus)
    return silent or not all(group.code in whole.codes for group in question.about if group.code)


def _named(question: Question, whole: Content) -> float:
    """The share of the companies, laws and people of the question that the whole article names."""
    groups = [group for group in question.about if any(not is_place(entity) for entity in group.entities)]
    if not groups:
        return 1.0
    return sum(whole.holds(group) > 0.5 for group in groups) / len(groups)


def _evidence(question: Question, article: Article, found: Found, rank: float, named: float, unmet: bool) -> Evidence:
    holds = holds_wanted(question, found.text)
    coverage = found.coverage * named
    score = coverage + _HOLDS * holds + _RANK * rank - _UNMET * unmet
    return Evidence(article, found.text, coverage, holds, score, found.missing, unmet)


def holds_wanted(question: Question, sentence: str) -> bool:
    """Whether ``sentence`` has the kind of thing that is asked for, and not only what the question itself brought."""
    if question.wanted is Wanted.MONEY:
        return any(amount.value is not None for amount in read_amounts(sentence))
    if question.wanted is Wanted.SHARE:
        return _SHARES.search(sentence) is not None
    if question.wanted is Wanted.NUMBER:
        return any(number_term(number) not in question.said for number in numbers(_countable(sentence)))
    if question.wanted is Wanted.DATE:
        return bool(read_dates(sentence)) or _SEASONS.search(sentence) is not None
    return True


def _countable(sentence: str) -> str:
    """``sentence`` without the figures that count nothing: of dates, of names as HBM4, of generations."""
    plain = sentence
    for mention in reversed(read_dates(sentence)):
        plain = plain[: mention.start] + " " + plain[mention.end :]
    return language.normalise(_NAMING.sub(" ", plain))


def enough(found: Sequence[Evidence]) -> bool:
    """Whether the best passage says enough of what was asked to be shown as an answer."""
    if not found or not found[0].holds:
        return False
    best = found[0]
    return best.coverage - _MISSED * best.missing - _UNMET * best.unmet >= ENOUGH
