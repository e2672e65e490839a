"""What people say to the bot and what it answers, free of any platform: requests, replies, buttons, forms, tables, files."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from bot.model.channels import Channel
from bot.model.charts import Chart
from bot.model.editions import Answer, Edition, Summary


@dataclass(frozen=True, slots=True)
class Request:
    """What a person said. ``text`` is what follows the verb; ``language`` is the reply's.

    ``thread``: what was said before in the same thread, the first line first. ``root``: the platform's id of the thread's first
    message, perhaps a briefing. ``about``: id of the story that the words are about. ``values``: a form that was filled in, each
    field's name with what was typed or chosen. ``page``: of a list, from 1. ``admin``: the platform says that this person
    manages the workspace. ``alone``: nobody but this person sees the answer.
    """

    verb: str
    text: str
    channel: Channel
    person: str
    language: str
    at: datetime
    thread: tuple[str, ...] = ()
    root: str = ""
    about: str = ""
    values: Mapping[str, tuple[str, ...]] | None = None
    page: int = 1
    admin: bool = False
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """A button: to press it is to say ``verb`` and ``text`` (with ``about`` and ``page`` as in Request).

    ``label`` is in the reply's language. ``style``: "", primary or danger. ``asks``: the question to which the person first
    types a line, which then is the text. ``url``: of a page of ours that it opens instead of saying anything.
    """

    label: str
    verb: str
    text: str = ""
    about: str = ""
    page: int = 1
    style: str = ""
    asks: str = ""
    url: str = ""


class Option(NamedTuple):
    """A choice: what is sent, and what people see (in their language)."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form. ``kind``: text, choice (one of ``options``), choices (any of them), people or role (ids, picked where
    the platform has a picker for them and else typed as text).

    ``value``: what it holds at first. ``section``: fields of one section stand together; a platform may ask section by section.
    """

    name: str
    label: str
    kind: str = "text"
    value: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    hint: str = ""
    required: bool = False
    section: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """Fields to fill in. To send it is the Request ``verb`` ``text`` with ``values``; a FormError says what to put right."""

    verb: str
    title: str
    fields: tuple[Field, ...]
    text: str = ""
    submit: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells below ``columns``; those whose index is in ``numeric`` are set flush right. ``notes`` stand below."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """A file to hand over; ``alt`` says in words what a picture shows."""

    name: str
    content: bytes
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What we answer, shown in this order: ``title``; ``details`` (label and value); ``charts``; at most one of edition, answer
    and summary; ``table``; ``paragraphs`` ("• " begins an item of a list); ``files``; ``actions``. ``form``: opens at once where
    it can. ``secret``: for this person alone, who is offered no way to show it to others.
    """

    title: str = ""
    paragraphs: tuple[str, ...] = ()
    edition: Edition | None = None
    answer: Answer | None = None
    summary: Summary | None = None
    error: bool = False
    details: tuple[tuple[str, str], ...] = ()
    table: Table | None = None
    files: tuple[File, ...] = ()
    actions: tuple[Action, ...] = ()
    form: Form | None = None
    charts: tuple[Chart, ...] = ()
    secret: bool = False
