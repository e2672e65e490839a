"""Slack's other surfaces in memory: views, files, streamed messages, sessions and people; every payload is checked."""

import itertools
import time
from typing import Any

from tests.platforms.slack import limits
from tests.platforms.slack.workspace import Json, Refused, Workspace

TRIGGER_SECONDS = 3.0
STREAM_SECONDS = 300.0
MAX_PROMPTS = 4
MAX_FILE = 2**20


class Surfaces(Workspace):
    """What views.*, files.*, chat.*Stream, assistant.*, agents.* and users.info act upon."""

    port: int

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.views: dict[str, Json] = {}
        self.view_history: list[Json] = []
        self.homes: dict[str, Json] = {}
        self.files: dict[str, Json] = {}
        self.statuses: list[Json] = []
        self.sessions: list[Json] = []
        self.prompts: list[Json] = []
        self.people: dict[str, Json] = {self.person: {"is_admin": False, "is_owner": False}}
        self._triggers: dict[str, float] = {}
        self._streams: dict[str, Json] = {}
        self._ids = itertools.count(1)

    # ---- views ----

    def new_trigger(self) -> str:
        """What comes with a click: good once, for three seconds."""
        trigger = f"trigger-{next(self._ids)}"
        self._triggers[trigger] = time.monotonic()
        return trigger

    def expire_triggers(self) -> None:
        """As if more than three seconds had gone by."""
        self._triggers = dict.fromkeys(self._triggers, 0.0)

    def check_view(self, view: Any, kind: str) -> Json:
        """Refuse a view as Slack would."""
        if not isinstance(view, dict) or view.get("type") != kind:
            raise Refused("invalid_arguments", response_metadata={"messages": [f"[ERROR] expected a view of type {kind}"]})
        found = limits.view(view)
        if self.schema:
            found += limits.structure(view, self.schema.with_name("SlackView.schema.json"))
        if found:
            raise Refused("invalid_arguments", response_metadata={"messages": [f"[ERROR] {problem}" for problem in found]})
        self._check_pictures(view["blocks"])
        return view

    def views_open(self, body: Json) -> Json:
        made = self._triggers.pop(body.get("trigger_id", ""), None)
        if made is None:
            raise Refused("exchanged_trigger_id" if body.get("trigger_id") else "invalid_trigger_id")
        if time.monotonic() - made > TRIGGER_SECONDS:
            raise Refused("expired_trigger_id")
        return {"view": self._held(f"V{next(self._ids)}", self.check_view(body.get("view"), "modal"))}

    def views_update(self, body: Json) -> Json:
        known = self.views.get(body.get("view_id", ""))
        if known is None:
            raise Refused("not_found")
        if body.get("hash") and body["hash"] != known["hash"]:
            raise Refused("hash_conflict")
        return {"view": self._held(known["id"], self.check_view(body.get("view"), "modal"))}

    def views_publish(self, body: Json) -> Json:
        view = self.check_view(body.get("view"), "home")
        self.homes[body["user_id"]] = view | {"id": f"V{next(self._ids)}", "team_id": self.team, "state": {"values": {}}}
        return {"view": self.homes[body["user_id"]]}

    def _held(self, id: str, view: Json) -> Json:
        held = view | {"id": id, "hash": f"{next(self._ids)}", "team_id": self.team, "state": {"values": {}}}
        self.views[id] = held
        self.view_history.append(held)
        return held

    # ---- files ----

    def files_getUploadURLExternal(self, body: Json) -> Json:  # noqa: N802 Slack's own name
        if not body.get("filename") or not 0 < int(body.get("length") or 0) <= MAX_FILE:
            raise Refused("invalid_arguments")
        id = f"F{next(self._ids)}"
        alt = body.get("alt_txt")
        self.files[id] = {
            "id": id,
            "name": body["filename"],
            "length": int(body["length"]),
            "alt": alt,
            "shared": [],
            "done": False,
        }
        return {"file_id": id, "upload_url": f"http://127.0.0.1:{self.port}/upload/{id}"}

    def files_completeUploadExternal(self, body: Json) -> Json:  # noqa: N802 Slack's own name
        done = []
        for each in body.get("files") or []:
            file = self.files.get(each["id"])
            if file is None or file.get("content") is None:
                raise Refused("file_not_found")
            file["done"] = True
            if body.get("channel_id"):
                room = self._room({"channel": body["channel_id"]})
                file["shared"].append((room.id, body.get("thread_ts")))
            done.append({"id": file["id"], "title": each.get("title")})
        return {"files": done}

    def _check_pictures(self, blocks: list[Json]) -> None:
        for block in blocks:
            id = (block.get("slack_file") or {}).get("id")
            if block.get("type") == "image" and id is not None and not self.files.get(id, {}).get("done"):
                raise Refused("invalid_blocks", response_metadata={"messages": ["[ERROR] invalid slack file"]})

    def check(self, body: Json) -> None:
        super().check(body)
        self._check_pictures(body.get("blocks") or [])

    # ---- streamed messages ----

    def chat_startStream(self, body: Json) -> Json:  # noqa: N802 Slack's own name
        room = self._room(body)
        thread = body.get("thread_ts")
        if not thread or room.find(thread) is None:
            raise Refused("invalid_thread_ts" if thread else "missing_thread_ts")
        for name in ("recipient_user_id", "recipient_team_id"):
            if not body.get(name):
                raise Refused(f"missing_{name}")
        message = {"type": "message", "user": self.bot_user, "bot_id": self.bot, "app_id": self.app, "ts": self.next_ts()}
        message |= {"thread_ts": thread, "text": "", "blocks": [], "streamed": 0, "asked": {}}
        room.messages.append(message)
        self._streams[message["ts"]] = {"message": message, "began": self.clock()}
        self._append(message, body)
        return {"channel": room.id, "ts": message["ts"]}

    def chat_appendStream(self, body: Json) -> Json:  # noqa: N802 Slack's own name
        message = self._streaming(body)
        self._append(message, body)
        return {"channel": body["channel"], "ts": message["ts"]}

    def chat_stopStream(self, body: Json) -> Json:  # noqa: N802 Slack's own name
        message = self._streaming(body)
        self._append(message, body)
        blocks = [*message["blocks"], *(body.get("blocks") or [])]
        if body.get("blocks"):
            self.check({"blocks": body["blocks"]})
        message["blocks"] = blocks
        del self._streams[message["ts"]]
        return {"channel": body["channel"], "ts": message["ts"], "message": message}

    def end_streams(self) -> None:
        """As if five minutes had gone by."""
        self._streams.clear()

    def _streaming(self, body: Json) -> Json:
        room = self._room(body)
        stream = self._streams.get(body.get("ts", ""))
        if room.find(body.get("ts", "")) is None:
            raise Refused("message_not_found")
        if stream is None or self.clock() - stream["began"] > STREAM_SECONDS:
            raise Refused("message_not_in_streaming_state")
        found: Json = stream["message"]
        return found

    def _append(self, message: Json, body: Json) -> None:
        if body.get("markdown_text") is not None and body.get("chunks"):
            raise Refused("invalid_arguments")
        for chunk in body.get("chunks") or []:
            if chunk.get("type") != "blocks":
                raise Refused("invalid_chunks")
            self.check({"blocks": chunk["blocks"]})
            message["blocks"] = [*message["blocks"], *chunk["blocks"]]
            message["streamed"] += 1
        if len(message["blocks"]) > limits.MAX_BLOCKS:
            raise Refused("too_many_blocks")

    # ---- agents, sessions, people ----

    def assistant_threads_setStatus(self, body: Json) -> Json:  # noqa: N802 Slack's own name
        room = self._room({"channel": body.get("channel_id", "")})
        if not body.get("thread_ts") or room.find(body["thread_ts"]) is None:
            raise Refused("invalid_thread_ts")
        self.statuses.append(body)
        return {}

    def assistant_threads_setSuggestedPrompts(self, body: Json) -> Json:  # noqa: N802 Slack's own name
        prompts = body.get("prompts") or []
        if not 1 <= len(prompts) <= MAX_PROMPTS or any(not each.get("title") or not each.get("message") for each in prompts):
            raise Refused("invalid_arguments")
        if "thread_ts" in body:
            return {}  # under agent_view Slack says ok and does nothing
        self.prompts.append(body)
        return {}

    def agents_sessions_setStatus(self, body: Json) -> Json:  # noqa: N802 Slack's own name
        if body.get("status") not in ("processing", "active", "suspended", "closed"):
            raise Refused("invalid_status")
        self.sessions.append(body)
        return {}

    def users_info(self, body: Json) -> Json:
        known = self.people.get(body.get("user", ""))
        if known is None:
            raise Refused("user_not_found")
        return {"user": {"id": body["user"], "team_id": self.team, "is_bot": False, "deleted": False, **known}}
