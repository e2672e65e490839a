"""The App Home: what the verb ``home`` answers as a view, drawn for one person and drawn anew after each change."""

from collections.abc import Iterable

from bot.model import Message
from bot.platforms.slack.blocks import Json
from bot.platforms.slack.modals import fitting


def home_view(messages: Iterable[Message], language: str, metadata: str) -> Json:
    """The Home tab; ``metadata`` comes back with each of its buttons."""
    blocks = [block for message in messages for block in message.payload["blocks"]]
    return {"type": "home", "callback_id": "home", "blocks": fitting(blocks, language), "private_metadata": metadata}
