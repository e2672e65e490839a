"""The work itself: runs, jobs, who alone does what, what the model used, and what the daily look found."""

from sqlalchemy import JSON, BigInteger, Column, Date, Float, Index, String, Table, Text

from bot.store.schema.kinds import Instant, metadata

runs = Table(
    "runs",
    metadata,
    Column("id", String, primary_key=True),
    Column("started", Instant, nullable=False),
    Column("data", JSON, nullable=False),
    Index("runs_started", "started"),
)

jobs = Table(
    "jobs",
    metadata,
    Column("name", String, primary_key=True),
    Column("began", Instant, nullable=False),
)

# Who alone does something at the moment, such as hold a shard of Discord's gateway.
leases = Table(
    "leases",
    metadata,
    Column("name", String, primary_key=True),
    Column("holder", String, nullable=False),
    Column("until", Float, nullable=False),  # seconds since 1970 by the database's clock
    Column("number", BigInteger, nullable=False),  # grows with each new holder: what an older one does is known by it
)

turns = Table(
    "turns",
    metadata,
    Column("place", String, primary_key=True),  # a platform: what all processes together share of its limit
    Column("free", Float, nullable=False),  # seconds since 1970 by the database's clock: the next turn that nobody has
)

findings = Table(
    "findings",
    metadata,
    Column("what", String, primary_key=True),
    Column("platform", String, primary_key=True),  # empty, like workspace and channel, where it concerns the whole bot
    Column("workspace", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("words", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

# What the model used in all, and beside it what workspaces asked for themselves: forgetting these must not refill the former.
usage = Table(
    "usage",
    metadata,
    Column("day", Date, primary_key=True),
    Column("sent", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("cost", BigInteger, nullable=False, server_default="0"),  # billionths of the currency of the prices
)

workspace_usage = Table(
    "workspace_usage",
    metadata,
    Column("day", Date, primary_key=True),
    Column("platform", String, primary_key=True),
    Column("workspace", String, primary_key=True),
    Column("tokens", BigInteger, nullable=False),
)
