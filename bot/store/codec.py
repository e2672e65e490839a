"""Objects of bot.model as JSON data and back, led by their type hints."""

import types
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
_PLAIN = (str, int, float, bool, type(None))


def dump(value: Any) -> Any:
    """``value`` as JSON data: dataclasses as objects, sets sorted, dates and decimals as text."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return _dump_compound(value)


def dump_all(objects: Sequence[Any]) -> list[dict[str, Any]]:
    """``dump`` of each of some dataclass objects. A part that several of them hold is dumped once, and shared."""
    held = [{name: getattr(one, name) for name in _names(one.__class__)} for one in objects]
    parts = {id(part): part for fields in held for part in fields.values()}
    dumped = {id: dump(part) for id, part in parts.items()}
    return [{name: dumped[id(part)] for name, part in fields.items()} for fields in held]


def _dump_compound(value: Any) -> Any:
    kind: Any = type(value)
    if names := _names(kind):
        return {name: dump(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {key: dump(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(dump(item) for item in value)
    if isinstance(value, tuple | list):
        return [dump(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no JSON form")


@lru_cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


def load(kind: type[T], data: Any) -> T:
    """The ``kind`` that was dumped as ``data``. A field that ``data`` lacks takes its default; unknown ones are ignored."""
    loaded: T = _load(kind, data)
    return loaded


def _load(kind: Any, data: Any) -> Any:
    if data is None or kind is Any:
        return data
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _load(next(option for option in get_args(kind) if option is not type(None)), data)
    if origin is tuple or origin is frozenset:
        return origin(_load(get_args(kind)[0], item) for item in data)
    if origin is not None:  # Mapping[str, X]
        return {key: _load(get_args(kind)[1], item) for key, item in data.items()}
    if kind in (datetime, date, time):
        return kind.fromisoformat(data)
    if isinstance(kind, type) and is_dataclass(kind):
        return kind(**{name: _load(hint, data[name]) for name, hint in _hints(kind).items() if name in data})
    if kind is Decimal or issubclass(kind, Enum):
        return kind(data)
    return data


@lru_cache
def _hints(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}
