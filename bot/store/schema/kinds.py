"""Kinds of columns, and what holds all tables together."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, MetaData, TypeDecorator


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC. A naive one is refused: nobody knows which instant it names."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """SQLite gets its text in one step: a poll binds tens of thousands of instants."""
        return _text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC."""
        return None if value is None else _in_utc(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"naive datetime {value} in a statement")
    return value if value.tzinfo is UTC else value.astimezone(UTC)


def _text(value: datetime | None) -> str | None:
    """As SQLAlchemy keeps datetimes in SQLite: 2026-11-23 09:30:00.000000, in UTC."""
    return None if value is None else _in_utc(value).isoformat(" ", "microseconds")[:26]


# SQLite makes an INTEGER PRIMARY KEY the row's own number; a BIGINT would cost a second index.
Number = BigInteger().with_variant(Integer(), "sqlite")

metadata = MetaData()
