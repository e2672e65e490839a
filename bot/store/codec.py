"""Objects of bot.model as JSON data and back, led by their type hints."""

import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import cache, lru_cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
_Reader = Callable[[Any], Any]
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
    known: Any = kind
    loaded: T = _reader(known)(data)
    return loaded


def _as_it_is(data: Any) -> Any:
    return data


@cache
def _reader(kind: Any) -> _Reader:
    """What makes a ``kind`` of its data, None of None. Built once a kind: facts are read by the ten thousand."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _reader(next(option for option in get_args(kind) if option is not type(None)))
    if origin is tuple or origin is frozenset:
        each = _reader(get_args(kind)[0])
        return _unless_none(origin if each is _as_it_is else lambda data: origin(map(each, data)))
    if origin is not None:  # Mapping[str, X]
        each = _reader(get_args(kind)[1])
        return _unless_none(lambda data: {key: each(item) for key, item in data.items()})
    if kind in (datetime, date, time):
        return _unless_none(kind.fromisoformat)
    if is_dataclass(kind):
        return _object_reader(kind)
    return _unless_none(kind) if isinstance(kind, type) and issubclass(kind, Decimal | Enum) else _as_it_is


def _unless_none(read: _Reader) -> _Reader:
    return lambda data: None if data is None else read(data)


def _object_reader(kind: Any) -> _Reader:
    readers: dict[str, _Reader] = {}  # known from the first object on: a kind may hold others of its own
    made: list[tuple[str, _Reader]] = []  # those of fields that are not kept as they are

    def read(data: Any) -> Any:
        if not readers:
            hints = get_type_hints(kind)
            found = {field.name: _reader(hints[field.name]) for field in fields(kind)}
            made[:] = [(name, reader) for name, reader in found.items() if reader is not _as_it_is]
            readers.update(found)  # last: another thread that sees it goes by ``made``
        values = {name: value for name, value in data.items() if name in readers}
        for name, reader in made:
            if name in values:
                values[name] = reader(values[name])
        return kind(**values)

    return _unless_none(read)
