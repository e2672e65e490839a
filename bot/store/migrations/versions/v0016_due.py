"""An index for the editions of a time, of all subscriptions."""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Create it."""
    op.create_index("editions_when", "editions", ["due"])
