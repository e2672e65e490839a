"""The web addresses in a message, as its author linked them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.platforms.slack.text import said

_LINK = re.compile(r"<(https?://[^<>|\s]{1,2000})(?:\|[^<>]*)?>")
_MOST_NODES = 2_000


def links_of(message: Mapping[str, Any]) -> list[str]:
    """Each address once, in the order of the text; then those of its blocks."""
    written = [said(f"<{url}>") for url in _LINK.findall(str(message.get("text") or ""))]
    return list(dict.fromkeys([*written, *_in_blocks(message.get("blocks"))]))


def _in_blocks(blocks: Any) -> Iterator[str]:
    """The links of rich text, whose depth and number others decide."""
    waiting, seen = [blocks], 0
    while waiting and seen < _MOST_NODES:
        node = waiting.pop(0)
        seen += 1
        if isinstance(node, list):
            waiting += node[:_MOST_NODES]
        elif isinstance(node, Mapping):
            url = node.get("url")
            if node.get("type") == "link" and isinstance(url, str) and url.startswith(("http://", "https://")):
                yield url[:2000]
            waiting += [node.get("elements")]
