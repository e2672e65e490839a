"""What persons do in the loopback Slack beyond writing: press buttons, fill in views, use shortcuts, open the Home tab."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.platforms.slack import limits
from tests.platforms.slack.socket_mode import Ack, Json, SocketMode
from tests.platforms.slack.workspace import Refused

_ANSWERS = {"update", "errors", "push", "clear"}


def buttons(blocks: Sequence[Json]) -> list[Json]:
    """Every button in ``blocks``."""
    return [element for block in blocks if block["type"] in ("actions", "context_actions") for element in block["elements"]]


def labels(blocks: Sequence[Json]) -> list[str]:
    """What stands on the buttons."""
    return [each["text"]["text"] for each in buttons(blocks) if each["type"] == "button"]


def inputs(view: Json) -> Iterator[Json]:
    """The fields of a view."""
    return (block for block in view["blocks"] if block["type"] == "input")


class Persons(SocketMode):
    """Clicks, as Slack tells apps of them."""

    views: dict[str, Json]
    homes: dict[str, Json]

    @abstractmethod
    def check_view(self, view: Any, kind: str) -> Json: ...

    # ---- buttons ----

    async def press(
        self, label: str, message: Json, *, channel: str = "C0BRIEF", ephemeral: bool = False, person: str = "", **changes: Any
    ) -> Ack:
        """Press the button that says ``label`` below a message; ``changes``: to what the button hands over."""
        element = next(each for each in buttons(message["blocks"]) if each.get("text", {}).get("text") == label)
        envelope_id, person = f"press-{next(self._numbers)}", person or self.person
        ts = message.get("ts") or self.next_ts()
        thread = {"thread_ts": message["thread_ts"]} if message.get("thread_ts") else {}
        where = {"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": ephemeral, **thread}
        body = {
            "container": where,
            "channel": {"id": channel, "name": "briefings"},
            "response_url": self.new_response_url(envelope_id, channel, person),
        }
        if not ephemeral:
            body["message"] = {
                "ts": ts,
                "blocks": message["blocks"],
                "text": message.get("text", ""),
                "user": self.bot_user,
                **thread,
            }
        return await self._pressed(element | changes, body, person, envelope_id)

    async def press_in_view(self, label: str, view: Json, person: str = "") -> Ack:
        """Press a button in a modal or in the Home tab."""
        element = next(each for each in buttons(view["blocks"]) if each["text"]["text"] == label)
        body = {"container": {"type": "view", "view_id": view["id"]}, "view": view}
        return await self._pressed(element, body, person or self.person, f"press-{next(self._numbers)}")

    async def rate(self, message: Json, wanted: bool) -> Ack:
        """Press one of the feedback buttons below an answer."""
        element = next(each for each in buttons(message["blocks"]) if each["type"] == "feedback_buttons")
        chosen = element["positive_button" if wanted else "negative_button"]
        action = {"type": "feedback_buttons", "action_id": element["action_id"], "value": chosen["value"], "text": chosen["text"]}
        return await self._pressed(action, {"channel": {"id": "C0BRIEF"}, "container": {"type": "message"}}, self.person, "")

    async def _pressed(self, element: Json, body: Json, person: str, envelope_id: str) -> Ack:
        action = {"action_ts": "1.1", "block_id": "b1", **element}
        return await self.send("interactive", self._told("block_actions", person) | {"actions": [action]} | body, envelope_id)

    def _told(self, kind: str, person: str) -> Json:
        return {
            "type": kind,
            "user": {"id": person, "username": "person", "team_id": self.team},
            "team": {"id": self.team, "domain": "loopback"},
            "api_app_id": self.app,
            "token": "unused",
            "trigger_id": self.new_trigger(),
            "is_enterprise_install": False,
        }

    # ---- views ----

    async def submit(self, view: Json, values: Mapping[str, Any] | None = None, person: str = "") -> Ack:
        """Fill in fields (the others keep what they hold) and send; what the app answers happens to the view."""
        fields = list(inputs(view))
        unknown = set(values or {}) - {field["block_id"] for field in fields}
        assert not unknown, f"the view has no field {unknown}"
        state = {field["block_id"]: {field["element"]["action_id"]: _filled(field, values or {})} for field in fields}
        sent = view | {"state": {"values": state}}
        ack = await self.send(
            "interactive", self._told("view_submission", person or self.person) | {"view": sent, "response_urls": []}
        )
        self._happens(view, ack.payload or {})
        return ack

    def _happens(self, view: Json, answer: Json) -> None:
        action = answer.get("response_action")
        assert action is None or action in _ANSWERS, answer
        if action == "errors":
            wrong = answer["errors"]
            assert wrong and set(wrong) <= {field["block_id"] for field in inputs(view)}, "errors stand at inputs"
            assert all(text and limits.units(text) <= 2000 for text in wrong.values())
        elif action == "update":
            try:
                self.views[view["id"]] = self.check_view(answer["view"], "modal") | {
                    "id": view["id"],
                    "hash": "h",
                    "team_id": self.team,
                }
            except Refused as refused:
                raise AssertionError(f"Slack refuses this view: {refused.body}") from refused
        else:
            self.views.pop(view["id"], None)

    # ---- shortcuts, Home, leaving ----

    async def message_shortcut(self, callback_id: str, message: Json, channel: str = "C0BRIEF") -> Ack:
        """Use a shortcut in the menu of a message."""
        envelope_id = f"shortcut-{next(self._numbers)}"
        payload = self._told("message_action", self.person) | {
            "callback_id": callback_id,
            "message_ts": message["ts"],
            "message": message,
            "channel": {"id": channel, "name": "briefings"},
            "response_url": self.new_response_url(envelope_id, channel, self.person),
        }
        return await self.send("interactive", payload, envelope_id)

    async def global_shortcut(self, callback_id: str) -> Ack:
        """Use a shortcut that belongs to no message."""
        return await self.send("interactive", self._told("shortcut", self.person) | {"callback_id": callback_id})

    async def open_tab(self, tab: str = "home", channel: str = "D0PERSON") -> Ack:
        """Open one of the app's tabs."""
        return await self.event(
            {"type": "app_home_opened", "user": self.person, "channel": channel, "tab": tab, "event_ts": "1.1"}
        )


def _filled(field: Json, values: Mapping[str, Any]) -> Json:
    """The state of one input, as Slack shapes it."""
    element, name = field["element"], field["block_id"]
    kind = element["type"]
    given = values.get(name, _first(element))
    chosen = [given] if isinstance(given, str) else list(given or ())
    if not chosen and not field.get("optional"):
        raise AssertionError(f"Slack would not send the view: {name} is empty")
    if kind == "plain_text_input":
        assert limits.units(chosen[0] if chosen else "") <= element.get("max_length", 3000)
        return {"type": kind, "value": chosen[0] if chosen else None}
    if kind == "multi_users_select":
        return {"type": kind, "selected_users": chosen}
    if kind == "conversations_select":
        return {"type": kind, "selected_conversation": chosen[0]}
    options = [option for option in element["options"] if option["value"] in chosen]
    assert len(options) == len(chosen), f"{name}: {chosen} is not offered"
    if kind == "static_select":
        return {"type": kind, "selected_option": options[0] if options else None}
    return {"type": kind, "selected_options": options}


def _first(element: Json) -> Any:
    if "initial_value" in element:
        return element["initial_value"]
    if "initial_option" in element:
        return element["initial_option"]["value"]
    return [option["value"] for option in element.get("initial_options", [])] or element.get("initial_users")
