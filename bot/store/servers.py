"""Whether a PostgreSQL server and our rights on it are what the bot needs, in words for the operator."""

from typing import NamedTuple

from sqlalchemy import text

from bot.store.database import Database

OLDEST = 14  # the oldest version that its makers still look after
NEEDED = 15  # connections of one process under load

_LOOK = """
    SELECT current_setting('server_version_num')::int / 10000 AS version,
           current_setting('server_encoding') AS encoding,
           pg_is_in_recovery() AS standby,
           has_schema_privilege(current_schema(), 'CREATE') AS may_create,
           (SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = ANY(:tables)
             AND NOT pg_has_role(tableowner, 'MEMBER')) AS foreign_tables,
           current_setting('max_connections')::int - (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')
             AS connections_left,
           pg_size_pretty(pg_database_size(current_database())) AS size
"""


class Server(NamedTuple):
    """What it is, and what is wrong with it, each with what to do."""

    words: str
    problems: tuple[str, ...]


async def look(database: Database, tables: list[str]) -> Server:
    """The server, its encoding, our rights and the connections that are left. Raises StoreError where it cannot be asked."""
    async with database.read() as connection:
        found = (await connection.execute(text(_LOOK), {"tables": tables})).one()
    problems = {
        f"PostgreSQL {found.version} is too old: {OLDEST} or newer is needed": found.version < OLDEST,
        f"its encoding is {found.encoding}: make a database with ENCODING 'UTF8'": found.encoding != "UTF8",
        "it is a standby, which nobody can write: name the primary server in DATABASE_URL": found.standby,
        "this user may make no tables: GRANT CREATE ON SCHEMA, or make the user the owner of the database": not found.may_create,
        f"{found.foreign_tables} tables belong to another user: ALTER TABLE … OWNER TO this user": found.foreign_tables > 0,
        f"{found.connections_left} connections are left: raise max_connections": found.connections_left < NEEDED,
    }
    words = f"PostgreSQL {found.version}, {found.size}"
    return Server(words, tuple(problem for problem, there in problems.items() if there))
