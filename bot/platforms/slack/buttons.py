"""Buttons: an Action as a Block Kit element, and what comes back when somebody presses it, read as strictly as hostile data."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.commands import verbs
from bot.locales import t
from bot.model import Action, Request
from bot.platforms.slack.text import bounded, clean, units, web_url

Json = dict[str, Any]

SAY = "say"  # action ids begin with it: a button that says something
OPEN = "open"  # one that opens a page; Slack tells us of it all the same
ROW = 5  # buttons beside one another
_VERSION = 1
_VALUE_LIMIT = 2000
_LABEL_LIMIT = 75
_LONGEST = {"verb": 40, "text": 20_000, "about": 200, "asks": 500, "url": 2000, "channel": 40, "thread": 40, "note": 40}
_LAST_PAGE = 100_000
_PRESSED = {"good": "More like this", "bad": "Less like this"}  # what a screen reader says for a thumb


@dataclass(frozen=True, slots=True)
class Errand:
    """What a button or form says when it is used: verb, text, about and page as in Request, and what else has to be known then.

    ``asks``: the question that comes first. ``again``: the answer takes the place of the message with the button. ``url``,
    ``channel``, ``thread``: where the answer of a form goes. ``home``: the Home tab has to be drawn anew afterwards. ``note``:
    the key by which our database holds the rest, because it is too long for Slack.
    """

    verb: str = ""
    text: str = ""
    about: str = ""
    page: int = 1
    asks: str = ""
    again: bool = False
    url: str = ""
    channel: str = ""
    thread: str = ""
    home: bool = False
    note: str = ""

    def data(self) -> Json:
        """As JSON data without what is as usual."""
        usual = Errand()
        told = {name: getattr(self, name) for name in self.__slots__}
        return {"v": _VERSION, **{name: value for name, value in told.items() if value != getattr(usual, name)}}


def errand_of(action: Action, request: Request | None = None) -> Errand:
    """What ``action`` below the reply to ``request`` says; to page through a list is to stay in its message."""
    again = request is not None and (action.verb, action.text, action.about) == (request.verb, request.text, request.about)
    return Errand(action.verb, action.text, action.about, action.page, action.asks, again and not action.asks)


def written(errand: Errand) -> str:
    """An errand as Slack keeps it for us in a button or view."""
    data = {name: clean(each) if isinstance(each, str) else each for name, each in errand.data().items()}
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def too_long(errand: Errand, limit: int = _VALUE_LIMIT) -> bool:
    """Whether Slack would refuse to keep it."""
    return units(written(errand)) > limit


def read(value: object) -> Errand | None:
    """The errand in what Slack hands back or in a note of ours; None for anything that is not exactly one."""
    if isinstance(value, str):
        try:
            value = json.loads(value) if len(value) <= 4 * _VALUE_LIMIT else None
        except (ValueError, RecursionError):
            return None
    if not isinstance(value, Mapping) or value.get("v") != _VERSION:
        return None
    told = {name: each for name, each in value.items() if name != "v"}
    if not told.keys() <= set(Errand.__slots__) or not all(_fits(name, each) for name, each in told.items()):
        return None
    errand = Errand(**told)
    return errand if errand.note or errand.verb in _known() else None


def _known() -> set[str]:
    return {verb.name for verb in verbs.VERBS}


def _fits(name: str, value: object) -> bool:
    if name == "page":
        return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _LAST_PAGE
    if name in ("again", "home"):
        return isinstance(value, bool)
    return isinstance(value, str) and len(value) <= _LONGEST[name]


# ---- as blocks ----


def label(text: str, limit: int = _LABEL_LIMIT) -> Json:
    """A short text of an element; what does not fit ends in "…"."""
    return {"type": "plain_text", "text": bounded(text, limit) or "…", "emoji": True}


def button(text: str, errand: Errand, *, style: str = "", spoken: str = "") -> Json:
    """A button that says ``errand``; ``spoken``: what a screen reader says for it."""
    made: Json = {"type": "button", "action_id": SAY, "text": label(text), "value": written(errand)}
    if style in ("primary", "danger"):
        made["style"] = style
    if spoken:
        made["accessibility_label"] = bounded(spoken, _LABEL_LIMIT)
    return made


def rows(buttons: Iterable[Json]) -> list[Json]:
    """Buttons as blocks, five beside one another."""
    listed = list(buttons)
    return [{"type": "actions", "elements": listed[at : at + ROW]} for at in range(0, len(listed), ROW)]


def of_actions(
    actions: Iterable[Action], language: str, request: Request | None = None, notes: Mapping[Action, str] | None = None
) -> list[Json]:
    """Actions as rows of buttons. ``notes``: the keys of those that are too long for Slack; one without a key is left out."""
    made = []
    for action in actions:
        if action.url:
            if url := web_url(action.url):
                made.append({"type": "button", "action_id": OPEN, "text": label(action.label), "url": url})
            continue
        errand = errand_of(action, request)
        if too_long(errand):
            key = (notes or {}).get(action)
            if not key:
                continue
            errand = Errand(note=key)
        spoken = t(language, _PRESSED[action.verb]) if action.verb in _PRESSED else ""
        made.append(button(action.label, errand, style=action.style, spoken=spoken))
    return rows(made)
