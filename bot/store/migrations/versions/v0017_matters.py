"""An index for the stories of one matter, which a story's page lists."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Create the index."""
    op.create_index("stories_matter", "stories", ["matter"])
