"""The register of names: companies, ministries, laws, people and places in three scripts, and where a text names them.

The names are data (data/register.jsonl, places.yaml, register_rules.yaml). Matching respects word borders in Latin text, Korean
particles and katakana runs; a name that is also an everyday word counts only in company.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import ahocorasick_rs

from bot.errors import ConfigError
from bot.knowledge import language
from bot.knowledge.tables import table
from bot.model import Entity

PLACE_KINDS = frozenset(("country", "place", "currency"))
KINDS = frozenset(("company", "lab", "fund", "government", "law", "programme", "person")) | PLACE_KINDS
_HANGUL = re.compile(r"[가-힣]")
_KATAKANA = re.compile(r"[ァ-ヺー]")
_ADDRESS = frozenset((".", "@", "/"))  # before a Latin name: part of an address
_DOMAIN = re.compile(r"\.(?:com|net|org|io|co\.|jp|kr)\b")
_LATIN = re.compile(r"[0-9a-z\u00c0-\u024f]")
# How far a name can be trusted alone: as it is written, with business words near, only beside another name of the entity.
SURE, CASED, AMBIGUOUS, COMMON = range(4)
_DOUBTS = {"cased": CASED, "ambiguous": AMBIGUOUS, "common": COMMON}
_ANY_CASE = 5  # Latin names of fewer characters, written in capitals, count in that writing only
_LIST_BEFORE = re.compile(r"\s?[·・,、/]\s?$")
_LIST_AFTER = re.compile(r"\s?[·・,、/]\s?")
_LONGER_THAN_ALL = 1 << 32  # texts: of two that begin together the longer one comes first
_NEAR = 40  # characters around an ambiguous name in which company is looked for


class Mention(NamedTuple):
    """``alias`` = text[start:end] names the entity with id ``entity``. ``ambiguous``: the alias alone would not have told."""

    entity: str
    alias: str
    start: int
    end: int
    ambiguous: bool
    kind: str
    country: str


@dataclass(frozen=True, slots=True)
class _Name:
    """One way to write an entity. ``exact``: other cases do not count."""

    entity: Entity
    written: str
    doubt: int
    exact: bool


class _Hit(NamedTuple):
    start: int
    end: int
    names: tuple[_Name, ...]


class Register:
    """All entities, and an automaton over all their aliases."""

    def __init__(self, entities: Sequence[Entity], doubts: Mapping[tuple[str, str], int], rules: Mapping[str, Any]) -> None:
        """``doubts``: of an entity's id and alias, one of CASED, AMBIGUOUS, COMMON; names not in it are sure."""
        self._entities = {entity.id: entity for entity in entities}
        self._names: dict[str, list[_Name]] = {}
        self._family = {entity.id: entity.parent or entity.id for entity in entities}
        for entity in entities:
            for alias in dict.fromkeys([entity.id, *(name for names in entity.aliases.values() for name in names)]):
                self._add(entity, alias, doubts.get((entity.id, alias), SURE))
        for decoy in rules["decoys"]:
            self._names.setdefault(language.fold(decoy)[0], [])
        patterns = list(self._names)
        self._names_at = [tuple(self._names[pattern]) for pattern in patterns]
        self._borders = [_Border(pattern) for pattern in patterns]
        self._automaton = ahocorasick_rs.AhoCorasick(patterns, store_patterns=False)
        particles, heads = (_alternatives(rules[key]) for key in ("particles", "korean_heads"))
        self._korean_tail = re.compile(rf"(?:{heads})?(?:{particles}){{0,3}}(?![가-힣])")
        self._katakana_tail = re.compile(rf"(?:{_alternatives(rules['katakana_heads'])})(?![ァ-ヺー])")
        self._context = re.compile(_context_pattern(rules["context"].split()))

    def __iter__(self) -> Iterator[Entity]:
        return iter(self._entities.values())

    def __len__(self) -> int:
        return len(self._entities)

    def get(self, id: str) -> Entity:
        """The entity with this id. Raises KeyError."""
        return self._entities[id]

    def find(self, name: str) -> tuple[Entity, ...]:
        """All entities that ``name``, in any script and writing, may mean; the likeliest first."""
        return tuple(known.entity for known in self._names.get(language.normalise(name), ()))

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """Who and what ``text`` names, in order and without overlap. Those of PLACE_KINDS are places and money."""
        return self.mentions_in(text, language.fold(text))

    def mentions_in(self, text: str, fold: tuple[str, list[int] | None]) -> tuple[Mention, ...]:
        """As ``mentions``, for a caller that has language.fold(text) already."""
        folded, offsets = fold[0].replace("\n", " "), fold[1]
        hits = self._hits(folded)
        if not hits:
            return ()
        trusted = [
            (hit, name)
            for hit in hits
            for name in hit.names
            if name.doubt < AMBIGUOUS and (not name.exact or self._written_right(text, offsets, hit, name))
        ]
        sure = {self._family[name.entity.id] for _, name in trusted}
        borders = {at for hit, name in trusted if name.entity.kind == "company" for at in (hit.start, hit.end)}
        found = (self._mention(text, folded, offsets, hit, sure, borders) for hit in hits)
        return tuple(mention for mention in found if mention)

    def _hits(self, folded: str) -> list[_Hit]:
        matches = self._automaton.find_matches_as_indexes(folded, overlapping=True)
        matches.sort(key=lambda match: match[1] * _LONGER_THAN_ALL - match[2])
        hits: list[_Hit] = []
        free_from = 0
        for index, start, end in matches:
            if start >= free_from and self._stands_alone(folded, start, end, self._borders[index]):
                free_from = end
                if self._names_at[index]:
                    hits.append(_Hit(start, end, self._names_at[index]))
        return hits

    def _stands_alone(self, folded: str, start: int, end: int, border: "_Border") -> bool:
        if border.before and start and border.before.match(folded, start - 1):
            return False
        if border.before is _LATIN and (folded[start - 1 : start] in _ADDRESS or _DOMAIN.match(folded, end)):
            return False
        if end == len(folded) or not border.after:
            return True
        if border.after is _HANGUL:
            return border.free or self._korean_tail.match(folded, end) is not None
        if not border.after.match(folded, end):
            return border.after is not _LATIN or border.free or self._korean_tail.match(folded, end) is not None
        return border.after is _KATAKANA and self._katakana_tail.match(folded, end) is not None

    def _mention(
        self, text: str, folded: str, offsets: list[int] | None, hit: _Hit, sure: set[str], borders: set[int]
    ) -> Mention | None:
        fitting = [name for name in hit.names if not name.exact or self._written_right(text, offsets, hit, name)]
        if len(fitting) > 1:
            fitting.sort(key=lambda name: (name.doubt, self._family[name.entity.id] not in sure))
        for name in fitting:
            if name.doubt < AMBIGUOUS or self._in_company(folded, hit, name, sure) or _is_listed(folded, hit, borders):
                start, end = _span(hit, offsets)
                entity = name.entity
                return Mention(entity.id, text[start:end], start, end, name.doubt >= AMBIGUOUS, entity.kind, entity.country)
        return None

    def _in_company(self, folded: str, hit: _Hit, name: _Name, sure: set[str]) -> bool:
        if self._family[name.entity.id] in sure:
            return True
        if name.doubt == COMMON:
            return False
        near = folded[max(0, hit.start - _NEAR) : hit.start] + "\n" + folded[hit.end : hit.end + _NEAR]
        return self._context.search(near) is not None

    def _written_right(self, text: str, offsets: list[int] | None, hit: _Hit, name: _Name) -> bool:
        """Whether ``text`` has a name, of which other cases do not count, in its case."""
        start, end = _span(hit, offsets)
        written = text[start:end]
        return written == name.written or (len(written) >= _ANY_CASE and written == name.written.upper())

    def _add(self, entity: Entity, alias: str, doubt: int) -> None:
        latin = alias.isascii()
        exact = latin and any(c.isupper() for c in alias) and (doubt > SURE or (alias.isupper() and len(alias) < _ANY_CASE))
        for written in _writings(alias):
            known = self._names.setdefault(language.fold(written)[0], [])
            if all(name.entity is not entity for name in known):
                known.append(_Name(entity, written, doubt, exact))


class _Border:
    """What may not stand before and after a pattern. ``free``: long enough that any Korean ending may follow."""

    def __init__(self, pattern: str) -> None:
        self.before = next((kind for kind in (_LATIN, _HANGUL, _KATAKANA) if kind.match(pattern[0])), None)
        self.after = next((kind for kind in (_LATIN, _HANGUL, _KATAKANA) if kind.match(pattern[-1])), None)
        self.free = len(pattern) >= 4


def _is_listed(folded: str, hit: _Hit, borders: set[int]) -> bool:
    """Whether the name stands in a list right beside a company's: 뤼튼·파인더스AI·피처링."""
    before = _LIST_BEFORE.search(folded, max(0, hit.start - 3), hit.start)
    after = _LIST_AFTER.match(folded, hit.end)
    return bool((before and before.start() in borders) or (after and after.end() in borders))


def _span(hit: _Hit, offsets: list[int] | None) -> tuple[int, int]:
    if offsets is None:
        return hit.start, hit.end
    return offsets[hit.start], max(offsets[hit.end], offsets[hit.end - 1] + 1)


def _writings(alias: str) -> Iterator[str]:
    """The alias and what writers make of it: without middle dots, and in Korean without spaces."""
    yield alias
    if "・" in alias:
        yield alias.replace("・", "")
    if " " in alias and _HANGUL.search(alias):
        yield alias.replace(" ", "")


def _alternatives(words: str) -> str:
    return "|".join(re.escape(word) for word in sorted(words.split(), key=len, reverse=True))


def _context_pattern(words: Sequence[str]) -> str:
    latin = "|".join(re.escape(word) for word in words if word.isascii())
    others = "|".join(re.escape(word) for word in words if not word.isascii())
    return rf"(?<![a-z0-9])(?:{latin})(?![a-z0-9])|{others}"


# ---- reading the data ----


@cache
def load() -> Register:
    """The shipped register. Raises ConfigError where its data cannot be used."""
    folder = resources.files("bot.knowledge") / "data"
    entities, doubts = _read_entities((folder / "register.jsonl").read_text("utf-8"), "register.jsonl")
    return Register([*entities, *_places(table("places.yaml"))], doubts, table("register_rules.yaml"))


def _read_entities(lines: str, name: str) -> tuple[list[Entity], dict[tuple[str, str], int]]:
    entities: list[Entity] = []
    doubts: dict[tuple[str, str], int] = {}
    problems: list[str] = []
    seen: set[str] = set()
    for number, line in enumerate(lines.splitlines(), 1):
        try:
            row = json.loads(line)
            entity = _entity(row, seen)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            problems.append(f"{name}:{number}: {error}")
            continue
        entities.append(entity)
        seen.add(entity.id)
        for key, doubt in _DOUBTS.items():
            doubts.update({(entity.id, alias): doubt for alias in row.get(key, ())})
    problems += [
        f"{name}: {entity.id}: parent {entity.parent!r} is not in the register"
        for entity in entities
        if entity.parent and entity.parent not in seen
    ]
    if problems:
        raise ConfigError(problems)
    return entities, doubts


def _entity(row: Mapping[str, Any], seen: set[str]) -> Entity:
    if row["kind"] not in KINDS:
        raise ValueError(f"unknown kind {row['kind']!r}, expected one of {', '.join(sorted(KINDS))}")
    if row["id"] in seen:
        raise ValueError(f"{row['id']!r} is there twice")
    aliases = {code: tuple(names) for code, names in row["aliases"].items()}
    return Entity(row["id"], row["kind"], row["country"], row.get("parent"), aliases, row.get("sector", ""))


def _places(data: Mapping[str, Mapping[str, Sequence[str]]]) -> Iterator[Entity]:
    for country, names in data.get("currencies", {}).items():
        yield Entity(country, "currency", country[:2], None, {"": tuple(names)})
    for country, regions in data.items():
        if country == "currencies":
            continue
        for region, names in regions.items():
            kind = "country" if region == "country" else "place"
            id = country if kind == "country" else f"{country}/{region}"
            yield Entity(id, kind, country, None, {"": tuple(str(name) for name in names)})
