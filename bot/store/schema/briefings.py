"""What is posted where: subscriptions, editions, what channels were told, and the ledger of messages."""

from sqlalchemy import JSON, Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from bot.store.schema.kinds import Instant, metadata

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

alerting = Table(
    "alerting",
    metadata,
    Column("platform", String, primary_key=True),
    Column("workspace", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("since", Instant, nullable=False),  # what was known before is no alert
)
