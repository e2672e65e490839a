"""Discord's components drawn as HTML in Discord's look: those that our renderer makes, and an error for any other."""

import re
from collections.abc import Mapping
from html import escape
from typing import Any

STYLE = """
body { margin: 0; background: #313338; color: #dbdee1; font: 16px/1.375 "gg sans", "Noto Sans CJK JP", "Noto Sans CJK KR", sans-serif; }
.message { display: flex; gap: 16px; padding: 16px; }
.avatar { flex: 0 0 40px; height: 40px; border-radius: 50%; background: #3f6fb5; color: #fff; font-weight: 700; text-align: center;
  line-height: 40px; }
.body { flex: 1; min-width: 0; }
.name { color: #f2f3f5; font-weight: 600; } .app { background: #5865f2; color: #fff; border-radius: 3px; font-size: 10px;
  font-weight: 600; padding: 1px 5px; vertical-align: 2px; }
.time { color: #949ba4; font-size: 12px; }
.box { background: #2b2d31; border: 1px solid #3f4147; border-left: 4px solid #3f4147; border-radius: 8px; padding: 12px 16px;
  margin: 8px 0; max-width: 600px; }
h2 { font-size: 20px; margin: 6px 0; color: #f2f3f5; } h3 { font-size: 17px; margin: 2px 0 6px; color: #f2f3f5; }
p { margin: 2px 0; } .small { color: #949ba4; font-size: 13px; } strong { color: #f2f3f5; }
blockquote { margin: 2px 0; padding-left: 12px; border-left: 4px solid #4e5058; } a { color: #00a8fc; text-decoration: none; }
code { background: #1e1f22; border-radius: 4px; padding: 1px 4px; font-size: 13px; }
.row { margin: 8px 0 4px; } button { background: #4e5058; color: #fff; border: 0; border-radius: 4px; padding: 8px 14px; margin-right: 8px;
  font: 500 14px/1 "Noto Sans CJK JP", sans-serif; }
hr { border: 0; border-top: 1px solid #3f4147; margin: 10px 0; }
"""
_MARKS = (
    (r"\[(\[?[^\[\]]+\]?)\]\(&lt;[^&]*&gt;\)", r'<a href="#">\1</a>'),
    (r"\*\*(.+?)\*\*", r"<strong>\1</strong>"),
    (r"`([^`]+)`", r"<code>\1</code>"),
    (r"\\(.)", r"\1"),
)
_LINES = (("### ", "h3", ""), ("## ", "h2", ""), ("-# ", "p", "small"), ("&gt; ", "blockquote", ""), ("- ", "p", ""))


def page(payload: Mapping[str, Any]) -> str:
    """A whole page with one message."""
    head = '<span class="name">AI briefings</span> <span class="app">APP</span> <span class="time">7:30</span>'
    parts = "".join(_component(one) for one in payload["components"])
    return (
        f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style>'
        f'<div class="message"><div class="avatar">AI</div><div class="body">{head}{parts}</div></div>'
    )


def _component(one: Mapping[str, Any]) -> str:
    match one["type"]:
        case 10:
            return "".join(_line(line) for line in escape(one["content"], quote=False).split("\n"))
        case 17:
            colour = f"border-left-color:#{one['accent_color']:06x}" if one.get("accent_color") else ""
            return f'<div class="box" style="{colour}">{"".join(map(_component, one["components"]))}</div>'
        case 1:
            return f'<div class="row">{"".join(map(_component, one["components"]))}</div>'
        case 2:
            return f"<button>{escape(one['label'])}</button>"
        case 14:
            return "<hr>"
    raise ValueError(f"no look for a component of type {one['type']}")


def _line(line: str) -> str:
    tag, kind, bullet = "p", "", ""
    for mark, wanted, named in _LINES:
        if line.startswith(mark):
            line, tag, kind, bullet = line.removeprefix(mark), wanted, named, "• " if mark == "- " else ""
            break
    for pattern, drawn in _MARKS:
        line = re.sub(pattern, drawn, line)
    return f'<{tag} class="{kind}">{bullet}{line}</{tag}>'
