"""Everything the bot remembers, in SQLite or PostgreSQL: the door of SQLAlchemy and alembic. Use ``bot.store.session.Store``."""
