"""Turns of one thing that all processes on the database share, such as what Discord takes from one bot in a second."""

from sqlalchemy import Float, case, literal_column
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.database import Database
from bot.store.schema import turns


class Turns:
    """Who takes turns gets them for itself alone, in the database's time: the clocks of machines do not matter."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = sqlite.insert if database.is_sqlite else postgresql.insert
        # In a transaction of PostgreSQL now() stands still.
        moment = "(julianday('now') - 2440587.5) * 86400.0" if database.is_sqlite else "extract(epoch from clock_timestamp())"
        self._now = literal_column(moment, Float)

    async def take(self, place: str, count: int, spacing: float) -> float:
        """Take the next ``count`` turns of ``place``, ``spacing`` seconds apart. Seconds until the first of them."""
        now, taken = self._now, count * spacing
        first = case((turns.c.free > now, turns.c.free), else_=now)
        made = self._insert(turns).values(place=place, free=now + taken)
        made = made.on_conflict_do_update(index_elements=["place"], set_={"free": first + taken})
        async with self._database.write() as connection:
            left = await connection.scalar(made.returning(turns.c.free - now))
        return max(0.0, float(left or 0.0) - taken)
