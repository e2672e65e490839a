"""Block Kit drawn as HTML in Slack's look: the blocks that our renderer makes, and an error for any other."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

STYLE = """
body { margin: 0; background: #fff; color: #1d1c1d; font: 15px/1.466 Lato, "Noto Sans CJK KR", "Noto Sans CJK JP", sans-serif; }
.message { display: flex; gap: 8px; padding: 16px 20px; }
.avatar { flex: 0 0 36px; height: 36px; border-radius: 4px; background: #1f4e79; color: #fff; font-weight: 900; text-align: center;
  line-height: 36px; }
.body { flex: 1; min-width: 0; }
.name { font-weight: 900; } .app { background: #ddd; border-radius: 2px; font-size: 10px; font-weight: 700; padding: 1px 3px; color: #616061; }
.time { color: #616061; font-size: 12px; }
h2 { font-size: 18px; font-weight: 900; margin: 10px 0 6px; }
.rich, .context, .actions { margin: 5px 0; } .rich p { margin: 0; } ul { margin: 0; padding-left: 26px; }
blockquote { margin: 4px 0; padding-left: 12px; border-left: 4px solid #ddd; }
.context { color: #616061; font-size: 13px; } a { color: #1264a3; text-decoration: none; }
code { color: #c01343; background: #f6f6f6; border: 1px solid #ddd; border-radius: 3px; padding: 1px 3px; font-size: 12px; }
button { border: 1px solid #bbb; background: #fff; border-radius: 8px; font: 700 13px/1 inherit; padding: 7px 12px; margin-right: 8px;
  color: #1d1c1d; font-family: inherit; }
hr { border: 0; border-top: 1px solid #ddd; }
img { max-width: 100%; border-radius: 8px; }
"""


def page(payload: Mapping[str, Any]) -> str:
    """A whole page with one message."""
    head = '<span class="name">AI briefings</span> <span class="app">APP</span> <span class="time">7:30</span>'
    blocks = "".join(_block(block) for block in payload["blocks"])
    return (
        f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style>'
        f'<div class="message"><div class="avatar">AI</div><div class="body">{head}{blocks}</div></div>'
    )


def _block(block: Mapping[str, Any]) -> str:
    match block["type"]:
        case "header":
            return f"<h2>{escape(block['text']['text'])}</h2>"
        case "rich_text":
            return f'<div class="rich">{"".join(map(_part, block["elements"]))}</div>'
        case "context":
            return f'<div class="context">{" ".join(escape(one["text"]) for one in block["elements"])}</div>'
        case "actions":
            return f'<div class="actions">{"".join(map(_button, block["elements"]))}</div>'
        case "divider":
            return "<hr>"
    raise ValueError(f"no look for a block of type {block['type']}")


def _part(part: Mapping[str, Any]) -> str:
    match part["type"]:
        case "rich_text_section":
            return f"<p>{_inline(part['elements'])}</p>"
        case "rich_text_quote":
            return f"<blockquote>{_inline(part['elements'])}</blockquote>"
        case "rich_text_list":
            points = "".join(f"<li>{_inline(one['elements'])}</li>" for one in part["elements"])
            return f"<ul>{points}</ul>"
    raise ValueError(f"no look for {part['type']}")


def _inline(elements: Sequence[Mapping[str, Any]]) -> str:
    return "".join(map(_span, elements))


def _span(one: Mapping[str, Any]) -> str:
    if one["type"] == "emoji":
        return f":{escape(one['name'])}:"
    text = escape(one["text"]).replace("\n", "<br>")
    if one["type"] == "link":
        text = f'<a href="#">{text}</a>'
    for name, tag in (("bold", "strong"), ("italic", "em"), ("code", "code")):
        if one.get("style", {}).get(name):
            text = f"<{tag}>{text}</{tag}>"
    return text


def _button(button: Mapping[str, Any]) -> str:
    return f"<button>{escape(button['text']['text'])}</button>"
