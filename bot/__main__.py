"""The command line: its grammar, and for each verb a few lines that call the room which does it (door: click)."""

import json
import sys
from pathlib import Path

import click

from bot import log
from bot.config import load_feeds
from bot.errors import BotError, ConfigError
from bot.evaluations import evaluate
from bot.kinds import KINDS
from bot.model import COUNTRIES, LANGUAGES, Topic
from bot.options import Since, database_option, file_argument, json_option, run_to_end, settings_of


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ai-market-briefings", prog_name="bot")
def cli() -> None:
    """AI-market briefings on Korea and Japan, for Slack, Discord and the terminal."""


cli.add_command(evaluate)


@cli.command()
@database_option
@json_option
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the briefing.")
@click.option("--no-sample", is_flag=True, help="Do not fall back to the sample feeds where no feed can be reached.")
def once(database: str | None, as_json: bool, lang: str | None, no_sample: bool) -> None:
    """One pass over all feeds, then the briefing of the last 24 hours."""
    from bot.once import once as work

    settings = settings_of(database, language=lang)
    run_to_end(work(settings, load_feeds(settings.feeds_file).enabled, as_json=as_json, sample=not no_sample))


@cli.command()
@database_option
@click.option("--only", type=click.Choice(KINDS), help="One part of the work; any number of each on PostgreSQL.")
def run(database: str | None, only: str | None) -> None:
    """Poll, post digests and answer in the chats that have tokens, until stopped."""
    from bot.service import serve

    run_to_end(serve(settings_of(database), only or ""))


@cli.command()
@database_option
@click.option("--since", type=Since(), default="24h", show_default=True, help="How far back: 90m, 24h, 7d.")
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the briefing.")
@click.option("--format", "form", type=click.Choice(["terminal", "html", "json"]), default="terminal", show_default=True)
@click.option("--sample", is_flag=True, help="Of the invented sample feeds instead.")
def digest(database: str | None, since: float, lang: str | None, form: str, sample: bool) -> None:
    """The briefing from what was collected, without polling."""
    from bot.once import digest as work

    run_to_end(work(settings_of(database, language=lang), since, form, sample=sample))


@cli.group()
def feeds() -> None:
    """The feeds of feeds.yaml."""


@feeds.command("list")
@database_option
@json_option
def feeds_list(database: str | None, as_json: bool) -> None:
    """Every feed and how its last poll went."""
    from bot.once import list_feeds

    settings = settings_of(database)
    run_to_end(list_feeds(settings, load_feeds(settings.feeds_file).feeds, as_json))


@feeds.command("check")
def feeds_check() -> None:
    """Check feeds.yaml and tell every problem with its line."""
    settings = settings_of()
    found = load_feeds(settings.feeds_file)
    counts = f"{len(found.enabled)} of {len(found.feeds)} feeds enabled, {len(found.digests)} digests"
    click.echo(f"{settings.feeds_file}: good, {counts}")


@feeds.command("test")
@click.argument("url")
@json_option
def feeds_test(url: str, as_json: bool) -> None:
    """Fetch one feed and show what is read from it."""
    from bot.once import test_feed

    run_to_end(test_feed(settings_of(), url, as_json))


@cli.command("import")
@file_argument
@database_option
@json_option
def import_(file: Path, database: str | None, as_json: bool) -> None:
    """Take articles from a file of JSON lines into the archive."""
    from bot.files import import_file

    run_to_end(import_file(settings_of(database), file, as_json))


@cli.command()
@file_argument
def classify(file: Path) -> None:
    """Judge the relevance of each article of a file of JSON lines."""
    from bot.files import classify_file

    classify_file(file)


@cli.command()
@file_argument
def cluster(file: Path) -> None:
    """Join the articles of a file of JSON lines into stories."""
    from bot.files import cluster_file

    cluster_file(file)


@cli.command("facts")
@file_argument
def facts_(file: Path) -> None:
    """Amounts, dates, events and policies that each text of a file of JSON lines states, with their quotes."""
    from bot.files import facts_file

    facts_file(file)


@cli.command()
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


@cli.command()
@click.argument("words", nargs=-1, metavar="[COUNTRY] [WORDS]…")
@database_option
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the answer.")
def policy(words: tuple[str, ...], database: str | None, lang: str | None) -> None:
    """Laws, subsidies, tax breaks and programmes: stages and next dates."""
    from bot.records import ask as work

    run_to_end(work(settings_of(database, language=lang), "policy", " ".join(words)))


@cli.command()
@click.argument("name")
@database_option
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the answer.")
def lookup(name: str, database: str | None, lang: str | None) -> None:
    """The card of a company, ministry, law, programme or person, by any of its names."""
    from bot.records import ask as work

    run_to_end(work(settings_of(database, language=lang), "lookup", name))


@cli.command()
@database_option
@json_option
def doctor(database: str | None, as_json: bool) -> None:
    """What is set up, what is missing, and how to put it right."""
    from bot.doctor import examine

    sys.exit(run_to_end(examine(settings_of(database), as_json)))


@cli.command()
@database_option
@json_option
def status(database: str | None, as_json: bool) -> None:
    """How the bot is: runs, feeds, deliveries, suspended subscriptions, budget, last backup."""
    from bot.standing import status as work

    run_to_end(work(settings_of(database), as_json))


@cli.command()
@click.argument("workspace", required=False, metavar="[slack:TEAM|discord:GUILD]")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many changes.")
@database_option
@json_option
def audit(workspace: str | None, limit: int, database: str | None, as_json: bool) -> None:
    """Who changed what: settings, subscriptions, watchlists, feeds."""
    from bot.standing import audit as work

    run_to_end(work(settings_of(database), workspace, limit, as_json))


@cli.command()
@file_argument
@database_option
def backup(file: Path, database: str | None) -> None:
    """Copy the database to a new file, also while the bot runs."""
    from bot.operations import backup as work

    run_to_end(work(settings_of(database), file))


@cli.command()
@file_argument
@database_option
@click.option("--verify", is_flag=True, help="Only prove that the copy can be restored; change nothing.")
def restore(file: Path, database: str | None, verify: bool) -> None:
    """Make a backup the database; messages that were still to be posted are held."""
    from bot.operations import restore as work

    run_to_end(work(settings_of(database), file, verify=verify))


@cli.command()
@click.option("--from", "source", metavar="URL", required=True, help="The database to copy, such as sqlite:///data/bot.sqlite3.")
@click.option("--to", "target", metavar="URL", required=True, help="An empty database, such as postgresql://bot@localhost/bot.")
@click.option("--rehearse", is_flag=True, help="Also while the bot runs; what is open in the copy is held.")
@json_option
def migrate(source: str, target: str, rehearse: bool, as_json: bool) -> None:
    """Move everything to another database, SQLite or PostgreSQL, and prove that all of it arrived."""
    from bot.operations import migrate as work

    run_to_end(work(source, target, rehearse=rehearse, as_json=as_json))


@cli.command()
@click.argument("workspace", metavar="slack:TEAM|discord:GUILD")
@database_option
@click.confirmation_option(prompt="Delete its subscriptions, briefings and messages?")
def forget(workspace: str, database: str | None) -> None:
    """Delete everything that belongs to a workspace."""
    from bot.operations import forget as work

    run_to_end(work(settings_of(database), workspace))


@cli.command()
@database_option
@click.option("--send", metavar="ID", help="Post this held message after all.")
@click.option("--drop", metavar="ID", help="Give this held message up, and the rest of its edition.")
def outbox(database: str | None, send: str | None, drop: str | None) -> None:
    """Messages that are held because nobody can know whether they were posted."""
    from bot.operations import outbox as work

    run_to_end(work(settings_of(database), send, drop))


@cli.group()
def slack() -> None:
    """Setting up Slack."""


@slack.command("manifest")
@click.option("--http", "url", metavar="URL", help="For HTTP in place of Socket Mode: the public https address of this bot.")
@click.option("--format", "form", type=click.Choice(["json", "yaml"]), default="json", show_default=True)
def slack_manifest(url: str | None, form: str) -> None:
    """The app manifest to paste into Slack."""
    from bot.platforms.slack.manifest import as_yaml, manifest

    made = manifest(url)
    click.echo(as_yaml(made) if form == "yaml" else json.dumps(made, ensure_ascii=False, indent=2))


@cli.group("discord")
def discord_() -> None:
    """Setting up Discord."""


@discord_.command("invite")
@click.option("--application", metavar="ID", default="", help="The Application ID, where DISCORD_TOKEN is not set.")
def discord_invite(application: str) -> None:
    """The address that brings the bot into a server, with the least permissions, and the intents to tick."""
    from bot.platforms.discord import invite

    click.echo(invite(settings_of().discord_token, application))


@cli.command()
@click.argument("query", required=False)
@click.option("--batch", type=click.Path(path_type=Path), help="A file of JSON lines (qid, query): ids of the best 50 for each.")
@database_option
@json_option
def search(query: str | None, batch: Path | None, database: str | None, as_json: bool) -> None:
    """Search the archive, in any of its languages."""
    from bot import ask as work

    settings = settings_of(database)
    if batch:
        run_to_end(work.search_batch(settings, batch))
    elif query:
        run_to_end(work.search(settings, query, as_json=as_json))
    else:
        raise click.UsageError("What to search for is missing: a QUERY or --batch FILE.")


@cli.group()
def index() -> None:
    """The search index, which is derived from the database."""


@index.command("rebuild")
@database_option
def index_rebuild(database: str | None) -> None:
    """Make the search index anew from the database."""
    from bot.ask import rebuild_index

    run_to_end(rebuild_index(settings_of(database)))


@cli.command()
@click.argument("question", required=False)
@click.option("--batch", type=click.Path(path_type=Path), help="A file of JSON lines (qid, question): an answer for each.")
@database_option
@json_option
def ask(question: str | None, batch: Path | None, database: str | None, as_json: bool) -> None:
    """Ask the archive: a cited answer, or that it does not say."""
    from bot import ask as work

    settings = settings_of(database)
    if batch:
        run_to_end(work.ask_batch(settings, batch))
    elif question:
        run_to_end(work.ask(settings, question, as_json=as_json))
    else:
        raise click.UsageError("What to ask is missing: a QUESTION or --batch FILE.")


@cli.command()
@click.argument("urls", metavar="URL…", nargs=-1, required=True)
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language that a model writes in.")
@database_option
@json_option
def summarize(urls: tuple[str, ...], lang: str | None, database: str | None, as_json: bool) -> None:
    """Pages or PDFs in a few cited sentences each, and the facts that they state."""
    from bot.pages import summarize as work

    run_to_end(work(settings_of(database, language=lang), urls, as_json=as_json))


def main() -> None:
    """Run the command line. A wrong argument, file or setting: lines that name it, exit status 2."""
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Exit as exc:
        sys.exit(exc.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as exc:
        _complain(exc.format_message().replace("\n", " "))
    except ConfigError as exc:
        _complain(*exc.problems)
    except BotError as exc:
        _complain(str(exc))
    except BrokenPipeError:
        # The reader of our output (head, a pager) has gone: nothing is left to say.
        sys.stdout = None
        sys.exit(0)


def _complain(*lines: str) -> None:
    for line in lines:
        click.echo(log.mask(f"bot: {line}"), err=True)
    sys.exit(2)


if __name__ == "__main__":
    main()
