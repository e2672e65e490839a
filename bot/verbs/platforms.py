"""Verbs that set up a chat platform: slack manifest, discord invite."""

import json

import click

from bot.verbs.options import settings_of


@click.group()
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


@click.group("discord")
def discord_() -> None:
    """Setting up Discord."""


@discord_.command("invite")
@click.option("--application", metavar="ID", default="", help="The Application ID, where DISCORD_TOKEN is not set.")
def discord_invite(application: str) -> None:
    """The address that brings the bot into a server, with the least permissions, and the intents to tick."""
    from bot.platforms.discord import invite

    click.echo(invite(settings_of().discord_token, application))


VERBS = (
    slack,
    discord_,
)
