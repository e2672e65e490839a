"""What workspaces set, follow, vote and change, and who may come in."""

from sqlalchemy import JSON, Boolean, Column, Index, String, Table, Text

from bot.store.schema.kinds import Instant, Number, metadata

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
