"""Reads and judges Components V2 payloads independently of the code that makes them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_INVISIBLE = "\u202a-\u202e\u2066-\u2069\ufeff"
_FENCED = re.compile(r"```\n(.*)\n```", re.DOTALL)
_MASKED = re.compile(r"\[((?:\[\d+\]|\\.|[^\[\]\\\n])*)\]\(<(https?://[^\s<>()\\]+)>\)")


def walk(components: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for component in components:
        yield component
        yield from walk(component.get("components", ()))


def texts(components: Sequence[Mapping[str, Any]]) -> list[str]:
    return [component["content"] for component in walk(components) if component["type"] == 10]


def assert_within_limits(components: Sequence[Mapping[str, Any]]) -> None:
    """Every limit of a message that Discord's description does not state, and those of buttons and menus."""
    every = list(walk(components))
    assert 1 <= len(every) <= 40
    shown = texts(components)
    assert all(text.strip() for text in shown)
    assert sum(len(text.encode("utf-16-le")) // 2 for text in shown) <= 4000
    assert all(component["components"] for component in every if component["type"] == 17)
    for row in (component for component in every if component["type"] == 1):
        kinds = [child["type"] for child in row["components"]]
        assert kinds == [3] or (set(kinds) == {2} and len(kinds) <= 5)
    ids = [component["custom_id"] for component in every if "custom_id" in component]
    assert len(ids) == len(set(ids)) and all(1 <= len(id.encode("utf-16-le")) // 2 <= 100 for id in ids)
    for button in (component for component in every if component["type"] == 2):
        assert 1 <= len(button["label"].encode("utf-16-le")) // 2 <= 80
        assert not re.search(f"[{_INVISIBLE}]", button["label"])


def assert_modal(modal: Mapping[str, Any]) -> None:
    """The limits of a modal."""
    assert 1 <= len(modal["title"]) <= 45 and 1 <= len(modal["custom_id"]) <= 100
    assert 1 <= len(modal["components"]) <= 5
    names = []
    for label in modal["components"]:
        assert label["type"] == 18 and 1 <= len(label["label"]) <= 45 and len(label.get("description") or "") <= 100
        control = label["component"]
        names.append(control["custom_id"])
        assert 1 <= len(control["custom_id"]) <= 100
        if control["type"] == 3:
            assert 1 <= len(control["options"]) <= 25 and control["max_values"] <= len(control["options"])
            assert sum(option.get("default", False) for option in control["options"]) <= control["max_values"]
        elif control["type"] in (5, 6):
            assert len(control.get("default_values") or ()) <= control["max_values"] <= 25
        else:
            assert control["type"] == 4 and len(control.get("value") or "") <= control["max_length"] <= 4000
    assert len(names) == len(set(names))


def links(text: str) -> list[str]:
    """Targets of the masked links that Discord would make: none within a code block."""
    return [] if _FENCED.fullmatch(text) else [found[2] for found in _MASKED.finditer(text)]


def live(text: str) -> str | None:
    """What Discord would act upon beside the masked links of sources and our own formatting, or None."""
    fenced = _FENCED.fullmatch(text)
    if fenced:
        found = re.search(f"`|[{_INVISIBLE}]", fenced[1])  # nothing else ends a code block or shows otherwise than it is
        return found[0] if found else None
    rest = re.sub(r"\\[^0-9A-Za-z\s]", "·", _MASKED.sub("·", text))
    found = re.search(rf"<|://|\]\(|@(?:everyone|here)|@[!&]?\d{{17,20}}|[{_INVISIBLE}]", rest)
    return found[0] if found else None
