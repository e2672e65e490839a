"""The short reference at the end of every briefing message, by which a delivery is found again in the channel's history.

Discord forgets a message's nonce after some minutes; what stands in the message stays.
"""

import copy
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.platforms.discord.layout import Component, texts

_LENGTH = 8
_SUBTEXT = "-# "
_TEXT = 10


def signed(components: Sequence[Mapping[str, Any]], delivery_id: str) -> list[Component]:
    """The components with the reference in their last line; at most 14 characters longer and no component more."""
    made: list[Component] = copy.deepcopy([dict(component) for component in components])
    last = _last_text(made)
    if last is not None:
        line = last["content"].rsplit("\n", 1)[-1]
        joint = " · " if line.startswith(_SUBTEXT) else f"\n{_SUBTEXT}"
        last["content"] += joint + _reference(delivery_id)
    return made


def bears(components: Iterable[Mapping[str, Any]], delivery_id: str) -> bool:
    """Whether a message with these components was posted for this delivery."""
    last = [text for text in texts(components) if text][-1:]
    return any(text.endswith(_reference(delivery_id)) for text in last)


def _reference(delivery_id: str) -> str:
    return f"#{delivery_id[:_LENGTH]}"


def _last_text(components: Sequence[Component]) -> Component | None:
    for component in reversed(components):
        if component["type"] == _TEXT:
            return component
        found = _last_text(component.get("components", ()))
        if found is not None:
            return found
    return None
