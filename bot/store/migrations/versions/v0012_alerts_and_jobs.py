"""Alerts among the editions, since when channels get them, when daily jobs last began, and what the self-check found."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the column, create the tables."""
    op.add_column("editions", sa.Column("kind", sa.String(), nullable=False, server_default="digest"))
    op.create_table(
        "alerting",
        *_texts("platform", "workspace", "channel"),
        sa.Column("since", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("platform", "workspace", "channel"),
    )
    op.create_table("jobs", *_texts("name"), sa.Column("began", INSTANT, nullable=False), sa.PrimaryKeyConstraint("name"))
    op.create_table(
        "findings",
        *_texts("what", "platform", "workspace", "channel"),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("what", "platform", "workspace", "channel"),
    )


def _texts(*names: str) -> list["sa.Column[str]"]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]
