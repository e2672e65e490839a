"""What verbs of the command line have in common: options, arguments, lengths of time, settings (door: click)."""

import asyncio
import dataclasses
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import click

from bot.config import Settings, read_settings

database_option = click.option("--database", metavar="URL", help="Use this database instead of DATABASE_URL.")
json_option = click.option("--json", "as_json", is_flag=True, help="For programs: JSON on standard output.")
file_argument = click.argument("file", type=click.Path(path_type=Path))


class Since(click.ParamType[float]):
    """A length of time such as 24h, 7d or 90m, in seconds."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        units = {"m": 60.0, "h": 3600.0, "d": 86_400.0}
        text = str(value)
        if text[-1:] not in units or not text[:-1].isdigit() or not 0 < int(text[:-1]) * units[text[-1]] <= 366 * 86_400:
            self.fail(f"{text!r} is no length of time, expected something like 90m, 24h or 7d", param, ctx)
        return int(text[:-1]) * units[text[-1]]


def settings_of(database: str | None = None, **changes: Any) -> Settings:
    """Settings from the environment, with what was given on the command line in its place."""
    settings = read_settings()
    given = {key: value for key, value in {"database_url": database, **changes}.items() if value}
    return dataclasses.replace(settings, **given)


def run_to_end(work: Coroutine[Any, Any, Any]) -> Any:
    """Run ``work`` in an event loop of its own."""
    return asyncio.run(work)
