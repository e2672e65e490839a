"""Decides whether a sentence that a model wrote may be shown: is it cited, and do its sources say it?

Checks, each with its reason in words: citations exist; the quote stands in a cited source; every amount, number, day and name of
the sentence is found there too (``figures``, ``names``); its form is that of a report: no links, markup or mentions, nobody is
addressed; the language that was asked for.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from rapidfuzz import fuzz

from bot.knowledge import language, register
from bot.llm import figures, names
from bot.model import Article

MIN_QUOTE = 8
MIN_LENGTH = {"ko": 8, "ja": 8, "en": 16}
MAX_LENGTH = 400
SAME = 92.0
_LINK_OR_MENTION = re.compile(
    r"https?:|www\.|\w://|mailto:|<[@!#/:]|<t:|@(?:everyone|here|channel)|(?<!\w)@\w+|[\w.]@[\w-]+\.|\]\(|(?:^|\s)[/!][a-z]{2,}",
    re.IGNORECASE,
)
_CODE = re.compile(r"```|`[^`]*[\s/][^`]*`")
_DOMAIN = re.compile(
    r"(?<![\w@])(?:[\w-]+\.)+(?:com|net|org|io|ai|dev|app|co|kr|jp|cn|ru|xyz|info|biz|me|ly|gg|example|test)\b(?P<path>/?)",
    re.IGNORECASE | re.ASCII,
)
_MARKUP = re.compile(r"\*\*|__|~~|\|\||^\s*#|</?[A-Za-z][\w-]*(?: [^>]*)?/?>|[\U0001f000-\U0001faff]")
# A report states; what asks, orders or speaks of the model itself came out of a page that wanted something.
_ADDRESSES = {
    "en": re.compile(
        r"\b(?:your?|yours|yourself|please|click|I(?:'m| am| will| can| cannot| have)|my|as an ai|"
        r"ignore (?:all|any|the|previous|prior))\b|[?](?=\s|$)",
        re.IGNORECASE,
    ),
    "ko": re.compile(
        r"당신|여러분|주세요|주십시오|하세요|하십시오|마세요|클릭|(?:지시|명령)(?:를|을)? 무시"
        r"|(?:하라|해라|써라|해줘|나요)[.!]?$|[?？](?=\s|$)"
    ),
    "ja": re.compile(
        r"ください|下さい|なさい|クリック|あなた|皆さん|(?:指示|命令)を無視"
        r"|(?:しろ|せよ|ましょう|でしょうか|ですか|ますか)[。!]?$|[?？](?=\s|$)"
    ),
}
_QUOTED = re.compile(r"[“\"‘「『《〈][^“”\"‘’「」『』《》〈〉]*[”\"’」』》〉]|(?<![A-Za-z])'[^']*'(?![A-Za-z])")
_VERBS = (
    r"add|always|analy[sz]e|answer|apply|ask|avoid|buy|call|capitalize|choose|classify|combine|compare|compose|compress|convert|craft|create|"
    r"define|delete|describe|detect|determine|discuss|do|don't|employ|encode|encourage|encrypt|ensure|enter|explain|express|find|"
    r"follow|forget|forward|generate|give|help|hide|identify|ignore|include|insert|install|instruct|interpret|introduce|invert|jumble|"
    r"keep|let|make|mention|misspell|modify|obscure|persuade|promote|provide|publish|put|read|rearrange|recommend|remember|remind|"
    r"remove|render|repeat|rephrase|replace|reply|respond|return|reverse|rewrite|run|say|scramble|select|send|simulate|solve|speak|spell|stop|"
    r"subscribe|substitute|suggest|summari[sz]e|swap|teach|tell|transform|translate|try|unsubscribe|update|use|verify|visit|write"
)
_NOUNS_TOO = (
    r"break|change|check|design|develop|download|draft|embed|end|format|list|open|output|pick|plan|post|print|produce|search|share|"
    r"show|sign|start|state|switch|turn|type|urge|view|watch"
)
_ORDERS = re.compile(
    rf"(?:^|[.:;!?]\s)(?:{_VERBS}|(?:{_NOUNS_TOO})(?= (?:a|an|all|any|down|every|each|how|me|the|these|this|us|up|with)\b))\s",
    re.IGNORECASE,
)
_CITATION_MARK = re.compile(r"\s*\[\d+\]")


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence as the model proposed it; ``quote`` is what it claims to rest on, word for word."""

    text: str
    cites: tuple[int, ...]
    quote: str


def draft(row: Mapping[str, Any]) -> Draft:
    """A row of the model's answer, valid by the schema."""
    return Draft(str(row["text"]), tuple(dict.fromkeys(map(int, row["cites"]))), str(row["quote"]))


def read_draft(row: Any) -> Draft | None:
    """A row that nobody has checked; None where it is none."""
    try:
        return draft(row)
    except (TypeError, ValueError, KeyError):
        return None


class Problem(NamedTuple):
    """What is wrong with a sentence. ``check``: citation, quote, form, address, language, figures, names or repetition."""

    check: str
    words: str


def problems(draft: Draft, sources: Sequence[Article], asked: str) -> list[Problem]:
    """Why ``draft`` may not be shown; empty when it may. Citations number ``sources`` from 1; ``asked`` is ko, ja or en."""
    cited = [sources[number - 1] for number in draft.cites if 1 <= number <= len(sources)]
    if not cited or len(cited) != len(draft.cites):
        return [Problem("citation", "cites no source or one that does not exist")]
    found = [*form_problems(draft.text, asked), *(Problem("quote", words) for words in quote_problems(draft.quote, cited))]
    # What is no report at all need not be compared with one.
    return found or content_problems(clean(draft.text), cited, asked)


def content_problems(text: str, cited: Sequence[Article], asked: str) -> list[Problem]:
    """What ``text`` says that no cited source does."""
    return [
        *(Problem("figures", words) for words in figures.problems(text, cited, asked)),
        *(Problem("names", words) for words in names.problems(text, cited, asked)),
    ]


def clean(text: str) -> str:
    """The sentence without citation marks of the model's own, invisible characters and line breaks."""
    visible = "".join(char for char in text if char.isspace() or char.isprintable()).replace("`", "'")
    return " ".join(_CITATION_MARK.sub("", visible).split())


def form_problems(written: str, asked: str) -> Iterator[Problem]:
    """Why ``written`` is no sentence of a report in the language ``asked``."""
    text = clean(written)
    if len(text) < MIN_LENGTH[asked]:
        yield Problem("form", "is no sentence")
    if len(text) > MAX_LENGTH:
        yield Problem("form", f"is longer than {MAX_LENGTH} characters")
    if has_link(text) or _CODE.search(written):
        yield Problem("form", "holds a link, a mention or markup")
    if _addresses(figures.plain(text), asked):
        yield Problem("address", "asks, orders or addresses somebody instead of reporting")
    if language.detect(text, asked) != asked:
        yield Problem("language", f"is not in the language asked for ({asked})")


def has_link(text: str) -> bool:
    """Whether it holds a link, a mention or markup, in whatever disguise."""
    plain = figures.plain(text)
    addresses = any(map(_is_address, _DOMAIN.finditer(plain)))
    return addresses or _LINK_OR_MENTION.search(plain) is not None or _MARKUP.search(plain) is not None


def written_in(text: str) -> str:
    """ko, ja or en, whatever else it may be."""
    found = language.detect(text)
    return found if found in MIN_LENGTH else "en"


def _addresses(text: str, asked: str) -> bool:
    """Whether it speaks to somebody, other than in what it quotes."""
    own = _QUOTED.sub("", text)
    own = own if len(own) * 2 > len(text) else text
    return _ADDRESSES[asked].search(own) is not None or (asked == "en" and _ORDERS.search(own) is not None)


def _is_address(domain: re.Match[str]) -> bool:
    """Whether it is more than the name of a company, as Booking.com or Character.AI is."""
    return bool(domain["path"]) or not register.load().find(domain.group())


def quote_problems(quote: str, cited: Sequence[Article]) -> Iterator[str]:
    """Why ``quote`` proves nothing; it has to stand in one of ``cited``, but for case, width and spaces."""
    wanted = language.normalise(quote)
    if len(wanted) < MIN_QUOTE:
        yield "has no quote that proves it"
    elif not any(wanted in language.normalise(article.text) for article in cited):
        yield "its quote does not stand in a cited source"


def is_alike(one: str, other: str) -> bool:
    """Whether two sentences are the same but for a few characters."""
    return fuzz.ratio(language.normalise(clean(one)), language.normalise(clean(other))) > SAME


def sift(drafts: Sequence[Draft], sources: Sequence[Article], asked: str) -> tuple[list[Draft], Mapping[int, list[Problem]]]:
    """The drafts that may be shown, and for each other one (by its place) why not. A sentence said twice is shown once."""
    kept: list[Draft] = []
    rejected: dict[int, list[Problem]] = {}
    for place, draft in enumerate(drafts):
        found = problems(draft, sources, asked)
        if not found and any(is_alike(other.text, draft.text) for other in kept):
            found = [Problem("repetition", "says the same again")]
        if found:
            rejected[place] = found
        else:
            kept.append(draft)
    return kept, rejected
