"""Decides what in a posted edition has to be put right, and how it then reads. Pure.

Put right is what was shown and is not so: an amount, stage, date or main actor that the cited article itself was changed on, or
that nobody states any more; a report that an editor took out of the story; one event shown as two; an amount that an editor
called wrong; a story whose sources were all withdrawn. What later reports add is news, and the next edition's UPDATE.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.knowledge import figures, money, register
from bot.locales import amounts, t
from bot.model import Amendment, Amount, Article, CitedSentence, Edition, EditionItem, EventFact, Fact, PolicyFact, Source, Story
from bot.pipeline import fact_changes, story_amounts, summaries

MOST_A_STORY = 3  # an article that is changed again and again must not keep a channel busy
_STAGES = {
    "planned": "planned",
    "announced": "announced",
    "decided": "decided",
    "completed": "completed",
    "in_force": "in force",
    "rejected": "rejected",
}
_MISTAKE = re.compile(r"정정|바로잡|오보|訂正|誤り|誤報|\bcorrect(?:s|ed|ion)\b|\bretract(?:s|ed|ion)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known now. ``articles`` and ``story_of``: by article id; ``relevant``: ids of the articles that still are;
    ``facts``: now, ``before``: as the edition knew them; ``wrong``: by story id, the quotes of amounts that an editor called
    wrong; ``merged``: by the id of a story that is gone, the one that it is part of."""

    articles: Mapping[str, Article]
    stories: Mapping[str, Story]
    story_of: Mapping[str, str]
    relevant: Collection[str]
    facts: Mapping[str, Sequence[Fact]]
    before: Mapping[str, Sequence[Fact]]
    wrong: Mapping[str, Collection[str]]
    merged: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Finding:
    """``words`` as readers see them; ``cites``: ids of the articles behind them. What no longer holds: ``wrong``, the articles
    that ``left``, or the ``whole``."""

    kind: str
    key: str
    words: str
    cites: tuple[str, ...]
    wrong: Amount | None = None
    left: frozenset[str] = frozenset()
    whole: bool = False


def amended(edition: Edition, done: Collection[str], known: Known) -> tuple[Edition, tuple[Amendment, ...]]:
    """The edition as it should read, and what was put right in it; ``done``: keys of what was put right before."""
    made: list[Amendment] = []
    shown: dict[str, str] = {}
    for item in edition.items:
        home = _home(item, known)
        found = list(_findings(item, home, shown, edition.language, known))
        shown.setdefault(home, item.summary.headline)
        left = MOST_A_STORY - sum(key.startswith(f"{item.story_id}|") for key in done)
        for one in found[: max(0, left)]:
            key = f"{item.story_id}|{one.kind}|{one.key}"
            if key not in done:
                edition, amendment = _put_right(edition, item.story_id, key, one, home, known)
                made.append(amendment)
    return edition, tuple(made)


def cited(item: EditionItem) -> tuple[str, ...]:
    """Ids of the articles that a story in an edition rests on."""
    return tuple(source.article_id for source in item.summary.sources)


def _home(item: EditionItem, known: Known) -> str:
    """The story that the item is about now."""
    ours = [known.story_of[id] for id in cited(item) if id in known.story_of]
    home = known.merged.get(item.story_id, item.story_id)
    return home if home in ours or not ours else ours[0]


# ---- finding ----


def _findings(item: EditionItem, home: str, shown: Mapping[str, str], language: str, known: Known) -> Iterator[_Finding]:
    there = [id for id in cited(item) if id in known.articles]
    if not there:
        return
    if not any(_stands(source, known) for source in item.summary.sources if source.article_id in there):
        yield _Finding("withdrawn", "", t(language, "Withdrawn: the source no longer reports this."), tuple(there), whole=True)
        return
    if home in shown:
        same = t(language, "Corrected: this is the same event as “{headline}”.", headline=shown[home])
        yield _Finding("merged", home, same, tuple(there[:1]))
    yield from _split(there, home, language, known)
    yield from _called_wrong(item, home, there, language, known)
    yield from _changed(item, home, there, language, known)


def _stands(source: Source, known: Known) -> bool:
    """Whether an article still belongs in a briefing; one that only scores a little less now, under the same title, does."""
    article = known.articles[source.article_id]
    return article.id in known.relevant or summaries.source(0, article).title == source.title


def _split(there: Sequence[str], home: str, language: str, known: Known) -> Iterator[_Finding]:
    left = [id for id in there if known.story_of.get(id, home) != home]
    for id in left if len(left) < len(there) else ():
        words = t(language, "Corrected: “{title}” reports another event.", title=known.articles[id].title)
        yield _Finding("split", id, words, (id,), left=frozenset((id,)))


def _called_wrong(item: EditionItem, home: str, there: Sequence[str], language: str, known: Known) -> Iterator[_Finding]:
    quotes = known.wrong.get(home, ()) or known.wrong.get(item.story_id, ())
    for amount in item.amounts:
        if amount.quote in quotes:
            words = t(language, "Corrected: {before} is wrong, as an editor says.", before=amounts.say(amount, language))
            yield _Finding("amount", f"{amount.quote}>", words, tuple(there[:1]), wrong=amount)


def _changed(item: EditionItem, home: str, there: Sequence[str], language: str, known: Known) -> Iterator[_Finding]:
    articles = [known.articles[id] for id in there]
    story = known.stories.get(home)
    now = list({one.id: one for one in (*articles, *(story.articles if story else ()))}.values())
    before = figures.tellings(articles, known.before)
    after = figures.tellings(now, known.facts)
    told: list[Amount] = []
    for change in fact_changes.material(before, after):
        own = change.article in there
        if isinstance(change.before, Amount):
            mistaken = change.kind == "revised" and _says_mistake(known.articles.get(change.article), change.after)
            if (change.kind in ("corrected", "withdrawn") or mistaken) and _is_shown(item, change.before):
                told.append(change.before)
                yield _amount(change.before, change.after, change.article, language)
        elif own and change.after is not None and isinstance(change.after, EventFact | PolicyFact):
            yield from _stage_or_date(change, language)
    for amount in item.amounts:
        if not any(figures.agree(amount, one) for one in told):
            yield from _vanished(amount, before, after, language)
    yield from _actors(articles, now, language, known)


def _vanished(
    amount: Amount, before: Sequence[figures.Telling], after: Sequence[figures.Telling], language: str
) -> Iterator[_Finding]:
    """An amount that its article stated and that nobody states now, however far what stands in its place is from it."""
    if any(_told_in(telling, amount) for telling in after):
        return
    now = {telling.article.id: telling for telling in after}
    for source in (telling for telling in before if _told_in(telling, amount)):
        instead = figures.leads(now[source.article.id]).get((amount.role or "", amount.currency or ""))
        yield _amount(amount, instead, source.article.id, language)
        return


def _told_in(telling: figures.Telling, amount: Amount) -> bool:
    return any(isinstance(fact, Amount) and figures.agree(fact, amount) for fact in telling.facts)


def _says_mistake(article: Article | None, figure: Fact | None) -> bool:
    """Whether a later report calls the earlier figure a mistake, rather than telling of another plan."""
    if article is None or not isinstance(figure, Amount):
        return False
    near = article.text[max(0, figure.start - 80) : figure.end + 80]
    return bool(_MISTAKE.search(article.title) or _MISTAKE.search(near))


def _amount(old: Amount, new: Fact | None, article: str, language: str) -> _Finding:
    before = amounts.say(old, language)
    if isinstance(new, Amount):
        after = amounts.say(new, language)
        words = t(language, "Corrected: {before} → {after}", before=before, after=after)
        return _Finding("amount", f"{before}>{after}", words, (article,), wrong=old)
    words = t(language, "Corrected: {before} is no longer stated by the source.", before=before)
    return _Finding("amount", f"{before}>", words, (article,), wrong=old)


def _stage_or_date(change: fact_changes.Change, language: str) -> Iterator[_Finding]:
    before, after = (_said(one, change.kind, language) for one in (change.before, change.after))
    if before and after and before != after:
        words = t(language, "Corrected: {before} → {after}", before=before, after=after)
        yield _Finding(change.kind, f"{before}>{after}", words, (change.article,))


def _said(fact: Fact | None, kind: str, language: str) -> str:
    if isinstance(fact, PolicyFact) and kind == "date":
        return " – ".join(day for day in (fact.in_force, fact.until) if day)
    if isinstance(fact, EventFact | PolicyFact):
        stage = fact.status if isinstance(fact, EventFact) else fact.stage
        return t(language, _STAGES.get(stage, stage))
    return ""


def _actors(articles: Sequence[Article], now: Sequence[Article], language: str, known: Known) -> Iterator[_Finding]:
    """The main actor of an event, where the article that named it names another now and nobody names the first."""
    said = {name for one in now for fact in known.facts.get(one.id, ()) if isinstance(fact, EventFact) for name in fact.actors}
    for article in articles:
        then, today = (_leading(known.before.get(article.id, ())), _leading(known.facts.get(article.id, ())))
        for kind, old in then.items():
            new = today.get(kind)
            if new and new != old and old not in said:
                before, after = _name(old, language), _name(new, language)
                words = t(language, "Corrected: {before} → {after}", before=before, after=after)
                yield _Finding("actor", f"{old}>{new}", words, (article.id,))


def _leading(facts: Sequence[Fact]) -> dict[str, str]:
    found: dict[str, str] = {}
    for fact in facts:
        if isinstance(fact, EventFact) and fact.actors:
            found.setdefault(fact.type, fact.actors[0])
    return found


def _name(id: str, language: str) -> str:
    known = register.load()
    try:
        return known.get(id).name(language)
    except KeyError:  # the name as it was written
        return id


def _is_shown(item: EditionItem, figure: Amount) -> bool:
    told = (item.summary.headline, *(sentence.text for sentence in item.summary.sentences))
    return any(figures.agree(figure, one) for one in item.amounts) or any(_states(text, figure) for text in told)


def _states(text: str, figure: Amount) -> bool:
    return any(figures.agree(figure, one) for one in money.read_amounts(text))


# ---- putting right ----


def _put_right(edition: Edition, story_id: str, key: str, found: _Finding, home: str, known: Known) -> tuple[Edition, Amendment]:
    item = next(one for one in edition.items if one.story_id == story_id)
    edition, numbers = _numbered(edition, found.cites, known)
    line = CitedSentence(found.words, tuple(sorted(numbers.values())))
    by_number = {source.number: source for source in edition.sources}
    new = {number: by_number[number] for number in line.cites}
    summary = item.summary
    sources = tuple({source.number: source for source in (*summary.sources, *new.values())}.values())
    gone = {source.number for source in summary.sources if source.article_id in found.left}
    kept = () if found.whole else tuple(one for one in summary.sentences if _holds(one, found, gone))
    headline = _headline(item, found, known)
    changed = replace(
        item,
        summary=replace(summary, headline=headline, sentences=(line, *kept), sources=sources),
        amounts=_amounts(item, found, known.stories.get(home)),
    )
    lead = tuple(replace(one, text=headline) if one.text == summary.headline else one for one in edition.lead)
    items = tuple(changed if one is item else one for one in edition.items)
    amendment = Amendment(key, found.kind, story_id, headline, line, new)
    return replace(edition, items=items, lead=lead), amendment


def _numbered(edition: Edition, ids: Sequence[str], known: Known) -> tuple[Edition, dict[str, int]]:
    """The edition with a number for each of these articles."""
    numbers = {source.article_id: source.number for source in edition.sources if source.article_id in ids}
    added: list[Source] = []
    for id in ids:
        if id not in numbers:
            numbers[id] = 1 + max((source.number for source in (*edition.sources, *added)), default=0)
            added.append(summaries.source(numbers[id], known.articles[id]))
    return replace(edition, sources=(*edition.sources, *added)), numbers


def _holds(sentence: CitedSentence, found: _Finding, gone: Collection[int]) -> bool:
    """Whether a sentence still stands: it does not say what is wrong, and somebody still says it."""
    if gone and set(sentence.cites) <= set(gone):
        return False
    return found.wrong is None or not _states(sentence.text, found.wrong)


def _headline(item: EditionItem, found: _Finding, known: Known) -> str:
    """A headline with the wrong amount gives way to the title that its article has now."""
    old = item.summary.headline
    if found.wrong is None or not _states(old, found.wrong):
        return old
    titles = (known.articles[id] for id in (*found.cites, *cited(item)) if id in known.articles)
    said = (summaries.source(0, article).title for article in titles)
    return next((title for title in said if not _states(title, found.wrong)), old)


def _amounts(item: EditionItem, found: _Finding, story: Story | None) -> tuple[Amount, ...]:
    if found.whole:
        return ()
    wrong = found.wrong
    if wrong is None and not found.left:
        return item.amounts
    current = story_amounts.of_story(story) if story else item.amounts
    return tuple(one for one in current if wrong is None or not (figures.agree(one, wrong) or one.quote == wrong.quote))
