"""One state of the index, asked in terms (door: tantivy): how common they are, what they make likely, what articles have."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import tantivy
from tantivy import Occur
from tantivy import Query as Clause

from bot.archive.documents import days
from bot.archive.ways import Term

_FLAGS = 24  # so many fit a score, which is a float of 32 bits
_DEPTH = 64  # clauses that are looked up in one go

Bounds = Sequence[tuple[Occur, Clause]]


@dataclass(frozen=True, slots=True)
class Found:
    """Articles of one state of the index: their places there, ids, days, and how many things each is about."""

    places: Sequence[int]
    ids: Sequence[str]
    days: Sequence[int]
    breadths: Sequence[int]


class View:
    """What is asked of it is found within ``bounds``."""

    def __init__(self, searcher: tantivy.Searcher, schema: tantivy.Schema, bounds: Bounds = ()) -> None:
        self._searcher, self._schema, self._bounds = searcher, schema, bounds

    @property
    def size(self) -> int:
        """How many articles there are, whatever the bounds."""
        return int(self._searcher.num_docs)

    def frequency(self, term: Term) -> int:
        """How many articles have ``term``, whatever the bounds."""
        return int(self._searcher.doc_freq(*term))

    # ---- finding articles ----

    def sum_of(self, factors: Mapping[Term, float]) -> Clause:
        """Articles with any of some terms, by BM25 times a factor each, added up: quick however common the terms are."""
        return any_of([Clause.boost_query(self._term(term), factor) for term, factor in factors.items()])

    def best_of(self, groups: Iterable[Sequence[Mapping[Term, float]]], other: float, rest: Mapping[Term, float]) -> Clause:
        """Articles that meet any of ``groups``, each by the best of its ways and ``other`` times what the others come to, or have
        any term of ``rest``: all postings are read for that."""
        best = [Clause.disjunction_max_query([self.sum_of(way) for way in ways], other) for ways in groups]
        return any_of([*best, self.sum_of(rest)])

    def with_any(self, terms: Sequence[Term]) -> Clause:
        """Articles with any of ``terms``."""
        return self._term(terms[0]) if len(terms) == 1 else any_of([self._term(term) for term in terms])

    def between(self, first: date, last: date) -> Clause:
        """Articles of these days."""
        return between(self._schema, first, last)

    def top(self, wanted: Sequence[Clause], count: int) -> list[tantivy.DocAddress]:
        """The best ``count`` articles that fit all of ``wanted``, by the sum of what they score."""
        clauses = [*((Occur.Must, clause) for clause in wanted), *self._bounds]
        # Bare terms, side by side and not nested, are what tantivy can skip postings of.
        clause = wanted[0] if len(clauses) == 1 else Clause.boolean_query(clauses)
        return [address for _, address in self._searcher.search(clause, limit=count, count=False).hits]

    # ---- looking up what found ones have ----

    def found(self, addresses: Iterable[tantivy.DocAddress]) -> Found:
        """The articles at ``addresses``, each once."""
        places = {_place(address): address for address in addresses}
        where = list(places.values())
        ids = [self._searcher.doc(address)["id"][0] for address in where]
        days, breadths = (self._searcher.fast_field_values(name, where) for name in ("day", "subjects"))
        return Found(list(places), ids, [int(day or 0) for day in days], [int(count or 0) for count in breadths])

    def scores(self, found: Found, factors: Mapping[Term, float], constants: Mapping[Term, float]) -> dict[int, float]:
        """For each place the BM25 of terms times their factors, and constants for those that are there."""
        clauses = [Clause.boost_query(self._term(term), factor) for term, factor in factors.items()]
        clauses += [Clause.const_score_query(self._term(term), value) for term, value in constants.items()]
        return self._looked_up(found, clauses)

    def flags(self, found: Found, asked: Sequence[Sequence[Term]]) -> dict[int, int]:
        """For each place a number whose bit n says whether all terms of ``asked[n]`` are there."""
        bits = dict.fromkeys(found.places, 0)
        for start in range(0, len(asked), _FLAGS):
            each = [all_of([self._term(term) for term in terms]) for terms in asked[start : start + _FLAGS]]
            clauses = [Clause.const_score_query(clause, float(1 << n)) for n, clause in enumerate(each)]
            for place, score in self._looked_up(found, clauses).items():
                bits[place] |= int(score) << start
        return bits

    def _looked_up(self, found: Found, clauses: Sequence[Clause]) -> dict[int, float]:
        """The sum of what ``clauses`` score at each place. Each in a layer of its own is sought out and never read through."""
        sums: dict[int, float] = dict.fromkeys(found.places, 0.0)
        among = Clause.const_score_query(Clause.term_set_query(self._schema, "id", found.ids), 0.0)
        for start in range(0, len(clauses), _DEPTH):
            layers = among
            for clause in clauses[start : start + _DEPTH]:
                layers = Clause.boolean_query([(Occur.Must, layers), (Occur.Should, clause)])
            for score, address in self._searcher.search(layers, limit=len(found.ids), count=False).hits:
                sums[_place(address)] += score
        return sums

    def _term(self, term: Term) -> Clause:
        return Clause.term_query(self._schema, *term)


def _place(address: tantivy.DocAddress) -> int:
    """An address as something that can be a key."""
    return address.segment_ord << 32 | address.doc


# ---- clauses ----


def any_of(clauses: Sequence[Clause]) -> Clause:
    """Articles that fit any of ``clauses``."""
    return Clause.boolean_query([(Occur.Should, clause) for clause in clauses])


def all_of(clauses: Sequence[Clause]) -> Clause:
    """Articles that fit all of ``clauses``."""
    return Clause.boolean_query([(Occur.Must, clause) for clause in clauses])


def between(schema: tantivy.Schema, first: date | None, last: date | None) -> Clause:
    """Articles from the first day to the last; None leaves that side open. Articles whose day nobody knows are none of them."""
    bounds = (days(first) if first else 1, days(last) if last else None)
    return Clause.range_query(schema, "day", tantivy.FieldType.Integer, *bounds)
