"""Corrections of posted briefings, pauses that platforms asked for, and what people are told in person."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns, create the tables."""
    op.add_column("editions", sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("editions", sa.Column("amended", sa.JSON()))
    op.add_column("deliveries", sa.Column("kind", sa.String(), nullable=False, server_default="post"))
    op.add_column("deliveries", sa.Column("edits", sa.String()))
    op.add_column("deliveries", sa.Column("fallback", sa.JSON()))
    op.create_table(
        "pauses",
        *_texts("platform", "workspace", "channel"),
        sa.Column("until", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("platform", "workspace", "channel"),
    )
    op.create_table(
        "notices",
        *_texts("id", "platform", "workspace", "person", "subject"),
        sa.Column("data", sa.JSON(), nullable=False),
        *_texts("state"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("not_before", INSTANT, nullable=False),
        sa.Column("first_at", INSTANT),
        sa.Column("error", sa.Text()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("notices_state", "notices", ["state", "not_before"])


def _texts(*names: str) -> list["sa.Column[str]"]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]
