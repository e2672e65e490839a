"""Prompt files: validated data that a user may edit. One ``.md`` a task: a YAML head, then ``# system`` and ``# user`` parts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from string import Template
from typing import Any

import jsonschema
import yaml

from bot.errors import ConfigError

TASKS: Mapping[str, frozenset[str]] = {
    "story-summary": frozenset({"language", "sources"}),
    "lead": frozenset({"language", "sources"}),
    "title-translation": frozenset({"language", "titles"}),
    "page-summary": frozenset({"language", "sources"}),
    "answer": frozenset({"language", "question", "thread", "sources"}),
    "follow-up": frozenset({"question", "thread"}),
    "relevance-judge": frozenset({"first_look", "source"}),
    "story-judge": frozenset({"first", "second"}),
    "facts": frozenset({"source"}),
}
_PARTS = re.compile(r"\A---\n(?P<head>.*?)\n---\n\s*# system\n(?P<system>.*?)\n# user\n(?P<user>.*)\Z", re.DOTALL)
_HEAD = {"name", "version", "tier", "inputs", "output"}


@dataclass(frozen=True, slots=True)
class Prompt:
    """One task for a model. ``tier`` is fast or quality; ``output`` is the JSON Schema of the answer."""

    name: str
    version: int
    tier: str
    inputs: frozenset[str]
    output: Mapping[str, Any]
    system: Template
    user: Template

    @property
    def mark(self) -> str:
        """Changes with every word of the prompt, whether or not its version was raised."""
        text = f"{self.version}\n{self.tier}\n{dict(self.output)}\n{self.system.template}\n{self.user.template}"
        return f"{self.name}.{self.version}.{blake2b(text.encode(), digest_size=4).hexdigest()}"

    def messages(self, values: Mapping[str, str]) -> list[dict[str, str]]:
        """The chat messages with ``values`` filled in; a ``$`` inside a value stays what it is."""
        return [
            {"role": "system", "content": self.system.substitute(values).strip()},
            {"role": "user", "content": self.user.substitute(values).strip()},
        ]


def inert(text: str) -> str:
    """``text`` without anything that could close the tags that a prompt puts around it."""
    return text.replace("<", "‹").replace(">", "›")


def load(folder: Path) -> dict[str, Prompt]:
    """Every task's prompt. Raises ConfigError naming for each problem the file, the line and what was expected."""
    prompts: dict[str, Prompt] = {}
    problems: list[str] = []
    for task, inputs in TASKS.items():
        path = folder / f"{task}.md"
        try:
            prompts[task] = _read(path.read_text(encoding="utf-8"), task, inputs)
        except _Wrong as exc:
            problems.append(f"{path}:{exc.line}: {exc}")
        except UnicodeDecodeError:
            problems.append(f"{path}: not UTF-8 text")
        except OSError as exc:
            problems.append(f"{path}: {exc.strerror}, expected the prompt of the task {task} (BOT_PROMPTS_DIR names the folder)")
    if problems:
        raise ConfigError(problems)
    return prompts


class _Wrong(ValueError):
    """What cannot be used in a file, and in which line."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line


def _read(text: str, task: str, inputs: frozenset[str]) -> Prompt:
    parts = _PARTS.match(text)
    if not parts:
        raise _Wrong(1, "expected a YAML head between --- lines, then the parts '# system' and '# user'")
    try:
        head = yaml.safe_load(parts["head"])
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        raise _Wrong(mark.line + 2 if mark else 2, f"head is not valid YAML: {getattr(exc, 'problem', exc)}") from exc
    _check_head(head, task, inputs, parts["head"])
    for name in ("system", "user"):
        _check_placeholders(parts[name], inputs, text.count("\n", 0, parts.start(name)) + 1)
    system, user = Template(parts["system"]), Template(parts["user"])
    unused = inputs.difference(system.get_identifiers(), user.get_identifiers())
    if unused:
        raise _Wrong(text.count("\n", 0, parts.start("user")) + 1, f"${', $'.join(sorted(unused))} is never used")
    return Prompt(task, head["version"], head["tier"], inputs, head["output"], system, user)


def _check_placeholders(part: str, inputs: frozenset[str], first_line: int) -> None:
    for number, line in enumerate(part.split("\n"), first_line):
        template = Template(line)
        if not template.is_valid():
            raise _Wrong(number, "a $ that starts no placeholder: write $$ for a dollar sign")
        unknown = sorted(set(template.get_identifiers()) - inputs)
        if unknown:
            raise _Wrong(number, f"unknown placeholder ${', $'.join(unknown)}, expected ${', $'.join(sorted(inputs))}")


def _check_head(head: Any, task: str, inputs: frozenset[str], text: str) -> None:
    if not isinstance(head, dict) or set(head) != _HEAD:
        raise _Wrong(2, f"head: expected exactly the keys {', '.join(sorted(_HEAD))}")
    wrong = {
        "name": head["name"] != task,
        "version": type(head["version"]) is not int or head["version"] < 1,
        "tier": head["tier"] not in ("fast", "quality"),
        "inputs": not isinstance(head["inputs"], list) or set(map(str, head["inputs"])) != inputs,
    }
    for key, is_wrong in wrong.items():
        if is_wrong:
            expected = {"name": task, "version": "a whole number", "tier": "fast or quality", "inputs": sorted(inputs)}[key]
            raise _Wrong(_line_of(key, text), f"head: {key} is {head[key]!r}, expected {expected}")
    try:
        jsonschema.Draft202012Validator.check_schema(head["output"])
    except jsonschema.SchemaError as exc:
        raise _Wrong(_line_of("output", text), f"head: output is no JSON Schema: {exc.message}") from exc


def _line_of(key: str, head: str) -> int:
    """The line of the file in which a key of its head stands."""
    found = re.search(rf"^{key}\s*:", head, re.MULTILINE)
    return (head.count("\n", 0, found.start()) if found else 0) + 2
