"""The history of the schema, one numbered step a file; brings a database to the step this program knows."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from bot.errors import StoreError

# Text is ordered by its bytes, as in SQLite, whatever the language of the server: as an answer, as an index, as a comparison.
_NOT_BY_BYTES = """
    SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relkind = 'r' AND c.relname = ANY(:tables) AND c.relnamespace = current_schema()::regnamespace
      AND a.attnum > 0 AND NOT a.attisdropped AND a.attcollation NOT IN (0, 'pg_catalog."C"'::regcollation)
    ORDER BY 1, 2
"""


def migrate(connection: Connection, target: str = "head") -> None:
    """Bring the database of ``connection`` to the newest revision, or ``target``, within its open transaction.

    Where several processes start at once, one does it and the others wait.

    Raises:
        StoreError: the database is at a revision that this program does not know.
    """
    if _is_newest(connection):
        return
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('migrate', 0))"))
        if _is_newest(connection):
            return
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, target)
    if connection.dialect.name == "postgresql":
        _order_by_bytes(connection)


def revision(connection: Connection) -> str | None:
    """The revision that the database is at; None where it has none of our tables."""
    return MigrationContext.configure(connection).get_current_revision()


@cache
def revisions() -> tuple[str, ...]:
    """All that this program knows, the newest first."""
    return tuple(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def _is_newest(connection: Connection) -> bool:
    newest, found = revisions()[0], revision(connection)
    if found is not None and found not in revisions():
        raise StoreError(
            f"the database is at revision {found}, but this program knows revisions up to {newest} only: a newer version wrote "
            "it. Upgrade the program, or restore a backup from before the upgrade, or use another file (--database)"
        )
    return found == newest


def _order_by_bytes(connection: Connection) -> None:
    from bot.store.schema import metadata

    columns: dict[str, list[str]] = {}
    for table, column, kind in connection.execute(text(_NOT_BY_BYTES), {"tables": list(metadata.tables)}):
        columns.setdefault(table, []).append(f'ALTER COLUMN "{column}" TYPE {kind} COLLATE "C"')
    for table, changes in columns.items():
        connection.execute(text(f'ALTER TABLE "{table}" {", ".join(changes)}'))
