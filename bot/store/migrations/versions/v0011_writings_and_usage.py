"""What a model wrote, by content; what its work cost, and what each workspace asked of it."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Replace the summaries by a cache of everything written, add the cost and the use of workspaces."""
    op.drop_table("summaries")
    op.create_table(
        "writings",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("writings_at", "writings", ["at"])
    op.add_column("usage", sa.Column("cost", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_table(
        "workspace_usage",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "platform", "workspace"),
    )
