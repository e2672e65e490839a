"""Judges requests by Discord's own description, and by the totals that it does not state."""

import functools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jsonschema import Draft202012Validator, validators
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.conftest import SHARED
from tests.platforms.discord.payloads import assert_modal, assert_within_limits

_PATH = SHARED / "schemas" / "discord_openapi.json"
_COMMAND_CHARACTERS = 8000


@functools.cache
def _document() -> Any:
    return json.loads(_PATH.read_text("utf-8")) if _PATH.is_file() else None


@functools.cache
def _registry() -> Registry[Any]:
    resource: Resource[Any] = Resource.from_contents(_document(), default_specification=DRAFT202012)
    return Registry().with_resource("discord:", resource)


def _one_of(validator: Any, choices: Sequence[Any], instance: Any, schema: Any) -> Iterator[Any]:
    """As always, but a component is held against the kind that it says it is, and not against all others as well."""
    fitting = [choice for choice in choices if _may_fit(choice, instance)]
    yield from Draft202012Validator.VALIDATORS["oneOf"](validator, fitting or choices, instance, schema)


def _may_fit(choice: Mapping[str, Any], instance: Any) -> bool:
    if "const" in choice:
        return bool(choice["const"] == instance)
    if not isinstance(instance, Mapping):
        return True
    kinds = _kinds(choice.get("$ref", ""))
    return choice.get("type") != "null" and (kinds is None or instance.get("type") in kinds)


@functools.cache
def _kinds(reference: str) -> tuple[Any, ...] | None:
    """Which values of "type" the schema takes that is referred to; None where it does not say."""
    if not reference:
        return None
    held = _document()["components"]["schemas"][reference.rsplit("/", 1)[-1]]
    return tuple(held.get("properties", {}).get("type", {}).get("enum", ())) or None


_Validator = validators.extend(Draft202012Validator, {"oneOf": _one_of})


@functools.cache
def validator(pointer: str) -> Any:
    """Of the part of the description at a JSON pointer."""
    return _Validator({"$ref": f"discord:#{pointer}"}, registry=_registry())


@functools.cache
def _routes() -> list[tuple[re.Pattern[str], str, frozenset[str]]]:
    made = []
    for path, methods in _document()["paths"].items():
        pattern = re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path)) + "$")
        with_json = {name for name, one in methods.items() if isinstance(one, dict) and "application/json" in _content(one)}
        made.append((pattern, path, frozenset(with_json)))
    return sorted(made, key=lambda one: one[1].count("{"))  # "@original" before "{message_id}"


def _content(operation: Mapping[str, Any]) -> Mapping[str, Any]:
    content: Mapping[str, Any] = operation.get("requestBody", {}).get("content", {})
    return content


def judge(method: str, path: str, body: Any) -> None:
    """Fail where Discord would refuse this request's body."""
    if body is None:
        return
    if _document() is not None:
        _by_description(method.lower(), path, _snowflakes_as_text(body))
    for one in body if isinstance(body, list) else [body]:
        _by_totals(path, one)


def _snowflakes_as_text(value: Any) -> Any:
    """discord.py sends ids as numbers in some places, which Discord takes and its description does not know."""
    if isinstance(value, Mapping):
        made = {key: _snowflakes_as_text(one) for key, one in value.items()}
        return {**made, "id": str(made["id"])} if "filename" in made else made
    if isinstance(value, list):
        return [_snowflakes_as_text(one) for one in value]
    return str(value) if isinstance(value, int) and value > 10**15 else value


def _by_description(method: str, path: str, body: Any) -> None:
    found = next((template for pattern, template, methods in _routes() if method in methods and pattern.match(path)), None)
    assert found is not None, f"Discord knows no {method} {path}"
    escaped = found.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
    errors = validator(f"/paths/{escaped}/{method}/requestBody/content/application~1json/schema").iter_errors(body)
    problem = next(iter(errors), None)
    assert problem is None, f"{method} {path}: {problem and problem.message[:500]} in {json.dumps(body)[:500]}"


def _by_totals(path: str, body: Mapping[str, Any]) -> None:
    if path.endswith("/commands"):
        assert _characters(body) <= _COMMAND_CHARACTERS
    data = body.get("data") if path.endswith("/callback") else body.get("message", body)
    if not isinstance(data, Mapping) or not data.get("components"):
        return
    if body.get("type") == 9:
        assert_modal(data)
    else:
        assert_within_limits(data["components"])
        assert not data.get("content") and not data.get("embeds")


def _characters(command: Mapping[str, Any]) -> int:
    """Names, descriptions and values, of which Discord takes 8,000 a command; translations count by their longest."""
    longest = sum(
        max(len(text) for text in (command.get(key) or "", *(command.get(f"{key}_localizations") or {}).values()))
        for key in ("name", "description")
    )
    return longest + sum(_characters(option) for option in command.get("options") or ())
