"""Reads YAML node by node, so that each problem is told with its line."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import yaml

from bot.config.checks import flag
from bot.errors import ConfigError

Reader = Callable[[yaml.Node], Any]


class Report:
    """The problems of one file."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: list[tuple[int, str]] = []

    def add(self, node: yaml.Node, key: str, problem: str) -> None:
        """Note a problem at the line where ``node`` starts."""
        line = node.start_mark.line + 1
        self.lines.append((line, f"{self.name}:{line}: {key}: {problem}"))

    def raise_if_any(self) -> None:
        """Raise ConfigError with one line for each problem, in the order of the file."""
        if self.lines:
            raise ConfigError([text for _, text in sorted(self.lines)])


class Wrong(ValueError):
    """Problems at several places of one value."""

    def __init__(self, problems: list[tuple[yaml.Node, str]]) -> None:
        super().__init__("; ".join(problem for _, problem in problems))
        self.problems = problems


def plain(node: yaml.Node) -> str:
    """The text of a single value. Raises ValueError."""
    if not isinstance(node, yaml.ScalarNode):
        raise ValueError("a single value is expected here")
    return str(node.value).strip()


def text_of(read: Callable[[str], Any] = str, pattern: str = "", meaning: str = "") -> Reader:
    """Reads a single value that is not empty, fits ``pattern`` (``meaning`` in words) and that ``read`` accepts."""

    def reader(node: yaml.Node) -> Any:
        text = plain(node)
        if not text:
            raise ValueError("empty, expected " + (meaning or "some text"))
        if pattern and not re.fullmatch(pattern, text):
            raise ValueError(f"{text!r} is not valid, expected {meaning}")
        try:
            return read(text)
        except ValueError as exc:
            raise ValueError(f"{text!r} is not valid, {exc}") from None

    return reader


def list_of(read: Callable[[str], Any]) -> Reader:
    """Reads a list, or a single value as a list of one; each problem stands at its own item."""

    def reader(node: yaml.Node) -> tuple[Any, ...]:
        values: list[Any] = []
        problems: list[tuple[yaml.Node, str]] = []
        for item in node.value if isinstance(node, yaml.SequenceNode) else [node]:
            try:
                values.append(text_of(read)(item))
            except ValueError as exc:
                problems.append((item, str(exc)))
        if problems:
            raise Wrong(problems)
        return tuple(values)

    return reader


def yes_or_no(node: yaml.Node) -> bool:
    """Reads true or false."""
    return flag(plain(node))


def number(low: float, high: float) -> Callable[[str], float]:
    """Reads a number within these bounds."""

    def read(text: str) -> float:
        message = f"expected a number from {low:g} to {high:g}"
        try:
            value = float(text)
        except ValueError:
            raise ValueError(message) from None
        if not low <= value <= high:
            raise ValueError(message)
        return value

    return read


def pairs(node: yaml.Node, where: str, known: Mapping[str, object], report: Report) -> dict[str, tuple[yaml.Node, yaml.Node]]:
    """Key → (key node, value node) of a mapping; unknown and repeated keys go into the report."""
    found: dict[str, tuple[yaml.Node, yaml.Node]] = {}
    if not isinstance(node, yaml.MappingNode):
        report.add(node, where, f"expected keys and values ({', '.join(known)})")
        return found
    for key_node, value_node in node.value:
        key = str(key_node.value)
        if key not in known:
            report.add(key_node, key, f"unknown key, expected one of {', '.join(known)}")
        elif key in found:
            report.add(key_node, key, "stands here twice, expected once")
        else:
            found[key] = (key_node, value_node)
    return found


def record(
    node: yaml.Node,
    where: str,
    readers: Mapping[str, Reader],
    required: tuple[str, ...],
    report: Report,
    extra: tuple[str, ...] = (),
) -> dict[str, Any] | None:
    """The values of one mapping, or None where something in it cannot be used; the keys in ``extra`` are left to the caller."""
    before = len(report.lines)
    found = pairs(node, where, {**readers, **dict.fromkeys(extra)}, report)
    values: dict[str, Any] = {}
    for key, (_, value_node) in found.items():
        if key in readers:
            try:
                values[key] = readers[key](value_node)
            except ValueError as exc:
                for place, problem in exc.problems if isinstance(exc, Wrong) else [(value_node, str(exc))]:
                    report.add(place, key, problem)
    if isinstance(node, yaml.MappingNode):
        for key in required:
            if key not in found:
                report.add(node, key, f"missing, expected in every entry of {where}")
    return values if len(report.lines) == before else None


def items(node: yaml.Node | None, where: str, report: Report) -> list[yaml.Node]:
    """The entries of a list; none where nothing stands there."""
    if node is None or (isinstance(node, yaml.ScalarNode) and node.value in ("", "null", "~")):
        return []
    if not isinstance(node, yaml.SequenceNode):
        report.add(node, where, "expected a list, each entry starting with a hyphen")
        return []
    return list(node.value)
