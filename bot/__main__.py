"""The command line: ``bot VERB …``, and how it ends (door: click)."""

import sys
from itertools import chain

import click

from bot import log
from bot.errors import BotError, ConfigError
from bot.verbs import archive, collecting, evaluating, files, operating, platforms


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ai-market-briefings", prog_name="bot")
def cli() -> None:
    """AI-market briefings on Korea and Japan, for Slack, Discord and the terminal."""


for verb in chain(collecting.VERBS, files.VERBS, archive.VERBS, operating.VERBS, platforms.VERBS, evaluating.VERBS):
    cli.add_command(verb)


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
