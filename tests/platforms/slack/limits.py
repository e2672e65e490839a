"""Slack's limits on blocks, as its reference gives them and as apps found them out; in UTF-16 units, as Slack counts."""

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from slack_sdk.models.blocks import Block

MAX_BLOCKS = 50
MAX_TOTAL = 13_200
_TEXTS = {"section": 3000, "header": 150, "alert": 200}
_COUNTS = {"context": 10, "actions": 25, "context_actions": 5, "carousel": 10}
_ACTION_TEXTS = {"button": {"text": 75, "value": 2000, "url": 3000, "accessibility_label": 75}}
_STRINGS = {"block_id": 255, "action_id": 255, "image_url": 3000, "alt_text": 2000}
_RICH = {"rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted"}


def units(text: str) -> int:
    """The length that Slack sees."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@cache
def _validator(schema: Path) -> Draft7Validator:
    return Draft7Validator(json.loads(schema.read_text("utf-8")))


def structure(blocks: list[Any], schema: Path) -> list[str]:
    """What the schema made from Slack's own types says against ``blocks``."""
    return [f"{error.message[:200]} [{error.json_path}]" for error in _validator(schema).iter_errors(blocks)]


def library(blocks: list[Any]) -> list[str]:
    """What slack_sdk's own validation says."""
    found = []
    for at, block in enumerate(blocks):
        parsed = Block.parse(block)
        if parsed is None:
            found.append(f"unknown block [/blocks/{at}]")
            continue
        try:
            parsed.validate_json()
        except Exception as error:  # noqa: BLE001 whatever the library objects to is a finding
            found.append(f"{error} [/blocks/{at}]")
    return found


def total(node: Any) -> int:
    """All text and addresses below ``node``."""
    if isinstance(node, str):
        return 0
    if isinstance(node, list):
        return sum(map(total, node))
    if not isinstance(node, dict):
        return 0
    own = sum(units(value) for key, value in node.items() if key in ("text", "url") and isinstance(value, str))
    return own + sum(total(value) for value in node.values())


def lengths(blocks: list[Any]) -> list[str]:
    """Every length, count and emptiness that Slack would refuse in ``blocks``."""
    found = [f"no more than {MAX_BLOCKS} items allowed [/blocks]"] if len(blocks) > MAX_BLOCKS else []
    for at, block in enumerate(blocks):
        found += [f"{problem} [/blocks/{at}]" for problem in _block(block)]
    names = Counter(node[key] for node in _nodes(blocks) for key in ("block_id", "action_id") if key in node)
    return found + [f"{name!r} is used twice [/blocks]" for name, times in names.items() if times > 1]


def _block(block: dict[str, Any]) -> Iterator[str]:
    kind = block.get("type", "")
    limit = _TEXTS.get(kind, 3000)
    if kind in ("section", "header") and not block.get("text") and not block.get("fields"):
        yield f"{kind} without text"
    if kind == "header" and block["text"].get("type") != "plain_text":
        yield "a header must be plain_text"
    for text in _texts(block):
        yield from _text(text, limit)
    elements = block.get("elements", [])
    if kind in _COUNTS and not 1 <= len(elements) <= _COUNTS[kind]:
        yield f"{kind} has {len(elements)} elements"
    if len(block.get("fields", [])) > 10 or any(units(field["text"]) > 2000 for field in block.get("fields", [])):
        yield "too many or too long fields"
    if kind == "rich_text":
        yield from _rich(elements)
    for node in _nodes(block):
        yield from _strings(node, _STRINGS)
        yield from _strings(node, _ACTION_TEXTS.get(node.get("type", ""), {}))


def _texts(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from (node for node in _nodes(block) if node.get("type") in ("plain_text", "mrkdwn"))


def _text(text: dict[str, Any], limit: int) -> Iterator[str]:
    length = units(text["text"])
    if not text["text"].strip():
        yield "must be more than 0 characters"
    if length > limit:
        yield f"must be less than {limit + 1} characters"


def _rich(elements: list[dict[str, Any]]) -> Iterator[str]:
    if not elements:
        yield "rich_text without elements"
    for element in elements:
        if element.get("type") not in _RICH:
            yield f"unknown rich_text element {element.get('type')!r}"
    for node in _nodes(elements):
        if node.get("type") in _RICH and not node.get("elements"):
            yield f"empty {node['type']}"
        if node.get("type") in ("text", "link") and node.get("text") == "":
            yield "an empty text element"
        if node.get("type") == "link" and not node["url"].lower().startswith(("http://", "https://", "mailto:")):
            yield f"a link to {node['url'][:40]!r}"


def _strings(node: dict[str, Any], limits: dict[str, int]) -> Iterator[str]:
    for key, limit in limits.items():
        value = node.get(key)
        value = value.get("text") if isinstance(value, dict) else value
        if isinstance(value, str) and units(value) > limit:
            yield f"{key} must be less than {limit + 1} characters"


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _nodes(value)
    elif isinstance(node, list):
        for value in node:
            yield from _nodes(value)
