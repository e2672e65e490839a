"""Verbs that poll and brief: once, run, digest, feeds."""

import click

from bot.config import load_feeds
from bot.kinds import KINDS
from bot.model import LANGUAGES
from bot.verbs.options import Since, database_option, json_option, run_to_end, settings_of


@click.command()
@database_option
@json_option
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the briefing.")
@click.option("--no-sample", is_flag=True, help="Do not fall back to the sample feeds where no feed can be reached.")
def once(database: str | None, as_json: bool, lang: str | None, no_sample: bool) -> None:
    """One pass over all feeds, then the briefing of the last 24 hours."""
    from bot.once import once as work

    settings = settings_of(database, language=lang)
    run_to_end(work(settings, load_feeds(settings.feeds_file).enabled, as_json=as_json, sample=not no_sample))


@click.command()
@database_option
@click.option("--only", type=click.Choice(KINDS), help="One part of the work; any number of each on PostgreSQL.")
def run(database: str | None, only: str | None) -> None:
    """Poll, post digests and answer in the chats that have tokens, until stopped."""
    from bot.service import serve

    run_to_end(serve(settings_of(database), only or ""))


@click.command()
@database_option
@click.option("--since", type=Since(), default="24h", show_default=True, help="How far back: 90m, 24h, 7d.")
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the briefing.")
@click.option("--format", "form", type=click.Choice(["terminal", "html", "json"]), default="terminal", show_default=True)
@click.option("--sample", is_flag=True, help="Of the invented sample feeds instead.")
def digest(database: str | None, since: float, lang: str | None, form: str, sample: bool) -> None:
    """The briefing from what was collected, without polling."""
    from bot.once import digest as work

    run_to_end(work(settings_of(database, language=lang), since, form, sample=sample))


@click.group()
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


VERBS = (
    once,
    run,
    digest,
    feeds,
)
