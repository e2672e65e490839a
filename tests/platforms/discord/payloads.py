"""Reads and judges Components V2 payloads independently of the code that makes them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_MASKED = re.compile(r"\[((?:\[\d+\]|\\.|[^\[\]\\\n])*)\]\(<(https?://[^\s<>()\\]+)>\)")


def walk(components: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for component in components:
        yield component
        yield from walk(component.get("components", ()))


def texts(components: Sequence[Mapping[str, Any]]) -> list[str]:
    return [component["content"] for component in walk(components) if component["type"] == 10]


def assert_within_limits(components: Sequence[Mapping[str, Any]]) -> None:
    every = list(walk(components))
    assert 1 <= len(every) <= 40
    shown = texts(components)
    assert all(text.strip() for text in shown)
    assert sum(len(text.encode("utf-16-le")) // 2 for text in shown) <= 4000
    assert all(component["components"] for component in every if component["type"] == 17)


def links(text: str) -> list[str]:
    """Targets of the masked links that Discord would make."""
    return [found[2] for found in _MASKED.finditer(text)]


def live(text: str) -> str | None:
    """What Discord would act upon beside the masked links of sources and our own formatting, or None."""
    rest = re.sub(r"\\[^0-9A-Za-z\s]", "·", _MASKED.sub("·", text))
    found = re.search(r"<|://|\]\(|@(?:everyone|here)|@[!&]?\d{17,20}|[\u202a-\u202e\u2066-\u2069\ufeff]", rest)
    return found[0] if found else None
