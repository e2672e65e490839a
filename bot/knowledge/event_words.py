"""How texts say that something happened in business or policy: the patterns of data/events.yaml, compiled by language."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.errors import ConfigError
from bot.knowledge.tables import table
from bot.model import EVENT_TYPES, LANGUAGES, STATUSES


@dataclass(frozen=True, slots=True)
class Rule:
    """``says`` states an event of this type in a sentence that has all ``needs`` and nothing of ``unless``.

    ``yields``: the types that hold instead where one clause tells both; ``shares``: its words may tell something else too.
    """

    type: str
    says: re.Pattern[str]
    needs: tuple[re.Pattern[str], ...] = ()
    unless: re.Pattern[str] | None = None
    yields: frozenset[str] = frozenset()
    shares: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """sentence[start:end] says what the rule is about."""

    rule: Rule
    start: int
    end: int

    @property
    def type(self) -> str:
        """One of EVENT_TYPES."""
        return self.rule.type


class EventWords:
    """The rules of one language, in the order in which they hold, and the words of each status."""

    def __init__(
        self,
        rules: tuple[Rule, ...],
        statuses: Mapping[str, re.Pattern[str]],
        chosen: re.Pattern[str],
        intended: re.Pattern[str],
    ) -> None:
        self._rules = rules
        self.intended = intended
        self._statuses = statuses
        self.chosen = chosen

    def find(self, sentence: str) -> tuple[Hit, ...]:
        """What ``sentence`` says happened, in its order; none on words that an earlier rule took."""
        hits: list[Hit] = []
        for rule in self._rules:
            first = rule.says.search(sentence)
            if first is None or (rule.unless and rule.unless.search(sentence)):
                continue
            if all(need.search(sentence) for need in rule.needs):
                taken = [(hit.start, hit.end) for hit in hits if not hit.rule.shares]
                hits += [
                    Hit(rule, *found.span())
                    for found in rule.says.finditer(sentence, first.start())
                    if not any(found.start() < end and start < found.end() for start, end in taken)
                ]
        return tuple(sorted(hits, key=lambda hit: hit.start))

    def status(self, clause: str) -> str:
        """How far the event of ``clause`` is: one of STATUSES."""
        return next((status for status, words in self._statuses.items() if words.search(clause)), "announced")


@dataclass(frozen=True, slots=True)
class Ties:
    """What names stand for: a country's state and AI law by code, the firm behind a group's name."""

    states: Mapping[str, str]
    ai_laws: Mapping[str, str]
    operating: Mapping[str, str]


@cache
def load(language: str) -> EventWords:
    """The words of ``language`` (English for any that we have none for). Raises ConfigError naming what cannot be used."""
    data = _data()
    language = language if language in LANGUAGES else "en"
    words = {name: patterns[language] for name, patterns in data["words"].items()}
    flags = re.IGNORECASE if language == "en" else 0
    try:
        rules = tuple(_rules(data["rules"], words, language, flags))
        chosen, intended = (re.compile(data[name][language], flags) for name in ("chosen", "intended"))
        statuses = {name: re.compile(patterns[language], flags) for name, patterns in data["statuses"].items()}
    except (re.error, KeyError) as error:
        raise ConfigError([f"events.yaml: {language}: {error}"]) from error
    if not statuses.keys() <= set(STATUSES):
        raise ConfigError([f"events.yaml: statuses are {', '.join(STATUSES)}"])
    return EventWords(rules, statuses, chosen, intended)


@cache
def ties() -> Ties:
    """The ties of data/events.yaml."""
    data = _data()
    return Ties(data["states"], data["ai_laws"], data["operating"])


@cache
def _data() -> dict[str, Any]:
    return dict(table("events.yaml"))


def _rules(rows: list[dict[str, Any]], words: Mapping[str, str], language: str, flags: int) -> Iterator[Rule]:
    for row in rows:
        if row["type"] not in EVENT_TYPES:
            raise ConfigError([f"events.yaml: unknown type {row['type']!r}"])
        says = re.sub(r"\{([a-z]+)\}", lambda name: words[name[1]], row[language])
        unless = re.compile(row["not"], flags) if "not" in row else None
        needs = tuple(re.compile(words[name], flags) for name in row.get("needs", ()))
        yields = frozenset(row.get("yields", ()))
        yield Rule(row["type"], re.compile(says, flags), needs, unless, yields, row.get("shares", False))
