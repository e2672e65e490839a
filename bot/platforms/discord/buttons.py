"""What a button carries in its custom_id, so that it works after any restart: a verb with its words, or the key of a note.

A custom_id is ``KIND1:COPY:…``: one letter for what happens, the version, and a number where two in a message would be alike.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.commands.verbs import VERBS
from bot.model import Action
from bot.platforms.discord.text import clean, length

SAY = "b"  # say the verb; the answer is a message of its own
TURN = "p"  # the same, but the answer takes the place of the message, as pages of a list do
ASK = "q"  # a line is typed first; the question that asks for it stands where the words would
NOTE = "n"  # one of the above, kept as a note as it is too long
SHARE = "s"  # show everyone what the note holds
SECTION = "f"  # open a section of the form that the note holds
SEND = "g"  # send that form

MAX_ID = 100
MAX_LABEL = 80
IN_A_ROW = 5
TEMPLATE = re.compile(r"[bpqnsfg]1:\d{0,2}:.*", re.DOTALL)
CHOICE_TEMPLATE = re.compile(r"c1:\d{0,2}:.*", re.DOTALL)  # a menu, whose values each are what to say

_KINDS = {SAY, TURN, ASK}
_COPY = 2  # characters that stay free for the number that tells two alike apart
_SAID = re.compile(r"([bpq])1:\d{0,2}:([a-z][a-z-]{0,31}):(\d{0,4}):([^:]{0,64}):(.*)", re.DOTALL)
_KEYED = re.compile(r"([nsfg])1:\d{0,2}:([\w-]{1,16})(?::(\d{1,2}))?", re.ASCII)
_VERBS = frozenset(verb.name for verb in VERBS)
_LINK = 5
_STYLES = {"": 2, "primary": 1, "danger": 4}

Component = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Press:
    """What a press says: ``verb`` and its words, or the ``key`` of a note and a form's ``section`` by its number."""

    kind: str
    verb: str = ""
    text: str = ""
    about: str = ""
    page: int = 1
    key: str = ""
    section: int = 0


def read(custom_id: str) -> Press | None:
    """What a custom_id of ours says; None for what no version of ours writes, or names a verb that is no more."""
    if said := _SAID.fullmatch(custom_id):
        kind, verb, page, about, text = said.groups()
        return Press(kind, verb, text, about, int(page or 1)) if verb in _VERBS else None
    if keyed := _KEYED.fullmatch(custom_id):
        kind, key, section = keyed.groups()
        return Press(kind, key=key, section=int(section or 0))
    return None


def kept(data: Mapping[str, Any]) -> Press | None:
    """The press that a note holds."""
    if data.get("kind") not in _KINDS or data.get("verb") not in _VERBS:
        return None
    page = data.get("page")
    return Press(data["kind"], data["verb"], str(data["text"]), str(data["about"]), page if isinstance(page, int) else 1)


def to_keep(action: Action, *, turns: bool = False) -> dict[str, Any]:
    """An action as the note that ``kept`` reads."""
    kind, words = _kind_and_words(action, turns)
    return {"kind": kind, "verb": action.verb, "text": words, "about": action.about, "page": action.page}


def custom_id(action: Action, *, turns: bool = False) -> str | None:
    """The custom_id of an action; None where it is too long for one. ``turns``: the answer takes the message's place."""
    kind, words = _kind_and_words(action, turns)
    made = _written(Press(kind, action.verb, words, action.about, action.page))
    if made is None and kind == ASK:
        made = _written(Press(kind, action.verb, "", action.about, action.page))  # the label alone will ask
    return made


def _written(press: Press) -> str | None:
    page = "" if press.page == 1 else str(press.page)
    made = f"{press.kind}1::{press.verb}:{page}:{press.about}:{press.text}"
    return made if length(made) <= MAX_ID - _COPY and read(made) == press else None


def _kind_and_words(action: Action, turns: bool) -> tuple[str, str]:
    if action.asks:
        return ASK, action.asks
    return (TURN if turns else SAY), action.text


def keyed(kind: str, key: str, section: int | None = None) -> str:
    """The custom_id of what is done with a note."""
    return f"{kind}1::{key}" if section is None else f"{kind}1::{key}:{section}"


def button(label: str, id: str, style: str = "") -> Component:
    """A button as JSON; a label that is too long ends in an ellipsis."""
    return {"type": 2, "style": _STYLES.get(style, 2), "label": shortened(label, MAX_LABEL), "custom_id": id, "disabled": False}


def link_button(label: str, url: str) -> Component:
    """A button that opens a page."""
    return {"type": 2, "style": _LINK, "label": shortened(label, MAX_LABEL), "url": url, "disabled": False}


def shortened(label: str, limit: int) -> str:
    """A label on one line without invisible characters, ending in an ellipsis where it would be longer than ``limit``."""
    label = clean(label) or "…"
    if length(label) <= limit:
        return label
    while length(label) > limit - 1:
        label = label[:-1]
    return f"{label.rstrip()}…"


def rows(buttons: Sequence[Component]) -> list[Component]:
    """The buttons in rows of five."""
    return [{"type": 1, "components": list(buttons[at : at + IN_A_ROW])} for at in range(0, len(buttons), IN_A_ROW)]


def of_actions(actions: Iterable[Action], said: tuple[str, str, str] | None = None) -> list[Component]:
    """Buttons for the actions whose state fits into them. ``said``: the verb, text and about whose answer they stand below."""
    made = []
    for action in actions:
        if action.url:
            made.append(link_button(action.label, action.url))
            continue
        id = custom_id(action, turns=turns_page(action, said))
        if id is not None:
            made.append(button(action.label, id, action.style))
    return made


def turns_page(action: Action, said: tuple[str, str, str] | None) -> bool:
    """Whether an action is another page of what was said."""
    return said is not None and said == (action.verb, action.text, action.about)


def distinct(components: Sequence[Component]) -> None:
    """Number the custom_ids that occur more than once in a message; Discord refuses twins."""
    seen: set[str] = set()
    for one in _controls(components):
        head, _, rest = one["custom_id"].split(":", 2)
        copy = 0
        while one["custom_id"] in seen:
            copy += 1
            one["custom_id"] = f"{head}:{copy}:{rest}"
        seen.add(one["custom_id"])


def _controls(components: Sequence[Component]) -> Iterable[Component]:
    for component in components:
        if "custom_id" in component:
            yield component
        yield from _controls(component.get("components", ()))
