"""Block Kit that is valid by construction: every text and block has a bound, and what is longer goes on in the next."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import Any

from bot.model import Message
from bot.platforms.slack.text import OBJECT_LIMIT, clean, escape, pieces, units

Json = dict[str, Any]
Line = tuple[str, list[Json]]  # kind (section, quote or bullet) and its rich_text elements

MAX_BLOCKS = 49  # Slack allows 50; one is kept for the line that points to the thread
MAX_WEIGHT = 12_000  # Slack refuses messages beyond about 13,200, in which each block counts for something
_BLOCK_WEIGHT = 25
_HEADER_LIMIT = 150
_CONTEXT_ELEMENTS = 10
_FALLBACK_LIMIT = 3000
_WEIGHED = frozenset({"text", "url", "fallback", "value", "alt_text", "accessibility_label"})
_INTERACTIVE = frozenset({"actions", "context_actions"})
_LINE_LIMIT = 500  # escaped, five times as much, a line still fits


@dataclass(frozen=True)
class Group:
    """Blocks that stay in one message where they fit, and what a screen reader or notification says for them.

    Who puts them into a message changes none of them: alike editions share theirs.
    """

    blocks: list[Json]
    spoken: str = ""

    @cached_property
    def weight(self) -> int:
        """What the blocks weigh in a message."""
        return sum(weigh(block) + _BLOCK_WEIGHT for block in self.blocks)


# ---- elements and blocks ----


def space() -> Json:
    """A rich_text element between two others."""
    return {"type": "text", "text": " "}


def text_of(text: str, **style: bool) -> list[Json]:
    """Foreign text as rich_text elements; ``style``: bold, italic or code."""
    styled: Json = {"style": style} if style else {}
    return [{"type": "text", "text": piece, **styled} for piece in pieces(clean(text))]


def header(text: str) -> list[Json]:
    """A heading; what is too long for Slack's header is a bold line, and nothing is nothing."""
    line = clean(text).replace("\n", " ")
    if not line:
        return []
    if units(line) > _HEADER_LIMIT:
        return rich([("section", text_of(line, bold=True))])
    return [{"type": "header", "text": {"type": "plain_text", "text": line, "emoji": False}}]


def context(texts: Iterable[str]) -> list[Json]:
    """Small print without markup; empty texts are left out."""
    return contexts({"type": "plain_text", "text": piece, "emoji": False} for text in texts for piece in pieces(clean(text)))


def contexts(elements: Iterable[Json]) -> list[Json]:
    """Text objects as small print."""
    blocks: list[Json] = []
    for element in elements:
        shown = blocks[-1]["elements"] if blocks else []
        if not shown or len(shown) == _CONTEXT_ELEMENTS or weigh(shown) + weigh(element) > OBJECT_LIMIT:
            blocks.append({"type": "context", "elements": [element]})
        else:
            shown.append(element)
    return blocks


def rich(lines: Iterable[Line]) -> list[Json]:
    """Lines as rich_text blocks, none heavier than one text object may be."""
    blocks: list[Json] = []
    weight = 0
    for kind, line in lines:
        fresh = True
        for inline in line:
            own = weigh(inline) + 1  # one for a line break
            if not blocks or weight + own > OBJECT_LIMIT:
                blocks.append({"type": "rich_text", "elements": []})
                weight, fresh = 0, True
            _add(blocks[-1]["elements"], kind, inline, fresh)
            weight += own
            fresh = False
    return blocks


def _add(elements: list[Json], kind: str, inline: Json, fresh: bool) -> None:
    """Put ``inline`` behind what is there; ``fresh``: on a line of its own."""
    wanted = "rich_text_list" if kind == "bullet" else f"rich_text_{kind}"
    if not elements or elements[-1]["type"] != wanted:
        elements.append({"type": wanted, "elements": []} | ({"style": "bullet"} if kind == "bullet" else {}))
    holder = elements[-1]["elements"]
    if kind == "bullet":
        if fresh:
            holder.append({"type": "rich_text_section", "elements": []})
        holder[-1]["elements"].append(inline)
    else:
        holder += [{"type": "text", "text": "\n"}, inline] if fresh and holder else [inline]


def preformatted(lines: Iterable[str]) -> list[Json]:
    """Lines in letters of one width, as they are."""
    blocks: list[Json] = []
    weight = OBJECT_LIMIT
    for line in lines:
        for piece in pieces(line or " "):
            if weight + units(piece) + 1 > OBJECT_LIMIT:
                blocks.append({"type": "rich_text", "elements": [{"type": "rich_text_preformatted", "elements": []}]})
                weight = 0
            holder = blocks[-1]["elements"][0]["elements"]
            holder.append({"type": "text", "text": ("\n" if holder else "") + piece})
            weight += units(piece) + 1
    return blocks


def weigh(node: Any) -> int:
    """The text, addresses and values below ``node``, in units: more than Slack counts, never less."""
    if isinstance(node, list):
        return sum(map(weigh, node))
    if not isinstance(node, dict):
        return 0
    own = sum(units(value) for key, value in node.items() if key in _WEIGHED and isinstance(value, str))
    return own + sum(weigh(value) for value in node.values())


# ---- messages ----


class _Draft:
    """A message being filled; Slack shows one table in each."""

    def __init__(self) -> None:
        self.groups: list[Group] = []
        self._blocks = self._weight = self._tables = 0

    def fits(self, group: Group) -> bool:
        return (
            self._blocks + len(group.blocks) <= MAX_BLOCKS
            and self._weight + group.weight <= MAX_WEIGHT
            and self._tables + _tables(group.blocks) <= 1
        )

    def add(self, group: Group) -> None:
        self.groups.append(group)
        self._blocks += len(group.blocks)
        self._weight += group.weight
        self._tables += _tables(group.blocks)


def _tables(blocks: Iterable[Json]) -> int:
    return sum(block["type"] == "table" for block in blocks)


def pack(groups: Iterable[Group]) -> list[list[Group]]:
    """Groups in messages, broken between groups; only a group that no message could hold is broken between its blocks."""
    drafts = [_Draft()]
    for group in groups:
        whole = drafts[-1].fits(group) or _Draft().fits(group)
        for part in [group] if whole else _torn(group):
            if not drafts[-1].fits(part):
                drafts.append(_Draft())
            drafts[-1].add(part)
    return [draft.groups for draft in drafts]


def _torn(group: Group) -> Iterator[Group]:
    for at, block in enumerate(group.blocks):
        yield Group([block], "" if at else group.spoken)


def messages_of(messages: Iterable[Sequence[Group]]) -> tuple[Message, ...]:
    """Groups as payloads; all but the first belong into the thread of the first."""
    held = [(groups, [block for group in groups for block in group.blocks]) for groups in messages]
    return tuple(
        Message({"text": _fallback(groups, blocks), "blocks": numbered(blocks)}, in_thread=at > 0)
        for at, (groups, blocks) in enumerate(held)
        if blocks
    )


def numbered(blocks: Iterable[Json]) -> list[Json]:
    """``blocks`` with action ids that differ from one another; what comes before ":" stays."""
    numbers = count()
    return [_numbered(block, numbers) if block["type"] in _INTERACTIVE else block for block in blocks]


def _numbered(block: Json, numbers: Iterator[int]) -> Json:
    named = [{**each, "action_id": f"{each['action_id'].partition(':')[0]}:{next(numbers)}"} for each in block["elements"]]
    return {**block, "elements": named}


def _fallback(groups: Iterable[Group], blocks: list[Json]) -> str:
    """What a screen reader or a notification says: whole lines as far as they go, or else the blocks' own words."""
    spoken = [line for group in groups for line in pieces(clean(group.spoken), _LINE_LIMIT)]
    said = ""
    for line in map(escape, spoken or pieces(clean(" ".join(_words(blocks))), _LINE_LIMIT)):
        if units(said) + units(line) > _FALLBACK_LIMIT:
            break
        said += ("\n" if said else "") + line
    return said or "…"


def _words(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for each in node:
            yield from _words(each)
    elif isinstance(node, dict):
        text = node.get("text")
        yield from [text] if isinstance(text, str) else _words(list(node.values()))
