"""Pictures of charts, and the same in words. The drawing library is loaded when the first picture is drawn, not before.

A picture is a pure function of its chart: the same data makes the same bytes.
"""

from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from bot.charts.words import alt
from bot.model import Chart

__all__ = ["KEPT", "alt", "png"]

KEPT = 64  # pictures, some 50 KB each

_pictures: OrderedDict[tuple[Chart, bool], bytes] = OrderedDict()
_lock = Lock()
# One thread draws: the library is not safe with several, and keeps its open fonts thread by thread.
_draughtsman = ThreadPoolExecutor(1, thread_name_prefix="charts")


def png(chart: Chart, *, dark: bool = False) -> bytes:
    """``chart`` as a picture of about 1,080 pixels' width for a light or a dark surrounding. Blocks: not for the event loop."""
    key = (chart, dark)
    with _lock:
        if key in _pictures:
            _pictures.move_to_end(key)
            return _pictures[key]
    drawn = _draughtsman.submit(_draw, chart, dark).result()
    with _lock:
        _pictures[key] = drawn
        while len(_pictures) > KEPT:
            _pictures.popitem(last=False)
    return drawn


def _draw(chart: Chart, dark: bool) -> bytes:
    from bot.charts.drawing import draw

    return draw(chart, dark=dark)
