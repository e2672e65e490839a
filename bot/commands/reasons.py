"""The machine's reasons in the reader's language. They are kept in English, as the templates say; what fits none stays so."""

import re
from collections.abc import Callable, Iterable
from functools import cache

from bot.commands.lookup import kind_name
from bot.commands.names import show_name
from bot.knowledge import register
from bot.locales import t, times, wording
from bot.model import Topic

# The likeliest reading first; what stands in braces is named by its kind in _SLOTS, a figure behind it tells two of a kind apart.
TEMPLATES = (
    # of a story, and of its reports
    "already in this story",
    "first report: nothing like it in the last days",
    "first report: nothing like it in the last days; another stage of a matter told before",
    "{percent} the same event as {report}: shares {common}",
    "new amount: {words}",
    "new stage: {step}",
    "new in it: {names}",
    "materially new: {words}",
    "merge by an editor",
    "split by an editor",
    "{judge} on {report}: {words}",
    # of an article
    "{judge}: relevant: {words}",
    "{judge}: not relevant: {words}",
    "votes of this workspace: {number}",
    "topic {topic} by an editor",
    "countries {countries} by an editor",
    "no AI subject",
    "no Korean or Japanese side",
    "written for {country}, no other country named",
    "{name} ({kind}, {country})",
    "{name} ({kind}, international)",
    "{words} → {topic}",
    "{words} → {country}",
    "{words} → {meaning} (against)",
    "{words} → {meaning}",
    "{meaning} (against)",
    # of a place in a briefing
    "relevance {number}",
    "amount {words}",
    "{n} actors: {names}",
    "{n} publishers in {n2} languages",
    "{n} publishers in {n2} languages, a government source",
    "a government source",
    "on the watchlist: {name}",
    "boost {wish} {number}",
)
STEPS = ("plan", "decision", "done")

Said = Callable[[str, str], str]


def say(reason: str, language: str) -> str:
    """``reason`` in ``language``."""
    if language == "en":
        return reason
    for pattern, template in _patterns():
        if found := pattern.fullmatch(reason):
            values = {slot: _SLOTS[_kind(slot)][1](text, language) for slot, text in found.groupdict().items()}
            return t(language, template, **values)
    return show_name(reason, language)


def say_all(reasons: Iterable[str], language: str) -> tuple[str, ...]:
    """Each of ``reasons`` in ``language``."""
    return tuple(say(reason, language) for reason in reasons)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(_pattern(template), re.DOTALL), template) for template in TEMPLATES)


def _pattern(template: str) -> str:
    """An expression for what ``template`` makes, with a group for each of its slots."""
    parts = re.split(r"\{(\w+)\}", template)
    fixed, slots = parts[::2], parts[1::2]
    groups = [f"(?P<{slot}>{_SLOTS[_kind(slot)][0]})" for slot in slots]
    return "".join(re.escape(text) + group for text, group in zip(fixed, [*groups, ""], strict=True))


def _kind(slot: str) -> str:
    return slot.rstrip("0123456789")


# ---- what stands in the slots ----


def _as_it_is(text: str, language: str) -> str:
    return text


def _quoted(text: str, language: str) -> str:
    """With the quotation marks of the language."""
    return text.translate({ord("“"): "「", ord("”"): "」"}) if language == "ja" else text


def _names(text: str, language: str) -> str:
    """What is listed, names of the register as readers of the language know them."""
    listed = (t(language, part) if part == "the meaning" else show_name(part, language) for part in _parts(text))
    return _quoted(times.listed(list(listed), language), language)


def _parts(text: str) -> list[str]:
    """What an English list names; a name of the register may hold a comma or an "and" itself."""
    pieces = re.split(r"(, | and )", text)
    parts: list[str] = []
    at = 0
    while at < len(pieces):
        end = next((end for end in range(len(pieces), at, -2) if _is_name("".join(pieces[at:end]))), at + 1)
        parts.append("".join(pieces[at:end]))
        at = end + 1
    return parts


def _is_name(text: str) -> bool:
    try:
        return bool(register.load().get(text))
    except KeyError:
        return False


def _countries(text: str, language: str) -> str:
    return times.listed([times.country_name(code, language) for code in text.split(", ")], language)


def _topic(text: str, language: str) -> str:
    return wording.topic_name(Topic(text), language)


def _wish(text: str, language: str) -> str:
    """A topic or a name that a subscription cares for."""
    return _topic(text, language) if text in set(Topic) else show_name(text, language)


def _word(text: str, language: str) -> str:
    return t(language, text)


_ANY = ".+"
# By kind: what may stand there, and how it is said.
_SLOTS: dict[str, tuple[str, Said]] = {
    "words": (".*", _as_it_is),
    "judge": (".+?", _as_it_is),
    "number": (r"[+-]?[\d.]+(?:e[+-]?\d+)?", _as_it_is),
    "percent": (r"\d+%", _as_it_is),
    "n": (r"\d+", _as_it_is),
    "report": (r"“.+”(?: \(.+\))?", _quoted),
    "common": (_ANY, _names),
    "names": (_ANY, _names),
    "name": (_ANY, show_name),
    "kind": (r"[a-z]+", kind_name),
    "topic": ("|".join(Topic), _topic),
    "country": (r"[A-Z]{2}", times.country_name),
    "countries": (r"[A-Z]{2}(?:, [A-Z]{2})*", _countries),
    "wish": (_ANY, _wish),
    "step": ("|".join(STEPS), _word),
    "meaning": (_ANY, _word),
}
