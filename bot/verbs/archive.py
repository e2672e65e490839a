"""Verbs that ask the archive: search, ask, index, summarize, ledger, policy, lookup."""

from collections.abc import Mapping
from pathlib import Path

import click

from bot.model import COUNTRIES, LANGUAGES, Topic
from bot.verbs.options import Since, database_option, json_option, run_to_end, settings_of


def _refuse_beside_batch(given: Mapping[str, str | None]) -> None:
    """What is for one line alone would do nothing: each line of the file says it for itself."""
    for name in (name for name, value in given.items() if value):
        raise click.UsageError(f"{name}: not together with --batch, each of whose lines says it for itself.")


@click.command()
@click.argument("query", required=False)
@click.option("--batch", type=click.Path(path_type=Path), help="A file of JSON lines (qid, query): ids of the best 50 for each.")
@database_option
@json_option
def search(query: str | None, batch: Path | None, database: str | None, as_json: bool) -> None:
    """Search the archive, in any of its languages."""
    from bot import ask as work

    settings = settings_of(database)
    if batch:
        _refuse_beside_batch({"QUERY": query})
        run_to_end(work.search_batch(settings, batch))
    elif query:
        run_to_end(work.search(settings, query, as_json=as_json))
    else:
        raise click.UsageError("What to search for is missing: a QUERY or --batch FILE.")


@click.group()
def index() -> None:
    """The search index, which is derived from the database."""


@index.command("rebuild")
@database_option
def index_rebuild(database: str | None) -> None:
    """Make the search index anew from the database."""
    from bot.ask import rebuild_index

    run_to_end(rebuild_index(settings_of(database)))


@click.command()
@click.argument("question", required=False)
@click.option("--batch", type=click.Path(path_type=Path), help="A file of JSON lines (qid, question): an answer for each.")
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the answer.  [default: that of the question]")
@database_option
@json_option
def ask(question: str | None, batch: Path | None, lang: str | None, database: str | None, as_json: bool) -> None:
    """Ask the archive: a cited answer, or that it does not say."""
    from bot import ask as work

    settings = settings_of(database)
    if batch:
        _refuse_beside_batch({"QUESTION": question, "--lang": lang})
        run_to_end(work.ask_batch(settings, batch))
    elif question:
        run_to_end(work.ask(settings, question, as_json=as_json, spoken=lang or ""))
    else:
        raise click.UsageError("What to ask is missing: a QUESTION or --batch FILE.")


@click.command()
@click.argument("urls", metavar="URL…", nargs=-1, required=True)
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language that a model writes in.")
@database_option
@json_option
def summarize(urls: tuple[str, ...], lang: str | None, database: str | None, as_json: bool) -> None:
    """Pages or PDFs in a few cited sentences each, and the facts that they state."""
    from bot.pages import summarize as work

    run_to_end(work(settings_of(database, language=lang), urls, as_json=as_json))


@click.command()
@database_option
@click.option("--since", type=Since(), default="30d", show_default=True, help="How far back: 24h, 7d, 90d.")
@click.option("--country", type=click.Choice(COUNTRIES), help="Only what concerns this country.")
@click.option("--topic", type=click.Choice([str(topic) for topic in Topic]), help="Only this topic.")
@click.option("--role", metavar="ROLE", help="Only money for this: investment, subsidy, funding_raised …")
@click.option("--company", "actor", metavar="NAME", help="Only what this company or ministry does; any of its names.")
@click.option("--csv", "as_csv", is_flag=True, help="For a spreadsheet: CSV on standard output.")
def ledger(database: str | None, since: float, as_csv: bool, **wanted: str | None) -> None:
    """The money that the stories tell of: each amount once, with its quotes, and totals."""
    from bot.archive.ledger import Filter
    from bot.records import ledger as work

    run_to_end(work(settings_of(database), since, Filter(**wanted), as_file=as_csv))


@click.command()
@click.argument("words", nargs=-1, metavar="[COUNTRY] [WORDS]…")
@database_option
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the answer.")
def policy(words: tuple[str, ...], database: str | None, lang: str | None) -> None:
    """Laws, subsidies, tax breaks and programmes: stages and next dates."""
    from bot.records import ask as work

    run_to_end(work(settings_of(database, language=lang), "policy", " ".join(words)))


@click.command()
@click.argument("name")
@database_option
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the answer.")
def lookup(name: str, database: str | None, lang: str | None) -> None:
    """The card of a company, ministry, law, programme or person, by any of its names."""
    from bot.records import ask as work

    run_to_end(work(settings_of(database, language=lang), "lookup", name))


VERBS = (
    search,
    index,
    ask,
    summarize,
    ledger,
    policy,
    lookup,
)
