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
    "answer": frozenset({"language", "question", "thread", "sources"}),
    "page-summary": frozenset({"language", "sources"}),
    "relevance-judge": frozenset({"first_look", "source"}),
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


def load(folder: Path) -> dict[str, Prompt]:
    """Every task's prompt. Raises ConfigError naming each file and what is wrong in it."""
    prompts: dict[str, Prompt] = {}
    problems: list[str] = []
    for task, inputs in TASKS.items():
        path = folder / f"{task}.md"
        try:
            prompts[task] = _read(path, task, inputs)
        except ValueError as exc:
            problems.append(f"{path}: {exc}")
        except OSError as exc:
            problems.append(f"{path}: {exc.strerror}, expected the prompt of the task {task} (BOT_PROMPTS_DIR names the folder)")
    if problems:
        raise ConfigError(problems)
    return prompts


def _read(path: Path, task: str, inputs: frozenset[str]) -> Prompt:
    parts = _PARTS.match(path.read_text(encoding="utf-8"))
    if not parts:
        raise ValueError("expected a YAML head between --- lines, then the parts '# system' and '# user'")
    try:
        head = yaml.safe_load(parts["head"])
    except yaml.YAMLError as exc:
        raise ValueError(f"head is not valid YAML: {exc}") from exc
    _check_head(head, task, inputs)
    system, user = Template(parts["system"]), Template(parts["user"])
    used = {*system.get_identifiers(), *user.get_identifiers()}
    if not (system.is_valid() and user.is_valid()):
        raise ValueError("a $ that starts no placeholder: write $$ for a dollar sign")
    if used - inputs:
        raise ValueError(f"unknown placeholder ${', $'.join(sorted(used - inputs))}, expected ${', $'.join(sorted(inputs))}")
    return Prompt(task, head["version"], head["tier"], inputs, head["output"], system, user)


def _check_head(head: Any, task: str, inputs: frozenset[str]) -> None:
    if not isinstance(head, dict) or set(head) != _HEAD:
        raise ValueError(f"head: expected exactly the keys {', '.join(sorted(_HEAD))}")
    wrong = {
        "name": head["name"] != task,
        "version": not isinstance(head["version"], int) or head["version"] < 1,
        "tier": head["tier"] not in ("fast", "quality"),
        "inputs": not isinstance(head["inputs"], list) or set(head["inputs"]) != inputs,
    }
    for key, is_wrong in wrong.items():
        if is_wrong:
            expected = {"name": task, "version": "a whole number", "tier": "fast or quality", "inputs": sorted(inputs)}[key]
            raise ValueError(f"head: {key} is {head[key]!r}, expected {expected}")
    try:
        jsonschema.Draft202012Validator.check_schema(head["output"])
    except jsonschema.SchemaError as exc:
        raise ValueError(f"head: output is no JSON Schema: {exc.message}") from exc
