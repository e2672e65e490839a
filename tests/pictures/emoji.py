"""The few emoji of our messages as drawings: a machine without an emoji font shows boxes."""

_THUMB = (
    '<svg viewBox="0 0 20 20" width="15" height="15" style="vertical-align:-2px;{turn}"><path fill="#f5b83d" d="M2 9h3v8H2z'
    'M6 9l4-7c1.5 0 2.3 1.2 2 2.6L11.4 8H17c1 0 1.7 1 1.4 2l-1.6 5.6c-.2.8-.9 1.4-1.8 1.4H6z"/></svg>'
)
_DRAWN = {"👍": _THUMB.format(turn=""), "👎": _THUMB.format(turn="transform:rotate(180deg)")}


def drawn(html: str) -> str:
    """The page with its emoji drawn."""
    for emoji, drawing in _DRAWN.items():
        html = html.replace(emoji, drawing)
    return html
