"""The ``/brief`` command group, made from the shared grammar, its Korean and Japanese names, and when to tell Discord."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import Range, locale_str
from discord.http import Route

from bot import log
from bot.commands.verbs import VERBS, Verb
from bot.locales import t

GROUP = "brief"
MAX_ARGUMENT = 1000
LANGUAGE_OF_LOCALE = {discord.Locale.korean: "ko", discord.Locale.japanese: "ja"}

Run = Callable[[discord.Interaction[Any], str, str], Awaitable[None]]
_OURS = ("name", "description", "type", "options", "required", "min_length", "max_length")
_LOCALIZED = ("name_localizations", "description_localizations")


class Names(app_commands.Translator):
    """Korean and Japanese for names and descriptions; other locales see the English."""

    async def translate(
        self, string: locale_str, locale: discord.Locale, context: app_commands.TranslationContextTypes
    ) -> str | None:
        """The translation, or None where there is none. Names are looked up by their ``key``: "/brief ask"."""
        language = LANGUAGE_OF_LOCALE.get(locale)
        key = str(string.extras.get("key", string.message))
        translated = t(language, key) if language else key
        return None if translated == key else translated


def brief(run: Run) -> app_commands.Group:
    """The group with one subcommand for each verb; each calls ``run(interaction, verb, rest)``."""
    group = app_commands.Group(name=GROUP, description=locale_str("Briefings on the AI market in Korea and Japan"))
    for verb in VERBS:
        if verb.hidden:
            continue
        group.add_command(_command(verb, run))
    return group


def _command(verb: Verb, run: Run) -> app_commands.Command[Any, ..., None]:
    async def bare(interaction: discord.Interaction[Any]) -> None:
        await run(interaction, verb.name, "")

    async def required(interaction: discord.Interaction[Any], rest: Range[str, 1, MAX_ARGUMENT]) -> None:
        await run(interaction, verb.name, rest)

    async def optional(interaction: discord.Interaction[Any], rest: Range[str, 1, MAX_ARGUMENT] = "") -> None:
        await run(interaction, verb.name, rest)

    callback: Any = bare
    if verb.argument is not None:
        callback = required if verb.required else optional
        argument = locale_str(verb.argument, key=f"/{GROUP} {verb.name} {verb.argument}")
        callback = app_commands.rename(rest=argument)(callback)
        callback = app_commands.describe(rest=f"/{GROUP} {verb.example or verb.name}")(callback)
    name = locale_str(verb.name, key=f"/{GROUP} {verb.name}")
    return app_commands.Command(name=name, description=locale_str(verb.description), callback=callback)


async def sync(tree: app_commands.CommandTree[Any], application_id: int) -> bool:
    """Send the commands to Discord if it does not hold these already; True when it had to.

    Discord allows only some hundred changes a day, so restarts must cost none. A failure is logged: they stay as they were.
    """
    translator = tree.translator
    if translator is None:
        raise ValueError("the command tree has no translator")
    ours = [await command.get_translated_payload(tree, translator) for command in tree.get_commands()]
    route = Route("GET", "/applications/{application_id}/commands", application_id=application_id)
    try:
        theirs = await tree.client.http.request(route, params={"with_localizations": "true"})
        if _essence(ours) == _essence(theirs):
            return False
        await tree.sync()
    except (discord.HTTPException, app_commands.AppCommandError) as error:
        log.warning("discord.commands.failed", reason=str(error))
        return False
    log.event("discord.commands.synced", commands=len(ours))
    return True


def _essence(value: Any) -> Any:
    """A command or a list of them without what Discord adds and without what is empty or off."""
    if isinstance(value, Mapping):
        kept = {key: _essence(value[key]) for key in _OURS if value.get(key)}
        return kept | {key: value[key] for key in _LOCALIZED if value.get(key)}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_essence(item) for item in value]
    return value
