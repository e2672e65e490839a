"""Stored components in discord.py's own form; buttons and menus are dynamic items, which need no memory of what was sent."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import discord
from discord import SeparatorSpacing, ui

from bot.platforms.discord.buttons import CHOICE_TEMPLATE, TEMPLATE

_Interaction = discord.Interaction[Any]


class Presser(Protocol):
    """The client to which presses and choices go."""

    async def pressed(self, interaction: _Interaction, custom_id: str) -> None:
        """A button of ours was pressed."""
        ...


class Pressed(ui.DynamicItem[ui.Button[Any]], template=TEMPLATE):
    """Any button of ours, whenever it was posted."""

    @classmethod
    async def from_custom_id(cls, interaction: _Interaction, item: ui.Item[Any], match: re.Match[str], /) -> "Pressed":
        """The button as it stands in the message."""
        return cls(item)  # type: ignore[arg-type]

    async def callback(self, interaction: _Interaction) -> None:
        """Hand it to the client."""
        client: Presser = interaction.client
        await client.pressed(interaction, self.custom_id)


class Chosen(ui.DynamicItem[ui.Select[Any]], template=CHOICE_TEMPLATE):
    """A menu of ours, each of whose values is the custom_id of a button."""

    @classmethod
    async def from_custom_id(cls, interaction: _Interaction, item: ui.Item[Any], match: re.Match[str], /) -> "Chosen":
        """The menu as it stands in the message."""
        return cls(item)  # type: ignore[arg-type]

    async def callback(self, interaction: _Interaction) -> None:
        """Hand what was chosen to the client."""
        client: Presser = interaction.client
        for value in self.item.values:
            await client.pressed(interaction, value)


def view(made: Sequence[Mapping[str, Any]]) -> ui.LayoutView:
    """discord.py's own form of stored components; it never times out, as nothing waits for a click."""
    whole = ui.LayoutView(timeout=None)
    for component in made:
        whole.add_item(_item(component))
    return whole


def _item(component: Mapping[str, Any]) -> ui.Item[Any]:
    match discord.ComponentType(component["type"]):
        case discord.ComponentType.container:
            inside = (_item(child) for child in component["components"])
            return ui.Container(*inside, accent_colour=component.get("accent_color"))
        case discord.ComponentType.separator:
            return ui.Separator(visible=component["divider"], spacing=SeparatorSpacing(component["spacing"]))
        case discord.ComponentType.action_row:
            return ui.ActionRow(*(_item(child) for child in component["components"]))
        case discord.ComponentType.button:
            return _button(component)
        case discord.ComponentType.string_select:
            return Chosen(_menu(component))
        case discord.ComponentType.media_gallery:
            items = [
                discord.MediaGalleryItem(one["media"]["url"], description=one.get("description")) for one in component["items"]
            ]
            return ui.MediaGallery(*items)
        case discord.ComponentType.file:
            return ui.File(component["file"]["url"])
        case _:
            return ui.TextDisplay(component["content"])


def _button(component: Mapping[str, Any]) -> ui.Item[Any]:
    style = discord.ButtonStyle(component["style"])
    if "url" in component:
        return ui.Button(style=style, label=component["label"], url=component["url"])
    return Pressed(ui.Button(style=style, label=component["label"], custom_id=component["custom_id"]))


def _menu(component: Mapping[str, Any]) -> ui.Select[Any]:
    options = [discord.SelectOption(label=one["label"], value=one["value"]) for one in component["options"]]
    return ui.Select(custom_id=component["custom_id"], placeholder=component["placeholder"], options=options)
