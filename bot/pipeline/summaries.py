"""Summaries without a model: the best sentences of a story's articles, quoted word for word, each with the sources that say it.

Articles in the asked language come first, among them those that speak for themselves or were early; in them the sentences
with the story's names, amounts, dates and event words. Only white space is folded; nothing is rewritten. What breaks off in its
source ends in "…".
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache

from bot.knowledge import boilerplate, dates, lexicon, money, publishers, register
from bot.knowledge.language import fold, sentences, tokens
from bot.model import Article, CitedSentence, Source, Story, Summary

ARTICLES_READ = 12
SENTENCES_READ = 6  # an article, from its beginning: news tells first what matters
CITES = 3
_ALIKE = 0.6  # share of the shorter sentence's terms in the other from which on the second adds nothing
_ALREADY_IN_HEADLINE = 0.85
_SAID_ALSO = 0.72
_REFERS_BACK = re.compile(
    r"이로 인해|이에 따라|이를|이와|이어|이같은|이러한|한편|또한|또 |그러나|하지만|그는|그녀는|이번 "
    r"|これ|それ|また|一方|しかし|同氏|さらに|そのため"
    r"|(?:However|But|And|Also|Meanwhile|This|That|These|He|She|It|They|Moreover|In addition)\b"
)
_SHORTEST = {"ko": 14, "ja": 14, "en": 25}
_LONGEST = {"ko": 230, "ja": 200, "en": 420}
_DENSE = {"ko", "ja", "zh"}


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence that could be shown. ``facts``: the names and amounts in it, comparable across languages."""

    text: str
    article: Article
    position: int
    score: float
    terms: frozenset[str]
    facts: frozenset[str]
    whole: bool
    ended: bool


@dataclass(slots=True)
class _Numbers:
    """Numbers articles as sources, in the order in which they are first cited."""

    articles: list[Article] = field(default_factory=list)

    def of(self, article: Article) -> int:
        if article not in self.articles:
            self.articles.append(article)
        return self.articles.index(article) + 1

    def sources(self) -> tuple[Source, ...]:
        return tuple(source(number, article) for number, article in enumerate(self.articles, 1))


def source(number: int, article: Article) -> Source:
    """``article`` as readers see it below a summary."""
    title = boilerplate.headline(article.title, article.outlet)
    return Source(number, article.id, article.outlet, title, article.url, article.language, article.published)


@lru_cache(maxsize=512)  # every channel that is told of a story in one language gets the same
def extract(story: Story, language: str, *, max_sentences: int = 3) -> Summary:
    """The summary of ``story`` for readers of ``language`` (ko, ja or en), at most ``max_sentences`` long.

    The headline is the title of source 1. Where no article has a usable text beside its title, that title is the only sentence.
    """
    ranked = ranked_articles(story, language)
    best = ranked[0]
    headline = boilerplate.headline(best.title, best.outlet)
    names = frozenset(name for relevance in story.relevances for name in relevance.entities)
    candidates = [one for rank, article in enumerate(ranked[:ARTICLES_READ]) for one in _read(article, rank, names)]
    chosen = _choose(candidates, language, headline, max_sentences)
    numbers = _Numbers([best])
    if chosen:
        said = tuple(_cited(one, candidates, numbers) for one in _in_order(chosen))
    else:
        said = (CitedSentence(headline, (1,), quoted=True),)
    foreign = best.language if best.language != language else ""
    return Summary(story.id, language, headline, said, numbers.sources(), headline_language=foreign)


# ---- articles ----


def ranked_articles(story: Story, language: str) -> list[Article]:
    """The story's articles for readers of ``language``; the first gives the headline."""
    worth = {
        article.id: _worth(article, relevance.score, language) + 0.4 * (index == 0)
        for index, (article, relevance) in enumerate(zip(story.articles, story.relevances, strict=True))
    }
    # The articles come earliest first and sorting is stable: of equals, the earlier leads.
    return sorted(story.articles, key=lambda article: -worth[article.id])


def _worth(article: Article, score: float, language: str) -> float:
    title = boilerplate.headline(article.title, article.outlet)
    worth = 0.5 * score + 3.0 * (article.language == language) + 0.3 * bool(article.summary or article.body)
    worth += 0.5 * publishers.is_government(article.outlet, article.url)
    worth -= 0.6 * title.endswith(("...", "…")) + 0.3 * title.endswith(("?", "？"))
    worth -= 0.5 * title.endswith(("다.", "。", "."))  # a text without a title of its own
    return worth - 0.4 * (len(title) > (90 if article.language in _DENSE else 160))


# ---- sentences ----


def _read(article: Article, rank: int, names: frozenset[str]) -> Iterator[_Candidate]:
    """The sentences of an article that could be shown, with what they are worth; ``rank``: its place among the articles."""
    position = 0
    for sentence in sentences(_beside_the_title(article)):
        one = _candidate(" ".join(sentence.split()), article, position, names)
        if one:
            yield replace(one, score=one.score - 0.12 * rank)
            position += 1
        if position == SENTENCES_READ:
            return


def _beside_the_title(article: Article) -> str:
    """Summary and body, without saying anything twice."""
    summary = article.summary.removeprefix(article.title)
    opening = " ".join(article.summary.split())[:40]
    repeated = bool(opening) and " ".join(article.body[:200].split()).startswith(opening)
    return article.body if repeated else f"{summary}\n{article.body}"


def _candidate(text: str, article: Article, position: int, names: frozenset[str]) -> _Candidate | None:
    text = boilerplate.bare(text)
    cut = boilerplate.is_cut(text)
    if cut:
        text = boilerplate.without_dots(text)
    longest = _LONGEST.get(article.language, 420)
    if not _SHORTEST.get(article.language, 25) <= len(text) <= 2 * longest or boilerplate.is_notice(text):
        return None
    whole = not cut and boilerplate.is_balanced(text)
    score = 1.6 - 0.35 * min(position, 4) - 0.5 * (len(text) > longest) - 0.6 * text.endswith(("?", "？"))
    score -= 0.4 * bool(_REFERS_BACK.match(text))
    facts, worth = _facts(text, article.language, article.at, names)
    return _Candidate(text, article, position, score + worth, frozenset(tokens(text)), facts, whole, not cut)


@lru_cache(maxsize=8192)  # readers of each language are told the same; some KB for ten sentences
def _facts(text: str, language: str, at: datetime | None, names: frozenset[str]) -> tuple[frozenset[str], float]:
    """What a sentence holds of the story, and what that is worth."""
    mentioned = {mention.entity for mention in register.load().mentions(text)} & names
    read = money.read_amounts(text, language)
    amounts = {f"{amount.value} {amount.currency}" for amount in read if amount.value is not None}
    groups = lexicon.load().groups
    events = {hit.group for hit in lexicon.load().hits(fold(text)[0]) if groups[hit.group].section == "events"}
    worth = 0.35 * min(len(mentioned), 3) + 0.5 * min(len(amounts), 2) + 0.25 * min(len(events), 2)
    return frozenset(mentioned | amounts), worth + 0.25 * bool(dates.read_dates(text, at))


# ---- choosing ----


def _choose(candidates: Sequence[_Candidate], language: str, headline: str, most: int) -> list[_Candidate]:
    """The best sentences, none that repeats another: those in ``language``, and where they are few, news from others.

    A piece of a sentence is shown only where there is nothing whole.
    """
    chosen: list[_Candidate] = []
    title = frozenset(tokens(headline))
    for own, whole in ((True, True), (False, True), (True, False), (False, False)):
        some = [one for one in candidates if one.whole is whole and (one.article.language == language) is own]
        enough = (most if own else min(2, most)) if whole else 1
        while len(chosen) < enough:
            fitting = [one for one in some if one not in chosen and _adds(one, chosen, title, own=own)]
            if not fitting:
                break
            chosen.append(max(fitting, key=lambda one: one.score - _repeats(one, chosen, title)))
    return chosen


def _repeats(one: _Candidate, chosen: Sequence[_Candidate], title: frozenset[str]) -> float:
    """How little a sentence says that was not said: in the same words, as the opening of another report, or as the headline."""
    same = [other for other in chosen if other.article.language == one.article.language]
    words = max((_share(*sorted((one.terms, other.terms), key=len)) for other in same), default=0.0)
    told = frozenset[str]().union(*(other.facts for other in same))
    opening = one.position == 0 and any(other.position == 0 for other in same)
    longer_headline = len(title) > 8 and _share(title, one.terms) >= _ALREADY_IN_HEADLINE
    return 1.5 * words + 0.8 * opening + 0.5 * bool(same and one.facts <= told) + longer_headline


def _adds(one: _Candidate, chosen: Sequence[_Candidate], title: frozenset[str], *, own: bool) -> bool:
    if _share(one.terms, title) >= _ALREADY_IN_HEADLINE or any(_alike(one, other) for other in chosen):
        return False
    # Across languages no words compare: what tells no other name or amount is taken for the same.
    known = frozenset[str]().union(*(other.facts for other in chosen if other.article.language != one.article.language))
    return own or not known or not one.facts <= known


def _alike(one: _Candidate, other: _Candidate) -> bool:
    shorter, longer = sorted((one.terms, other.terms), key=len)
    return _share(shorter, longer) >= _ALIKE


def _share(terms: frozenset[str], among: frozenset[str]) -> float:
    return len(terms & among) / len(terms) if terms else 1.0


def _in_order(chosen: Sequence[_Candidate]) -> list[_Candidate]:
    """The article of the best sentence first, each article in its own order."""
    articles = list(dict.fromkeys(one.article.id for one in chosen))
    return sorted(chosen, key=lambda one: (articles.index(one.article.id), one.position))


def _cited(one: _Candidate, candidates: Sequence[_Candidate], numbers: _Numbers) -> CitedSentence:
    """The sentence with its source, and with those of other publishers that say the same with the same figures."""
    said_by = {publishers.house(one.article.outlet, one.article.url): one.article}
    figures = {term for term in one.terms if term[0].isdigit()}
    for other in candidates:
        house = publishers.house(other.article.outlet, other.article.url)
        same = other.article.language == one.article.language and figures <= other.terms
        if same and house not in said_by and len(said_by) < CITES and _share(one.terms, other.terms) >= _SAID_ALSO:
            said_by[house] = other.article
    text = one.text if one.ended or one.text.endswith((".", "。", "!", "?")) else f"{one.text}…"
    return CitedSentence(text, tuple(sorted(numbers.of(article) for article in said_by.values())), quoted=True)
