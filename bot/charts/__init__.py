"""Pictures of charts, and the same in words. The drawing library is loaded when the first picture is drawn, not before.

A picture is a pure function of its chart: the same data makes the same bytes. However many want one at once, it is drawn once.
"""

import asyncio
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock

from bot.charts.words import alt
from bot.model import Chart

__all__ = ["KEPT", "alt", "painted", "png"]

KEPT = 64  # pictures, some 50 KB each

_pictures: OrderedDict[tuple[Chart, bool], Future[bytes]] = OrderedDict()
_lock = Lock()
# One thread draws: the library is not safe with several, and keeps its open fonts thread by thread.
_draughtsman = ThreadPoolExecutor(1, thread_name_prefix="charts")


def png(chart: Chart, *, dark: bool = False) -> bytes:
    """``chart`` as a picture of about 1,080 pixels' width for a light or a dark surrounding. Blocks: not for the event loop."""
    return _begun(chart, dark).result()


async def painted(chart: Chart, *, dark: bool = False) -> bytes:
    """As ``png``, for the event loop."""
    # Who waits may go away; others wait for the same picture.
    return await asyncio.shield(asyncio.wrap_future(_begun(chart, dark)))


def _begun(chart: Chart, dark: bool) -> Future[bytes]:
    key = (chart, dark)
    with _lock:
        known = _pictures.get(key)
        if known is None or (known.done() and known.exception()):
            known = _pictures[key] = _draughtsman.submit(_draw, chart, dark)
        _pictures.move_to_end(key)
        while len(_pictures) > KEPT:
            _pictures.popitem(last=False)
    return known


def _draw(chart: Chart, dark: bool) -> bytes:
    from bot.charts.drawing import draw

    return draw(chart, dark=dark)
