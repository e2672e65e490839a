"""The history of the schema, one numbered step a file; brings a database to the step this program knows."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.errors import StoreError


def migrate(connection: Connection) -> None:
    """Bring the database of ``connection`` to the newest revision, within its open transaction.

    Raises:
        StoreError: the database is at a revision that this program does not know.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    newest = scripts.get_current_head()
    found = MigrationContext.configure(connection).get_current_revision()
    if found == newest:
        return
    if found is not None and found not in {script.revision for script in scripts.walk_revisions()}:
        raise StoreError(
            f"the database is at revision {found}, but this program knows revisions up to {newest} only: a newer version wrote "
            "it. Upgrade the program, or restore a backup from before the upgrade, or use another file (--database)"
        )
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
