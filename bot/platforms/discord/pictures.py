"""Charts of posted messages: drawn when the message is sent, attached to the same request, shown by its galleries.

A frozen message names its charts by the files that its galleries show. A picture that cannot be had, or that Discord does not
take, is left out and the log says so.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import discord

from bot.charts import alt
from bot.charts.pictures import drawn, file_name
from bot.model import Chart, File, Message
from bot.platforms.discord.layout import Block, Component
from bot.platforms.discord.text import clean
from bot.store.codec import dump, load

GALLERY = discord.ComponentType.media_gallery.value
_ALT = 1024
_SCHEME = "attachment://"
_TOO_LARGE, _NO_PERMISSION, _INVALID = 40005, 50013, 50035


@dataclass(frozen=True, slots=True)
class Shown:
    """A message's components and the files that they show."""

    components: Sequence[Component]
    files: tuple[File, ...] = ()


def chart_blocks(charts: Iterable[Chart], names: Mapping[str, str]) -> Iterator[Block]:
    """A gallery for each chart whose picture has a name among ``names``, by which it is attached."""
    for chart in charts:
        if name := names.get(file_name(chart)):
            yield Block((), below=(gallery(name, alt(chart)),))


def gallery(name: str, words: str) -> Component:
    """One attached picture with its alternative text."""
    item: dict[str, Any] = {"media": {"url": f"{_SCHEME}{name}"}, "spoiler": False}
    if said := clean(words)[:_ALT]:
        item["description"] = said
    return {"type": GALLERY, "items": [item]}


def frozen(components: Iterable[Component], charts: Iterable[Chart]) -> dict[str, Any]:
    """The data of the charts that ``components`` show, by file name."""
    named = {file_name(chart): chart for chart in charts}
    return {name: dump(named[name]) for component in components if (name := attached_name(component)) in named}


def attached_name(component: Component) -> str:
    """The name of the attachment that a gallery or file component shows; "" for anything else."""
    media = [item["media"] for item in component.get("items", ())] + [component.get("file", {})]
    return next((str(one["url"]).removeprefix(_SCHEME) for one in media if one), "")


async def shown(message: Message) -> list[Shown]:
    """The ways to show ``message``, the best first: with its pictures, and without them."""
    charts: Mapping[str, Any] = message.payload.get("charts") or {}
    components: Sequence[Component] = message.payload["components"]
    if not charts:
        return [Shown(components)]
    files = await drawn([load(Chart, data) for data in charts.values()], dark=True)
    plain = Shown(_without(components, charts))
    if not files:
        return [plain]
    missing = set(charts) - {file.name for file in files}
    return [Shown(_without(components, missing), files), plain]


def refuses_pictures(error: discord.HTTPException) -> bool:
    """Whether a message may be refused for what is attached to it: too large, not allowed there, or not understood."""
    return error.status == 413 or error.code in (_TOO_LARGE, _NO_PERMISSION, _INVALID)


def _without(components: Iterable[Component], names: Collection[str]) -> list[Component]:
    return [one for one in components if not (one["type"] == GALLERY and attached_name(one) in names)]
