"""What the index holds of an article: its tokens, what it is about, what bounds keep it, and its day.

Tokens are character bigrams of Korean and Japanese, single Han characters and whole Latin words; names, meanings and numbers
carry a query across languages.
"""

import hashlib
from datetime import date, datetime
from functools import cache
from importlib import metadata, resources

from bot.archive.narrowing import outlet_words
from bot.archive.passages import HOMES
from bot.archive.query import han, number_term
from bot.knowledge import language, register, thesaurus
from bot.knowledge.numbers import numbers
from bot.model import Article, Relevance

SHAPE = 2  # to be raised when anything here changes what a document holds
_KNOWN = ("register.jsonl", "register_rules.yaml", "places.yaml", "thesaurus.txt", "concepts.txt")
_LONGEST = 20_000  # characters of an article that are indexed
_EPOCH = date(1970, 1, 1)


@cache
def fingerprint() -> str:
    """Twelve digits that change whenever documents would be made otherwise: an index with another one is of no use."""
    made = hashlib.sha256(f"{SHAPE} {metadata.version('tantivy')}".encode())
    for name in _KNOWN:
        made.update(resources.files("bot.knowledge").joinpath("data", name).read_bytes())
    return made.hexdigest()[:12]


def document(article: Article, relevance: Relevance | None) -> dict[str, str | list[str] | int]:
    """The fields of ``article``, with what is known of its relevance."""
    text = article.text[:_LONGEST]
    rest = text[len(article.title) :]
    normal, beyond = language.normalise(article.title), language.normalise(rest)
    headline, subject, facets = _subjects(text, normal, beyond)
    facets[f"language {article.language}"] = None
    facets |= {
        f"home {code}": None for tongue, code in HOMES.items() if f"country {code}" in facets or article.language == tongue
    }
    places = {name.removeprefix("country ") for name in facets if name.startswith("country ")}
    if relevance and relevance.relevant:
        facets["relevant"] = None
        facets |= {f"topic {topic}": None for topic in relevance.topics}
        places = set(relevance.countries) or places
    facets |= {f"in {place}": None for place in places}
    facets |= {f"outlet {word}": None for word in outlet_words(article.outlet)}
    title = " ".join(language.tokens_of(normal))
    return {
        "id": article.id,
        "title": title,
        "text": f"{title} {' '.join(language.tokens_of(beyond))}",
        "han": " ".join(han(text)),
        "headline": list(headline),
        "subject": list(subject),
        "facet": list(facets),
        "day": days(article.at) if article.at else 0,
        "subjects": len(subject),
    }


def _subjects(text: str, title: str, rest: str) -> tuple[dict[str, None], dict[str, None], dict[str, None]]:
    """What the headline and the whole text are about, and the countries they name; ``title`` and ``rest`` are normalised."""
    headline: dict[str, None] = {}
    subject: dict[str, None] = {}
    countries: dict[str, None] = {}
    for mention in register.load().mentions(text):
        if mention.kind != "currency":
            names, country = _spoken_of(mention.entity, mention.country)
            subject.update(names)
            if mention.start < len(title):
                headline.update(names)
            countries[country] = None
    for into, part in ((headline, title), (subject, rest)):
        into.update(thesaurus.load().meanings(part))
        into.update((number_term(number), None) for number in numbers(part))
    return headline, headline | subject, countries


@cache  # there are some thousands, and most articles name the same few
def _spoken_of(entity: str, country: str) -> tuple[dict[str, None], str]:
    """What an article is about that names ``entity``, and the facet of its country."""
    return dict.fromkeys((entity, f"family {family(entity)}")), f"country {country}"


def family(entity: str) -> str:
    """The house that an entity belongs to: its parent, or itself."""
    return register.load().get(entity).parent or entity


def days(day: date | datetime) -> int:
    """Days since 1970."""
    return ((day.date() if isinstance(day, datetime) else day) - _EPOCH).days
