"""What a text says of laws, subsidies, tax breaks and programmes: how far they are, from when to when, and who is in charge."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.knowledge import dates, event_words, policy_words
from bot.knowledge.policy_words import PolicyWords
from bot.model import DateFact, PolicyFact
from bot.pipeline.fact_actors import Cast

_QUOTED = re.compile(
    r"[‘'「『“](?P<name>[^’'」』”]{2,30}(?:법|법안|개정안|사업|펀드|전략|프로젝트|계획|法|法案|事業|基金|戦略|計画))[’'」』”]"
)
_MINISTRY = re.compile(r"Ministry|Agency|Commission|Office|Service|Administration|Authority")
_ONLY_STATES_GIVE = frozenset(("tax_break", "subsidy"))
_NEAR = 20  # characters behind "in force" that may still say that it is a plan
_LONGEST = 300  # characters of a quote


def read_policies(cast: Cast, published: datetime | None) -> tuple[PolicyFact, ...]:
    """The policies that a text names, each once; what later sentences add is taken in."""
    words = policy_words.load(cast.language)
    found: list[PolicyFact] = []
    country: str | None = None
    for start, end in cast.sentences:
        policy = _policy(cast, words, start, end, published, country)
        if policy:
            country = policy.country
            _add(found, policy)
    return tuple(found)


def _add(found: list[PolicyFact], policy: PolicyFact) -> None:
    """A policy without a name is the one of its kind and country that the text told of before."""
    for index, known in enumerate(found):
        if known.instrument == policy.instrument and (
            known.name == policy.name if policy.name and known.name else known.country == policy.country
        ):
            found[index] = _joined(known, policy)
            return
    found.append(policy)


def _joined(first: PolicyFact, later: PolicyFact) -> PolicyFact:
    """The first telling, with what only a later one says."""
    return replace(
        first,
        stage=later.stage if first.stage == "announced" else first.stage,
        name=first.name or later.name,
        ministry=first.ministry or later.ministry,
        in_force=first.in_force or later.in_force,
        until=first.until or later.until,
    )


def _policy(
    cast: Cast, words: PolicyWords, start: int, end: int, published: datetime | None, country: str | None
) -> PolicyFact | None:
    """The policy of one sentence. ``country``: whose policies the sentences before it were about."""
    sentence = cast.text[start:end]
    instrument = words.instrument(sentence)
    if instrument is None:
        return None
    states = cast.of_kind("government", start, end)
    named = cast.of_kind(instrument, start, end) or _ai_law(cast, words, instrument, start, end, country)
    if not (named or _is_public(cast, words, instrument, start, end, country)):
        return None
    entity = cast.entity(named[0]) if named else None
    stage = _stage(words, instrument, sentence, cast.language)
    days = dates.read_dates(sentence, published)
    since = _first(day for day in days if words.is_since(sentence, day.start, day.end))
    last = min(end, start + _LONGEST)
    return PolicyFact(
        instrument,
        stage,
        cast.text[start:last],
        start,
        last,
        name=named[0] if named else _quoted(sentence),
        country=(entity.country if entity else None) or cast.country(start, end) or country,
        ministry=next((state for state in states if _MINISTRY.search(state)), None),
        in_force=since or (_first(days) if stage == "in_force" else None),
        until=_first(day for day in days if words.is_until(sentence, day.start, day.end)),
    )


def _ai_law(cast: Cast, words: PolicyWords, instrument: str, start: int, end: int, country: str | None) -> list[str]:
    """The AI law of the country that the sentence is about, where it only says "the AI law"."""
    if instrument != "law" or not words.ai_law.search(cast.text, start, end):
        return []
    law = event_words.ties().ai_laws.get(cast.country(start, end) or country or cast.home)
    return [law] if law else []


def _is_public(cast: Cast, words: PolicyWords, instrument: str, start: int, end: int, country: str | None) -> bool:
    """Whether a state is behind it: programmes are a state's only where it acts, subsidies also in the sentences after."""
    if instrument == "programme":
        acting = cast.entity(cast.leading(start, end, end) or "")
        return acting is not None and acting.kind == "government"
    told = bool(cast.of_kind("government", start, end)) or words.state.search(cast.text, start, end) is not None
    return told or (country is not None and instrument in _ONLY_STATES_GIVE)


def _stage(words: PolicyWords, instrument: str, sentence: str, language: str) -> str:
    status = event_words.load(language).status
    force = words.force.search(sentence) if instrument == "law" else None
    if force is None:
        told = status(sentence)
        return "decided" if told == "announced" and instrument == "law" and words.passed.search(sentence) else told
    return "planned" if status(sentence[force.start() : force.end() + _NEAR]) == "planned" else "in_force"


def _quoted(sentence: str) -> str:
    found = _QUOTED.search(sentence)
    return found["name"] if found else ""


def _first(days: Iterable[DateFact]) -> str | None:
    return next((day.value for day in days if day.value), None)
