"""The embeddings of articles, so that the open stories have theirs after a restart."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Mapping, Sequence
from sys import byteorder

from sqlalchemy import select

from bot.store.database import Database
from bot.store.schema import vectors


class Vectors:
    """One vector an article, in single precision; it goes with its article."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, found: Mapping[str, Sequence[float]], model: str) -> None:
        """Keep vectors that ``model`` made, by article id, in place of those that were kept of these articles before."""
        if not found:
            return
        rows = [(article_id, model, _packed(values)) for article_id, values in found.items()]
        async with self._database.write() as connection:
            await self._database.execute_rows(connection, self._database.upsert(vectors), rows)

    async def of(self, article_ids: Collection[str], model: str) -> dict[str, array[float]]:
        """By article id, the vectors of those articles that have one from ``model``."""
        query = select(vectors.c.article_id, vectors.c.data).where(
            self._database.among(vectors.c.article_id, article_ids), vectors.c.model == model
        )
        async with self._database.read() as connection:
            return {row.article_id: _unpacked(row.data) for row in (await connection.execute(query)).all()}


def _packed(values: Sequence[float]) -> bytes:
    return _little(array("f", values)).tobytes()


def _unpacked(data: bytes) -> array[float]:
    values = array("f")
    values.frombytes(data)
    return _little(values)


def _little(values: array[float]) -> array[float]:
    """Little-endian on every machine."""
    if byteorder == "big":
        values.byteswap()
    return values
