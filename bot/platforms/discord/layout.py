"""Packs blocks of finished lines into as few Components V2 messages as hold them, each within Discord's limits.

A block is what belongs together, such as one story with its buttons: it is torn only where it would not fit into a message of
its own.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import discord
from discord import SeparatorSpacing

from bot.platforms.discord.buttons import distinct
from bot.platforms.discord.text import length

MAX_TEXT = 4000
MAX_COMPONENTS = 40
MAX_LINE = 2000

CONTAINER = discord.ComponentType.container.value
SEPARATOR = discord.ComponentType.separator.value
TEXT = discord.ComponentType.text_display.value

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
    """Lines of inert markup, each at most MAX_LINE long, that stand together; without ``section`` they stand unframed.

    ``below``: components that follow the last line, such as rows of buttons; at most 20, nested ones counted.
    """

    lines: tuple[str, ...]
    section: Section | None = None
    below: tuple[Component, ...] = ()


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
            yield replace(block, lines=tuple(kept), below=())
            kept = []
        kept.append(line)
    if kept or block.below:
        yield replace(block, lines=tuple(kept))


def _fits(blocks: Sequence[Block], limit: int) -> bool:
    text, count = size(components(blocks, blocks[0].section))  # with the longer heading, as nobody knows yet where it will stand
    return text <= limit and count <= MAX_COMPONENTS - 1  # one is kept free for a closing note


def components(blocks: Sequence[Block], unfinished: Section | None) -> list[Component]:
    """The blocks as JSON components. ``unfinished``: the section with which the message before this one ended."""
    made: list[Component] = []
    for section, group in groupby(blocks, key=lambda block: block.section):
        if section is None:
            made += [part for block in group for part in _shown(block)]
        else:
            made.append(_framed(section, list(group), again=not made and section == unfinished))
    return made


def finished(blocks: Sequence[Block], unfinished: Section | None) -> list[Component]:
    """The components of a whole message, in which no two buttons are taken for one."""
    made = _copied(components(blocks, unfinished))
    distinct(made)
    return made


def _copied(made: Sequence[Component]) -> list[Component]:
    return [{**one, "components": _copied(one["components"])} if "components" in one else dict(one) for one in made]


def _shown(block: Block) -> list[Component]:
    return [*([text_display("\n".join(block.lines))] if block.lines else []), *block.below]


def _framed(section: Section, blocks: Sequence[Block], *, again: bool) -> Component:
    heading = section.again if again else section.heading
    inside = [text_display(heading)] if heading else []
    for index, block in enumerate(blocks):
        if section.ruled and index:
            inside.append({"type": SEPARATOR, "divider": True, "spacing": SeparatorSpacing.small.value})
        goes_on = not section.ruled and index and not blocks[index - 1].below
        if goes_on and block.lines:
            lines = "\n".join(block.lines)
            inside[-1] = text_display(f"{inside[-1]['content']}\n{lines}")
            inside += block.below
        else:
            inside += _shown(block)
    return {"type": CONTAINER, "components": inside, "accent_color": section.colour, "spoiler": False}


def text_display(content: str) -> Component:
    """A text as JSON."""
    return {"type": TEXT, "content": content}


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
        if component["type"] == TEXT:
            yield component["content"]
        yield from texts(component.get("components", ()))
