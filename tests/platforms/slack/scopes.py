"""Which scope each method of the Web API asks for, as Slack's reference says."""

from collections.abc import Iterable

from tests.platforms.slack.workspace import Refused, Room

READING = {"conversations.history": "history", "conversations.replies": "history", "conversations.info": "read"}
NEEDED = {
    "agents.sessions.setStatus": "assistant:write",
    "apps.connections.open": "",
    "assistant.threads.setStatus": "chat:write",
    "assistant.threads.setSuggestedPrompts": "assistant:write",
    "auth.test": "",
    "chat.appendStream": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    "chat.startStream": "chat:write",
    "chat.stopStream": "chat:write",
    "chat.update": "chat:write",
    "conversations.join": "channels:join",
    "conversations.list": "channels:read",
    "conversations.open": "im:write",
    "files.completeUploadExternal": "files:write",
    "files.getUploadURLExternal": "files:write",
    "users.info": "users:read",
    "views.open": "",
    "views.publish": "",
    "views.update": "",
}


def needed(method: str, room: Room | None) -> str:
    """The scope for ``method`` in ``room``; empty where there is none to ask for."""
    if method not in READING:
        return NEEDED[method]
    family = "channels" if room is None else "im" if room.im else "groups" if room.private else "channels"
    return f"{family}:{READING[method]}"


def check(method: str, room: Room | None, granted: list[str]) -> None:
    """Refuse what the token may not do."""
    scope = needed(method, room)
    if scope and scope not in granted:
        raise Refused("missing_scope", needed=scope, provided=",".join(granted))


def every(methods: Iterable[str]) -> set[str]:
    """All that these methods can ask for, in public and private channels."""
    rooms = (Room("C", "public"), Room("G", "private", private=True))
    return {needed(method, room) for method in methods for room in rooms} - {""}
