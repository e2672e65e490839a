"""Exchange rates by day, what articles stated before they were changed, and deadlines that channels were reminded of."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "rates",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("per_unit", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("day"),
    )
    op.create_table(
        "former_facts",
        sa.Column("article_id", sa.String(), nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article_id", "until"),
    )
    op.create_table(
        "reminders",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("platform", "workspace", "channel", "policy")),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("platform", "workspace", "channel", "policy", "day"),
    )
