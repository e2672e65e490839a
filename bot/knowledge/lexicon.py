"""The lexicon of relevance: named groups of terms in ko, ja and en, and which of them a text holds.

The groups are data (data/lexicon/*.yaml): subjects, events by topic, exclusions, what only says something together, and what an
outlet's name tells beforehand.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import ahocorasick_rs

from bot.errors import ConfigError
from bot.knowledge import language
from bot.knowledge.tables import table
from bot.model import Topic

_OUTLETS_KEPT = 10_000
SECTIONS = ("subjects", "events", "exclusions")
_LATIN = re.compile(r"[0-9a-z\u00c0-\u024f]")
_KOREAN_END = re.compile(r"(?:은|는|이|가|을|를|의|에|에서|도|로|과|와|만|까지|부터|용)?(?![가-힣])")
_NATIVE = re.compile(r"[가-힣ァ-ヺー一-鿿々]")


@dataclass(frozen=True, slots=True)
class Group:
    """Terms that mean one thing. ``means`` is how a reason puts it; ``section`` is one of SECTIONS."""

    name: str
    section: str
    means: str
    topic: Topic | None
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outlet:
    """What the name or address of an outlet tells when it holds one of ``match``."""

    name: str
    means: str
    match: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Combination:
    """Names that say something together: one of each set of ``all``, and none of ``none``.

    ``decides``: in a title it settles the main topic, whatever else speaks for another one.
    """

    name: str
    means: str
    topic: Topic | None
    all: tuple[frozenset[str], ...]
    none: frozenset[str]
    decides: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """folded[start:end] is a term of the group."""

    group: str
    start: int
    end: int


class Lexicon:
    """All groups, and an automaton over all their terms."""

    def __init__(self, groups: Sequence[Group], outlets: Sequence[Outlet], combinations: Sequence[Combination] = ()) -> None:
        self._known_outlets: dict[str, tuple[str, ...]] = {}
        self.combinations: Mapping[str, Combination] = {combination.name: combination for combination in combinations}
        parts = [part for combination in combinations for part in (*combination.all, combination.none)]
        self._bits = {name: 1 << at for at, name in enumerate(dict.fromkeys(name for part in parts for name in sorted(part)))}
        self._needs = [(one.name, self._mask(one.none), tuple(self._mask(part) for part in one.all)) for one in combinations]
        self.groups: Mapping[str, Group] = {group.name: group for group in groups}
        self._outlets = [(outlet.name, re.compile("|".join(map(re.escape, outlet.match)))) for outlet in outlets]
        self.outlet_meanings: Mapping[str, str] = {outlet.name: outlet.means for outlet in outlets}
        names: dict[str, dict[str, None]] = {}
        for group in groups:
            for term in group.terms:
                names.setdefault(language.fold(term)[0], {})[group.name] = None
        patterns = [term.strip("^$") for term in names]
        self._entries = [(tuple(groups_), _Border(term)) for term, groups_ in names.items()]
        self._automaton = ahocorasick_rs.AhoCorasick(patterns, store_patterns=False)

    def hits(self, folded: str) -> Iterator[Hit]:
        """Every group's every term in a folded text (language.fold); terms may overlap."""
        for index, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            groups, border = self._entries[index]
            if border.stands_alone(folded, start, end):
                for group in groups:
                    yield Hit(group, start, end)

    def combined(self, names: Iterable[str]) -> list[str]:
        """The combinations that hold where ``names`` are there."""
        there = self._mask(names)
        found: list[str] = []
        for name, barred, needed in self._needs:
            if there & barred:
                continue
            for part in needed:
                if not there & part:
                    break
            else:
                found.append(name)
        return found

    def _mask(self, names: Iterable[str]) -> int:
        mask = 0
        for name in names:
            mask |= self._bits.get(name, 0)
        return mask

    def outlet_kinds(self, outlet: str, url: str) -> tuple[str, ...]:
        """What is known of an outlet beforehand: names of outlets.yaml. Of ``url`` only the host counts."""
        host = url.split("/", 3)[2] if url.count("/") > 2 else url
        where = f"{outlet} {host}".lower()
        if where not in self._known_outlets:
            if len(self._known_outlets) > _OUTLETS_KEPT:
                self._known_outlets.clear()
            self._known_outlets[where] = tuple(name for name, pattern in self._outlets if pattern.search(where))
        return self._known_outlets[where]


class _Border:
    """Latin terms stand alone (a plural s may follow); other terms stand anywhere unless ^ or $ holds an end fast."""

    __slots__ = ("_first", "_korean_last", "_last", "_native_first", "_native_last")

    def __init__(self, term: str) -> None:
        bare = term.strip("^$")
        self._first = _LATIN.match(bare[0]) is not None
        self._last = _LATIN.match(bare[-1]) is not None
        self._native_first = term.startswith("^")
        self._native_last = term.endswith("$")
        self._korean_last = "가" <= bare[-1] <= "힣"

    def stands_alone(self, text: str, start: int, end: int) -> bool:
        if start and (self._first or self._native_first):
            if self._first and _LATIN.match(text, start - 1):
                return False
            if self._native_first and _NATIVE.match(text, start - 1):
                return False
        if end == len(text):
            return True
        if self._last:
            return not _LATIN.match(text, end) or _is_plural(text, end)
        if self._native_last:
            return (_KOREAN_END.match(text, end) is not None) if self._korean_last else not _NATIVE.match(text, end)
        return True


def _is_plural(text: str, end: int) -> bool:
    return text[end] == "s" and (end + 1 == len(text) or not _LATIN.match(text, end + 1))


# ---- reading the data ----


@cache
def load() -> Lexicon:
    """The shipped lexicon. Raises ConfigError where its data cannot be used."""
    return build({name: table(f"lexicon/{name}.yaml") for name in (*SECTIONS, "combinations", "outlets")})


def build(sections: Mapping[str, Mapping[str, Any]]) -> Lexicon:
    """A lexicon from the parsed files by name. Raises ConfigError with every problem."""
    problems: list[str] = []
    groups = [_group(name, section, row, problems) for section in SECTIONS for name, row in sections.get(section, {}).items()]
    names = [group.name for group in groups]
    problems += [f"{name}: is in two files" for name in sorted({name for name in names if names.count(name) > 1})]
    outlets = [
        Outlet(name, str(row["means"]), tuple(str(part).lower() for part in row["match"]))
        for name, row in sections.get("outlets", {}).items()
    ]
    combinations = [_combination(name, row, problems) for name, row in sections.get("combinations", {}).items()]
    if problems:
        raise ConfigError(problems)
    return Lexicon(groups, outlets, combinations)


def _group(name: str, section: str, row: Mapping[str, Any], problems: list[str]) -> Group:
    terms: list[str] = []
    for code in ("ko", "ja", "en"):
        for term in row.get(code, ()):
            if isinstance(term, str) and term.strip("^$ "):
                terms.append(term)
            else:
                problems.append(f"{section}.yaml: {name}: {code}: {term!r} is no term: put it in quotes")
    topic = _topic(f"{section}.yaml: {name}", row, problems)
    return Group(name, section, str(row.get("means", name)), topic, tuple(dict.fromkeys(terms)))


def _combination(name: str, row: Mapping[str, Any], problems: list[str]) -> Combination:
    needed = tuple(frozenset(part.strip() for part in str(line).split("|")) for line in row.get("all", ()))
    topic = _topic(f"combinations.yaml: {name}", row, problems)
    return Combination(name, str(row.get("means", name)), topic, needed, frozenset(row.get("none", ())), bool(row.get("decides")))


def _topic(where: str, row: Mapping[str, Any], problems: list[str]) -> Topic | None:
    topic = row.get("topic")
    if topic is None or topic in list(Topic):
        return Topic(topic) if topic else None
    problems.append(f"{where}: unknown topic {topic!r}, expected one of {', '.join(Topic)}")
    return None
