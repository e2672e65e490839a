"""What of an article tells which event it reports: its terms, names, numbers, days, and the subject it speaks of."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from bot.knowledge import concepts, money, numbers, rarity, register, terms
from bot.knowledge.language import normalise
from bot.knowledge.vectors import Vector
from bot.model import Article

LEAD = 420  # characters of summary and body that are read: the event is told at the top, background comes below
KINDS = ("act", "object", "place")
Money = tuple[str, float]  # currency, value
_FAR_EAST = timezone(timedelta(hours=9))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_DAY = _EPOCH.toordinal()
_HEADLINE = 80  # characters
_STAGES = (
    ("plan", frozenset({"act plan", "act draft"})),
    ("decision", frozenset({"act decide", "act pass", "act sign"})),
    ("done", frozenset({"act open", "act force", "act launch", "act restart", "act withdraw"})),
)
_LARGE = 1000  # from this size a number in a headline is what the report is about
_COMMON = 2.5  # a term that is less rare tells nothing
_ROUTINE = re.compile(
    r"株(?:前引け|大引け|後場|前場|寄り付き|\d+日)|\[?概況|前引け|大引け|後場寄り|특징주|注目銘柄|株価.{0,8}値[上下]がり"
    r"|(?:日経平均|東証|상하이종합|코스피|코스닥|뉴욕증시|美증시).{0,24}(?:続伸|続落|反発|反落|終値|마감|출발|개장|상승|하락)"
    r"|(?:shares|stocks) (?:open|close|end|finish|start|trade)|market wrap|headlines"
    r"|뉴스 브리핑|오늘의|주요 뉴스|今日の|ニュースまとめ"
)


@dataclass(frozen=True, slots=True)
class Terms:
    """The telling terms of a text, the rarest first, its length as a vector and the sum of their rarities."""

    all: tuple[str, ...]
    norm: float
    total: float


@dataclass(frozen=True, slots=True)
class Clues:
    """``at``: days since 1970 in Korean and Japanese time, None without a date. ``days``: (month or 0, day) that the text names.

    ``stage``: plan, decision or done, as the title says it, or the text where the title is silent. ``title_numbers``: only
    large ones. Terms compare within a language; names, subjects (by kind: act, object, place), numbers and days across.
    ``vector``: the embedding, where one is configured.
    """

    id: str
    language: str
    outlet: str
    at: float | None
    title: Terms
    text: Terms
    names: frozenset[str]
    title_names: frozenset[str]
    subjects: tuple[frozenset[str], ...]
    title_subject: frozenset[str]
    numbers: frozenset[float]
    title_numbers: frozenset[float]
    amounts: frozenset[Money]
    title_amounts: frozenset[Money]
    days: frozenset[tuple[int, int]]
    years: frozenset[int]
    routine: bool
    stage: str | None
    headline: str
    vector: Vector | None = None


def day(instant: datetime) -> float:
    """Days since 1970 in Korean and Japanese time."""
    return (instant.astimezone(_FAR_EAST).replace(tzinfo=UTC) - _EPOCH).total_seconds() / 86400


def read(article: Article, vector: Vector | None = None) -> Clues:
    """The clues of an article: pure, and the same whatever else was published."""
    raw = article.text[: len(article.title) + 1 + LEAD]
    title = normalise(article.title)
    text = normalise(raw)
    title_weights = _weights(title)
    names = list(_names(raw))
    found = concepts.load().find(text)
    acts = [concept.key for concept in found if concept.kind == "act"]
    told = [concept.key for concept, start in found.items() if start < len(title)]
    at = _at(article)
    days = list(numbers.days(text))
    named = [(month or 0, day) for _, month, day in days]
    if at is not None and article.language == "en":
        named += [(when.month, when.day) for when in numbers.weekdays(text, date.fromordinal(_FIRST_DAY + int(at)))]
    stated = money.read_amounts(raw, article.language)
    amounts = [((amount.currency, float(amount.value)), amount.start) for amount in stated if amount.currency and amount.value]
    return Clues(
        id=article.id,
        language=article.language,
        outlet=article.outlet,
        at=at,
        title=_terms(title_weights),
        text=_terms(_weights(text[len(title) :]) | title_weights),
        names=frozenset(name for name, _ in names),
        title_names=frozenset(name for name, start in names if start < len(article.title)),
        subjects=tuple(frozenset(concept.key for concept in found if concept.kind == kind) for kind in KINDS),
        title_subject=frozenset(told),
        numbers=frozenset(_telling(numbers.numbers(text))),
        title_numbers=frozenset(value for value in _telling(numbers.numbers(title)) if value >= _LARGE),
        amounts=frozenset(amount for amount, _ in amounts),
        title_amounts=frozenset(amount for amount, start in amounts if start < len(article.title)),
        days=frozenset(named),
        years=frozenset(year for year, _, _ in days if year),
        routine=bool(_ROUTINE.search(title)),
        stage=_stage(told) or _stage(acts),
        headline=article.title if len(article.title) <= _HEADLINE else article.title[: _HEADLINE - 1].rstrip() + "…",
        vector=vector,
    )


def _at(article: Article) -> float | None:
    """When it was published: as the feed says, else noon of the day in its address, else when it was first seen."""
    told = None if article.published else numbers.day_of_address(article.url)
    if told:
        return told.toordinal() - _FIRST_DAY + 0.5
    return day(article.at) if article.at else None


def _names(text: str) -> Iterator[tuple[str, int]]:
    """Who is named and where; a branch (OpenAI Japan) names its company too."""
    known = register.load()
    for mention in known.mentions(text):
        if mention.kind not in register.PLACE_KINDS:
            yield mention.entity, mention.start
            parent = known.get(mention.entity).parent
            if parent and mention.entity.startswith(parent):
                yield parent, mention.start


def _weights(text: str) -> dict[str, float]:
    """The telling terms of a text with their rarity."""
    return {sys.intern(term): weight for term, weight in rarity.of_terms(terms.terms(text)) if weight >= _COMMON}


def _terms(weights: dict[str, float]) -> Terms:
    ordered = sorted([(-weight, term) for term, weight in weights.items()])
    return Terms(tuple([term for _, term in ordered]), math.hypot(*weights.values()), math.fsum(weights.values()))


def _stage(acts: Iterable[str]) -> str | None:
    """plan, decision or done; None where the acts do not tell."""
    return next((stage for stage, words in _STAGES if not words.isdisjoint(acts)), None)


def _telling(values: Iterable[float]) -> Iterator[float]:
    """Without years, days of a month and other small numbers that meet by chance."""
    return (value for value in values if (value > 31 or value % 1) and not (1990 <= value <= 2050 and value % 1 == 0))
