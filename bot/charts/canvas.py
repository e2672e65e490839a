"""A card to draw on, in logical pixels with y downwards; only this file and the fonts know the drawing library."""

import functools
import io
import re
from typing import Any

import matplotlib
from matplotlib.backends import backend_agg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, FancyBboxPatch, Patch, Rectangle
from matplotlib.transforms import Affine2D

from bot.charts.colours import Theme
from bot.charts.fonts import clean, font

WIDTH = 480  # logical pixels
SCALE = 2.25  # pixels to a logical one
_DPI = 72 * SCALE  # so that a point of a font is a logical pixel
_CORNER = 8.0
_WIDE = re.compile(r"[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_NEVER_FIRST = "、。，．）」』】〕！？：；ー・…%％"
_ELLIPSIS = "…"
_agg: Any = backend_agg  # it states no types


class Canvas:
    """A card in the colours of ``theme`` for texts in ``language``. What is put on it is drawn by ``png``."""

    def __init__(self, theme: Theme, language: str) -> None:
        self.theme, self._language = theme, language
        self._things: list[Patch | Line2D] = []
        self._texts: list[tuple[float, float, str, float, str, bool, str]] = []

    # ---- measuring ----

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """How wide ``text``, which is clean, will be."""
        return _width(text, self._language, size, bold)

    def lines(self, text: str, size: float, room: float, most: int = 1, *, bold: bool = False) -> list[str]:
        """``text`` in at most ``most`` lines no wider than ``room``; what does not fit ends in "…"."""
        rest = clean(text)
        found: list[str] = []
        while rest and len(found) < most:
            end = self._end(rest, size, room, bold)
            if end < len(rest) and len(found) == most - 1:
                return [*found, self._cut(rest, size, room, bold)]
            found.append(rest[:end].rstrip())
            rest = rest[end:].lstrip()
        return found

    def _longest(self, text: str, size: float, room: float, bold: bool) -> int:
        """How many characters of ``text`` fit into ``room``; at least one."""
        if self.width(text, size, bold=bold) <= room:
            return len(text)
        low, high = 1, len(text)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.width(text[:middle], size, bold=bold) <= room else (low, middle)
        return low

    def _end(self, text: str, size: float, room: float, bold: bool) -> int:
        """Where the line that begins ``text`` ends: at a space, or beside a character of a script that may break anywhere."""
        most = self._longest(text, size, room, bold)
        if most == len(text):
            return most
        for end in range(most, max(1, most // 2), -1):
            if text[end] == " " or text[end - 1] == " " or (self._breaks(text, end)):
                return end
        return most

    def _breaks(self, text: str, end: int) -> bool:
        before, after = text[end - 1], text[end]
        if after in _NEVER_FIRST or (_HANGUL.match(before) and _HANGUL.match(after)):
            return False
        return bool(_WIDE.match(before) or _WIDE.match(after))

    def _cut(self, text: str, size: float, room: float, bold: bool) -> str:
        kept = self._longest(text, size, room - self.width(_ELLIPSIS, size, bold=bold), bold)
        return text[:kept].rstrip() + _ELLIPSIS

    # ---- drawing ----

    def text(
        self, x: float, y: float, text: str, size: float, *, colour: str = "", bold: bool = False, align: str = "left"
    ) -> None:
        """``text``, which is clean, on the base line ``y``, to the right of ``x`` (or ``align``: center, right)."""
        self._texts.append((x, y, text, size, colour or self.theme.text, bold, align))

    def box(self, x: float, y: float, width: float, height: float, colour: str, *, edge: str = "") -> None:
        """A filled rectangle whose upper left corner is at ``x``, ``y``; ``edge``: the colour of its outline, inside it."""
        inset = 0.5 if edge and width > 1 else 0.0
        corner, size = (x + inset, y + inset), (width - 2 * inset, height - 2 * inset)
        self._things.append(Rectangle(corner, *size, facecolor=colour, edgecolor=edge or "none", linewidth=1.0 if edge else 0.0))

    def line(self, points: list[tuple[float, float]], colour: str, width: float = 1.0, *, dashed: bool = False) -> None:
        """A line through ``points``."""
        xs, ys = zip(*points, strict=True)
        style: tuple[float, tuple[float, ...]] | None = (0, (3, 3)) if dashed else None
        self._things.append(Line2D(xs, ys, color=colour, linewidth=width, linestyle=style, solid_capstyle="butt"))

    def dot(self, x: float, y: float, radius: float, colour: str, *, hollow: bool = False) -> None:
        """A disc, or a ring."""
        inside = self.theme.card if hollow else colour
        self._things.append(Circle((x, y), radius, facecolor=inside, edgecolor=colour, linewidth=1.6))

    def png(self, height: float) -> bytes:
        """The card at this height as a PNG; what is outside its round corners is transparent."""
        figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=_DPI, facecolor="none")
        canvas = _agg.FigureCanvasAgg(figure)
        down = Affine2D().scale(SCALE, -SCALE).translate(0, height * SCALE)
        card = FancyBboxPatch(
            (1, 1), WIDTH - 2, height - 2, boxstyle=f"round,pad=0,rounding_size={_CORNER}",
            facecolor=self.theme.card, edgecolor=self.theme.border, linewidth=1,
        )  # fmt: skip
        for order, thing in enumerate((card, *self._things)):
            thing.set_transform(down)
            thing.set_zorder(order)
            figure.add_artist(thing)
        for x, y, text, size, colour, bold, align in self._texts:
            label = figure.text(
                x, y, text, transform=down, color=colour, ha=align, va="baseline", parse_math=False,
                fontproperties=font(self._language, size, bold=bold), zorder=len(self._things) + 1,
            )  # fmt: skip
            label.set_usetex(False)
        file = io.BytesIO()
        canvas.print_png(file, metadata={"Software": None})
        return file.getvalue()


@functools.cache
def _ruler() -> Any:
    matplotlib.rcdefaults()  # a matplotlibrc that lies about must not change what is drawn
    return _agg.RendererAgg(1, 1, _DPI)


@functools.lru_cache(2048)
def _width(text: str, language: str, size: float, bold: bool) -> float:
    wide, _, _ = _ruler().get_text_width_height_descent(text, font(language, size, bold=bold), False)
    return float(wide) / SCALE
