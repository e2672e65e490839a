"""Forms on Discord: a card with what stands in each field, a modal for each section, and a button that sends it all.

What was typed so far is a draft, JSON that a note keeps; it survives restarts and errors.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import discord
from discord import ui

from bot.locales import t
from bot.model import Field, Form, Option, Reply
from bot.platforms.discord.buttons import SECTION, SEND, Component, button, keyed, shortened

IN_A_MODAL = 5
_MOST_OPTIONS = 25
_TITLE = 45
_LABEL = 45
_HINT = 100
_PLACEHOLDER = 100
_TYPED = 4000
_QUESTION = 1000
_ON_THE_CARD = 120  # characters of a value, so that all fields and buttons fit one message
_LONG = 80  # characters from which on a text gets several lines

PICKED = {"people": discord.SelectDefaultValueType.user, "role": discord.SelectDefaultValueType.role}

Draft = dict[str, Any]
Values = dict[str, tuple[str, ...]]


def draft(form: Form, person: str, language: str) -> Draft:
    """A form as it opens, as a note keeps it. Only ``person`` may fill it in."""
    fields = [
        {
            "name": field.name,
            "label": field.label,
            "kind": field.kind,
            "options": [list(option) for option in field.options],
            "hint": field.hint,
            "required": field.required,
            "section": field.section,
        }
        for field in form.fields
    ]
    values = {field.name: list(field.value) for field in form.fields}
    head = {"verb": form.verb, "text": form.text, "title": form.title, "submit": form.submit}
    return {"form": head, "fields": fields, "values": values, "errors": {}, "person": person, "language": language}


def fields_of(kept: Draft) -> list[Field]:
    """The fields with what they hold now."""
    values = kept["values"]
    return [
        Field(
            one["name"],
            one["label"],
            one["kind"],
            tuple(values[one["name"]]),
            tuple(Option(*option) for option in one["options"]),
            one["hint"],
            one["required"],
            one["section"],
        )
        for one in kept["fields"]
    ]


def values_of(kept: Draft) -> Values:
    """What a Request carries."""
    return {name: tuple(values) for name, values in kept["values"].items()}


def sections(kept: Draft) -> list[tuple[str, list[Field]]]:
    """The form's sections with their fields, each small enough for a modal; a large one is several with the same name."""
    made = []
    for name, group in groupby(fields_of(kept), key=lambda field: field.section):
        fields = list(group)
        title = name or str(kept["form"]["title"])
        made += [(title, fields[at : at + IN_A_MODAL]) for at in range(0, len(fields), IN_A_MODAL)]
    return made


# ---- the card ----


def card(kept: Draft) -> Reply:
    """What the form holds now, with what has to be put right."""
    language = kept["language"]
    shown = ((field.label, _shown(field) or t(language, "(empty)")) for field in fields_of(kept))
    details = tuple((label, shortened(value, _ON_THE_CARD)) for label, value in shown)
    labels = {field.name: field.label for field in fields_of(kept)}
    wrong = tuple(f"⚠️ {labels[name]}: {error}" if name in labels else f"⚠️ {error}" for name, error in kept["errors"].items())
    return Reply(title=kept["form"]["title"], details=details, paragraphs=wrong)


def card_buttons(kept: Draft, key: str) -> list[Component]:
    """A button for each section, and the one that sends the form."""
    language, parts = kept["language"], sections(kept)
    names = [name for name, _ in parts]
    made = []
    for number, (name, fields) in enumerate(parts):
        count = names[: number + 1].count(name)
        label = f"{name} {count}" if names.count(name) > 1 else name
        wrong = any(field.name in kept["errors"] for field in fields)
        made.append(button(f"⚠️ {label}" if wrong else f"✏️ {label}", keyed(SECTION, key, number), "danger" if wrong else ""))
    send = button(kept["form"]["submit"] or t(language, "Save"), keyed(SEND, key), "primary")
    return [*made, send]


def _shown(field: Field) -> str:
    labels = {option.value: option.label for option in field.options}
    return ", ".join(labels.get(value, value) for value in field.value)


# ---- the modals ----


def section_modal(kept: Draft, key: str, number: int) -> ui.Modal | None:
    """The modal of one section, holding what was typed before; None where the form has no such section."""
    parts = sections(kept)
    if number >= len(parts):
        return None
    name, fields = parts[number]
    modal = ui.Modal(title=shortened(name, _TITLE), custom_id=keyed(SECTION, key, number))
    for field in fields:
        modal.add_item(_labelled(field, str(kept["errors"].get(field.name, ""))))
    return modal


def question_modal(question: str, custom_id: str, language: str) -> ui.Modal:
    """A modal for one typed line; the control is named "text"."""
    typed: ui.TextInput[Any] = ui.TextInput(custom_id="text", style=discord.TextStyle.paragraph, max_length=_QUESTION)
    question = question or t(language, "Your question")
    label = ui.Label(
        text=shortened(question, _LABEL),
        description=shortened(question, _HINT) if len(question) > _LABEL else None,
        component=typed,
    )
    modal = ui.Modal(title=shortened(question, _TITLE), custom_id=custom_id)
    modal.add_item(label)
    return modal


def _labelled(field: Field, error: str) -> ui.Label[Any]:
    hint = f"⚠️ {error}" if error else field.hint
    has_menu = field.kind != "text" and 0 < len(field.options) <= _MOST_OPTIONS
    control: ui.Item[Any] = _picker(field) if field.kind in PICKED else _menu(field) if has_menu else _line(field)
    return ui.Label(text=shortened(field.label, _LABEL), description=shortened(hint, _HINT) if hint else None, component=control)


def _menu(field: Field) -> ui.Select[Any]:
    """Options stand by their number: our values may be empty or longer than Discord allows."""
    chosen = set(field.value)
    options = [
        discord.SelectOption(label=shortened(option.label, 100), value=str(number), default=option.value in chosen)
        for number, option in enumerate(field.options)
    ]
    most = len(options) if field.kind == "choices" else 1
    least = 1 if field.required else 0
    return ui.Select(custom_id=field.name, options=options, required=field.required, min_values=least, max_values=most)


def _picker(field: Field) -> ui.Item[Any]:
    """Discord's own list of members or roles."""
    kind = PICKED[field.kind]
    ids = [id for id in field.value if id.isdecimal()][:_MOST_OPTIONS]
    # The library sends an id as it is given; Discord's description asks for a string.
    chosen = [discord.SelectDefaultValue(id=id, type=kind) for id in ids]  # type: ignore[arg-type]
    least = 1 if field.required else 0
    if field.kind == "people":
        return ui.UserSelect(
            custom_id=field.name, required=field.required, min_values=least, max_values=_MOST_OPTIONS, default_values=chosen
        )
    return ui.RoleSelect(custom_id=field.name, required=field.required, min_values=least, max_values=1, default_values=chosen[:1])


def _line(field: Field) -> ui.TextInput[Any]:
    typed = _shown(field)[:_TYPED]
    style = discord.TextStyle.paragraph if len(typed) > _LONG else discord.TextStyle.short
    placeholder = shortened(field.hint, _PLACEHOLDER) if field.hint else None
    return ui.TextInput(
        custom_id=field.name, style=style, default=typed, placeholder=placeholder, required=field.required, max_length=_TYPED
    )


# ---- what comes back ----


def typed_in(kept: Draft, controls: Mapping[str, Sequence[str]]) -> Draft:
    """The draft with what a modal sent; errors of those fields are gone until it is sent again."""
    values, errors = dict(kept["values"]), dict(kept["errors"])
    for field in fields_of(kept):
        if field.name in controls:
            values[field.name] = list(_meant(field, controls[field.name]))
            errors.pop(field.name, None)
    return {**kept, "values": values, "errors": errors}


def _meant(field: Field, sent: Sequence[str]) -> Iterator[str]:
    if field.kind == "text" or field.kind in PICKED:
        yield from (text for text in sent if text)
    elif len(field.options) <= _MOST_OPTIONS:
        yield from (
            field.options[int(number)].value for number in sent if number.isdecimal() and int(number) < len(field.options)
        )
    else:
        known = {text.casefold(): option.value for option in field.options for text in option}
        words = [word.strip() for text in sent for word in text.split(",")]
        yield from (known.get(word.casefold(), word) for word in words if word)


def controls(components: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """What the controls of a submitted modal hold, by their custom_id."""
    found: dict[str, list[str]] = {}
    for component in components:
        inner = [component["component"]] if "component" in component else component.get("components", [])
        found |= controls(inner)
        if "custom_id" in component:
            value = component.get("values", component.get("value"))
            found[component["custom_id"]] = [value] if isinstance(value, str) else [str(one) for one in value or []]
    return found
