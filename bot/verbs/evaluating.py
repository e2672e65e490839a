"""The command line's ``bot evaluate …``: measures of quality on labelled files (door: click)."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from bot.verbs.options import database_option, file_argument, json_option, run_to_end, settings_of


@click.group()
def evaluate() -> None:
    """Measure quality on labelled files."""


def _tell(report: dict[str, Any], render: Callable[[Any], str], as_json: bool) -> None:
    click.echo(json.dumps(report, ensure_ascii=False) if as_json else render(report))


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
        report = run_to_end(votes.evaluate(file, settings_of(database).database_url, feedback))
        _tell(report, votes.render, as_json)
        return
    report = relevance.evaluate(file)
    _tell(report, relevance.render, as_json)


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
        settings = settings_of(database)
        report = run_to_end(again.replay(settings.database_url, since, since + timedelta(days=1), settings.model_embedding))
        _tell(report, again.render, as_json)
        return
    if file is None:
        raise click.UsageError("What to measure is missing: a FILE or --replay DAY.")
    report = stories.evaluate(file, near_misses)
    _tell(report, stories.render, as_json)


@evaluate.command("summaries")
@file_argument
@json_option
def evaluate_summaries(file: Path, as_json: bool) -> None:
    """How many sentences are cited, quoted exactly and supported in every figure and name."""
    from bot.evaluate import summaries

    report = summaries.evaluate(file)
    _tell(report, summaries.render, as_json)


@evaluate.command("facts")
@file_argument
@json_option
def evaluate_facts(file: Path, as_json: bool) -> None:
    """Amounts, conversions, roles, dates and events against labelled texts, by language, with the errors."""
    from bot.evaluate import facts

    report = facts.evaluate(file)
    _tell(report, facts.render, as_json)


@evaluate.command("search")
@file_argument
@database_option
@json_option
def evaluate_search(file: Path, database: str | None, as_json: bool) -> None:
    """nDCG@10 and recall@50 of the archive on graded queries, by kind, language and form."""
    from bot import ask as work
    from bot.evaluate import search

    _tell(run_to_end(work.evaluate_search(settings_of(database), file)), search.render, as_json)


@evaluate.command("answers")
@file_argument
@database_option
@json_option
def evaluate_answers(file: Path, database: str | None, as_json: bool) -> None:
    """Support found, facts said and refusals of the archive on questions with known answers."""
    from bot import ask as work
    from bot.evaluate import answers

    _tell(run_to_end(work.evaluate_answers(settings_of(database), file)), answers.render, as_json)


VERBS = (evaluate,)
