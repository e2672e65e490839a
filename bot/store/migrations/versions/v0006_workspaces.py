"""What workspaces set, watch, add and correct, and the log of who changed what."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

INSTANT = sa.DateTime(timezone=True)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "workspaces",
        *_texts("platform", "workspace"),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("left_at", INSTANT),
        sa.PrimaryKeyConstraint("platform", "workspace"),
    )
    op.create_table(
        "watchlist",
        *_texts("platform", "workspace", "channel", "name"),
        sa.Column("entity", sa.Boolean(), nullable=False),
        *_texts("person"),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("platform", "workspace", "channel", "name"),
    )
    op.create_table(
        "added_feeds",
        *_texts("platform", "workspace", "feed_id", "person"),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "workspace", "feed_id"),
    )
    op.create_index("added_feeds_feed", "added_feeds", ["feed_id"])
    op.create_table(
        "overrides",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        *_texts("platform", "workspace", "person", "story_id", "what"),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("overrides_story", "overrides", ["story_id"])
    op.create_table(
        "audit",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        *_texts("platform", "workspace", "person", "what"),
        sa.Column("before", sa.Text()),
        sa.Column("after", sa.Text()),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("audit_workspace", "audit", ["platform", "workspace", "at"])


def _texts(*names: str) -> list["sa.Column[str]"]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]
