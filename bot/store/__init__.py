"""Everything the bot remembers, in SQLite or PostgreSQL: the door of SQLAlchemy and alembic."""

from bot.store.session import Store

__all__ = ["Store"]
