"""Modals: a Form, a question and an answer as views within Slack's limits, and what was filled in as values of a Request."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bot.locales import t
from bot.model import Field, Form, Message, Option
from bot.platforms.slack.blocks import MAX_WEIGHT, Json, context, header, numbered, weigh
from bot.platforms.slack.buttons import label
from bot.platforms.slack.tables import without_tables
from bot.platforms.slack.text import bounded, clean, pieces, units

# What a view is for, by its callback_id.
FORM, ASK, WHERE = "form", "ask", "where"

METADATA_LIMIT = 3000
_MAX_BLOCKS = 99  # Slack allows 100; one is kept for the line that says that there is more
_TITLE_LIMIT = 24
_TEXT_LIMIT = 3000
_HINT_LIMIT = 2000
_OPTION_LIMIT = 75
_VALUE_LIMIT = 150
_MOST_OPTIONS = 100
_MOST_BOXES = 10
_PERSON_LIMIT = 100
_FIELD = "value"  # how the action id of every input begins
_WORDS = "words"  # the block of a question

Values = dict[str, tuple[str, ...]]


def form_view(form: Form, language: str, metadata: str) -> Json:
    """The fields of ``form``, those of one section below its heading. ``metadata`` comes back when it is sent."""
    blocks: list[Json] = []
    section = ""
    for field in form.fields:
        element = _element(field)
        if element is None:
            continue
        if field.section != section:
            section = field.section
            blocks += header(section)
        blocks.append(_input(field, element | {"action_id": f"{_FIELD}:{field.name}"}))
    submit = form.submit or t(language, "Save")
    return _modal(form.title, blocks[:_MAX_BLOCKS], language, metadata=metadata, callback=FORM, submit=submit)


def ask_view(title: str, question: str, language: str, metadata: str) -> Json:
    """One line to fill in, or a few."""
    element: Json = {"type": "plain_text_input", "action_id": _FIELD, "max_length": _TEXT_LIMIT}
    element |= {"multiline": True, "focus_on_load": True}
    asked: Json = {"type": "input", "block_id": _WORDS, "label": label(question, _HINT_LIMIT), "element": element}
    return _modal(title, [asked], language, metadata=metadata, callback=ASK, submit=t(language, "Ask"))


def where_view(title: str, language: str, metadata: str) -> Json:
    """A channel to choose."""
    element: Json = {
        "type": "conversations_select",
        "action_id": _FIELD,
        "default_to_current_conversation": True,
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    asked: Json = {"type": "input", "block_id": _WORDS, "label": label(t(language, "For which channel?")), "element": element}
    return _modal(title, [asked], language, metadata=metadata, callback=WHERE, submit=t(language, "Next"))


def wait_view(title: str, words: str, language: str) -> Json:
    """What is seen until there is an answer."""
    return _modal(title, context([words]), language)


def answer_view(title: str, messages: Iterable[Message], language: str, metadata: str = "") -> Json:
    """An answer as far as a view holds it."""
    blocks = [block for message in messages for block in message.payload["blocks"]]
    return _modal(title, fitting(blocks, language), language, metadata=metadata)


def fitting(blocks: Sequence[Json], language: str) -> list[Json]:
    """As many of ``blocks`` as a view holds; where some are left out, the last line says so."""
    shown: list[Json] = []
    weight = 0
    for block in without_tables(blocks):
        weight += weigh(block)
        if len(shown) == _MAX_BLOCKS or weight > MAX_WEIGHT:
            shown += context([t(language, "There is more than fits here: ask in a channel or direct message to see all.")])
            break
        shown.append(block)
    return numbered(shown)


def _modal(
    title: str, blocks: list[Json], language: str, *, metadata: str = "", callback: str = "answer", submit: str = ""
) -> Json:
    view: Json = {
        "type": "modal",
        "callback_id": callback,
        "title": label(title, _TITLE_LIMIT),
        "close": label(t(language, "Cancel") if submit else t(language, "Close"), _TITLE_LIMIT),
        "blocks": blocks,
        "private_metadata": metadata,
    }
    return view | ({"submit": label(submit, _TITLE_LIMIT)} if submit else {})


# ---- fields ----


def _input(field: Field, element: Json) -> Json:
    block: Json = {"type": "input", "block_id": field.name, "label": label(field.label, _HINT_LIMIT), "element": element}
    block["optional"] = not field.required
    return block | ({"hint": label(field.hint, _HINT_LIMIT)} if clean(field.hint) else {})


def _element(field: Field) -> Json | None:
    """What the field is filled in with; None for a choice between nothing."""
    if field.kind in ("choice", "choices"):
        return _choice(field, _options(field.options))
    if field.kind == "people":
        people = [person for person in field.value if person.isalnum()][:_PERSON_LIMIT]
        return {"type": "multi_users_select", "action_id": _FIELD} | ({"initial_users": people} if people else {})
    text = next(pieces(clean("\n".join(field.value)), _TEXT_LIMIT), "")
    element: Json = {"type": "plain_text_input", "action_id": _FIELD, "max_length": _TEXT_LIMIT, "multiline": "\n" in text}
    return element | ({"initial_value": text} if text else {})


def _choice(field: Field, options: list[Json]) -> Json | None:
    if not options:
        return None
    chosen = [option for option in options if option["value"] in field.value]
    element: Json = {"action_id": _FIELD, "options": options}
    if field.kind == "choice":
        return element | {"type": "static_select"} | ({"initial_option": chosen[0]} if chosen else {})
    kind = "checkboxes" if len(options) <= _MOST_BOXES else "multi_static_select"
    return element | {"type": kind} | ({"initial_options": chosen} if chosen else {})


def _options(options: Iterable[Option]) -> list[Json]:
    """As Slack takes them: none of them twice, and none that it could not give back."""
    held: dict[str, Json] = {}
    for value, shown in options:
        if value and units(value) <= _VALUE_LIMIT:
            held.setdefault(value, {"text": label(shown or value, _OPTION_LIMIT), "value": value})
    return list(held.values())[:_MOST_OPTIONS]


# ---- what comes back ----


def values_of(view: Mapping[str, Any]) -> Values:
    """What was filled in: each field's name with what was typed or chosen."""
    state = (view.get("state") or {}).get("values") or {}
    return {str(name): tuple(_given(next(iter(inputs.values()), {}))) for name, inputs in state.items()}


def words_of(view: Mapping[str, Any]) -> str:
    """What was typed or chosen in a view with one field."""
    return " ".join(values_of(view).get(_WORDS, ()))


def _given(state: Mapping[str, Any]) -> Iterator[str]:
    typed = state.get("value")
    if isinstance(typed, str) and clean(typed):
        yield clean(typed)
    one = state.get("selected_option")
    for option in (*([one] if one else []), *(state.get("selected_options") or ())):
        yield str(option["value"])
    yield from map(str, state.get("selected_users") or ())
    if state.get("selected_conversation"):
        yield str(state["selected_conversation"])


def errors_for(view: Mapping[str, Any], wrong: Mapping[str, str], otherwise: str) -> Json:
    """What is to be put right, at its fields; at the first field what belongs to none."""
    fields = [str(block["block_id"]) for block in view.get("blocks") or () if block.get("type") == "input"]
    errors = {name: bounded(text, _HINT_LIMIT) for name, text in wrong.items() if name in fields and clean(text)}
    strays = " ".join(text for name, text in wrong.items() if name not in fields) or otherwise
    if fields and not errors:
        errors = {fields[0]: bounded(strays, _HINT_LIMIT) or "…"}
    return errors
