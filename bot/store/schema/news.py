"""What was collected: feeds, articles, the stories that they make, and what they state."""

from sqlalchemy import JSON, Boolean, Column, Date, Float, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from bot.store.schema.kinds import Instant, Number, metadata

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
    Index("stories_matter", "matter"),
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

writings = Table(
    "writings",
    metadata,
    Column("key", String, primary_key=True),  # hash of the task with its prompt, the model, the language and what was read
    Column("task", String, nullable=False),
    Column("data", JSON, nullable=False),
    Column("at", Instant, nullable=False),
    Index("writings_at", "at"),
)

rates = Table(
    "rates",
    metadata,
    Column("day", Date, primary_key=True),
    Column("source", String, nullable=False),
    Column("per_unit", JSON, nullable=False),  # currency code: how much of it is worth the same
)
