"""Cited sentences: summaries, editions and answers."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.model.charts import Chart
from bot.model.facts import Amount, Converted
from bot.model.feeds import Article
from bot.model.stories import Topic


@dataclass(frozen=True, slots=True)
class Source:
    """A cited article as readers see it; ``number`` is what [n] in a sentence refers to."""

    number: int
    article_id: str
    outlet: str
    title: str
    url: str
    language: str = ""
    published: datetime | None = None


@dataclass(frozen=True, slots=True)
class CitedSentence:
    """A sentence and the numbers of the sources that say it. ``quoted``: taken word for word from a source."""

    text: str
    cites: tuple[int, ...]
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """Cited sentences on one story. ``method`` is "extract" or the name of the model.

    ``headline_language``: of the headline as it stands there, "" for that of the summary; ``translated``: what it says in the
    summary's language, by a model. ``fallback``: why it is an extract although there is a model, as in Edition.
    """

    story_id: str
    language: str
    headline: str
    sentences: tuple[CitedSentence, ...]
    sources: tuple[Source, ...]
    method: str = "extract"
    headline_language: str = ""
    translated: str = ""
    fallback: str = ""


@dataclass(frozen=True, slots=True)
class EditionItem:
    """One story in an edition. ``mark`` is "new" or "update"; ``amounts``: the main amount first, conversions behind it.

    ``converted``: the main amount in those of won, yen and dollars that no article gives.
    """

    story_id: str
    topic: Topic
    mark: str
    summary: Summary
    amounts: tuple[Amount, ...] = ()
    outlets: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    first_outlet: str = ""
    first_at: datetime | None = None
    countries: tuple[str, ...] = ()
    direction: str | None = None
    entities: tuple[str, ...] = ()
    weight: float = 0.0
    reasons: tuple[str, ...] = ()
    converted: tuple[Converted, ...] = ()


@dataclass(frozen=True, slots=True)
class AheadDate:
    """A day on which a policy begins (``what`` is in_force) or ends (until); ``value``: the date as it was told.

    ``policy``: its id; ``title``: its name in the reader's language; ``url``: the primary document, else a report.
    """

    policy: str
    title: str
    day: date
    what: str
    value: str
    country: str | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class EditionCounts:
    """The last line of a briefing."""

    articles: int = 0
    relevant: int = 0
    stories: int = 0
    feeds_failing: int = 0


@dataclass(frozen=True, slots=True)
class Edition:
    """A digest for one subscription and period, ready to be rendered. ``key`` names it once and for all.

    ``items`` are in showing order: topics by Topic's order, the weightiest story first. ``lead`` points at the most material
    ones; its citation numbers, like all numbers in an edition, are those of ``sources``. ``fallback``: why sentences are quoted
    although there is a model: budget, unavailable, unusable or late; "" where none is. ``missed``: how many editions before it
    never came, whose time it covers too. ``alert``: why its one story is told at once, in words; "" for a digest. ``ahead``: days
    on which policies begin or end soon. ``charts``: of a weekly one, the first shown before the stories, the others behind them.
    ``site``: the address of our pages in the browser, "" where people reach none.
    """

    key: str
    language: str
    time_zone: str
    since: datetime
    until: datetime
    items: tuple[EditionItem, ...]
    lead: tuple[CitedSentence, ...] = ()
    sources: tuple[Source, ...] = ()
    counts: EditionCounts = EditionCounts()
    method: str = "extract"
    sample: bool = False
    delayed: bool = False
    fallback: str = ""
    missed: int = 0
    alert: str = ""
    ahead: tuple[AheadDate, ...] = ()
    charts: tuple[Chart, ...] = ()
    site: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of an article found by search; ``score`` orders one result only."""

    article: Article
    text: str
    score: float
    story_id: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Cited sentences on a question; ``found`` is False for an honest "the archive does not say". ``fallback`` as in Edition."""

    question: str
    language: str
    found: bool
    sentences: tuple[CitedSentence, ...] = ()
    sources: tuple[Source, ...] = ()
    method: str = "extract"
    fallback: str = ""
