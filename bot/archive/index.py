"""The search index over everything that was collected (door: tantivy): our own tokens and meanings, ranked by BM25.

It is derived from the database and can be made anew from it at any time. It lives in memory, or in a folder that one process
writes and others may read.
"""

import math
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

import tantivy
from tantivy import Occur
from tantivy import Query as Clause

from bot import log
from bot.archive.documents import days, document, family, fingerprint
from bot.archive.narrowing import Narrowing
from bot.archive.query import Group, Query
from bot.errors import ArchiveError
from bot.model import Article, Relevance

_HEAP = 64_000_000
_MARK = "mark"  # the facet of the one document that is no article
_FOLDER = re.compile(r"[0-9a-f]{12}")
_KANA = re.compile(r"[ぁ-ん]")


@dataclass(frozen=True, slots=True)
class Weights:
    """What each way of meeting a group is worth, as a factor on BM25. Tuned on graded queries with ``bot evaluate search``."""

    title: float = 0.7
    text: float = 1.0
    there: float = 0.9  # that a word is there at all, however often, as a factor on its inverse document frequency
    han: float = 0.88
    kana: tuple[float, float] = (0.1, 0.42)  # of a bigram all in hiragana, half in hiragana: mostly grammar
    entity: tuple[float, float] = (1.5, 2.0)  # in the headline, and anywhere
    family: float = 0.95  # of what an entity is worth: its parent or a sister
    meaning: tuple[float, float] = (0.9, 1.5)
    number: tuple[float, float] = (4.8, 4.8)
    other_way: float = 0.12  # what a second way of meeting the same group adds
    country: float = 0.8  # an article of Korea, where Korea is asked for, need not name it
    known_words: float = 0.8  # words count by n to the minus this power where the group is known otherwise too …
    words: float = 0.2  # … and where words are all there is
    all_groups: float = 20.0
    all_but_one: float = 6.0
    relevant: float = 6.0  # an article that matters
    sharp: float = 10.0  # how many times commoner than the rarest meaning of a group another one may be
    wider: float = 0.3  # of what a meaning is worth: one that is commoner still
    near: float = 8.0  # an article of the days that a question names


_NATIVE = {"KR": "ko", "JP": "ja"}


class Index:
    """An index in memory. Its calls block: the caller keeps them off the event loop."""

    def __init__(self, home: Path | None = None, weights: Weights | None = None) -> None:
        """``home``: the folder for its files, where one that fits is taken up again; None keeps it in memory.

        Raises:
            ArchiveError: the folder cannot be used.
        """
        self._weights = weights or Weights()
        self._schema = schema()
        self._index = _opened(home / fingerprint()) if home else tantivy.Index(self._schema)
        self._home = home
        self._writer: tantivy.IndexWriter | None = None

    def claim(self) -> bool:
        """Become its writer; False where another process is. What that one has written can then be read."""
        if self._writer is None:
            try:
                self._writer = self._index.writer(heap_size=_HEAP, num_threads=1)
            except ValueError:  # the folder's lock, which ends with the process that holds it
                self._index.reload()
                return False
            if self._home:
                _tidy(self._home)
            self._index.reload()
        return True

    @property
    def reached(self) -> tuple[int, str]:
        """The number up to which the articles of the database are here, and the id of one of them; 0 and nothing for none."""
        searcher = self._index.searcher()
        found = searcher.search(self._term("facet", _MARK), limit=1, count=False).hits
        sequence, _, article_id = searcher.doc(found[0][1])["id"][0].removeprefix("#").partition(" ") if found else ("0", "", "")
        return int(sequence), article_id

    @property
    def articles(self) -> int:
        """How many articles are here."""
        return int(self._index.searcher().num_docs) - bool(self.reached[1])

    def add(self, articles: Iterable[Article], relevances: Mapping[str, Relevance] | None = None, sequence: int = 0) -> None:
        """Index articles, with what is known of their relevance; one that is there already is replaced.

        ``sequence``: how far the articles of the database are here then, written in the same step. Only after ``claim``.
        """
        known = relevances or {}
        writer, searcher = self._claimed(), self._index.searcher()
        fresh = {article.id: article for article in articles}
        for article in fresh.values():
            if searcher.doc_freq("id", article.id):
                writer.delete_documents_by_term("id", article.id)
            writer.add_document(tantivy.Document(**document(article, known.get(article.id))))
        if fresh:
            writer.delete_documents_by_term("facet", _MARK)
            writer.add_document(tantivy.Document(id=f"#{sequence} {next(reversed(fresh))}", facet=[_MARK], day=-1))
        writer.commit()
        self._index.reload()

    def clear(self) -> None:
        """Forget everything. Only after ``claim``."""
        writer = self._claimed()
        writer.delete_all_documents()
        writer.commit()
        self._index.reload()

    def close(self) -> None:
        """Let another process, or another index of this one, write."""
        self._writer = None

    def _claimed(self) -> tantivy.IndexWriter:
        if not self.claim() or self._writer is None:
            raise ArchiveError("another process writes this index")
        return self._writer

    def search(self, query: Query, *, limit: int = 10, near: tuple[date, date] | None = None) -> list[tuple[str, float, int]]:
        """Article ids, scores and days since 1970 (0 where nobody knows), best first; those of days ``near`` are likelier.

        Where nothing but its bounds is asked for, the newest come first, and the day is the score.
        """
        if query.empty:
            return []
        searcher = self._index.searcher()
        wanted = self._compiled(replace(query, groups=self.sharpened(query.groups)))
        if near:
            likelier = Clause.const_score_query(self._between(*near), self._weights.near)
            wanted = Clause.boolean_query([(Occur.Must, wanted), (Occur.Should, likelier)])
        newest = None if query.groups or query.phrases else "day"
        found = searcher.search(wanted, limit=limit, count=False, order_by_field=newest).hits
        days = searcher.fast_field_values("day", [address for _, address in found])
        return [
            (searcher.doc(address)["id"][0], float(score), int(day or 0))
            for (score, address), day in zip(found, days, strict=True)
        ]

    def within(self, query: Query, ids: Sequence[str]) -> set[str]:
        """Those of ``ids`` that keep the bounds, quotes and exclusions of ``query``, whatever else it asks for."""
        if not ids:
            return set()
        these = _any([self._term("id", id) for id in ids])
        wanted = Clause.boolean_query([(Occur.Must, these), *self._bounds(query)])
        searcher = self._index.searcher()
        found = searcher.search(wanted, limit=len(ids), count=False).hits
        return {searcher.doc(address)["id"][0] for _, address in found}

    # ---- from a query to clauses ----

    def _compiled(self, query: Query) -> Clause:
        clauses = [(Occur.Must, self._wanted(query.groups))] if query.groups else []
        clauses += self._bounds(query)
        if self._weights.relevant:
            clauses.append((Occur.Should, Clause.const_score_query(self._term("facet", "relevant"), self._weights.relevant)))
        return Clause.boolean_query(clauses)

    def _bounds(self, query: Query) -> list[tuple[Occur, Clause]]:
        clauses = [(Occur.Must, self._together(phrase)) for phrase in query.phrases]
        clauses += [(Occur.MustNot, self._together(phrase)) for phrase in query.excluded]
        return clauses + [(Occur.Must, Clause.const_score_query(one, 0.0)) for one in self._only(query.only)]

    def _only(self, only: Narrowing) -> Iterator[Clause]:
        """A clause for each thing that must hold."""
        facets = {"language": only.languages, "in": only.countries, "topic": only.topics}
        for name, values in facets.items():
            if values:
                yield _any([self._term("facet", f"{name} {value}") for value in values])
        if only.companies:
            names = [name for id in only.companies for name in (id, f"family {id}")]
            yield _any([self._term("subject", name) for name in names])
        if only.outlets:
            yield _any([_all([self._term("facet", f"outlet {word}") for word in words]) for words in only.outlets])
        if only.since or only.until:
            yield self._between(only.since, only.until)

    def _wanted(self, groups: Sequence[Group]) -> Clause:
        """Every group by its best way, and a premium for articles that meet all of them or all but one."""
        weights = self._weights
        clauses = [(Occur.Should, self._best_way(group)) for group in groups]
        met = [self._met(group) for group in groups]
        if len(met) > 1:
            clauses.append((Occur.Should, Clause.const_score_query(_all(met), weights.all_groups)))
        if len(met) > 2:
            nearly = Clause.boolean_query([(Occur.Should, one) for one in met], minimum_number_should_match=len(met) - 1)
            clauses.append((Occur.Should, Clause.const_score_query(nearly, weights.all_but_one)))
        return Clause.boolean_query(clauses)

    def _best_way(self, group: Group) -> Clause:
        best = Clause.disjunction_max_query(self._ways(group), self._weights.other_way)
        return best if group.weight == 1.0 else Clause.boost_query(best, group.weight)

    def _ways(self, group: Group) -> list[Clause]:
        weights = self._weights
        ways = [self._by_words(group)] if group.tokens else []
        for entity in group.entities:
            ways.append(self._about(entity, weights.entity, 1.0))
            ways.append(self._about(f"family {family(entity)}", weights.entity, weights.family))
            if entity in _NATIVE:
                ways += [Clause.const_score_query(term, weights.country) for term in self._native(entity)]
        ways += [self._about(meaning, weights.meaning, 1.0) for meaning in group.meanings]
        ways += [self._about(meaning, weights.meaning, weights.wider) for meaning in group.wider]
        ways += [self._about(number, weights.number, 1.0) for number in group.numbers]
        return ways

    def _by_words(self, group: Group) -> Clause:
        weights = self._weights
        factor = len(group.tokens) ** -(weights.known_words if group.known else weights.words)
        searcher = self._index.searcher()
        terms, there = [], []
        for token in group.tokens:
            telling = factor * (1.0, *weights.kana[::-1])[len(_KANA.findall(token)) if len(token) == 2 else 0]
            terms.append((self._term("title", token), weights.title * telling))
            text = self._term("text", token)
            terms.append((text, weights.text * telling))
            if not group.known:
                rare = math.log1p(searcher.num_docs / (1 + searcher.doc_freq("text", token)))
                there.append(Clause.const_score_query(text, weights.there * telling * rare))
        terms += [(self._term("han", character), weights.han * factor) for character in group.han]
        return _any([*(Clause.boost_query(term, weight) for term, weight in terms), *there])

    def _about(self, subject: str, weights: tuple[float, float], factor: float) -> Clause:
        fields = zip(("headline", "subject"), weights, strict=True)
        return _any([Clause.boost_query(self._term(name, subject), weight * factor) for name, weight in fields])

    def _met(self, group: Group) -> Clause:
        subjects = [*group.entities, *(f"family {family(entity)}" for entity in group.entities), *group.meanings, *group.numbers]
        ways = [self._term("subject", subject) for subject in subjects]
        ways += [term for entity in group.entities if entity in _NATIVE for term in self._native(entity)]
        if group.tokens:
            ways.append(_all([self._term("text", token) for token in group.tokens]))
        return _any(ways)

    def _native(self, country: str) -> list[Clause]:
        return [self._term("facet", f"country {country}"), self._term("facet", f"language {_NATIVE[country]}")]

    def sharpened(self, groups: Sequence[Group]) -> tuple[Group, ...]:
        """``groups`` without meanings that are far commoner than their rarest one: those are ``wider`` than what was said."""
        searcher = self._index.searcher()
        return tuple(self._sharpened(searcher, group) if len(group.meanings) > 1 else group for group in groups)

    def _sharpened(self, searcher: tantivy.Searcher, group: Group) -> Group:
        counts = {meaning: searcher.doc_freq("subject", meaning) for meaning in group.meanings}
        most = min((count for count in counts.values() if count), default=0) * self._weights.sharp
        narrow = tuple(meaning for meaning, count in counts.items() if count <= most)
        return replace(group, meanings=narrow, wider=tuple(counts.keys() - set(narrow))) if narrow else group

    def rarity(self, groups: Sequence[Group]) -> list[float]:
        """How telling each group is: the inverse document frequency of its commonest way, in nats."""
        searcher = self._index.searcher()
        return [math.log1p(searcher.num_docs / (1 + self._frequency(searcher, group))) for group in groups]

    def _frequency(self, searcher: tantivy.Searcher, group: Group) -> int:
        ways = [searcher.doc_freq("subject", name) for name in (*group.entities, *group.meanings, *group.numbers)]
        ways += [min(searcher.doc_freq("text", token) for token in group.tokens)] if group.tokens else []
        return max(ways)

    def _between(self, first: date | None, last: date | None) -> Clause:
        bounds = (days(first) if first else 1, days(last) if last else None)
        return Clause.range_query(self._schema, "day", tantivy.FieldType.Integer, *bounds)

    def _together(self, tokens: tuple[str, ...]) -> Clause:
        if len(tokens) == 1:
            return self._term("text", tokens[0])
        return Clause.phrase_query(self._schema, "text", list(tokens))

    def _term(self, name: str, value: str) -> Clause:
        return Clause.term_query(self._schema, name, value)


# ---- its folder ----


@cache
def schema() -> tantivy.Schema:
    """The fields of a document."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("text", tokenizer_name="whitespace", index_option="position")
    for name in ("title", "han"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    for name in ("headline", "subject", "facet"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("day", indexed=True, fast=True)
    return builder.build()


def _opened(folder: Path) -> tantivy.Index:
    """The index in ``folder``; one that is damaged is made anew, for the database has everything."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            return tantivy.Index(schema(), path=str(folder))
        except ValueError as exc:
            log.warning("index.damaged", folder=str(folder), reason=str(exc)[:200], effect="it is made anew")
            shutil.rmtree(folder)
            folder.mkdir()
            return tantivy.Index(schema(), path=str(folder))
    except (OSError, ValueError) as exc:
        raise ArchiveError(f"{folder}: the search index cannot be kept there: {exc}") from exc


def _tidy(home: Path) -> None:
    """Remove what indexes of earlier versions left."""
    for folder in home.iterdir():
        if folder.is_dir() and folder.name != fingerprint() and _FOLDER.fullmatch(folder.name):
            shutil.rmtree(folder, ignore_errors=True)


# ---- clauses ----


def _any(clauses: Sequence[Clause]) -> Clause:
    return Clause.boolean_query([(Occur.Should, clause) for clause in clauses])


def _all(clauses: Sequence[Clause]) -> Clause:
    return Clause.boolean_query([(Occur.Must, clause) for clause in clauses])
