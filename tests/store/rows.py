"""Invented rows for any table of any revision, by the types of its columns."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    TypeDecorator,
    insert,
    select,
)

_MOMENT = datetime(2026, 11, 23, 9, 30, 0, 123456, tzinfo=UTC)
ODD = "한국 ‘引用’ %s \\ \N{GRINNING FACE}"


def reflected(connection: Connection) -> MetaData:
    """The tables as they are, that of the revisions aside."""
    metadata = MetaData()
    metadata.reflect(connection)
    if "alembic_version" in metadata.tables:
        metadata.remove(metadata.tables["alembic_version"])
    return metadata


def fill(connection: Connection, metadata: MetaData, first: int, count: int = 3) -> dict[str, list[dict[str, Any]]]:
    """Insert rows number ``first`` and following into every table; what was inserted, by table."""
    rows = {table.name: [row(table, number) for number in range(first, first + count)] for table in metadata.sorted_tables}
    for table in metadata.sorted_tables:
        connection.execute(insert(table), rows[table.name])
    return rows


def row(table: Table, number: int) -> dict[str, Any]:
    """Row ``number`` of ``table``; what refers to another table refers to row ``number`` of that."""
    return {column.name: _value(column, number) for column in table.columns}


def found(connection: Connection, table: Table, names: list[str]) -> list[tuple[Any, ...]]:
    """These columns of all rows, in no order."""
    return [tuple(_same(value) for value in one) for one in connection.execute(select(*(table.c[name] for name in names)))]


def wanted(row: dict[str, Any], names: list[str]) -> tuple[Any, ...]:
    """These columns of a row, as ``found`` gives them."""
    return tuple(_same(row[name]) for name in names)


def _value(column: Column[Any], number: int) -> Any:
    if column.foreign_keys:
        return _value(next(iter(column.foreign_keys)).column, number)
    kind = column.type
    plain = kind.impl if isinstance(kind, TypeDecorator) else kind
    if isinstance(plain, DateTime) and not isinstance(kind, TypeDecorator) and not plain.timezone:
        return (_MOMENT + timedelta(hours=number)).replace(tzinfo=None)  # as SQLite has it
    values = {
        Boolean: number % 2 == 0,
        Integer: number,
        Float: number + 0.1,
        Numeric: number + 0.1,
        DateTime: _MOMENT + timedelta(hours=number),
        Date: date(2026, 11, 1) + timedelta(days=number),
        JSON: {"words": [ODD, number, None, 1.5], "z": True, "a": {}},
        LargeBinary: bytes([0, number % 256, 255]),
    }
    return next((value for known, value in values.items() if isinstance(plain, known)), f"{column.name} {number:03} {ODD}")


def _same(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None) if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)
    return round(float(value), 6) if isinstance(value, float) or type(value).__name__ == "Decimal" else repr(value)
