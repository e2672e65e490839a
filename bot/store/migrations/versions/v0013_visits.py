"""Pages in the browser: the key that signs, links that were used, sessions; and an index for each list of a workspace."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables and the indexes."""
    op.create_table("web_keys", *_texts("name", "value"), sa.PrimaryKeyConstraint("name"))
    op.create_table(
        "used_links",
        *_texts("platform", "workspace", "digest"),
        sa.Column("expires", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("platform", "workspace", "digest"),
    )
    op.create_table(
        "visits",
        *_texts("platform", "workspace", "digest", "person"),
        sa.Column("admin", sa.Boolean(), nullable=False),
        sa.Column("began", INSTANT, nullable=False),
        sa.Column("expires", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("platform", "workspace", "digest"),
    )
    op.create_index("visits_digest", "visits", ["digest"], unique=True)
    op.create_index("editions_workspace", "editions", ["platform", "workspace", "due"])
    op.create_index("deliveries_workspace", "deliveries", ["platform", "workspace", "planned_at"])


def _texts(*names: str) -> list["sa.Column[str]"]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]
