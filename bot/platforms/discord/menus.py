"""What can be done with a message: its links summarised, and why its stories were chosen."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import discord

from bot.locales import t
from bot.model import Action, Reply
from bot.platforms.discord.asking import Interaction, reply_language
from bot.platforms.discord.buttons import Component, custom_id, read, shortened
from bot.platforms.discord.interactions import Interactions
from bot.platforms.discord.layout import TEXT
from bot.platforms.discord.text import plain

MOST_LINKS = 3
_MOST_STORIES = 25
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_LINK = re.compile(r"https?://[^\s<>\"'`|\\^{}\[\]]+")


async def summarize(interactions: Interactions, interaction: Interaction, message: discord.Message) -> None:
    """The pages behind the message's links, the first few of them."""
    found = links(message)[:MOST_LINKS]
    if found:
        await interactions.command(interaction, "summarize", " ".join(found))
    else:
        await _say(interactions, interaction, "There is no link in this message.")


async def why(interactions: Interactions, interaction: Interaction, message: discord.Message) -> None:
    """Why the message's story was chosen; of several the person picks one; else about the message's first link."""
    stories = stories_of([component.to_dict() for component in message.components])
    found = links(message)
    if len(stories) > 1:
        await _pick(interactions, interaction, stories)
    elif stories or found:
        await interactions.command(interaction, "why", stories[0][0] if stories else found[0])
    else:
        await _say(interactions, interaction, "There is neither a story nor a link in this message.")


def links(message: discord.Message) -> list[str]:
    """The addresses in a message, each once, in order; also those of its previews."""
    written = [found.rstrip(".,;:!?)»」』】") for found in _LINK.findall(message.content)]
    shown = [embed.url for embed in message.embeds if embed.url]
    return list(dict.fromkeys([*written, *shown]))


def stories_of(components: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Ids of the stories below which a message has buttons, each with its headline."""
    found: dict[str, str] = {}
    heading = ""
    for component in _every(components):
        if component["type"] == TEXT:
            bold = _BOLD.match(component["content"])
            heading = plain(bold[1]) if bold else heading
        press = read(component.get("custom_id") or "")
        if press is not None and press.verb == "why" and press.text:
            found.setdefault(press.text, heading)
    return list(found.items())


def _every(components: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for component in components:
        yield component
        yield from _every(component.get("components", ()))


async def _pick(interactions: Interactions, interaction: Interaction, stories: Sequence[tuple[str, str]]) -> None:
    language = reply_language(interaction.locale) or "en"
    options = [
        {"label": shortened(heading, 100), "value": id}
        for story, heading in stories[:_MOST_STORIES]
        if (id := custom_id(Action("", "why", story))) is not None
    ]
    menu: Component = {"type": 3, "custom_id": "c1::why", "placeholder": t(language, "Which story?"), "options": options}
    await interactions.tell(interaction, Reply(paragraphs=(t(language, "Which story?"),)), [menu])


async def _say(interactions: Interactions, interaction: Interaction, words: str) -> None:
    language = reply_language(interaction.locale) or "en"
    await interactions.tell(interaction, Reply(paragraphs=(t(language, words),), error=True))
