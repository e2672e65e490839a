"""Verbs for operators: doctor, status, audit, backup, restore, migrate, forget, outbox."""

import sys
from pathlib import Path

import click

from bot.verbs.options import database_option, file_argument, json_option, run_to_end, settings_of


@click.command()
@database_option
@json_option
def doctor(database: str | None, as_json: bool) -> None:
    """What is set up, what is missing, and how to put it right."""
    from bot.doctor import examine

    sys.exit(run_to_end(examine(settings_of(database), as_json)))


@click.command()
@database_option
@json_option
def status(database: str | None, as_json: bool) -> None:
    """How the bot is: runs, feeds, deliveries, suspended subscriptions, budget, last backup."""
    from bot.standing import status as work

    run_to_end(work(settings_of(database), as_json))


@click.command()
@click.argument("workspace", required=False, metavar="[slack:TEAM|discord:GUILD]")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many changes.")
@database_option
@json_option
def audit(workspace: str | None, limit: int, database: str | None, as_json: bool) -> None:
    """Who changed what: settings, subscriptions, watchlists, feeds."""
    from bot.standing import audit as work

    run_to_end(work(settings_of(database), workspace, limit, as_json))


@click.command()
@file_argument
@database_option
def backup(file: Path, database: str | None) -> None:
    """Copy the database to a new file, also while the bot runs."""
    from bot.operations import backup as work

    run_to_end(work(settings_of(database), file))


@click.command()
@file_argument
@database_option
@click.option("--verify", is_flag=True, help="Only prove that the copy can be restored; change nothing.")
def restore(file: Path, database: str | None, verify: bool) -> None:
    """Make a backup the database; messages that were still to be posted are held."""
    from bot.operations import restore as work

    run_to_end(work(settings_of(database), file, verify=verify))


@click.command()
@click.option("--from", "source", metavar="URL", required=True, help="The database to copy, such as sqlite:///data/bot.sqlite3.")
@click.option("--to", "target", metavar="URL", required=True, help="An empty database, such as postgresql://bot@localhost/bot.")
@click.option("--rehearse", is_flag=True, help="Also while the bot runs; what is open in the copy is held.")
@json_option
def migrate(source: str, target: str, rehearse: bool, as_json: bool) -> None:
    """Move everything to another database, SQLite or PostgreSQL, and prove that all of it arrived."""
    from bot.operations import migrate as work

    run_to_end(work(source, target, rehearse=rehearse, as_json=as_json))


@click.command()
@click.argument("workspace", metavar="slack:TEAM|discord:GUILD")
@database_option
@click.confirmation_option(prompt="Delete its subscriptions, briefings and messages?")
def forget(workspace: str, database: str | None) -> None:
    """Delete everything that belongs to a workspace."""
    from bot.operations import forget as work

    run_to_end(work(settings_of(database), workspace))


@click.command()
@database_option
@click.option("--send", metavar="ID", help="Post this held message after all.")
@click.option("--drop", metavar="ID", help="Give this held message up, and the rest of its edition.")
def outbox(database: str | None, send: str | None, drop: str | None) -> None:
    """Messages that are held because nobody can know whether they were posted."""
    from bot.operations import outbox as work

    run_to_end(work(settings_of(database), send, drop))


VERBS = (
    doctor,
    status,
    audit,
    backup,
    restore,
    migrate,
    forget,
    outbox,
)
