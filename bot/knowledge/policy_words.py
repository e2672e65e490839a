"""How texts name laws, subsidies, tax breaks and programmes, and from when to when they hold: data/policies.yaml, by language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from bot.errors import ConfigError
from bot.knowledge.tables import table
from bot.model import LANGUAGES

INSTRUMENTS = ("tax_break", "subsidy", "law", "programme")
_REACH = 24  # characters in front of a date in which its preposition stands


@dataclass(frozen=True, slots=True)
class PolicyWords:
    """The patterns of one language. In English the words of ``since`` and ``until`` stand in front of a date, else behind it."""

    language: str
    instruments: Mapping[str, re.Pattern[str]]
    state: re.Pattern[str]
    force: re.Pattern[str]
    passed: re.Pattern[str]
    ai_law: re.Pattern[str]
    since: re.Pattern[str]
    until: re.Pattern[str]

    def instrument(self, sentence: str) -> str | None:
        """The kind of policy that ``sentence`` names, one of INSTRUMENTS."""
        return next((name for name, words in self.instruments.items() if words.search(sentence)), None)

    def is_since(self, text: str, start: int, end: int) -> bool:
        """Whether the date text[start:end] is when something begins."""
        return self._beside(self.since, text, start, end)

    def is_until(self, text: str, start: int, end: int) -> bool:
        """Whether the date text[start:end] is when something ends."""
        return self._beside(self.until, text, start, end)

    def _beside(self, words: re.Pattern[str], text: str, start: int, end: int) -> bool:
        if self.language == "en":
            return words.search(text, max(0, start - _REACH), start) is not None
        # The reader of dates may already have taken the word in: 2032년까지.
        return words.match(text, end) is not None or words.search(text[start:end]) is not None


@cache
def load(language: str) -> PolicyWords:
    """The words of ``language`` (English for any that we have none for). Raises ConfigError where the data cannot be used."""
    language = language if language in LANGUAGES else "en"
    data = table("policies.yaml")
    try:
        instruments = {name: re.compile(data["instruments"][name][language]) for name in INSTRUMENTS}
        others = [re.compile(data[name][language]) for name in ("state", "force", "passed", "ai_law", "since", "until")]
    except (re.error, KeyError) as error:
        raise ConfigError([f"policies.yaml: {language}: {error}"]) from error
    return PolicyWords(language, instruments, *others)
