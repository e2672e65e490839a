"""The only reader of wall-clock time. Everything else is handed ``now``."""

from datetime import UTC, datetime


def now() -> datetime:
    """The current instant, aware, in UTC."""
    return datetime.now(UTC)
