"""The ``filters:`` of a digest in feeds.yaml: what they may say, nested lists included."""

from collections.abc import Mapping
from typing import Any

import yaml

from bot.config.checks import one_of
from bot.config.nodes import Reader, Report, items, list_of, number, record, text_of
from bot.knowledge import register
from bot.model import COUNTRIES, LANGUAGES, Boost, Filters, Topic

DEEPEST = 4  # levels of filters within filters
FARTHEST = 0.3  # a boost, up or down
_NESTED = {"all": "all_of", "any": "any_of", "none": "none_of"}


def _entity(name: str) -> frozenset[str]:
    """The ids of all that ``name`` may mean."""
    found = frozenset(entity.id for entity in register.load().find(name) if entity.kind not in register.PLACE_KINDS)
    if not found:
        raise ValueError("expected a name of the register of companies, ministries and laws, in any script")
    return found


def _word(text: str) -> str:
    if not text.strip("* "):
        raise ValueError("expected a word, or the beginning of one with * behind it")
    return text


_SIMPLE: Mapping[str, Reader] = {
    "topics": list_of(lambda text: Topic(one_of(*Topic)(text))),
    "countries": list_of(one_of(*COUNTRIES)),
    "entities": list_of(_entity),
    "languages": list_of(one_of(*LANGUAGES)),
    "outlets": list_of(str),
    "min_score": text_of(number(0, 1)),
    "include": list_of(_word),
    "exclude": list_of(_word),
}
FILTER_KEYS = (*_SIMPLE, *_NESTED, "boost")


def read_filters(node: yaml.Node, report: Report, depth: int = 1) -> Filters | None:
    """The filters that stand at ``node``; None, with the reasons in the report, where they cannot be used."""
    before = len(report.lines)
    values = record(node, "filters", _SIMPLE, (), report, extra=(*_NESTED, *(("boost",) if depth == 1 else ()))) or {}
    for key_node, value_node in node.value if isinstance(node, yaml.MappingNode) else ():
        if key_node.value in _NESTED:
            values[_NESTED[key_node.value]] = _nested(key_node, value_node, report, depth)
        elif key_node.value == "boost" and depth == 1:
            values["boosts"] = _boosts(value_node, report)
    if depth > 1 and isinstance(node, yaml.MappingNode) and not node.value:
        report.add(node, "filters", f"empty, expected at least one of {', '.join(FILTER_KEYS[:-1])}")
    if len(report.lines) > before:
        return None
    return Filters(**_as_sets(values))


def _nested(key_node: yaml.Node, node: yaml.Node, report: Report, depth: int) -> tuple[Filters, ...]:
    key = str(key_node.value)
    if depth == DEEPEST:
        report.add(key_node, key, f"nested too deep, expected at most {DEEPEST} levels")
        return ()
    found = items(node, key, report)
    if isinstance(node, yaml.ScalarNode | yaml.SequenceNode) and not found:
        report.add(node, key, "empty, expected a list of filters")
    return tuple(one for one in (read_filters(item, report, depth + 1) for item in found) if one)


def _boosts(node: yaml.Node, report: Report) -> tuple[Boost, ...]:
    """``policy: 0.2`` for a topic, ``Upstage: 0.3`` for a name of the register."""
    if not isinstance(node, yaml.MappingNode):
        report.add(node, "boost", "expected topics or names, each with a number")
        return ()
    boosts: dict[str, Boost] = {}
    for key_node, value_node in node.value:
        name = str(key_node.value)
        try:
            shift = text_of(number(-FARTHEST, FARTHEST))(value_node)
            meant = {name} if name in set(Topic) else _entity(name)
        except ValueError as exc:
            report.add(key_node, f"boost: {name}", str(exc))
            continue
        boosts.update((one, Boost(one, shift)) for one in meant)
    return tuple(boosts[name] for name in sorted(boosts))


def _as_sets(values: dict[str, Any]) -> dict[str, Any]:
    for key in ("topics", "countries", "languages"):
        values[key] = frozenset(values.get(key, ()))
    values["entities"] = frozenset().union(*values.get("entities", ()))
    return values
