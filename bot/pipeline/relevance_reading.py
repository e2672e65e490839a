"""What the evidence says beyond yes or no: where the interest lies, the direction of a move, and the reasons in words."""

import re
from collections.abc import Iterable, Sequence
from functools import cache

from bot.knowledge import lexicon, register, weights
from bot.model import COUNTRIES, Topic
from bot.pipeline.relevance_evidence import Evidence

_IN_TITLE = {
    "country": 3.0,
    "company": 3.0,
    "government": 3.0,
    "law": 3.0,
    "programme": 3.0,
    "lab": 2.0,
    "fund": 2.0,
    "person": 2.0,
}
_SHARE = 0.6  # a second country counts when its evidence in the title reaches this share of the first one's
_STRONG_MOVES = ("market_entry", "going_abroad", "office", "opening", "build")
_MOVES = (*_STRONG_MOVES, "supply", "capacity", "merger", "invest", "listing")
_REACH = 60  # characters between the word of movement and the country that it leads to
# What stands behind (in English before) the country that something leaves or comes to: 미국서 일본으로, from the US to Japan.
_AFTER_ORIGIN = re.compile(r"(?:에서|서)\s|から|発")
_AFTER_GOAL = re.compile(r"으?로(?![가-힣])|へ|に")
_BEFORE_ORIGIN = re.compile(r"\bfrom (?:the )?$", re.IGNORECASE)
_BEFORE_GOAL = re.compile(r"\bto (?:the )?$", re.IGNORECASE)
_LOOK_BEHIND = 9  # characters: "from the "
_MOVE_TOPICS = frozenset((Topic.EXPANSION, Topic.INVESTMENT, Topic.INFRASTRUCTURE, Topic.CHIPS))
_HOME = {"ko": "KR", "ja": "JP"}
_REASONS_OF_A_KIND = 4
_WORTH_SAYING = 0.2  # log-odds that a feature must cost before a reason names it


def countries_of(evidence: Evidence) -> tuple[str, ...]:
    """KR and JP as far as the interest lies there, the stronger first."""
    title: dict[str, dict[str, float]] = {country: {} for country in COUNTRIES}
    below = dict.fromkeys(COUNTRIES, 0.0)
    for country, kind, start in _angles(evidence):
        if start < evidence.title_end:
            kind = "country" if kind == "place" else kind  # Tokyo and Japan in one title are one piece of evidence
            title[country][kind] = _IN_TITLE.get(kind, 1.0)
        else:
            below[country] += 0.5
    named = {country: sum(title[country].values()) for country in COUNTRIES}
    total = {country: named[country] + min(below[country], 2.0) for country in COUNTRIES}
    first, second = sorted(COUNTRIES, key=lambda country: -total[country])
    if total[first] == 0:
        home = _home(evidence)
        return (home,) if home else ()
    if named[second] >= 3.0 and named[second] >= _SHARE * named[first]:
        return (first, second)
    return (first,)


def _angles(evidence: Evidence) -> Iterable[tuple[str, str, int]]:
    for at, country in evidence.signs.items():
        if country in COUNTRIES:
            yield country, "country", at
    names = register.load()
    for mention in evidence.mentions:
        if mention.country in COUNTRIES:
            yield mention.country, mention.kind, mention.start
            continue
        parent = names.get(mention.entity).parent
        if parent and (owner := names.get(parent).country) in COUNTRIES:
            yield owner, "company", mention.start


def _home(evidence: Evidence) -> str | None:
    if "home" not in evidence.whole | evidence.title:
        return None
    if evidence.language in _HOME:
        return _HOME[evidence.language]
    return "KR" if "korea_press" in evidence.outlet_kinds else "JP"


def direction_of(evidence: Evidence, topics: Sequence[Topic]) -> str | None:
    """Who moves where, like "KR→JP", or None without evidence of movement across a border that Korea or Japan is one side of."""
    if not topics or topics[0] not in _MOVE_TOPICS:
        return None
    if stated := _stated_direction(evidence):
        return stated
    origin = _origin(evidence)
    for moves, end in ((_MOVES, evidence.title_end), (_STRONG_MOVES, len(evidence.text))):
        at = [evidence.spans[move][0] for move in moves if move in evidence.spans and evidence.spans[move][0] < end]
        goal = _goal(evidence, at[0], origin, end) if at else None
        if origin and goal and (origin in COUNTRIES or goal in COUNTRIES):
            return f"{origin}→{goal}"
    return None


def _stated_direction(evidence: Evidence) -> str | None:
    """From where to where, in so many words, in a sentence about a seat or office."""
    if evidence.title.isdisjoint(("office", "opening")):
        return None
    origin = goal = None
    text = evidence.text
    for start, end, country in _named_places(evidence):
        before = text[max(0, start - _LOOK_BEHIND) : start]
        if _AFTER_ORIGIN.match(text, end) or _BEFORE_ORIGIN.search(before):
            origin = origin or country
        elif _AFTER_GOAL.match(text, end) or _BEFORE_GOAL.search(before):
            goal = goal or country
    known = origin and goal and origin != goal and (origin in COUNTRIES or goal in COUNTRIES)
    return f"{origin}→{goal}" if known else None


def _named_places(evidence: Evidence) -> list[tuple[int, int, str]]:
    named = [(one.start, one.end, one.country) for one in evidence.mentions if one.kind in ("country", "place")]
    return sorted(named + [(at, at + 1, country) for at, country in evidence.signs.items()])


def with_both_sides(countries: tuple[str, ...], direction: str | None) -> tuple[str, ...]:
    """``countries``, and the other one too where a move connects Korea and Japan."""
    if direction is None or set(direction.split("→")) != set(COUNTRIES):
        return countries
    return (*countries, *(country for country in COUNTRIES if country not in countries))


def _origin(evidence: Evidence) -> str | None:
    """The home of the first company that the text names: an office called "OpenAI Japan" comes from its parent's home."""
    names = register.load()
    for mention in evidence.mentions:
        if mention.kind in ("company", "lab", "fund"):
            parent = names.get(mention.entity).parent
            return (names.get(parent).country if parent else mention.country) or None
    first = next((mention for mention in evidence.mentions if mention.kind == "country"), None)
    return first.country if first else None


def _goal(evidence: Evidence, move: int, origin: str | None, end: int) -> str | None:
    """The country other than ``origin`` nearest to the word of movement; an office's name (OpenAI Japan) tells one too."""
    places = [(mention.start, mention.country) for mention in evidence.mentions if mention.kind in ("country", "place")]
    places += list(evidence.signs.items())
    names = register.load()
    for mention in evidence.mentions:
        parent = names.get(mention.entity).parent if mention.kind == "company" else None
        if parent and names.get(parent).country != mention.country:
            places.append((mention.start, mention.country))
    reach = max(_REACH, evidence.title_end)
    near = sorted((abs(start - move), country) for start, country in places if start < end)
    if near and near[0][1] == origin:
        return None  # it happens at home
    return next((country for distance, country in near if country != origin and distance <= reach), None)


def entities_of(evidence: Evidence) -> tuple[str, ...]:
    """Ids of the named entities (no places), in order of appearance."""
    return tuple(dict.fromkeys(mention.entity for mention in evidence.mentions if mention.kind not in register.PLACE_KINDS))


def reasons_of(evidence: Evidence, topics: Sequence[Topic], scorer: weights.Weights) -> tuple[str, ...]:
    """The reasons as people read them: entities, subject, topics, countries, and what spoke against."""
    found = [*_entity_reasons(evidence), *_subject_reasons(evidence)]
    for topic in topics:
        if words := _topic_words(evidence, topic):
            found.append(f"{words} → {topic}")
    found += _country_reasons(evidence)
    found += _reasons_against(evidence, scorer)
    return tuple(dict.fromkeys(found))


def _entity_reasons(evidence: Evidence) -> list[str]:
    names = register.load()
    entities = [names.get(id) for id in entities_of(evidence)]
    return [f"{entity.id} ({entity.kind}, {entity.country or 'international'})" for entity in entities[:_REASONS_OF_A_KIND]]


def _subject_reasons(evidence: Evidence) -> list[str]:
    names = sorted(evidence.whole & _subjects().keys(), key=lambda name: (evidence.spans[name], name))
    found = [f"{evidence.words(name)} → {_subjects()[name].means}" for name in names[:_REASONS_OF_A_KIND]]
    return found if found or "subject" in evidence.whole else ["no AI subject"]


def _topic_words(evidence: Evidence, topic: Topic) -> str:
    scope = evidence.title if topic in _topics_of(evidence.title) else evidence.whole
    names = [group.name for group in lexicon.load().groups.values() if group.topic == topic and group.name in scope]
    spans = sorted({evidence.spans[name] for name in names})
    return " ".join(dict.fromkeys(evidence.text[start:end] for start, end in spans[:3]))


def _topics_of(names: Iterable[str]) -> set[Topic]:
    groups = lexicon.load().groups
    return {topic for name in names if name in groups and (topic := groups[name].topic)}


def _country_reasons(evidence: Evidence) -> list[str]:
    found = [f"{evidence.words(country.lower())} → {country}" for country in COUNTRIES if country.lower() in evidence.spans]
    if not found and (home := _home(evidence)):
        found = [f"written for {home}, no other country named"]
    return found or ["no Korean or Japanese side"]


def _reasons_against(evidence: Evidence, scorer: weights.Weights) -> list[str]:
    known = lexicon.load()
    found = []
    for name in sorted(evidence.whole & _exclusions().keys(), key=lambda name: (evidence.spans[name], name)):
        place = "title" if name in evidence.title else "below"
        if scorer.features.get(f"{name}@{place}", 0.0) < -_WORTH_SAYING:
            found.append(f"{evidence.words(name)} → {known.groups[name].means} (against)")
    kinds = [kind for kind in evidence.outlet_kinds if scorer.features.get(f"outlet.{kind}", 0.0) < -_WORTH_SAYING]
    return found[:_REASONS_OF_A_KIND] + [f"{known.outlet_meanings[kind]} (against)" for kind in kinds]


@cache
def _exclusions() -> dict[str, lexicon.Group]:
    return {name: group for name, group in lexicon.load().groups.items() if group.section == "exclusions"}


@cache
def _subjects() -> dict[str, lexicon.Group]:
    return {name: group for name, group in lexicon.load().groups.items() if group.section == "subjects"}
