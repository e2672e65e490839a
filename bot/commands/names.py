"""Names of the register as people type and read them: in any script, several at a time, and what they begin with."""

import difflib
import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache

from bot.knowledge import register
from bot.knowledge.language import normalise
from bot.knowledge.register import PLACE_KINDS
from bot.model import LANGUAGES, Entity

_BETWEEN = re.compile(r"\s*[;\n、]\s*")


class UnknownName(ValueError):
    """A name that the register does not have; ``near``: names that look like it."""

    def __init__(self, name: str, near: Sequence[str]) -> None:
        super().__init__(name)
        self.name = name
        self.near = tuple(near)


def meant(name: str) -> tuple[Entity, ...]:
    """Whom ``name`` may mean, the likeliest first; places and currencies are nobody. The id of an entity means only that one."""
    known = register.load()
    found = [entity for entity in known.find(name) if entity.kind not in PLACE_KINDS]
    exact = [entity for entity in found if entity.id == name.strip()]
    return tuple(exact or found)


def read_names(text: str) -> frozenset[str]:
    """Ids of all that is named in a list with commas, semicolons or lines between. Raises UnknownName."""
    ids: set[str] = set()
    for part in filter(None, _BETWEEN.split(text.strip())):
        ids |= _ids_of([piece.strip() for piece in part.split(",") if piece.strip()])
    return frozenset(ids)


def _ids_of(pieces: Sequence[str]) -> set[str]:
    """The longest run of pieces that is a name counts as one: some ministries have commas in theirs."""
    ids: set[str] = set()
    at = 0
    while at < len(pieces):
        ends = range(len(pieces), at, -1)
        name, end = next(((name, end) for end in ends if meant(name := ", ".join(pieces[at:end]))), (pieces[at], at))
        if end == at:
            raise UnknownName(name, near(name))
        ids |= {entity.id for entity in meant(name)}
        at = end
    return ids


def show_name(id: str, language: str) -> str:
    """What people call it; a name that ``read_names`` reads as this one and nothing else."""
    try:
        entity = register.load().get(id)
    except KeyError:
        return id
    name = entity.name(language)
    return name if [one.id for one in meant(name)] == [id] and not _BETWEEN.search(name) else id


def near(name: str, most: int = 3) -> list[str]:
    """Names that look like ``name``."""
    keys, shown = _alphabet()
    close = difflib.get_close_matches(normalise(name), _initials().get(normalise(name)[:1], ()), n=most, cutoff=0.7)
    return list(dict.fromkeys(shown[bisect_left(keys, key)][0] for key in close))


def beginning(prefix: str, language: str, most: int) -> list[tuple[str, str]]:
    """Entities with a name that begins with ``prefix``: id, and how to show it, those in the language's own script first."""
    start = normalise(prefix)
    keys, shown = _alphabet()
    found: dict[str, tuple[int, str]] = {}
    for at in range(bisect_left(keys, start), len(keys)):
        if not keys[at].startswith(start) or len(found) >= 40 * most:
            break
        name, id, script = shown[at]
        rank = (0 if script == language else 1 if script == "en" else 2) * 100 + len(keys[at]) - len(start)
        if id not in found or rank < found[id][0]:
            found[id] = (rank, name)
    ranked = sorted(found.items(), key=lambda pair: (pair[1][0], pair[0]))
    return [(id, _label(id, name, language)) for id, (_, name) in ranked[:most]]


def _label(id: str, name: str, language: str) -> str:
    usual = register.load().get(id).name(language)
    return usual if normalise(usual) == normalise(name) else f"{usual} ({name})"


@cache
def _alphabet() -> tuple[list[str], list[tuple[str, str, str]]]:
    """All names in order: normalised, and beside each the name, the entity's id and the name's language."""
    rows = {
        (normalise(name), name, entity.id, script)
        for entity in register.load()
        if entity.kind not in PLACE_KINDS
        for script, names in ({"en": (entity.id,)} | {code: entity.aliases.get(code, ()) for code in LANGUAGES}).items()
        for name in (*names, *((entity.id,) if script == "en" else ()))
    }
    ordered = sorted(rows)
    return [row[0] for row in ordered], [row[1:] for row in ordered]


@cache
def _initials() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key in _alphabet()[0]:
        found.setdefault(key[:1], []).append(key)
    return found
