"""What a text says happened: one event for each thing that somebody did, with the clause that says it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.knowledge import event_words
from bot.knowledge.event_words import EventWords, Hit
from bot.model import DateFact, EventFact
from bot.pipeline.fact_actors import MOST, Cast

_PUBLIC = frozenset(("government_program", "budget", "law_in_force", "guideline", "subsidy"))
_AT_HOME = frozenset(("datacenter_investment", "acquisition", "partnership", "other", "hiring"))
_MOVES_IN = frozenset(("office_opened", "subsidiary_established"))
_BUILT = frozenset(("datacenter_investment", "fab_investment"))
_AI = re.compile(r"(?<![A-Za-z])AI(?![A-Za-z])|인공지능|人工知能|artificial intelligence", re.IGNORECASE)
_PRONOUN = re.compile(r"(?<![가-힣])(?:이 )?(?:회사|당사)(?:는|은|가)\s|同社[はが]")
_IN_FORCE = re.compile(r"시행|발효|효력|施行|発効|適用|effect|force|enact", re.IGNORECASE)
_BREAK = re.compile(r"[,;、…，]\s?|\s[–—-]\s|\.{2,}")
_LONGEST = 220  # characters of a clause
# Characters around the words of an event that still belong to their verb: 인수할 예정이다, "in talks to buy".
_ENDING = 12
_AUXILIARY = 24


@dataclass(frozen=True, slots=True)
class _Sentence:
    """text[start:end], and whom the sentences before it were about."""

    start: int
    end: int
    topic: str | None


def read_events(cast: Cast, dates: Sequence[DateFact] = ()) -> tuple[EventFact, ...]:
    """The events of a text, each with its main actor once. ``dates``: what the text says about days, to date them."""
    words = event_words.load(cast.language)
    found: dict[tuple[str, str], EventFact] = {}
    topic: str | None = None
    told = [(start, end, words.find(cast.text[start:end])) for start, end in cast.sentences]
    if not any(hits for _, _, hits in told):
        return ()
    for start, end, hits in told:
        sentence = _Sentence(start, end, topic)
        for event in _settled([(hit, _event(cast, words, sentence, hit, dates)) for hit in hits], cast, words):
            _add(found, event)
        topic = cast.leading(start, end, end) or topic
    intended = (replace(event, status="planned") if _is_intended(event, words) else event for event in found.values())
    return tuple(sorted(intended, key=lambda event: event.start))


def _is_intended(event: EventFact, words: EventWords) -> bool:
    """Whether nothing says how far it is but the form of a headline: "SoftBank to build"."""
    return event.status == "announced" and words.intended.search(event.quote) is not None


def _add(found: dict[tuple[str, str], EventFact], event: EventFact) -> None:
    """Keep the first telling of an event, as far as a later one says it is; one that names nobody gives way to one that does."""
    main = event.actors[0] if event.actors else ""
    if main:
        found.pop((event.type, ""), None)
    elif any(type == event.type for type, _ in found):
        return
    known = found.setdefault((event.type, main), event)
    if known.status == "announced":
        found[event.type, main] = replace(known, status=event.status)


def _settled(told: Sequence[tuple[Hit, EventFact]], cast: Cast, words: EventWords) -> Iterator[EventFact]:
    """What holds of the events of one sentence: states run programmes, and in one clause a type yields to a more telling one."""
    typed = [(hit, event) for hit, event in ((hit, _typed(event, cast, words)) for hit, event in told) if event]
    for hit, event in typed:
        rivals = (other for _, other in typed if other.start < event.end and event.start < other.end)
        if not any(other.type in hit.rule.yields for other in rivals):
            yield event


def _typed(event: EventFact, cast: Cast, words: EventWords) -> EventFact | None:
    main = cast.entity(event.actors[0]) if event.actors else None
    public = main is not None and main.kind in ("government", "programme")
    if event.type in _BUILT and public:
        return replace(event, type="government_program")
    if event.type == "government_program" and not public and not words.chosen.search(event.quote):
        return None
    return event


# ---- one event ----


def _event(cast: Cast, words: EventWords, sentence: _Sentence, hit: Hit, dates: Sequence[DateFact]) -> EventFact:
    start, end = _clause(cast.text, sentence, hit)
    actors = _actors(cast, hit, sentence)
    status = _status(words, hit, _Scopes.of(cast, sentence, hit, start, end))
    place = _place(cast, hit, sentence, actors)
    return EventFact(hit.type, status, actors, cast.text[start:end], start, end, place, _date(dates, sentence, hit))


def _clause(text: str, sentence: _Sentence, hit: Hit) -> tuple[int, int]:
    """Where the clause around ``hit`` is: from the last break before its words to the first one behind them."""
    said, until = sentence.start + hit.start, sentence.start + hit.end
    breaks = [found.span() for found in _BREAK.finditer(text, sentence.start, sentence.end)]
    start = max((after for _, after in breaks if after <= said), default=sentence.start)
    end = min((before for before, _ in breaks if before >= until), default=sentence.end)
    start, end = max(start, until - _LONGEST), min(end, said + _LONGEST)
    while start < said and text[start].isspace():
        start += 1
    while end > until and (text[end - 1].isspace() or text[end - 1] in ".。"):
        end -= 1
    return start, end


def _actors(cast: Cast, hit: Hit, sentence: _Sentence) -> tuple[str, ...]:
    main = _main(cast, hit, sentence)
    others = cast.others(sentence.start, sentence.end)
    movers = _movers(cast, hit, sentence, main) if main else ()
    return tuple(dict.fromkeys([*movers, *others]))[:MOST]


def _main(cast: Cast, hit: Hit, sentence: _Sentence) -> str | None:
    if hit.type == "law_in_force":
        law = _law(cast, sentence)
        if law:
            return law
    at = sentence.start + hit.start
    if sentence.topic and _PRONOUN.search(cast.text, sentence.start, at):
        return sentence.topic
    return cast.leading(sentence.start, sentence.end, at) or _state(cast, hit, sentence) or sentence.topic or _home(cast, hit)


def _movers(cast: Cast, hit: Hit, sentence: _Sentence, main: str) -> Iterator[str]:
    """The main actor: a parent founds its unit, and the firm behind a group's name builds and buys at home."""
    entity, ties = cast.entity(main), event_words.ties()
    if entity and hit.type in _MOVES_IN and entity.parent and main.startswith(entity.parent):
        yield entity.parent
    if entity and hit.type in _AT_HOME and main in ties.operating and cast.is_short(main, sentence.start, sentence.end):
        yield ties.operating[main]
    yield main


def _law(cast: Cast, sentence: _Sentence) -> str | None:
    named = next((law for at, law in cast.laws if sentence.start <= at < sentence.end), None)
    if named or not _AI.search(cast.text, sentence.start, sentence.end):
        return named
    return event_words.ties().ai_laws.get(cast.country(sentence.start, sentence.end) or "")


def _state(cast: Cast, hit: Hit, sentence: _Sentence) -> str | None:
    return event_words.ties().states.get(cast.country(sentence.start, sentence.end) or "") if hit.type in _PUBLIC else None


def _home(cast: Cast, hit: Hit) -> str | None:
    return event_words.ties().states.get(cast.home) if hit.type in _PUBLIC - {"subsidy"} else None


@dataclass(frozen=True, slots=True)
class _Scopes:
    """Where it is told how far an event is: ``said``, the words themselves with what belongs to their verb, the whole clause, and
    ``rest``, from those words to the end of the sentence, where Korean and Japanese have their last verb.
    """

    said: str
    clause: str
    rest: str

    @classmethod
    def of(cls, cast: Cast, sentence: _Sentence, hit: Hit, start: int, end: int) -> "_Scopes":
        """``start``, ``end``: of the clause."""
        first, last = sentence.start + hit.start, sentence.start + hit.end
        if cast.language == "en":
            first = max(start, first - _AUXILIARY)
        else:
            last = min(last + _ENDING, end)
        return cls(cast.text[first:last], cast.text[start:end], cast.text[sentence.start + hit.start : sentence.end])


def _status(words: EventWords, hit: Hit, scopes: _Scopes) -> str:
    status = next((told for told in map(words.status, (scopes.said, scopes.clause)) if told != "announced"), "announced")
    if status == "announced" and words.status(scopes.rest) in ("planned", "rejected", "decided"):
        status = words.status(scopes.rest)
    if hit.type == "law_in_force" and status != "planned":
        return "in_force" if _IN_FORCE.search(scopes.said) else "decided"
    return status


def _place(cast: Cast, hit: Hit, sentence: _Sentence, actors: Sequence[str]) -> str | None:
    """Where it takes effect: the one country that the sentence names, else the main actor's home."""
    named = {country for at, country in cast.places if sentence.start <= at < sentence.end}
    if len(named) == 1 and hit.type != "funding":
        return named.pop()
    entity = cast.entity(actors[0]) if actors else None
    return (entity.country or None) if entity else None


def _date(dates: Sequence[DateFact], sentence: _Sentence, hit: Hit) -> str | None:
    near = [one for one in dates if sentence.start <= one.start < sentence.end and one.value]
    return min(near, key=lambda one: abs(one.start - sentence.start - hit.start)).value if near else None
