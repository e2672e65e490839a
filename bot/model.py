"""The words of docs/glossary.md as frozen data: no I/O, no ORM, no clock. Instants are aware and in UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

LANGUAGES = ("ko", "ja", "en")
COUNTRIES = ("KR", "JP")


# ---- feeds and articles ----


class FeedKind(StrEnum):
    """Who speaks in a feed."""

    PRESS = "press"
    GOVERNMENT = "government"
    COMPANY = "company"
    AGGREGATOR = "aggregator"


@dataclass(frozen=True, slots=True)
class Feed:
    """A URL that we poll, as feeds.yaml states it. ``outlet`` is who publishes it; feeds of one outlet count once in a story."""

    id: str
    name: str
    url: str
    language: str
    country: str
    kind: FeedKind = FeedKind.PRESS
    time_zone: str = "UTC"
    tier: int = 2
    quirks: frozenset[str] = frozenset()
    enabled: bool = True
    outlet: str = ""


@dataclass(frozen=True, slots=True)
class FeedMemory:
    """What we keep of a feed between two polls. ``body_hash``: of the last body; ``interval``: seconds to the next poll."""

    feed_id: str
    url: str = ""
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    interval: float = 900.0
    next_check: datetime | None = None
    last_checked: datetime | None = None
    last_success: datetime | None = None
    last_error: str | None = None
    failures: int = 0
    newest_entry: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One item as the feed states it, as clean text. ``published`` is None where the feed gives no date that can be trusted."""

    title: str
    url: str | None = None
    guid: str | None = None
    summary: str = ""
    published: datetime | None = None
    language: str = ""
    outlet: str | None = None


@dataclass(frozen=True, slots=True)
class FeedReading:
    """The result of one poll of one feed; a failure is a value here (``error``), with the memory that remembers it."""

    feed: Feed
    memory: FeedMemory
    entries: tuple[Entry, ...] = ()
    changed: bool = False
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """Our stored document. ``url`` is canonical; ``fresh`` is False for what was already old when we first saw it."""

    id: str
    title: str
    summary: str = ""
    url: str = ""
    outlet: str = ""
    language: str = ""
    published: datetime | None = None
    first_seen: datetime | None = None
    feed_id: str = ""
    body: str = ""
    fingerprint: str = ""
    fresh: bool = True

    @property
    def text(self) -> str:
        """Title, summary and body, one below the other, without saying anything twice."""
        summary = self.summary.removeprefix(self.title).strip()
        return "\n".join(part for part in (self.title, summary, self.body) if part)

    @property
    def at(self) -> datetime | None:
        """When it was published, or first seen where the feed does not tell."""
        return self.published or self.first_seen


class Known(NamedTuple):
    """What deciding on an entry needs of the article that already bears one of its identity keys."""

    article_id: str
    feed_id: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page or PDF read from the network as clean text."""

    url: str
    title: str
    text: str
    language: str = ""
    site: str = ""
    published: datetime | None = None


# ---- relevance ----


class Topic(StrEnum):
    """The sections of a briefing, in the order in which they are shown."""

    EXPANSION = "expansion"
    INVESTMENT = "investment"
    POLICY = "policy"
    INFRASTRUCTURE = "infrastructure"
    CHIPS = "chips"
    TALENT = "talent"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Entity:
    """A company, ministry, law … of the register. ``id`` is its canonical English name, ``sector`` a company's trade."""

    id: str
    kind: str
    country: str
    parent: str | None = None
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sector: str = ""

    def name(self, language: str) -> str:
        """Its usual name in ``language`` (ko, ja or en)."""
        names = self.aliases.get(language, ())
        return names[0] if names else self.id


@dataclass(frozen=True, slots=True)
class Relevance:
    """Whether an article matters, and why. ``score`` in 0..1; main topic first; ``direction`` like "KR→JP"; reasons in words."""

    score: float
    relevant: bool
    topics: tuple[Topic, ...] = ()
    countries: tuple[str, ...] = ()
    direction: str | None = None
    entities: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


# ---- stories ----


@dataclass(frozen=True, slots=True)
class StoryDecision:
    """Where an article belongs. ``joined`` is False when it opens the story; ``matter`` links plan, decision and opening."""

    article_id: str
    story_id: str
    joined: bool
    update: bool = False
    matter: str | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """All articles on one event, earliest first, each with its relevance at the same index."""

    id: str
    articles: tuple[Article, ...]
    relevances: tuple[Relevance, ...]
    matter: str | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """What an editor decided about stories: ``articles`` (ids) left ``other_id`` for ``story_id``. ``kind``: merge or split."""

    kind: str
    story_id: str
    other_id: str
    articles: tuple[str, ...]
    platform: str
    workspace: str
    person: str
    at: datetime


class Vote(NamedTuple):
    """Whether a person wants more like ``subject``, the id of an article or a story."""

    subject: str
    wanted: bool


# ---- facts ----


@dataclass(frozen=True, slots=True)
class Amount:
    """Money as a text states it: ``quote`` is text[start:end]. ``value`` is None for vague amounts (수천억).

    ``qualifier``: exact, about, up_to, at_least, more_than, range_low or range_high. ``converted_of``: index, in the same
    reading, of the amount that this one only restates in another currency.
    """

    value: Decimal | None
    currency: str | None
    quote: str
    start: int
    end: int
    qualifier: str = "exact"
    converted_of: int | None = None
    role: str | None = None
    period: str | None = None


@dataclass(frozen=True, slots=True)
class DateFact:
    """A calendar expression; ``quote`` is text[start:end]. ``value``: 2026-11-23, 2026-11, 2026, 2026-Q2, 2026-H1, 2026-autumn,
    2030s, FY2030, FYE2027-03, an interval a/b, --11-23 where only the year is missing, None where the text alone does not tell.
    """

    value: str | None
    quote: str
    start: int
    end: int


EVENT_TYPES = (
    "acquisition", "budget", "datacenter_investment", "fab_investment", "funding", "government_program", "guideline", "hiring",
    "ipo", "law_in_force", "office_opened", "other", "partnership", "subsidiary_established", "subsidy",
)  # fmt: skip
STATUSES = ("planned", "announced", "decided", "completed", "in_force", "rejected")


@dataclass(frozen=True, slots=True)
class EventFact:
    """Who did what, where and when, in the words of the clause that says it: ``quote`` is text[start:end].

    ``type`` is one of EVENT_TYPES, ``status`` one of STATUSES. ``actors``: the main one first, ids of the register, or the name
    as written where the register does not know it. ``place``: country code; ``date`` as in DateFact.
    """

    type: str
    status: str
    actors: tuple[str, ...]
    quote: str
    start: int
    end: int
    place: str | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyFact:
    """A law, subsidy, tax break or programme and where it stands: ``quote`` is text[start:end].

    ``instrument``: law, subsidy, tax_break or programme; ``stage`` one of STATUSES. ``name``: id of the register, or the name as
    quoted, empty where the text gives none. ``in_force`` and ``until``: when it starts and ends, as in DateFact.
    """

    instrument: str
    stage: str
    quote: str
    start: int
    end: int
    name: str = ""
    country: str | None = None
    ministry: str | None = None
    in_force: str | None = None
    until: str | None = None


Fact = Amount | DateFact | EventFact | PolicyFact


# ---- summaries, digests, answers ----


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
    """Cited sentences on one story. ``method`` is "extract" or the name of the model."""

    story_id: str
    language: str
    headline: str
    sentences: tuple[CitedSentence, ...]
    sources: tuple[Source, ...]
    method: str = "extract"


@dataclass(frozen=True, slots=True)
class EditionItem:
    """One story in an edition. ``mark`` is "new" or "update"; ``amounts``: the main amount first, conversions behind it."""

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
    ones; its citation numbers, like all numbers in an edition, are those of ``sources``.
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


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of an article found by search; ``score`` orders one result only."""

    article: Article
    text: str
    score: float
    story_id: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Cited sentences on a question; ``found`` is False for an honest "the archive does not say"."""

    question: str
    language: str
    found: bool
    sentences: tuple[CitedSentence, ...] = ()
    sources: tuple[Source, ...] = ()
    method: str = "extract"


# ---- channels, subscriptions, deliveries ----


@dataclass(frozen=True, slots=True)
class Channel:
    """Where we post. ``platform`` is slack, discord or terminal; ``workspace`` is a Slack team or Discord guild."""

    platform: str
    id: str
    workspace: str = ""


@dataclass(frozen=True, slots=True)
class Boost:
    """How much more (or less, below 0) a subscription cares for a topic or an entity: ``name`` is a Topic or an entity's id."""

    name: str
    shift: float


@dataclass(frozen=True, slots=True)
class Filters:
    """What a subscription wants to see; an empty field wants everything, and what is filled in must all hold.

    ``entities``: ids of the register. ``all_of``, ``any_of``, ``none_of``: further filters of which every one, at least one, or
    none may hold. ``boosts``: shift the score that ``min_score`` is compared with, and the order; not looked at in nested ones.
    """

    topics: frozenset[Topic] = frozenset()
    countries: frozenset[str] = frozenset()
    min_score: float = 0.0
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    entities: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    outlets: tuple[str, ...] = ()
    all_of: tuple["Filters", ...] = ()
    any_of: tuple["Filters", ...] = ()
    none_of: tuple["Filters", ...] = ()
    boosts: tuple[Boost, ...] = ()


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who gets a digest, and when: local ``times`` on ``weekdays`` (0 = Monday) in ``time_zone``."""

    id: str
    channel: Channel
    times: tuple[time, ...]
    time_zone: str = "Asia/Seoul"
    language: str = "en"
    weekdays: frozenset[int] = frozenset(range(5))
    filters: Filters = Filters()


@dataclass(frozen=True, slots=True)
class Slot:
    """One due moment of a subscription, named by local date and time: a clock change cannot double it."""

    subscription_id: str
    day: date
    at: time
    due: datetime

    @property
    def key(self) -> str:
        """The edition's key: unique a subscription, day and time."""
        return f"{self.subscription_id}/{self.day.isoformat()}/{self.at:%H:%M}"


@dataclass(frozen=True, slots=True)
class Message:
    """One platform message with its payload frozen as JSON data; ``in_thread`` goes below the edition's first message."""

    payload: Mapping[str, Any]
    in_thread: bool = False


class DeliveryState(StrEnum):
    """pending → sending → sent; dead when only a person can help; held when nobody can know whether it was posted.

    One that is sending and whose outcome is unknown is in doubt: it is looked for before anything is sent again.
    """

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    HELD = "held"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Delivery:
    """Ledger row of one message of an edition. ``id`` is deterministic and at most 25 characters (Discord's nonce).

    ``thread``: the platform's id of the edition's first message, once that is sent. ``settled_at``: from then on the platform's
    history tells for certain whether the last attempt was posted. ``due``: when its slot fell due.
    """

    id: str
    edition_key: str
    part: int
    channel: Channel
    message: Message
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    external_id: str | None = None
    first_at: datetime | None = None
    last_at: datetime | None = None
    error: str | None = None
    thread: str | None = None
    settled_at: datetime | None = None
    due: datetime | None = None


class Told(NamedTuple):
    """What a channel was last told of a story: when, and how many articles the story had then."""

    at: datetime
    articles: int


# ---- conversation ----


@dataclass(frozen=True, slots=True)
class Request:
    """What a person said, free of any platform. ``text`` is what follows the verb; ``language`` is the reply's."""

    verb: str
    text: str
    channel: Channel
    person: str
    language: str
    at: datetime
    thread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What we answer: exactly one of edition, answer, summary, or plain paragraphs (``title`` may head any of them)."""

    title: str = ""
    paragraphs: tuple[str, ...] = ()
    edition: Edition | None = None
    answer: Answer | None = None
    summary: Summary | None = None
    error: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """One pass of the pipeline and its counts."""

    id: str
    started: datetime
    feeds: int = 0
    feeds_failed: int = 0
    unchanged: int = 0
    entries: int = 0
    articles: int = 0
    relevant: int = 0
    stories: int = 0
    updates: int = 0
    seconds: float = 0.0
    errors: tuple[str, ...] = ()
