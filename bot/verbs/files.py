"""Verbs that read a file of articles: import, classify, cluster, facts."""

from pathlib import Path

import click

from bot.verbs.options import database_option, file_argument, json_option, run_to_end, settings_of


@click.command("import")
@file_argument
@database_option
@json_option
def import_(file: Path, database: str | None, as_json: bool) -> None:
    """Take articles from a file of JSON lines into the archive."""
    from bot.files import import_file

    run_to_end(import_file(settings_of(database), file, as_json))


@click.command()
@file_argument
def classify(file: Path) -> None:
    """Judge the relevance of each article of a file of JSON lines."""
    from bot.files import classify_file

    classify_file(file)


@click.command()
@file_argument
def cluster(file: Path) -> None:
    """Join the articles of a file of JSON lines into stories."""
    from bot.files import cluster_file

    cluster_file(file)


@click.command("facts")
@file_argument
def facts_(file: Path) -> None:
    """Amounts, dates, events and policies that each text of a file of JSON lines states, with their quotes."""
    from bot.files import facts_file

    facts_file(file)


VERBS = (
    import_,
    classify,
    cluster,
    facts_,
)
