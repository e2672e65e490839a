"""Rows of the ledger and of lists of stories as pages show them: amounts, who disagrees, each quote in its sentence."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.archive.ledger_rows import Quote, Row
from bot.commands import ledger
from bot.commands.names import show_name
from bot.knowledge import register
from bot.knowledge.register import PLACE_KINDS
from bot.locales import amounts, t, wording
from bot.model import Article, Story
from bot.store import Store

QUOTES = 4  # of a row
_REACH = 160  # characters of the sentence on either side of what is quoted
_ENDS = re.compile(r"[\n。！？]|[.!?](?=\s)")


@dataclass(frozen=True, slots=True)
class Name:
    """How people call somebody; ``id``: whose page there is, empty where the register does not know them."""

    said: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """What is quoted, between what stands before and behind it in its sentence."""

    before: str
    quoted: str
    after: str
    outlet: str
    url: str
    language: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row in words. ``rivals``: what others say for the same; ``history``: what was said before, and until when."""

    story: str
    day: date
    who: tuple[Name, ...]
    amount: str
    converted: str
    role: str
    stage: str
    outlets: tuple[str, ...]
    passages: tuple[Passage, ...]
    more: int
    rivals: tuple[str, ...]
    history: tuple[tuple[str, date], ...]


async def shown(store: Store, rows: Sequence[Row], language: str) -> list[ShownRow]:
    """``rows`` in words of ``language``, with the sentences that they rest on."""
    quoted = {quote.article for row in rows for quote in _first(row)}
    return worded(rows, await store.articles.get(sorted(quoted)), language)


def worded(rows: Sequence[Row], articles: Iterable[Article], language: str) -> list[ShownRow]:
    """As ``shown``, with the articles at hand that are quoted."""
    known = {article.id: article for article in articles}
    return [_shown(row, known, language) for row in rows]


def name(id: str, language: str) -> Name:
    """Somebody as readers of ``language`` know them."""
    try:
        known = register.load().get(id).kind not in PLACE_KINDS
    except KeyError:
        known = False
    return Name(show_name(id, language), id if known else "")


def passage(quote: Quote, article: Article | None) -> Passage:
    """``quote`` in its sentence; alone where its article says something else by now."""
    language = article.language if article else ""
    before = after = ""
    if article and article.text[quote.start : quote.end] == quote.text:
        before, after = around(article.text, quote.start, quote.end)
    return Passage(before, quote.text, after, quote.outlet, quote.url, language, quote.at)


def around(text: str, start: int, end: int) -> tuple[str, str]:
    """What stands before and behind text[start:end] in its sentence; cut at a word with "…" where that is long."""
    left, right = text[max(0, start - _REACH) : start], text[end : end + _REACH]
    begins = [one.end() for one in _ENDS.finditer(left)]
    ends = _ENDS.search(right)
    before = left[begins[-1] :] if begins else left if start <= _REACH else f"…{left}"
    after = right[: ends.end()] if ends else right if end + _REACH >= len(text) else f"{right}…"
    return before.lstrip(), after.rstrip()


def latest(story: Story) -> dict[str, object]:
    """A story as a line of a list: its newest report, and whose it is."""
    dated = [one for one in story.articles if one.at]
    newest = max(dated, key=lambda one: (one.at, one.id), default=story.articles[0])
    outlets = list(dict.fromkeys(one.outlet for one in story.articles))
    first = story.articles[0]
    return {"id": story.id, "title": first.title, "language": first.language, "at": newest.at, "outlets": outlets}


def _first(row: Row) -> list[Quote]:
    """One quote an outlet, the first first."""
    return list({quote.outlet: quote for quote in reversed(row.quotes)}.values())[::-1][:QUOTES]


def _shown(row: Row, articles: Mapping[str, Article], language: str) -> ShownRow:
    quotes = _first(row)
    return ShownRow(
        story=row.story,
        day=row.day,
        who=tuple(name(id, language) for id in row.actors[:3]),
        amount=amounts.say(row.amount, language, row.low),
        converted=ledger.converted(row, language),
        role=wording.role_name(row.role, language) or t(language, "other"),
        stage=wording.stage_name(row.status, language),
        outlets=row.outlets[:3],
        passages=tuple(passage(quote, articles.get(quote.article)) for quote in quotes),
        more=len(row.outlets) - len(quotes),
        rivals=tuple(amounts.say(rival, language) for rival in row.rivals),
        history=tuple((amounts.say(one.amount, language), one.until.date()) for one in row.history),
    )
