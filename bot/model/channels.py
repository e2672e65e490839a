"""Channels and what they get: subscriptions, slots, messages and their deliveries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any, NamedTuple

from bot.model.stories import Topic


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
class Alerts:
    """When a story is posted at once: its score reaches ``min_score``, or it is on the channel's watchlist.

    After an alert the channel rests for ``cooldown_minutes``, unless a story that was alerted has a new fact.
    """

    min_score: float = 0.95
    cooldown_minutes: int = 60


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who gets a digest, and when: local ``times`` on ``weekdays`` (0 = Monday) in ``time_zone``.

    ``holidays``: countries (KR, JP) whose public holidays count; ``on_holiday``: post, skip, or next_workday (the slot moves to
    the next Monday to Friday that is no holiday). ``quiet``: local times from and until which nothing is posted; what falls due
    then is posted at its end. ``owner``: the person to be told when it stops. ``mention``: the id of a role that an
    admin wants mentioned. ``publish``: where the channel is one for announcements, its followers get it too. ``name``: what
    people call it. ``charts``: whether its weekly editions have pictures.
    """

    id: str
    channel: Channel
    times: tuple[time, ...]
    time_zone: str = "Asia/Seoul"
    language: str = "en"
    weekdays: frozenset[int] = frozenset(range(5))
    filters: Filters = Filters()
    holidays: frozenset[str] = frozenset()
    on_holiday: str = "post"
    quiet: tuple[time, time] | None = None
    alerts: Alerts | None = None
    owner: str = ""
    mention: str = ""
    publish: bool = False
    name: str = ""
    charts: bool = True


@dataclass(frozen=True, slots=True)
class Slot:
    """One due moment of a subscription, named by local date and time: a clock change cannot double it.

    ``alert``: of one that news made instead of the clock, the story and which alert on it this is, as STORY/n.
    """

    subscription_id: str
    day: date
    at: time
    due: datetime
    alert: str = ""

    @property
    def name(self) -> str:
        """What tells it from other slots of the same subscription and day."""
        return self.alert or f"{self.at:%H:%M}"

    @property
    def key(self) -> str:
        """The edition's key: unique a subscription, day and time, or a subscription, story and alert."""
        if self.alert:
            return f"alert/{self.subscription_id}/{self.alert}"
        return f"{self.subscription_id}/{self.day.isoformat()}/{self.name}"


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
    history tells for certain whether the last attempt was posted. ``due``: when its slot fell due. ``kind``: post; edit, which
    replaces the message ``target`` of the delivery ``edits``; or answer, which says in the thread what is put right.
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
    kind: str = "post"
    edits: str | None = None
    target: str | None = None


class Told(NamedTuple):
    """What a channel was last told of a story: when, and how many articles the story had then."""

    at: datetime
    articles: int


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
