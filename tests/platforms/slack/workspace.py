"""A Slack workspace in memory: channels, messages, threads, and the Web API methods that read and write them."""

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.platforms.slack import limits

Json = dict[str, Any]
MAX_TEXT = 40_000


class Refused(Exception):
    """ok: false, with Slack's code and what else it says."""

    def __init__(self, code: str, **more: Any) -> None:
        super().__init__(code)
        self.body = {"ok": False, "error": code, **more}


@dataclass
class Room:
    """A channel or direct message; ``messages`` in order of posting, replies among them. ``restricted``: not all may post."""

    id: str
    name: str
    member: bool = True
    private: bool = False
    archived: bool = False
    im: bool = False
    restricted: bool = False
    messages: list[Json] = field(default_factory=list)

    def find(self, ts: str) -> Json | None:
        return next((message for message in self.messages if message["ts"] == ts), None)

    def as_json(self) -> Json:
        return {
            "id": self.id,
            "name": self.name,
            "is_channel": not self.im,
            "is_im": self.im,
            "is_private": self.private,
            "is_archived": self.archived,
            "is_member": self.member,
            "properties": {"posting_restricted_to": {"type": ["admin"]}} if self.restricted else {},
        }


class Workspace:
    """What chat.* and conversations.* act upon. ``schema``: Blocks.schema.json, checked where given; ``clock``: epoch seconds."""

    team = "T0LOOP"
    app = "A0LOOP"
    bot = "B0LOOP"
    bot_user = "U0LOOPBOT"
    person = "U0PERSON"

    def __init__(self, schema: Path | None = None, clock: Callable[[], float] = time.time) -> None:
        self.schema, self.clock = schema, clock
        self.rooms: dict[str, Room] = {}
        self.ephemeral: list[Json] = []
        self._count = itertools.count(1)
        self.add_room("C0BRIEF", "briefings")

    def add_room(self, id: str, name: str = "room", **how: bool) -> Room:
        """A channel; ``how``: member, private, archived, im, restricted."""
        self.rooms[id] = Room(id, name, **how)
        return self.rooms[id]

    def next_ts(self) -> str:
        return f"{int(self.clock())}.{next(self._count):06d}"

    def posted(self, room: str = "C0BRIEF", thread: str | None = None) -> list[Json]:
        """The messages of a channel outside threads, or the replies of one thread; persons' messages among them."""
        messages = self.rooms[room].messages
        return [m for m in messages if (m.get("thread_ts") == thread if thread else not m.get("thread_ts"))]

    # ---- checks ----

    def check(self, body: Json) -> None:
        """Refuse a message as Slack would."""
        blocks = body.get("blocks") or []
        if not isinstance(blocks, list):
            raise Refused("invalid_blocks_format")
        if not blocks and not body.get("text"):
            raise Refused("no_text")
        found = limits.lengths(blocks) + limits.library(blocks)
        if self.schema:
            found += limits.structure(blocks, self.schema)
        if found:
            raise Refused("invalid_blocks", response_metadata={"messages": [f"[ERROR] {problem}" for problem in found]})
        if limits.total(blocks) > limits.MAX_TOTAL:
            raise Refused("msg_blocks_too_long")
        self._check_metadata(body.get("metadata"))

    def _check_metadata(self, metadata: Any) -> None:
        if metadata is None:
            return
        if (
            not isinstance(metadata, dict)
            or not isinstance(metadata.get("event_payload"), dict)
            or not metadata.get("event_type")
        ):
            raise Refused("invalid_metadata_format")
        if len(str(metadata)) > 8000:
            raise Refused("metadata_too_large")

    def _room(self, body: Json, *, member: bool = True) -> Room:
        wanted = body.get("channel", "")
        room = self.direct_room(wanted) if wanted.startswith("U") else self.rooms.get(wanted)
        if room is None or (room.private and not room.member):
            raise Refused("channel_not_found")
        if member and not room.member:
            raise Refused("not_in_channel")
        return room

    # ---- Web API ----

    def chat_postMessage(self, body: Json) -> Json:  # noqa: N802 Slack's own name
        room = self._room(body)
        if room.archived:
            raise Refused("is_archived")
        self.check(body)
        thread = body.get("thread_ts")
        if thread and room.find(thread) is None:
            raise Refused("thread_not_found")
        message: Json = {"type": "message", "user": self.bot_user, "bot_id": self.bot, "app_id": self.app, "ts": self.next_ts()}
        message |= {key: body[key] for key in ("text", "blocks", "thread_ts", "metadata") if body.get(key)}
        message["text"] = str(message.get("text", ""))[:MAX_TEXT]
        message["asked"] = {key: body.get(key) for key in ("unfurl_links", "unfurl_media", "link_names", "parse")}
        room.messages.append(message)
        return {"channel": room.id, "ts": message["ts"], "message": message}

    def chat_update(self, body: Json) -> Json:
        message = self._room(body).find(body.get("ts", ""))
        if message is None:
            raise Refused("message_not_found")
        if message.get("bot_id") != self.bot:
            raise Refused("cant_update_message")
        self.check(body)
        message.setdefault("edits", []).append(message["text"])
        message |= {"text": body.get("text", ""), "blocks": body.get("blocks", [])}
        return {"channel": body["channel"], "ts": message["ts"], "text": message["text"]}

    def chat_postEphemeral(self, body: Json) -> Json:  # noqa: N802 Slack's own name
        self._room(body)
        self.check(body)
        message = {key: body.get(key) for key in ("channel", "user", "text", "blocks", "thread_ts")}
        self.ephemeral.append(message)
        return {"message_ts": self.next_ts()}

    def conversations_info(self, body: Json) -> Json:
        return {"channel": self._room(body, member=False).as_json()}

    def conversations_list(self, body: Json) -> Json:
        return {"channels": [room.as_json() for room in self.rooms.values() if not room.im]}

    def conversations_join(self, body: Json) -> Json:
        room = self._room(body, member=False)
        if room.private or room.im:
            raise Refused("method_not_supported_for_channel_type")
        if room.archived:
            raise Refused("is_archived")
        room.member = True
        return {"channel": room.as_json()}

    def conversations_open(self, body: Json) -> Json:
        return {"channel": self.direct_room(body["users"]).as_json()}

    def direct_room(self, person: str) -> Room:
        """The direct messages of the bot and ``person``."""
        id = f"D{person[1:]}"
        return self.rooms.get(id) or self.add_room(id, "direct", im=True)

    def conversations_history(self, body: Json) -> Json:
        return self._page([m for m in self._room(body).messages if not m.get("thread_ts")][::-1], body)

    def conversations_replies(self, body: Json) -> Json:
        room = self._room(body)
        root = room.find(body.get("ts", ""))
        if root is None:
            raise Refused("thread_not_found")
        return self._page([root, *(m for m in room.messages if m.get("thread_ts") == root["ts"])], body)

    def _page(self, messages: list[Json], body: Json) -> Json:
        """Between oldest and latest, ``limit`` at a time; metadata without their payload unless all of it is asked for."""
        start, size = int(body.get("cursor") or 0), int(body.get("limit") or 100)
        oldest, latest = float(body.get("oldest") or 0), float(body.get("latest") or "inf")
        within = [m for m in messages if oldest <= float(m["ts"]) <= latest]
        whole = str(body.get("include_all_metadata")).lower() in ("1", "true")
        shown = [m if whole or "metadata" not in m else _stripped(m) for m in within[start : start + size]]
        more = len(within) > start + size
        return {"messages": shown, "has_more": more, "response_metadata": {"next_cursor": str(start + size) if more else ""}}


def _stripped(message: Json) -> Json:
    return message | {"metadata": {"event_type": message["metadata"]["event_type"]}}
