"""Charts as picture files for the chats. A chart that cannot be drawn is left out: a picture never costs a message."""

from collections.abc import Iterable
from dataclasses import replace

from bot import log
from bot.charts import alt, painted
from bot.model import Chart, File, Reply


def file_name(chart: Chart) -> str:
    """What the picture of ``chart`` is called."""
    return f"{chart.name}.png"


async def drawn(charts: Iterable[Chart], *, dark: bool = False) -> tuple[File, ...]:
    """The pictures of ``charts`` with their alternative texts, drawn off the event loop."""
    made = [await _file(chart, dark) for chart in charts]
    return tuple(file for file in made if file)


async def illustrated(reply: Reply, *, dark: bool = False) -> Reply:
    """``reply`` with the pictures of its charts, and of its edition's, in front of its files."""
    charts = (*reply.charts, *(reply.edition.charts if reply.edition else ()))
    return replace(reply, files=(*await drawn(charts, dark=dark), *reply.files)) if charts else reply


async def _file(chart: Chart, dark: bool) -> File | None:
    try:
        return File(file_name(chart), await painted(chart, dark=dark), alt(chart))
    except Exception as error:  # noqa: BLE001 - whatever the drawing library stumbles over, the words are worth sending
        log.bug("chart.failed", error, chart=chart.name, language=chart.language)
        return None
