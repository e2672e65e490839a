"""The tables. Instants are aware and in UTC, tuples and payloads are JSON; a change here needs a migration beside it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC. A naive one is refused: nobody knows which instant it names."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """SQLite gets its text in one step: a poll binds tens of thousands of instants."""
        return _text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC."""
        return None if value is None else _in_utc(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"naive datetime {value} in a statement")
    return value if value.tzinfo is UTC else value.astimezone(UTC)


def _text(value: datetime | None) -> str | None:
    """As SQLAlchemy keeps datetimes in SQLite: 2026-11-23 09:30:00.000000, in UTC."""
    return None if value is None else _in_utc(value).isoformat(" ", "microseconds")[:26]


# SQLite makes an INTEGER PRIMARY KEY the row's own number; a BIGINT would cost a second index.
Number = BigInteger().with_variant(Integer(), "sqlite")

metadata = MetaData()

feeds = Table(
    "feeds",
    metadata,
    Column("feed_id", String, primary_key=True),
    Column("url", Text, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_hash", Text),
    Column("interval", Float, nullable=False),
    Column("next_check", Instant),
    Column("last_checked", Instant),
    Column("last_success", Instant),
    Column("last_error", Text),
    Column("failures", Integer, nullable=False),
    Column("newest_entry", Instant),
)

articles = Table(
    "articles",
    metadata,
    Column("seq", Number, primary_key=True, autoincrement=False),  # grows with every new or changed article
    Column("id", String, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("outlet", String, nullable=False),
    Column("language", String, nullable=False),
    Column("published", Instant),
    Column("first_seen", Instant),
    Column("feed_id", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("fresh", Boolean, nullable=False),
    Index("articles_url", "url"),
    Index("articles_first_seen", "first_seen"),
)

identities = Table(
    "identities",
    metadata,
    Column("key", Number, primary_key=True, autoincrement=False),
    Column("article_id", String, nullable=False),
)

relevances = Table(
    "relevances",
    metadata,
    Column("article_id", String, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("score", Float, nullable=False),
    Column("relevant", Boolean, nullable=False),
    Column("data", JSON, nullable=False),
)

facts = Table(
    "facts",
    metadata,
    Column("article_id", String, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("place", Integer, primary_key=True),  # in the order of extraction
    Column("kind", String, nullable=False),  # money, date, event or policy
    Column("data", JSON, nullable=False),
    Index("facts_kind", "kind"),
)

former_facts = Table(
    "former_facts",
    metadata,
    Column("article_id", String, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("until", Instant, primary_key=True),  # when the article was changed, and said something else from then on
    Column("data", JSON, nullable=False),  # kind and data of each fact, in the order of extraction
)

vectors = Table(
    "vectors",
    metadata,
    Column("article_id", String, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("model", String, nullable=False),
    Column("data", LargeBinary, nullable=False),  # single precision, little-endian
)

stories = Table(
    "stories",
    metadata,
    Column("id", String, primary_key=True),
    Column("matter", String),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("touched_at", Instant, nullable=False),
    Index("stories_last_at", "last_at"),
    Index("stories_touched_at", "touched_at"),
)

story_articles = Table(
    "story_articles",
    metadata,
    Column("article_id", String, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("story_id", String, ForeignKey("stories.id", ondelete="CASCADE"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("is_update", Boolean, nullable=False),
    Column("reasons", JSON, nullable=False),
    Index("story_articles_story", "story_id"),
    Index("story_articles_added_at", "added_at"),
)

corrections = Table(
    "corrections",
    metadata,
    Column("number", Number, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("platform", String, nullable=False),
    Column("workspace", String, nullable=False),
    Column("person", String, nullable=False),
    Column("kind", String, nullable=False),  # merge or split
    Column("story_id", String, nullable=False),  # that articles came to
    Column("other_id", String, nullable=False),  # that they left
    Column("articles", JSON, nullable=False),
    Index("corrections_story", "story_id"),
    Index("corrections_other", "other_id"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("platform", String, primary_key=True),
    Column("workspace", String, primary_key=True),
    Column("person", String, primary_key=True),
    Column("subject", String, primary_key=True),  # id of an article or a story
    Column("wanted", Boolean, nullable=False),
    Column("at", Instant, nullable=False),
)

writings = Table(
    "writings",
    metadata,
    Column("key", String, primary_key=True),  # hash of the task with its prompt, the model, the language and what was read
    Column("task", String, nullable=False),
    Column("data", JSON, nullable=False),
    Column("at", Instant, nullable=False),
    Index("writings_at", "at"),
)

# What the model used in all, and beside it what workspaces asked for themselves: forgetting these must not refill the former.
usage = Table(
    "usage",
    metadata,
    Column("day", Date, primary_key=True),
    Column("sent", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("cost", BigInteger, nullable=False, server_default="0"),  # billionths of the currency of the prices
)

workspace_usage = Table(
    "workspace_usage",
    metadata,
    Column("day", Date, primary_key=True),
    Column("platform", String, primary_key=True),
    Column("workspace", String, primary_key=True),
    Column("tokens", BigInteger, nullable=False),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", String, primary_key=True),
    Column("platform", String, nullable=False),
    Column("workspace", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("origin", String, nullable=False),  # file or chat: who may change it
    Column("state", String, nullable=False),  # active, paused or suspended
    Column("reason", Text),
    Column("data", JSON, nullable=False),
    Index("subscriptions_channel", "platform", "workspace", "channel"),
)

editions = Table(
    "editions",
    metadata,
    Column("key", String, primary_key=True),
    Column("subscription_id", String, nullable=False),
    Column("platform", String, nullable=False),
    Column("workspace", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("day", Date, nullable=False),
    Column("hhmm", String, nullable=False),  # of an alert, which no clock made: STORY/n
    Column("due", Instant, nullable=False),
    Column("planned_at", Instant, nullable=False),
    Column("data", JSON, nullable=False),
    Column("revision", Integer, nullable=False, server_default="0"),  # how often it was amended since
    Column("amended", JSON(none_as_null=True)),  # keys of what was put right in it
    Column("kind", String, nullable=False, server_default="digest"),  # digest or alert
    UniqueConstraint("subscription_id", "day", "hhmm", name="editions_slot"),
    Index("editions_due", "subscription_id", "due"),
    Index("editions_workspace", "platform", "workspace", "due"),
    Index("editions_when", "due"),
)

told = Table(
    "told",
    metadata,
    Column("edition_key", String, ForeignKey("editions.key", ondelete="CASCADE"), primary_key=True),
    Column("story_id", String, primary_key=True),
    Column("platform", String, nullable=False),
    Column("workspace", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("articles", Integer, nullable=False),
    Index("told_channel", "platform", "workspace", "channel"),
    Index("told_story", "story_id", "channel"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", String, primary_key=True),
    Column("edition_key", String, ForeignKey("editions.key", ondelete="CASCADE"), nullable=False),
    Column("part", Integer, nullable=False),
    Column("platform", String, nullable=False),
    Column("workspace", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("in_thread", Boolean, nullable=False),
    Column("payload", JSON, nullable=False),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("planned_at", Instant, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("first_at", Instant),
    Column("last_at", Instant),
    Column("lease_until", Instant),
    Column("external_id", String),
    Column("error", Text),
    Column("kind", String, nullable=False, server_default="post"),  # post, edit or answer
    Column("edits", String),  # of an edit: the id of the delivery whose message it replaces
    Column("fallback", JSON(none_as_null=True)),  # of an edit: what is answered in the thread where the platform refuses to edit
    UniqueConstraint("edition_key", "part", name="deliveries_part"),
    Index("deliveries_state", "state", "not_before"),
    Index("deliveries_workspace", "platform", "workspace", "planned_at"),
)

pauses = Table(
    "pauses",
    metadata,
    Column("platform", String, primary_key=True),
    Column("workspace", String, primary_key=True),
    Column("channel", String, primary_key=True),  # empty: the whole workspace
    Column("until", Instant, nullable=False),
)

notices = Table(
    "notices",
    metadata,
    Column("id", String, primary_key=True),
    Column("platform", String, nullable=False),
    Column("workspace", String, nullable=False),
    Column("person", String, nullable=False),  # empty: nobody to be told but the operator's log
    Column("subject", String, nullable=False),  # id of a subscription or a delivery
    Column("data", JSON, nullable=False),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("first_at", Instant),
    Column("error", Text),
    Index("notices_state", "state", "not_before"),
)

workspaces = Table(
    "workspaces",
    metadata,
    Column("platform", String, primary_key=True),
    Column("workspace", String, primary_key=True),
    Column("data", JSON, nullable=False),  # its settings
    Column("left_at", Instant),  # since when the bot is not there any more
)

watchlist = Table(
    "watchlist",
    metadata,
    Column("platform", String, primary_key=True),
    Column("workspace", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("name", String, primary_key=True),  # id of an entity, or a term as it was typed
    Column("entity", Boolean, nullable=False),
    Column("person", String, nullable=False),
    Column("at", Instant, nullable=False),
)

added_feeds = Table(
    "added_feeds",
    metadata,
    Column("platform", String, primary_key=True),
    Column("workspace", String, primary_key=True),
    Column("feed_id", String, primary_key=True),
    Column("person", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("data", JSON, nullable=False),
    Index("added_feeds_feed", "feed_id"),
)

overrides = Table(
    "overrides",
    metadata,
    Column("number", Number, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("platform", String, nullable=False),
    Column("workspace", String, nullable=False),
    Column("person", String, nullable=False),
    Column("story_id", String, nullable=False),
    Column("what", String, nullable=False),  # topic, countries or amount
    Column("value", JSON, nullable=False),
    Index("overrides_story", "story_id"),
)

audit = Table(
    "audit",
    metadata,
    Column("number", Number, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("platform", String, nullable=False),
    Column("workspace", String, nullable=False),
    Column("person", String, nullable=False),
    Column("what", String, nullable=False),
    Column("before", Text),
    Column("after", Text),
    Index("audit_workspace", "platform", "workspace", "at"),
)

rates = Table(
    "rates",
    metadata,
    Column("day", Date, primary_key=True),
    Column("source", String, nullable=False),
    Column("per_unit", JSON, nullable=False),  # currency code: how much of it is worth the same
)

reminders = Table(
    "reminders",
    metadata,
    Column("platform", String, primary_key=True),
    Column("workspace", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("policy", String, primary_key=True),
    Column("day", Date, primary_key=True),  # of the deadline: one that is moved is reminded of again
    Column("at", Instant, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", String, primary_key=True),
    Column("started", Instant, nullable=False),
    Column("data", JSON, nullable=False),
    Index("runs_started", "started"),
)

installations = Table(
    "installations",
    metadata,
    Column("platform", String, primary_key=True),
    Column("workspace", String, primary_key=True),
    Column("name", Text, nullable=False),
    Column("app_id", String, nullable=False),
    Column("bot_id", String, nullable=False),
    Column("bot_user", String, nullable=False),
    Column("installer", String, nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("token", Text, nullable=False),
    Column("refresh_token", Text),
    Column("expires", Instant),
    Column("at", Instant, nullable=False),
)

oauth_states = Table(
    "oauth_states",
    metadata,
    Column("digest", String, primary_key=True),  # of the state: who reads the table can still finish no installation
    Column("expires", Instant, nullable=False),
)

heard = Table(
    "heard",
    metadata,
    Column("platform", String, primary_key=True),
    Column("workspace", String, primary_key=True),
    Column("event", String, primary_key=True),
    Column("at", Instant, nullable=False),
    Index("heard_at", "at"),
)

notes = Table(
    "notes",
    metadata,
    Column("platform", String, primary_key=True),
    Column("workspace", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("data", JSON, nullable=False),
    Column("expires", Instant, nullable=False),
    Index("notes_expires", "expires"),
)

alerting = Table(
    "alerting",
    metadata,
    Column("platform", String, primary_key=True),
    Column("workspace", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("since", Instant, nullable=False),  # what was known before is no alert
)

jobs = Table(
    "jobs",
    metadata,
    Column("name", String, primary_key=True),
    Column("began", Instant, nullable=False),
)

# Who alone does something at the moment, such as hold a shard of Discord's gateway.
leases = Table(
    "leases",
    metadata,
    Column("name", String, primary_key=True),
    Column("holder", String, nullable=False),
    Column("until", Float, nullable=False),  # seconds since 1970 by the database's clock
    Column("number", BigInteger, nullable=False),  # grows with each new holder: what an older one does is known by it
)

turns = Table(
    "turns",
    metadata,
    Column("place", String, primary_key=True),  # a platform: what all processes together share of its limit
    Column("free", Float, nullable=False),  # seconds since 1970 by the database's clock: the next turn that nobody has
)

findings = Table(
    "findings",
    metadata,
    Column("what", String, primary_key=True),
    Column("platform", String, primary_key=True),  # empty, like workspace and channel, where it concerns the whole bot
    Column("workspace", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("words", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

web_keys = Table(
    "web_keys",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)

used_links = Table(
    "used_links",
    metadata,
    Column("platform", String, primary_key=True),
    Column("workspace", String, primary_key=True),
    Column("digest", String, primary_key=True),
    Column("expires", Instant, nullable=False),
)

visits = Table(
    "visits",
    metadata,
    Column("platform", String, primary_key=True),
    Column("workspace", String, primary_key=True),
    Column("digest", String, primary_key=True),  # of the cookie: who reads the table can still not come in with it
    Column("person", String, nullable=False),
    Column("admin", Boolean, nullable=False),
    Column("began", Instant, nullable=False),
    Column("expires", Instant, nullable=False),
    Index("visits_digest", "digest", unique=True),
)
