"""The fonts of charts: files that come with packages, so that every machine has them; each glyph from the first that has it.

Text from the network is cleaned here: what no font can draw never reaches the drawing library.
"""

import functools
import re
import unicodedata
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from matplotlib import font_manager
from matplotlib.font_manager import FontProperties

LONGEST = 300  # characters of one text
_REGULAR, _BOLD = 400, 700
MISSING = "□"  # in place of a letter that no font has
_MARKS_PER_LETTER = 2
_KOREAN, _JAPANESE, _OTHER = "NanumGothic", "IPAexGothic", "DejaVu Sans"
# Found without importing the packages, for that would set up a window system.
_FILES = {
    "koreanize_matplotlib": ("fonts/NanumGothic.ttf", "fonts/NanumGothicBold.ttf"),
    "matplotlib_fontja": ("fonts/ipaexg.ttf",),
}
_FAMILIES = {"ko": (_KOREAN, _JAPANESE, _OTHER), "ja": (_JAPANESE, _KOREAN, _OTHER), "en": (_OTHER, _KOREAN, _JAPANESE)}
_SPACES = re.compile(r"\s+")


@functools.cache
def font(language: str, size: float, *, bold: bool = False) -> FontProperties:
    """The fonts for text of ``language``, its own first. ``size`` in points."""
    _register()
    return FontProperties(family=list(_FAMILIES.get(language, _FAMILIES["en"])), size=size, weight=_BOLD if bold else _REGULAR)


@functools.cache
def _register() -> None:
    for package, names in _FILES.items():
        spec = find_spec(package)
        if spec is None or spec.origin is None:
            raise RuntimeError(f"the package {package}, whose fonts charts are drawn with, is not installed")
        for name in names:
            font_manager.fontManager.addfont(Path(spec.origin).parent / name)
    _as_bold("NanumGothicBold.ttf", "ipaexg.ttf")


def _as_bold(*files: str) -> None:
    """Have these files stand for bold letters, also the one that has no bolder ones: else each look-up of it is a warning."""
    known = font_manager.fontManager.ttflist
    known += [replace(entry, weight=_BOLD) for entry in known if Path(entry.fname).name in files and entry.weight != _BOLD]


@functools.cache
def _paths() -> tuple[str, ...]:
    _register()
    return tuple(str(font_manager.findfont(FontProperties(family=family))) for family in (_KOREAN, _JAPANESE, _OTHER))


@functools.lru_cache(4096)
def _shown(character: str) -> str:
    """``character``, or what stands in its place: nothing for signs that have no shape, pictures and the like."""
    category = unicodedata.category(character)
    if category[0] in "C" or character in "\ufe0e\ufe0f":
        return ""
    if any(font_manager.get_font(path).get_char_index(ord(character)) for path in _paths()):
        return character
    return MISSING if category[0] in "LN" else ""


def clean(text: str) -> str:
    """``text`` on one line, of characters that can be drawn, at most LONGEST of them."""
    kept: list[str] = []
    marks = 0
    for character in _SPACES.sub(" ", unicodedata.normalize("NFC", text[: 2 * LONGEST])):
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= _MARKS_PER_LETTER:
            kept.append(_shown(character))
    line = _SPACES.sub(" ", "".join(kept)).strip()
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip() + "…"
