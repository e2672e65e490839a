"""The ``/brief`` commands, made from the shared grammar, their Korean and Japanese names, and when to tell Discord."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import Choice, Range, locale_str
from discord.http import Route

from bot import log
from bot.commands.suggesting import completes
from bot.commands.verbs import VERBS, Verb
from bot.locales import t
from bot.platforms.discord.asking import LANGUAGE_OF_LOCALE, Interaction
from bot.platforms.discord.naming import ADMIN_GROUP, GROUP, group_of

MAX_ARGUMENT = 1000

Run = Callable[[Interaction, str, str], Awaitable[None]]
Suggest = Callable[[Interaction, str, str], Awaitable[list[Choice[str]]]]
OnMessage = Callable[[Interaction, discord.Message], Awaitable[None]]
_OURS = (
    "name",
    "description",
    "type",
    "options",
    "required",
    "min_length",
    "max_length",
    "autocomplete",
)
_LISTS = ("contexts", "integration_types")
_LOCALIZED = ("name_localizations", "description_localizations")

_ANYWHERE = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
_EVERYONE = app_commands.AppInstallationType(guild=True, user=True)
_WITH_THE_BOT = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False)
_SERVERS = app_commands.AppInstallationType(guild=True, user=False)


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


def groups(run: Run, suggest: Suggest) -> list[app_commands.Group]:
    """The groups with one subcommand for each verb that is no button's; each calls ``run(interaction, verb, rest)``."""
    brief = app_commands.Group(
        name=GROUP,
        description=locale_str("Briefings on the AI market in Korea and Japan"),
        allowed_contexts=_ANYWHERE,
        allowed_installs=_EVERYONE,
    )
    admin = app_commands.Group(
        name=ADMIN_GROUP,
        description=locale_str("For those who manage the briefings of this server"),
        default_permissions=discord.Permissions(manage_guild=True),
        allowed_contexts=_WITH_THE_BOT,
        allowed_installs=_SERVERS,
    )
    for verb in VERBS:
        if not verb.hidden:
            (admin if verb.managing else brief).add_command(_command(verb, run, suggest))
    return [group for group in (brief, admin) if group.commands]


def context_menu(name: str, on_message: OnMessage) -> app_commands.ContextMenu:
    """An entry of the menu that a message has."""

    async def chosen(interaction: Interaction, message: discord.Message) -> None:
        await on_message(interaction, message)

    return app_commands.ContextMenu(
        name=locale_str(name), callback=chosen, allowed_contexts=_ANYWHERE, allowed_installs=_EVERYONE
    )


def _command(verb: Verb, run: Run, suggest: Suggest) -> app_commands.Command[Any, ..., None]:
    async def bare(interaction: Interaction) -> None:
        await run(interaction, verb.name, "")

    async def required(interaction: Interaction, rest: Range[str, 1, MAX_ARGUMENT]) -> None:
        await run(interaction, verb.name, rest)

    async def optional(interaction: Interaction, rest: Range[str, 1, MAX_ARGUMENT] = "") -> None:
        await run(interaction, verb.name, rest)

    async def complete(interaction: Interaction, typed: str) -> list[Choice[str]]:
        return await suggest(interaction, verb.name, typed)

    callback: Any = bare
    if verb.argument is not None:
        callback = required if verb.required else optional
        argument = locale_str(verb.argument, key=f"/{GROUP} {verb.name} {verb.argument}")
        callback = app_commands.rename(rest=argument)(callback)
        callback = app_commands.describe(rest=f"/{group_of(verb)} {verb.example or verb.name}"[:100])(callback)
        if completes(verb.name):
            callback = app_commands.autocomplete(rest=complete)(callback)
    name = locale_str(verb.name, key=f"/{GROUP} {verb.name}")
    return app_commands.Command(name=name, description=locale_str(verb.description), callback=callback)


def commands_on(tree: app_commands.CommandTree[Any], run: Run, suggest: Suggest, summarize: OnMessage, why: OnMessage) -> None:
    """Put all commands on a tree: the groups, and the entries of the menu of messages."""
    for group in groups(run, suggest):
        tree.add_command(group)
    tree.add_command(context_menu("Summarize links", summarize))
    tree.add_command(context_menu("Why this story", why))


async def differs(tree: app_commands.CommandTree[Any], application_id: int) -> bool:
    """Whether Discord holds other commands than the tree's. The tree needs a translator.

    Raises:
        discord.HTTPException, aiohttp.ClientError: as they come.
    """
    translator = tree.translator
    if translator is None:
        raise ValueError("the command tree has no translator")
    ours = [await command.get_translated_payload(tree, translator) for command in tree.get_commands()]
    route = Route("GET", "/applications/{application_id}/commands", application_id=application_id)
    theirs = await tree.client.http.request(route, params={"with_localizations": "true"})
    return _by_name(ours) != _by_name(theirs)


async def sync(tree: app_commands.CommandTree[Any], application_id: int) -> bool:
    """Send the commands to Discord if it does not hold these already; True when it had to.

    Discord allows only some hundred changes a day, so restarts must cost none. A failure is logged: they stay as they were.
    """
    try:
        if not await differs(tree, application_id):
            return False
        held = await tree.sync()
    except (discord.HTTPException, app_commands.AppCommandError) as error:
        log.warning("discord.commands.failed", reason=str(error))
        return False
    log.event("discord.commands.synced", commands=len(held))
    return True


def _by_name(commands: Sequence[Mapping[str, Any]]) -> dict[tuple[str, int], Any]:
    """Discord gives them back in an order of its own."""
    return {(command["name"], command.get("type", 1)): _essence(command) for command in commands}


def _essence(value: Any) -> Any:
    """A command or a list of them without what Discord adds and without what is empty or off."""
    if isinstance(value, Mapping):
        kept = {key: _essence(value[key]) for key in _OURS if value.get(key)}
        kept |= {key: sorted(value[key]) for key in _LISTS if value.get(key)}
        if value.get("default_member_permissions"):
            kept["default_member_permissions"] = str(value["default_member_permissions"])
        return kept | {key: value[key] for key in _LOCALIZED if value.get(key)}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_essence(item) for item in value]
    return value
