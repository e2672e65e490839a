"""Decides whether a sentence that a model wrote may be shown: is it cited, and do its sources say it?

Checks, each with its reason in words: citations exist; the quote stands in a cited source; every amount, number, day and
registered name of the sentence is found there too (after normalising units, scripts and calendars); no links, markup or
mentions; the language that was asked for.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.knowledge import language, money, numbers, register
from bot.model import Article

_LINK_OR_MENTION = re.compile(r"https?:|www\.|<[@!#/]|@everyone|@here|\]\(|```", re.IGNORECASE)
_MARKUP = re.compile(r"\*\*|__|^\s*#|<\w+", re.MULTILINE)
_LATIN_NAME = re.compile(r"\b(?:[A-Z][A-Za-z]*[A-Z0-9]\w*|[A-Z]{2,}\w*|[A-Z][a-z]+)\b")
_CITATION_MARK = re.compile(r"\s*\[\d+\]")
# A Japanese report says 政府 and 円 where a summary has to say whose.
_IMPLIED = ("country", "currency")
MIN_QUOTE = 8


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence as the model proposed it; ``quote`` is what it claims to rest on, word for word."""

    text: str
    cites: tuple[int, ...]
    quote: str


def problems(draft: Draft, sources: Sequence[Article], asked: str) -> list[str]:
    """Why ``draft`` may not be shown; empty when it may. Citations number ``sources`` from 1; ``asked`` is ko, ja or en."""
    cited = [sources[number - 1] for number in draft.cites if 1 <= number <= len(sources)]
    if not cited or len(cited) != len(draft.cites):
        return ["cites no source or one that does not exist"]
    text = clean(draft.text)
    passage = "\n".join(article.text for article in cited)
    return [
        *_form(text, asked),
        *_quote(draft.quote, passage),
        *_figures(text, cited, passage),
        *_names(text, passage),
    ]


def clean(text: str) -> str:
    """The sentence without citation marks of the model's own and without line breaks."""
    return " ".join(_CITATION_MARK.sub("", text).split())


def _form(text: str, asked: str) -> Iterator[str]:
    if not text:
        yield "is empty"
    if len(text) > 400:
        yield "is longer than 400 characters"
    if _LINK_OR_MENTION.search(text) or _MARKUP.search(text):
        yield "holds a link, a mention or markup"
    if language.detect(text, asked) != asked:
        yield f"is not in the language asked for ({asked})"


def _quote(quote: str, passage: str) -> Iterator[str]:
    wanted = language.normalise(quote)
    if len(wanted) < MIN_QUOTE:
        yield "has no quote that proves it"
    elif wanted not in language.normalise(passage):
        yield "its quote does not stand in a cited source"


def _figures(text: str, cited: Sequence[Article], passage: str) -> Iterator[str]:
    known_amounts = {(amount.value, amount.currency) for amount in money.read_amounts(passage)}
    for amount in money.read_amounts(text):
        if amount.value is not None and (amount.value, amount.currency) not in known_amounts:
            yield f"the amount {amount.quote} is not in a cited source"
    known = {*_numbers(passage), *_published(cited)}
    for number in _numbers(text):
        if number not in known:
            yield f"the number {number:g} is not in a cited source"


def _numbers(text: str) -> Iterator[float]:
    """All numbers of a text, with the days and months that words like "May 26" or 7割 hide."""
    normal = language.normalise(text)
    yield from numbers.numbers(normal)
    for year, month, day in numbers.days(normal):
        yield from (float(part) for part in (year, month, day) if part is not None)
    for tenths in re.findall(r"(\d)割", normal):
        yield float(tenths) * 10


def _published(cited: Sequence[Article]) -> Iterator[float]:
    for article in cited:
        if article.published:
            yield from map(float, (article.published.year, article.published.month, article.published.day))


def _names(text: str, passage: str) -> Iterator[str]:
    """Names of the register are compared across scripts; other Latin names must stand in the source letter by letter."""
    names = register.load()
    known = {mention.entity for mention in names.mentions(passage)}
    spans = []
    for mention in names.mentions(text):
        spans.append((mention.start, mention.end))
        if mention.kind not in _IMPLIED and mention.entity not in known:
            yield f"{mention.entity} is not named in a cited source"
    if language.detect(passage) == "en" or language.detect(text) != "en":
        folded = language.normalise(passage)
        for found in _LATIN_NAME.finditer(text):
            inside = any(start <= found.start() < end for start, end in spans)
            if found.start() and not inside and language.normalise(found.group()) not in folded:
                yield f"the name {found.group()} is not in a cited source"


def sift(drafts: Sequence[Draft], sources: Sequence[Article], asked: str) -> tuple[list[Draft], Mapping[int, list[str]]]:
    """The drafts that may be shown, and for each other one (by its place) why not. A sentence said twice is shown once."""
    kept: list[Draft] = []
    rejected: dict[int, list[str]] = {}
    for place, draft in enumerate(drafts):
        found = problems(draft, sources, asked)
        if not found and any(language.normalise(other.text) == language.normalise(draft.text) for other in kept):
            found = ["says the same again"]
        if found:
            rejected[place] = found
        else:
            kept.append(draft)
    return kept, rejected
