"""What a follow-up leaves unsaid: "And in Japan?" asks about what the question before was about."""

from collections.abc import Sequence
from dataclasses import replace

from bot.archive.query import Group, read_groups
from bot.knowledge import register
from bot.knowledge.register import PLACE_KINDS

_CARRIED = 0.5  # what words of the question before are worth


def continued(groups: tuple[Group, ...], before: Sequence[str]) -> tuple[Group, ...]:
    """``groups`` with what the lines ``before`` were about, unless they name a subject of their own."""
    if not before or any(not is_place(entity) for group in groups for entity in group.entities):
        return groups
    *earlier, last = before
    carried = continued(read_groups(last), earlier)
    asked = {register.load().get(entity).country for group in groups for entity in group.entities}
    if asked:
        carried = tuple(_moved(group, asked) for group in carried if not _places(group))
    named = any(group.entities and not _places(group) for group in carried)
    if tells(groups) and named:
        # The follow-up has a matter of its own: only whom and what it speaks of is missing.
        carried = tuple(group for group in carried if group.entities or group.meanings == _AI)
    return (*groups, *(group if group.entities else replace(group, weight=_CARRIED) for group in carried))


_AI = ("word ai",)


def tells(groups: Sequence[Group]) -> bool:
    """Whether ``groups`` say what is asked, beyond a place and "how much"."""
    return any(group.known and not group.frame and not group.entities for group in groups)


def is_place(entity: str) -> bool:
    """Whether an entity of the register is a country or place."""
    return register.load().get(entity).kind in PLACE_KINDS


def _places(group: Group) -> bool:
    return any(is_place(entity) for entity in group.entities)


def _moved(group: Group, countries: set[str]) -> Group:
    """Asked about another country, a company's branch is not meant but the company, a law but its like there."""
    known = [register.load().get(entity) for entity in group.entities]
    if not known or all(entity.country in countries or (entity.kind == "company" and not entity.parent) for entity in known):
        return group
    if known[0].kind == "company":
        return replace(group, entities=tuple(entity.parent or entity.id for entity in known), tokens=(), han=())
    words = set(known[0].id.split())
    alike = (
        one.id for one in register.load() if one.kind == known[0].kind and one.country in countries and words & _topics(one.id)
    )
    return replace(group, entities=tuple(alike), meanings=(), tokens=(), han=())


def _topics(name: str) -> set[str]:
    """The words of a law's or programme's name but those that every law has."""
    return set(name.split()) - {"Act", "Basic", "Law", "Bill", "Plan", "Project", "Program", "of", "the", "on", "and", "for"}
