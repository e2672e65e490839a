"""Run by alembic: applies the revisions over the connection that ``migrate`` handed in."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
