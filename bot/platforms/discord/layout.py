"""Packs blocks of finished lines into as few Components V2 messages as hold them, each within Discord's limits.

A block is what belongs together, such as one story: it is torn only where it would not fit into a message of its own.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import discord
from discord import SeparatorSpacing, ui

from bot.platforms.discord.text import length

MAX_TEXT = 4000
MAX_COMPONENTS = 40
MAX_LINE = 2000

_CONTAINER = discord.ComponentType.container.value
_SEPARATOR = discord.ComponentType.separator.value
_TEXT = discord.ComponentType.text_display.value

Component = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Section:
    """A framed part of a message: its ``heading`` is shown anew, as ``again``, where it goes on in the next message."""

    heading: str = ""
    again: str = ""
    colour: int | None = None
    ruled: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of inert markup, each at most MAX_LINE long, that stand together; without ``section`` they stand unframed."""

    lines: tuple[str, ...]
    section: Section | None = None


def pack(blocks: Iterable[Block], reserve: int = 0) -> list[list[Block]]:
    """The blocks, in order, shared out among messages; ``reserve`` characters of each stay free."""
    messages: list[list[Block]] = []
    for block in blocks:
        for part in _torn(block, MAX_TEXT - reserve):
            if messages and _fits([*messages[-1], part], MAX_TEXT - reserve):
                messages[-1].append(part)
            else:
                messages.append([part])
    return messages


def _torn(block: Block, limit: int) -> Iterator[Block]:
    kept: list[str] = []
    for line in block.lines:
        if kept and not _fits([replace(block, lines=(*kept, line))], limit):
            yield replace(block, lines=tuple(kept))
            kept = []
        kept.append(line)
    if kept:
        yield replace(block, lines=tuple(kept))


def _fits(blocks: Sequence[Block], limit: int) -> bool:
    text, count = size(components(blocks, blocks[0].section))  # with the longer heading, as nobody knows yet where it will stand
    return text <= limit and count <= MAX_COMPONENTS - 1  # one is kept free for a closing note


def components(blocks: Sequence[Block], unfinished: Section | None) -> list[Component]:
    """The blocks as JSON components. ``unfinished``: the section with which the message before this one ended."""
    made: list[Component] = []
    for section, group in groupby(blocks, key=lambda block: block.section):
        texts = ["\n".join(block.lines) for block in group]
        if section is None:
            made += [_text(text) for text in texts]
        else:
            made.append(_framed(section, texts, again=not made and section == unfinished))
    return made


def _framed(section: Section, texts: Sequence[str], *, again: bool) -> Component:
    heading = section.again if again else section.heading
    inside = [_text(heading)] if heading else []
    for index, text in enumerate(texts if section.ruled else ["\n".join(texts)]):
        if index:
            inside.append({"type": _SEPARATOR, "divider": True, "spacing": SeparatorSpacing.small.value})
        inside.append(_text(text))
    return {"type": _CONTAINER, "components": inside, "accent_color": section.colour, "spoiler": False}


def _text(content: str) -> Component:
    return {"type": _TEXT, "content": content}


def size(made: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
    """Characters in all texts, and number of components including nested ones, as Discord's totals count them."""
    text = count = 0
    for component in made:
        inner_text, inner_count = size(component.get("components", ()))
        text += inner_text + length(component.get("content", ""))
        count += inner_count + 1
    return text, count


def texts(made: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """All texts of a message in reading order."""
    for component in made:
        if component["type"] == _TEXT:
            yield component["content"]
        yield from texts(component.get("components", ()))


def view(made: Sequence[Mapping[str, Any]]) -> ui.LayoutView:
    """discord.py's own form of stored components; it never times out, as nothing in it waits for a click."""
    whole = ui.LayoutView(timeout=None)
    for component in made:
        whole.add_item(_item(component))
    return whole


def _item(component: Mapping[str, Any]) -> ui.Item[Any]:
    match component["type"]:
        case discord.ComponentType.container.value:
            inside = (_item(child) for child in component["components"])
            return ui.Container(*inside, accent_colour=component.get("accent_color"))
        case discord.ComponentType.separator.value:
            return ui.Separator(visible=component["divider"], spacing=SeparatorSpacing(component["spacing"]))
        case _:
            return ui.TextDisplay(component["content"])
