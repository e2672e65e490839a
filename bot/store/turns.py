"""Turns of one thing that all processes on the database share, such as what Discord takes from one bot in a second."""

from sqlalchemy import case

from bot.store.database import Database
from bot.store.schema import turns


class Turns:
    """Who takes turns gets them for itself alone, in the database's time: the clocks of machines do not matter."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, place: str, count: int, spacing: float) -> float:
        """Take the next ``count`` turns of ``place``, ``spacing`` seconds apart. Seconds until the first of them."""
        now, taken = self._database.now(), count * spacing
        first = case((turns.c.free > now, turns.c.free), else_=now)
        made = self._database.insert(turns).values(place=place, free=now + taken)
        made = made.on_conflict_do_update(index_elements=["place"], set_={"free": first + taken})
        async with self._database.write() as connection:
            left = await connection.scalar(made.returning(turns.c.free - now))
        return max(0.0, float(left or 0.0) - taken)
