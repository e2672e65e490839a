"""Tables for Discord, which has none: monospaced columns where they fit a screen, else one paragraph a row."""

import unicodedata
from collections.abc import Iterator, Sequence

from bot.model import Table
from bot.platforms.discord.layout import MAX_LINE, Block
from bot.platforms.discord.text import clean, length, lines, pieces

WIDTH = 58  # columns that a desktop shows without wrapping
_GAP = "  "
_FENCE = "```"
_ROOM = MAX_LINE - 100
_PIECE = 1500
_LABEL = 200
_BULLET = "• "


def table_blocks(table: Table) -> Iterator[Block]:
    """The table with all its cells, in blocks that can stand in any message, then its notes."""
    cells = [[_cell(cell) for cell in _filled(row, len(table.columns))] for row in (table.columns, *table.rows)]
    widths = [max(_width(row[at]) for row in cells) for at in range(len(table.columns))]
    if not table.columns:
        return
    if sum(widths) + len(_GAP) * (len(widths) - 1) <= WIDTH:
        yield from _columns(cells, widths, table.numeric)
    else:
        yield from _paragraphs(table)
    for note in table.notes:
        made = lines(pieces(note, _PIECE), MAX_LINE, "-# ")
        if made:
            yield Block(tuple(made))


def _columns(cells: Sequence[Sequence[str]], widths: Sequence[int], numeric: frozenset[int]) -> Iterator[Block]:
    """Code blocks, each with the heading."""
    drawn = [_GAP.join(_padded(cell, widths[at], at in numeric) for at, cell in enumerate(row)).rstrip() for row in cells]
    heading = [drawn[0], _GAP.join("─" * width for width in widths)]
    kept: list[str] = []
    for line in drawn[1:]:
        if kept and length("\n".join([*heading, *kept, line])) > _ROOM:
            yield _fenced([*heading, *kept])
            kept = []
        kept.append(line)
    yield _fenced([*heading, *kept])


def _fenced(made: Sequence[str]) -> Block:
    return Block(("\n".join([_FENCE, *made, _FENCE]),))


def _paragraphs(table: Table) -> Iterator[Block]:
    """Each row as its first cell and what the other columns say of it."""
    for row in table.rows:
        head, *others = _filled(row, len(table.columns))
        tokens = [f"**{piece}**" for piece in pieces(head, _PIECE)]
        for name, value in zip(table.columns[1:], others, strict=True):
            tokens += _named(name, value, first=not tokens)
        made = lines(tokens, MAX_LINE - len(_BULLET), _BULLET)
        if made:
            yield Block(tuple(made))


def _named(name: str, value: str, *, first: bool) -> Iterator[str]:
    for index, piece in enumerate(pieces(value, _PIECE)):
        label = next(pieces(name, _LABEL), "")
        joint = "" if first else "· "
        yield piece if index else f"{joint}{label}: {piece}"


def _filled(row: Sequence[str], columns: int) -> list[str]:
    return [*row[:columns], *[""] * (columns - len(row))]


def _cell(text: str) -> str:
    """Text that cannot end the code block that it stands in."""
    return clean(text).replace("`", "ˋ")


def _padded(cell: str, width: int, right: bool) -> str:
    space = " " * (width - _width(cell))
    return space + cell if right else cell + space


def _width(text: str) -> int:
    """Columns of a monospaced font that ``text`` takes: two for each wide letter of Korean and Japanese."""
    return sum(_columns_of(char) for char in text)


def _columns_of(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
