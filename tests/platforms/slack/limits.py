"""Slack's limits on blocks, views and messages; in UTF-16 units, as Slack counts.

The numbers are those of slackblocks, which nobody here wrote; what it does not know is Slack's reference and what apps found out.
"""

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator, ValidationError, validators
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View
from slackblocks import _limits as known

MAX_BLOCKS = known.MESSAGE_BLOCKS_MAX_ITEMS
MAX_TOTAL = 13_200
MAX_TABLES = 1
_TEXTS = {
    "section": known.SECTION_TEXT_MAX_LENGTH,
    "header": known.HEADER_TEXT_MAX_LENGTH,
    "alert": known.ALERT_TEXT_MAX_LENGTH,
}
_COUNTS = {
    "context": known.CONTEXT_ELEMENTS_MAX_ITEMS,
    "actions": known.ACTIONS_ELEMENTS_MAX_ITEMS,
    "context_actions": known.CONTEXT_ACTIONS_ELEMENTS_MAX_ITEMS,
    "carousel": known.CAROUSEL_ELEMENTS_MAX_ITEMS,
}
_BUTTON = {
    "text": known.BUTTON_TEXT_MAX_LENGTH,
    "value": known.BUTTON_VALUE_MAX_LENGTH,
    "url": known.BUTTON_URL_MAX_LENGTH,
    "accessibility_label": known.BUTTON_ACCESSIBILITY_LABEL_MAX_LENGTH,
}
_ELEMENTS = {
    "button": _BUTTON,
    "input": {"label": known.INPUT_LABEL_MAX_LENGTH, "hint": known.INPUT_HINT_MAX_LENGTH},
    "plain_text_input": {
        "initial_value": known.PLAIN_TEXT_INPUT_MAX_LENGTH_MAX,
        "placeholder": known.SELECT_PLACEHOLDER_MAX_LENGTH,
    },
}
_FEEDBACK = {key: _BUTTON[key] for key in ("text", "value", "accessibility_label")}
_OPTION = {"text": known.OPTION_TEXT_MAX_LENGTH, "value": known.OPTION_VALUE_MAX_LENGTH}
_STRINGS = {
    "block_id": known.BLOCK_ID_MAX_LENGTH,
    "action_id": known.ACTION_ID_MAX_LENGTH,
    "image_url": known.IMAGE_IMAGE_URL_MAX_LENGTH,
    "alt_text": known.IMAGE_ALT_TEXT_MAX_LENGTH,
}
_SELECTS = {
    "static_select": known.SELECT_OPTIONS_MAX_ITEMS,
    "multi_static_select": known.SELECT_OPTIONS_MAX_ITEMS,
    "checkboxes": known.CHECKBOXES_OPTIONS_MAX_ITEMS,
    "radio_buttons": known.RADIO_BUTTONS_OPTIONS_MAX_ITEMS,
}
_VIEW = {"title": known.VIEW_TITLE_MAX_LENGTH, "submit": known.VIEW_SUBMIT_MAX_LENGTH, "close": known.VIEW_CLOSE_MAX_LENGTH} | {
    "private_metadata": known.VIEW_PRIVATE_METADATA_MAX_LENGTH,
    "callback_id": known.VIEW_CALLBACK_ID_MAX_LENGTH,
    "external_id": known.VIEW_EXTERNAL_ID_MAX_LENGTH,
}
_RICH = {"rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted"}
_IN_MODALS_ONLY = {"input"}


def units(text: str) -> int:
    """The length that Slack sees."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _by_type(definitions: dict[str, Any]) -> Any:
    """The keyword anyOf for unions of objects that name their type: trying every one of them takes a second a message."""

    def kinds(option: dict[str, Any]) -> set[Any]:
        found = definitions[option["$ref"].rpartition("/")[2]] if "$ref" in option else option
        if "anyOf" in found:
            return set().union(*map(kinds, found["anyOf"]))
        return {found.get("properties", {}).get("type", {}).get("const")}

    def any_of(validator: Any, options: list[dict[str, Any]], instance: Any, schema: Any) -> Iterator[Any]:
        named = isinstance(instance, dict) and "type" in instance
        fitting = [option for option in options if not named or any(kind in (None, instance["type"]) for kind in kinds(option))]
        tried = [list(validator.descend(instance, option)) for option in fitting]
        if all(tried):
            yield from min(tried, key=len) if tried else [ValidationError(f"unknown type {instance.get('type')!r}")]

    return any_of


@cache
def _validators(schema: Path) -> dict[str, Draft7Validator]:
    """A validator for each kind of block and view."""
    whole = json.loads(schema.read_text("utf-8"))
    made = {}
    judge = validators.extend(Draft7Validator, {"anyOf": _by_type(whole["definitions"])})
    for name, definition in whole["definitions"].items():
        for each in definition.get("anyOf", [definition]):
            kind = each.get("properties", {}).get("type", {}).get("const")
            if kind and name.endswith(("Block", "View")):
                made[kind] = judge({"$ref": f"#/definitions/{name}", "definitions": whole["definitions"]})
    return made


@lru_cache(maxsize=4096)
def _judged(text: str, schema: Path) -> tuple[str, ...]:
    node = json.loads(text)
    validator = _validators(schema).get(str(node.get("type")))
    if validator is None:
        return (f"unknown type {node.get('type')!r}",)
    return tuple(f"{error.message[:200]} [{error.json_path}]" for error in validator.iter_errors(node))


def structure(node: Any, schema: Path) -> list[str]:
    """What the schema made from Slack's own types says against blocks, or against a view."""
    if isinstance(node, dict):
        held = [*structure(node["blocks"], schema), *_judged(json.dumps(node | {"blocks": []}), schema)]
        return held
    return [problem for block in node for problem in _judged(json.dumps(block), schema)]


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


def lengths(blocks: list[Any], most: int = MAX_BLOCKS) -> list[str]:
    """Every length, count and emptiness that Slack would refuse in ``blocks`` of a message."""
    found = [f"no more than {most} items allowed [/blocks]"] if len(blocks) > most else []
    for at, block in enumerate(blocks):
        found += [f"{problem} [/blocks/{at}]" for problem in _block(block)]
    if most == MAX_BLOCKS:
        found += [f"{block['type']} is for modals only" for block in blocks if block.get("type") in _IN_MODALS_ONLY]
    if sum(block.get("type") == "table" for block in blocks) > MAX_TABLES:
        found.append("only_one_table_allowed [/blocks]")
    names = Counter(node[key] for node in _nodes(blocks) for key in ("block_id", "action_id") if key in node)
    return found + [f"{name!r} is used twice [/blocks]" for name, times in names.items() if times > 1]


def view(shown: dict[str, Any]) -> list[str]:
    """What Slack would refuse in a modal or Home tab."""
    blocks = shown.get("blocks", [])
    found = lengths(blocks, known.VIEW_BLOCKS_MAX_ITEMS) + list(_strings(shown, _VIEW)) + library(blocks)
    found += [
        f"a view takes no {block['type']}" for block in blocks if block.get("type") in ("table", "data_table", "context_actions")
    ]
    asks = any(block.get("type") == "input" for block in blocks)
    if shown.get("type") == "modal" and (not shown.get("title", {}).get("text") or (asks and not shown.get("submit"))):
        found.append("a modal has a title, and one with inputs a submit button")
    if shown.get("type") == "home" and asks:
        found.append("the Home tab takes no inputs here")
    try:
        View(**shown).validate_json()
    except Exception as error:  # noqa: BLE001 whatever the library objects to is a finding
        found.append(str(error))
    return found


def _block(block: dict[str, Any]) -> Iterator[str]:
    kind = block.get("type", "")
    limit = _TEXTS.get(kind, known.TEXT_MAX_LENGTH)
    if kind in ("section", "header") and not block.get("text") and not block.get("fields"):
        yield f"{kind} without text"
    if kind == "header" and block["text"].get("type") != "plain_text":
        yield "a header must be plain_text"
    for text in _texts(block):
        yield from _text(text, limit)
    yield from _counts(block, kind)
    if kind == "image" and not block.get("alt_text"):
        yield "an image without alternative text"
    if kind == "rich_text":
        yield from _rich(block.get("elements", []))
    if kind == "table":
        yield from _table(block)
    for node in _nodes(block):
        yield from _strings(node, _STRINGS)
        yield from _strings(node, _ELEMENTS.get(node.get("type", ""), {}))
        yield from _choices(node)
        yield from _feedback(node)


def _counts(block: dict[str, Any], kind: str) -> Iterator[str]:
    elements = block.get("elements", [])
    if kind in _COUNTS and not 1 <= len(elements) <= _COUNTS[kind]:
        yield f"{kind} has {len(elements)} elements"
    fields = block.get("fields", [])
    if len(fields) > known.SECTION_FIELDS_MAX_ITEMS or any(
        units(field["text"]) > known.SECTION_FIELDS_ITEM_MAX_LENGTH for field in fields
    ):
        yield "too many or too long fields"


def _choices(node: dict[str, Any]) -> Iterator[str]:
    most = _SELECTS.get(node.get("type", ""))
    if most is None:
        return
    options = node.get("options", [])
    if not 1 <= len(options) <= most:
        yield f"{node['type']} has {len(options)} options"
    for option in options:
        yield from _strings(option, _OPTION)
    if len({option["value"] for option in options}) != len(options):
        yield "two options of one value"
    first = [*node.get("initial_options", []), *([node["initial_option"]] if "initial_option" in node else [])]
    if any(option not in options for option in first) or node.get("initial_options") == []:
        yield "what is chosen at first must be one of the options"


def _feedback(node: dict[str, Any]) -> Iterator[str]:
    if node.get("type") == "feedback_buttons":
        for each in (node["positive_button"], node["negative_button"]):
            yield from _strings(each, _FEEDBACK)


def _table(block: dict[str, Any]) -> Iterator[str]:
    rows = block["rows"]
    if not 1 <= len(rows) <= known.TABLE_ROWS_MAX_ITEMS or not 1 <= len(rows[0]) <= known.TABLE_COLUMNS_MAX_ITEMS:
        yield "a table has 1 to 100 rows of 1 to 20 cells"
    if len({len(row) for row in rows}) > 1:
        yield "rows of different lengths"
    if len(block.get("column_settings", [])) > known.TABLE_COLUMN_SETTINGS_MAX_ITEMS:
        yield "too many column settings"
    for row in rows:
        for cell in row:
            if cell["type"] == "raw_text" and not cell["text"]:
                yield "an empty cell"
            if cell["type"] == "rich_text":
                yield from _rich(cell["elements"])


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
