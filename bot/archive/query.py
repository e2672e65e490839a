"""Reads what a person looks for: groups of words that mean one thing each, quotes, exclusions and filters. Any text is a query.

A group can be met in any language: by its own words, the company or law it names, its meaning in the thesaurus, a number.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.archive.narrowing import EVERYTHING, Narrowing, read_narrowing
from bot.knowledge import language, magnitudes, register, thesaurus

MAX_CHARACTERS = 500
MAX_GROUPS = 24
_OPERATORS = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]+)"|(?P<word>\S+))')
_PARTICLE = re.compile(r"(?<=[가-힣])(?:에서는|에서|에게|으로|로|은|는|이|가|을|를|의|에|와|과|도|만)$")
_NUMBER = re.compile(r"(?<![a-z0-9.,])\d")
_CODE = re.compile(r"(?<![A-Za-z0-9])[A-Z]{1,6}-?\d{1,4}[A-Z]?(?![A-Za-z0-9])")
_SCRAP = re.compile(r"[ぁ-ん]{1,2}|[가-힣]|\W+")  # a particle or an ending that was left over
_HAN = re.compile(r"[\u4e00-\u9fff々]")
# A Japanese word runs on without spaces: what is written in Han characters, katakana or Latin with the ending's first sign.
_WORDS = re.compile(r"[\u4e00-\u9fff々ァ-ヺー]+[ぁ-ん]?|[ぁ-ん]+|[^\s\u4e00-\u9fff々ぁ-んァ-ヺー]+")

# What a question speaks of without asking about it: an answer need not repeat it.
_FRAMES = frozenset(
    (
        *(f"act {name}" for name in ("announce", "plan", "sign", "develop")),
        *(f"word {name}" for name in ("amount", "period", "rank", "reason", "site location", "technology", "industry", "market")),
        *(f"word {name}" for name in ("choose", "forecast")),
    )
)


@dataclass(slots=True)
class Group:
    """Words of the query that mean one thing. ``start`` and ``end`` are their place in the plain text of the query.

    ``wider``: meanings that hold more than what was said, as "chip" does where it was "NPU". ``code``: a name with figures in it,
    as HBM4 or AI6, which is written alike in every language.
    """

    start: int
    end: int
    tokens: tuple[str, ...] = ()
    han: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    meanings: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    wider: tuple[str, ...] = ()
    weight: float = 1.0
    code: str = ""

    @property
    def known(self) -> bool:
        """Whether it can be met in another language than its own."""
        return bool(self.entities or self.meanings or self.numbers)

    @property
    def frame(self) -> bool:
        """Whether it only frames what is asked, as "amount" does."""
        return not self.entities and not _FRAMES.isdisjoint(self.meanings)


@dataclass(frozen=True, slots=True)
class Query:
    """``phrases`` must stand together, ``excluded`` ones must not occur, ``only`` must hold. ``text``: all that is meant."""

    groups: tuple[Group, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    excluded: tuple[tuple[str, ...], ...] = ()
    only: Narrowing = EVERYTHING
    text: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing could be found by it."""
        return not (self.groups or self.phrases or not self.only.empty)

    @property
    def entities(self) -> tuple[str, ...]:
        """The ids of what the query names."""
        return tuple(dict.fromkeys(entity for group in self.groups for entity in group.entities))


def read_query(text: str) -> Query:
    """Take ``text`` apart."""
    words: list[str] = []
    phrases: list[tuple[str, ...]] = []
    excluded: list[tuple[str, ...]] = []
    only, text = read_narrowing(text[:MAX_CHARACTERS])
    for part in _OPERATORS.finditer(text):
        said = part["phrase"] or part["word"]
        tokens = tuple(language.tokens(said))
        if part["minus"]:
            excluded += [tokens] if tokens else []
            continue
        words.append(said)
        if part["phrase"] and tokens:
            phrases.append(tokens)
    return Query(read_groups(" ".join(words)), tuple(phrases), tuple(excluded), only, " ".join(words))


def read_groups(text: str) -> tuple[Group, ...]:
    """The groups of ``text`` in its order."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    lower = plain.lower()
    if len(lower) != len(plain):
        plain = lower
    known = _merged(sorted(_known(plain, lower), key=lambda group: (group.start, -group.end)))
    groups: list[Group] = []
    at = 0
    for group in known:
        groups += _unknown(plain, at, group.start)
        groups.append(_with_words(group, plain))
        at = group.end
    groups += _unknown(plain, at, len(plain))
    telling = [group for group in groups if group.known or not _SCRAP.fullmatch(plain[group.start : group.end])]
    return tuple((telling or groups)[:MAX_GROUPS])


def _known(plain: str, lower: str) -> Iterator[Group]:
    for mention in register.load().mentions(plain):
        if mention.kind != "currency":
            yield Group(mention.start, mention.end, entities=(mention.entity,))
    for hit in thesaurus.load().hits(lower):
        yield Group(hit.start, hit.end, meanings=hit.meanings)
    for start in (match.start() for match in _NUMBER.finditer(lower)):
        number = magnitudes.read(lower, start)
        if number and number.end - start > 1 and not (number.unit is None and 1900 <= number.value <= 2100):
            yield Group(start, number.end, numbers=(number_term(float(number.value)),))


def codes(text: str) -> frozenset[str]:
    """The names with figures in ``text``, in small letters and without hyphens: hbm4 for HBM4 and HBM-4."""
    return frozenset(match.group().replace("-", "").lower() for match in _CODE.finditer(text))


def number_term(value: float) -> str:
    """How a number is indexed: 26만 = 26万 = 260,000."""
    return f"# {value:g}"


def _merged(groups: Sequence[Group]) -> list[Group]:
    """``groups`` with those that overlap made one."""
    merged: list[Group] = []
    for group in groups:
        if merged and group.start < merged[-1].end:
            one = merged[-1]
            if one.entities and group.end <= one.end and not (group.start == one.start and group.end == one.end):
                continue  # what a name is made of: there is no fund in "Vision Fund", no act in "AI Basic Act"
            one.end = max(one.end, group.end)
            for name in ("entities", "meanings", "numbers"):
                setattr(one, name, tuple(dict.fromkeys(getattr(one, name) + getattr(group, name))))
        else:
            merged.append(group)
    return merged


def _unknown(plain: str, start: int, end: int) -> Iterator[Group]:
    """Words that only their own language has. A name that needs company in news is meant when somebody asks for it alone."""
    for match in _WORDS.finditer(plain[start:end]):
        word = match.group()
        entities = register.load().find(word) or register.load().find(_PARTICLE.sub("", word))
        code = next(iter(codes(word)), "")
        group = Group(start + match.start(), start + match.end(), entities=tuple(entity.id for entity in entities[:1]), code=code)
        if _with_words(group, plain).tokens:
            yield group


def _with_words(group: Group, plain: str) -> Group:
    said = plain[group.start : group.end]
    group.tokens = tuple(dict.fromkeys(language.tokens(said)))
    group.han = tuple(dict.fromkeys(han(said)))
    return group


def han(text: str) -> list[str]:
    """The Han characters of ``text``: a single one may be a word that bigrams cut across."""
    return _HAN.findall(text)
