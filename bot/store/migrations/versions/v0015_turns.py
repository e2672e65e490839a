"""Turns: how fast all processes together post; and an index for who was told of a story."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Create the table and the index."""
    op.create_table(
        "turns",
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("free", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("place"),
    )
    op.create_index("told_story", "told", ["story_id", "channel"])
