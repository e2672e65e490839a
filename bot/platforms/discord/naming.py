"""Which command a verb stands below on Discord, in menus and in what we say.

Discord grants commands to people by top-level command: verbs for those who manage stand in a group of their own.
"""

import re
from dataclasses import replace

from bot.commands.verbs import VERBS, Verb
from bot.model import Reply, Table

GROUP = "brief"
ADMIN_GROUP = "brief-admin"

_MANAGING = "|".join(re.escape(verb.name) for verb in VERBS if verb.managing)
_SAID = re.compile(rf"(?<![\w/-])/{GROUP} (?=(?:{_MANAGING})\b)") if _MANAGING else re.compile(r"(?!)")


def group_of(verb: Verb) -> str:
    """The command below which a verb stands."""
    return ADMIN_GROUP if verb.managing else GROUP


def named(reply: Reply) -> Reply:
    """The reply with commands called as they are called here."""
    details = tuple((label, _named(value)) for label, value in reply.details)
    return replace(reply, details=details, paragraphs=_all(reply.paragraphs), table=reply.table and _in_table(reply.table))


def _in_table(table: Table) -> Table:
    return replace(table, rows=tuple(map(_all, table.rows)), notes=_all(table.notes))


def _all(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(_named, texts))


def _named(text: str) -> str:
    return _SAID.sub(f"/{ADMIN_GROUP} ", text)
