"""The command line: its grammar, and for each verb a few lines that call the room which does it (door: click)."""

import asyncio
import dataclasses
import json
import sys
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from bot.config import Settings, load_feeds, read_settings
from bot.errors import BotError, ConfigError
from bot.model import COUNTRIES, LANGUAGES, Topic

database_option = click.option("--database", metavar="URL", help="Use this database instead of DATABASE_URL.")
json_option = click.option("--json", "as_json", is_flag=True, help="For programs: JSON on standard output.")
file_argument = click.argument("file", type=click.Path(path_type=Path))


class _Since(click.ParamType[float]):
    """A length of time such as 24h, 7d or 90m, in seconds."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        units = {"m": 60.0, "h": 3600.0, "d": 86_400.0}
        text = str(value)
        if text[-1:] not in units or not text[:-1].isdigit() or not 0 < int(text[:-1]) * units[text[-1]] <= 366 * 86_400:
            self.fail(f"{text!r} is no length of time, expected something like 90m, 24h or 7d", param, ctx)
        return int(text[:-1]) * units[text[-1]]


def _settings(database: str | None = None, **changes: Any) -> Settings:
    settings = read_settings()
    given = {key: value for key, value in {"database_url": database, **changes}.items() if value}
    return dataclasses.replace(settings, **given)


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ai-market-briefings", prog_name="bot")
def cli() -> None:
    """AI-market briefings on Korea and Japan, for Slack, Discord and the terminal."""


@cli.command()
@database_option
@json_option
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the briefing.")
@click.option("--no-sample", is_flag=True, help="Do not fall back to the sample feeds where no feed can be reached.")
def once(database: str | None, as_json: bool, lang: str | None, no_sample: bool) -> None:
    """One pass over all feeds, then the briefing of the last 24 hours."""
    from bot.once import once as work

    settings = _settings(database, language=lang)
    _run(work(settings, load_feeds(settings.feeds_file).enabled, as_json=as_json, sample=not no_sample))


@cli.command()
@database_option
def run(database: str | None) -> None:
    """Poll, post digests and answer in the chats that have tokens, until stopped."""
    from bot.service import serve

    _run(serve(_settings(database)))


@cli.command()
@database_option
@click.option("--since", type=_Since(), default="24h", show_default=True, help="How far back: 90m, 24h, 7d.")
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the briefing.")
@click.option("--format", "form", type=click.Choice(["terminal", "html", "json"]), default="terminal", show_default=True)
@click.option("--sample", is_flag=True, help="Of the invented sample feeds instead.")
def digest(database: str | None, since: float, lang: str | None, form: str, sample: bool) -> None:
    """The briefing from what was collected, without polling."""
    from bot.once import digest as work

    _run(work(_settings(database, language=lang), since, form, sample=sample))


@cli.group()
def feeds() -> None:
    """The feeds of feeds.yaml."""


@feeds.command("list")
@database_option
@json_option
def feeds_list(database: str | None, as_json: bool) -> None:
    """Every feed and how its last poll went."""
    from bot.once import list_feeds

    settings = _settings(database)
    _run(list_feeds(settings, load_feeds(settings.feeds_file).feeds, as_json))


@feeds.command("check")
def feeds_check() -> None:
    """Check feeds.yaml and tell every problem with its line."""
    settings = _settings()
    found = load_feeds(settings.feeds_file)
    counts = f"{len(found.enabled)} of {len(found.feeds)} feeds enabled, {len(found.digests)} digests"
    click.echo(f"{settings.feeds_file}: good, {counts}")


@feeds.command("test")
@click.argument("url")
@json_option
def feeds_test(url: str, as_json: bool) -> None:
    """Fetch one feed and show what is read from it."""
    from bot.once import test_feed

    _run(test_feed(_settings(), url, as_json))


@cli.command("import")
@file_argument
@database_option
@json_option
def import_(file: Path, database: str | None, as_json: bool) -> None:
    """Take articles from a file of JSON lines into the archive."""
    from bot.files import import_file

    _run(import_file(_settings(database), file, as_json))


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
@click.option("--since", type=_Since(), default="30d", show_default=True, help="How far back: 24h, 7d, 90d.")
@click.option("--country", type=click.Choice(COUNTRIES), help="Only what concerns this country.")
@click.option("--topic", type=click.Choice([str(topic) for topic in Topic]), help="Only this topic.")
@click.option("--role", metavar="ROLE", help="Only money for this: investment, subsidy, funding_raised …")
@click.option("--company", "actor", metavar="NAME", help="Only what this company or ministry does; any of its names.")
@click.option("--csv", "as_csv", is_flag=True, help="For a spreadsheet: CSV on standard output.")
def ledger(database: str | None, since: float, as_csv: bool, **wanted: str | None) -> None:
    """The money that the stories tell of: each amount once, with its quotes, and totals."""
    from bot.archive.ledger import Filter
    from bot.ledger import show

    _run(show(_settings(database), since, Filter(**wanted), as_csv=as_csv))


@cli.group()
def evaluate() -> None:
    """Measure quality on labelled files."""


@evaluate.command("relevance")
@file_argument
@click.option("--feedback", metavar="slack:TEAM|discord:GUILD", help="Before and after the votes of this workspace.")
@database_option
@json_option
def evaluate_relevance(file: Path, feedback: str | None, database: str | None, as_json: bool) -> None:
    """Precision, recall and F1 of relevance, by language and topic, with the worst errors."""
    from bot.evaluate import feedback as votes
    from bot.evaluate import relevance

    if feedback:
        report = _run(votes.evaluate(file, _settings(database).database_url, feedback))
        click.echo(json.dumps(report, ensure_ascii=False) if as_json else votes.render(report))
        return
    report = relevance.evaluate(file)
    click.echo(json.dumps(report, ensure_ascii=False) if as_json else relevance.render(report))


@evaluate.command("stories")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--near-misses", type=click.Path(path_type=Path), help="Pairs that look alike and are not the same event.")
@click.option("--replay", type=click.DateTime(["%Y-%m-%d"]), help="Instead: join this stored day (UTC) once more and compare.")
@database_option
@json_option
def evaluate_stories(
    file: Path | None, near_misses: Path | None, replay: datetime | None, database: str | None, as_json: bool
) -> None:
    """B-cubed precision, recall and F1 of stories, and pairs across languages."""
    from bot.evaluate import replay as again
    from bot.evaluate import stories

    if replay:
        since = replay.replace(tzinfo=UTC)
        settings = _settings(database)
        report = _run(again.replay(settings.database_url, since, since + timedelta(days=1), settings.model_embedding))
        click.echo(json.dumps(report, ensure_ascii=False) if as_json else again.render(report))
        return
    if file is None:
        raise click.UsageError("What to measure is missing: a FILE or --replay DAY.")

    report = stories.evaluate(file, near_misses)
    click.echo(json.dumps(report, ensure_ascii=False) if as_json else stories.render(report))


@evaluate.command("summaries")
@file_argument
@json_option
def evaluate_summaries(file: Path, as_json: bool) -> None:
    """How many sentences are cited, quoted exactly and supported in every figure and name."""
    from bot.evaluate import summaries

    report = summaries.evaluate(file)
    click.echo(json.dumps(report, ensure_ascii=False) if as_json else summaries.render(report))


@evaluate.command("facts")
@file_argument
@json_option
def evaluate_facts(file: Path, as_json: bool) -> None:
    """Amounts, conversions, roles, dates and events against labelled texts, by language, with the errors."""
    from bot.evaluate import facts

    report = facts.evaluate(file)
    click.echo(json.dumps(report, ensure_ascii=False) if as_json else facts.render(report))


@cli.command()
@database_option
@json_option
def doctor(database: str | None, as_json: bool) -> None:
    """What is set up, what is missing, and how to put it right."""
    from bot.doctor import examine

    sys.exit(_run(examine(_settings(database), as_json)))


@cli.command()
@file_argument
@database_option
def backup(file: Path, database: str | None) -> None:
    """Copy the database to a new file, also while the bot runs."""
    from bot.operations import backup as work

    _run(work(_settings(database), file))


@cli.command()
@file_argument
@database_option
@click.option("--verify", is_flag=True, help="Only prove that the copy can be restored; change nothing.")
def restore(file: Path, database: str | None, verify: bool) -> None:
    """Make a backup the database; messages that were still to be posted are held."""
    from bot.operations import restore as work

    _run(work(_settings(database), file, verify=verify))


@cli.command()
@click.argument("workspace", metavar="slack:TEAM|discord:GUILD")
@database_option
@click.confirmation_option(prompt="Delete its subscriptions, briefings and messages?")
def forget(workspace: str, database: str | None) -> None:
    """Delete everything that belongs to a workspace."""
    from bot.operations import forget as work

    _run(work(_settings(database), workspace))


@cli.command()
@database_option
@click.option("--send", metavar="ID", help="Post this held message after all.")
@click.option("--drop", metavar="ID", help="Give this held message up, and the rest of its edition.")
def outbox(database: str | None, send: str | None, drop: str | None) -> None:
    """Messages that are held because nobody can know whether they were posted."""
    from bot.operations import outbox as work

    _run(work(_settings(database), send, drop))


@cli.group()
def slack() -> None:
    """Setting up Slack."""


@slack.command("manifest")
def slack_manifest() -> None:
    """The app manifest to paste into Slack."""
    from bot.platforms.slack import manifest

    click.echo(json.dumps(manifest(), ensure_ascii=False, indent=2))


@cli.command()
@click.argument("query", required=False)
@click.option("--batch", type=click.Path(path_type=Path), help="A file of JSON lines (qid, query): ids of the best 50 for each.")
@database_option
@json_option
def search(query: str | None, batch: Path | None, database: str | None, as_json: bool) -> None:
    """Search the archive, in any of its languages."""
    from bot import ask as work

    settings = _settings(database)
    if batch:
        _run(work.search_batch(settings, batch))
    elif query:
        _run(work.search(settings, query, as_json=as_json))
    else:
        raise click.UsageError("What to search for is missing: a QUERY or --batch FILE.")


@cli.command()
@click.argument("question", required=False)
@click.option("--batch", type=click.Path(path_type=Path), help="A file of JSON lines (qid, question): an answer for each.")
@database_option
@json_option
def ask(question: str | None, batch: Path | None, database: str | None, as_json: bool) -> None:
    """Ask the archive: a cited answer, or that it does not say."""
    from bot import ask as work

    settings = _settings(database)
    if batch:
        _run(work.ask_batch(settings, batch))
    elif question:
        _run(work.ask(settings, question, as_json=as_json))
    else:
        raise click.UsageError("What to ask is missing: a QUESTION or --batch FILE.")


@evaluate.command("search")
@file_argument
@database_option
@json_option
def evaluate_search(file: Path, database: str | None, as_json: bool) -> None:
    """nDCG@10 and recall@50 of the archive on graded queries, by kind, language and form."""
    from bot import ask as work

    _run(work.evaluate_search(_settings(database), file, as_json=as_json))


@evaluate.command("answers")
@file_argument
@database_option
@json_option
def evaluate_answers(file: Path, database: str | None, as_json: bool) -> None:
    """Support found, facts said and refusals of the archive on questions with known answers."""
    from bot import ask as work

    _run(work.evaluate_answers(_settings(database), file, as_json=as_json))


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
        click.echo(f"bot: {line}", err=True)
    sys.exit(2)


if __name__ == "__main__":
    main()
