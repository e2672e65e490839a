"""Tables: Slack's own where it can hold one, letters of one width where it cannot (a view, an old client, too many columns)."""

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from bot.model import Table
from bot.platforms.slack.blocks import Json, preformatted, text_of
from bot.platforms.slack.text import clean, units

_MAX_ROWS = 99  # below the one of headings
_MAX_COLUMNS = 20
_MAX_ROW = 2500
_MAX_WEIGHT = 6000
_WIDEST = 40  # a column that is wider is not padded
_NOTHING = "–"  # Slack takes no empty cell
_WIDE = frozenset("WF")

Rows = Sequence[Sequence[str]]


def table_blocks(table: Table) -> list[Json]:
    """``table`` as Slack's own tables, each at most as long as a message may hold; as lines where that cannot be."""
    width = len(table.columns)
    rows = [[clean(cell).replace("\n", " ") or _NOTHING for cell in row] for row in table.rows]
    heading = [clean(column).replace("\n", " ") or _NOTHING for column in table.columns]
    whole = [heading, *rows]
    if not 1 <= width <= _MAX_COLUMNS or any(len(row) != width or sum(map(units, row)) > _MAX_ROW for row in whole):
        return lines(whole, table.numeric)
    settings = [{"align": "right"} if at in table.numeric else {"is_wrapped": True} for at in range(width)]
    return [
        {"type": "table", "rows": [_headings(heading), *map(_cells, part)], "column_settings": settings} for part in _parts(rows)
    ]


def lines(rows: Rows, numeric: frozenset[int] = frozenset()) -> list[Json]:
    """Rows in letters of one width, the first above a rule."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)] if len({len(row) for row in rows}) == 1 else []
    shown = [_line(row, widths, numeric) for row in rows]
    if widths and len(shown) > 1:
        shown.insert(1, "─" * min(sum(min(each, _WIDEST) + 2 for each in widths), 80))
    return preformatted(shown)


def without_tables(blocks: Sequence[Json]) -> list[Json]:
    """``blocks`` for a place where Slack takes no tables."""
    made: list[Json] = []
    for block in blocks:
        made += (
            lines([[_text(cell) for cell in row] for row in block["rows"]], _numeric(block))
            if block["type"] == "table"
            else [block]
        )
    return made


def _headings(cells: Sequence[str]) -> list[Json]:
    section = [{"type": "rich_text_section", "elements": text_of(cell, bold=True)} for cell in cells]
    return [{"type": "rich_text", "elements": [each]} for each in section]


def _cells(row: Sequence[str]) -> list[Json]:
    return [{"type": "raw_text", "text": cell} for cell in row]


def _parts(rows: Rows) -> Iterator[Rows]:
    """Rows in parts that a table may hold; one without rows is a table of headings."""
    part: list[Sequence[str]] = []
    weight = 0
    for row in rows:
        own = sum(map(units, row))
        if part and (len(part) == _MAX_ROWS or weight + own > _MAX_WEIGHT):
            yield part
            part, weight = [], 0
        part.append(row)
        weight += own
    yield part


def _width(cell: str) -> int:
    """Columns on a screen: Korean and Japanese letters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in _WIDE else 1 for letter in cell if not unicodedata.combining(letter))


def _line(row: Sequence[str], widths: Sequence[int], numeric: frozenset[int]) -> str:
    if not widths:
        return " | ".join(row)
    padded = []
    for at, cell in enumerate(row):
        space = " " * max(0, min(widths[at], _WIDEST) - _width(cell))
        padded.append(space + cell if at in numeric else cell + space)
    return "  ".join(padded).rstrip()


def _numeric(block: Json) -> frozenset[int]:
    return frozenset(at for at, setting in enumerate(block.get("column_settings", ())) if setting.get("align") == "right")


def _text(cell: Any) -> str:
    if isinstance(cell, dict):
        text = cell.get("text")
        return text if isinstance(text, str) else "".join(map(_text, cell.get("elements", ())))
    return ""
