"""The search index over everything that was collected (door: tantivy): our own tokens and meanings, ranked by BM25.

It is derived from the database and can be made anew from it at any time. It lives in memory, or in a folder that one process
writes and others may read.
"""

import math
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import tantivy
from tantivy import Occur
from tantivy import Query as Clause

from bot import log
from bot.archive.documents import document, fingerprint
from bot.archive.index_view import View, all_of, any_of, between
from bot.archive.narrowing import Narrowing
from bot.archive.query import Group, Query
from bot.archive.ranking import Ranking
from bot.archive.ways import Weights
from bot.errors import ArchiveError
from bot.model import Article, Relevance

_HEAP = 64_000_000
_MARK = "mark"  # the facet of the one document that is no article
_FOLDER = re.compile(r"[0-9a-f]{12}")
_AT_ONCE = 50_000  # articles that are written in one step at most: a crash costs what they took
_SHARP = 10.0  # how many times commoner than the rarest meaning of a group another one may be


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
        self._waiting: set[str] = set()  # articles that are added and not yet written

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

    def add(
        self,
        articles: Iterable[Article],
        relevances: Mapping[str, Relevance] | None = None,
        sequence: int = 0,
        *,
        more: bool = False,
    ) -> None:
        """Index articles, with what is known of their relevance; one that is there already is replaced. Only after ``claim``.

        ``sequence``: how far the articles of the database are here then, written in the same step. ``more``: others follow at
        once; these may be found only when those are there too.
        """
        known = relevances or {}
        writer, searcher = self._claimed(), self._index.searcher()
        fresh = {article.id: article for article in articles}
        for article in fresh.values():
            if article.id in self._waiting or searcher.doc_freq("id", article.id):
                writer.delete_documents_by_term("id", article.id)
            writer.add_document(tantivy.Document(**document(article, known.get(article.id))))
        if fresh:
            writer.delete_documents_by_term("facet", _MARK)
            writer.add_document(tantivy.Document(id=f"#{sequence} {next(reversed(fresh))}", facet=[_MARK], day=-1))
        self._waiting |= fresh.keys()
        if not more or len(self._waiting) >= _AT_ONCE:
            self._write(writer)

    def _write(self, writer: tantivy.IndexWriter) -> None:
        writer.commit()
        self._waiting.clear()
        self._index.reload()

    def clear(self) -> None:
        """Forget everything. Only after ``claim``."""
        writer = self._claimed()
        writer.delete_all_documents()
        self._write(writer)

    def close(self) -> None:
        """Let another process, or another index of this one, write."""
        self._writer = None
        self._waiting.clear()

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
        searcher, bounds = self._index.searcher(), self._bounds(query)
        if query.groups:
            groups = self.sharpened(query.groups)
            return Ranking(View(searcher, self._schema, bounds), self._weights).best(groups, near, limit)
        found = searcher.search(Clause.boolean_query(bounds), limit=limit, count=False, order_by_field="day").hits
        return [(searcher.doc(address)["id"][0], float(day), int(day or 0)) for day, address in found]

    def within(self, query: Query, ids: Sequence[str]) -> set[str]:
        """Those of ``ids`` that keep the bounds, quotes and exclusions of ``query``, whatever else it asks for."""
        if not ids:
            return set()
        these = any_of([self._term("id", id) for id in ids])
        wanted = Clause.boolean_query([(Occur.Must, these), *self._bounds(query)])
        searcher = self._index.searcher()
        found = searcher.search(wanted, limit=len(ids), count=False).hits
        return {searcher.doc(address)["id"][0] for _, address in found}

    # ---- from a query to clauses ----

    def _bounds(self, query: Query) -> list[tuple[Occur, Clause]]:
        clauses = [(Occur.Must, self._together(phrase)) for phrase in query.phrases]
        clauses += [(Occur.MustNot, self._together(phrase)) for phrase in query.excluded]
        return clauses + [(Occur.Must, Clause.const_score_query(one, 0.0)) for one in self._only(query.only)]

    def _only(self, only: Narrowing) -> Iterator[Clause]:
        """A clause for each thing that must hold."""
        facets = {"language": only.languages, "in": only.countries, "topic": only.topics}
        for name, values in facets.items():
            if values:
                yield any_of([self._term("facet", f"{name} {value}") for value in values])
        if only.companies:
            names = [name for id in only.companies for name in (id, f"family {id}")]
            yield any_of([self._term("subject", name) for name in names])
        if only.outlets:
            yield any_of([all_of([self._term("facet", f"outlet {word}") for word in words]) for words in only.outlets])
        if only.since or only.until:
            yield between(self._schema, only.since, only.until)

    def sharpened(self, groups: Sequence[Group]) -> tuple[Group, ...]:
        """``groups`` without meanings that are far commoner than their rarest one: those are ``wider`` than what was said."""
        searcher = self._index.searcher()
        return tuple(self._sharpened(searcher, group) if len(group.meanings) > 1 else group for group in groups)

    def _sharpened(self, searcher: tantivy.Searcher, group: Group) -> Group:
        counts = {meaning: searcher.doc_freq("subject", meaning) for meaning in group.meanings}
        most = min((count for count in counts.values() if count), default=0) * _SHARP
        narrow = tuple(meaning for meaning, count in counts.items() if count <= most)
        return replace(group, meanings=narrow, wider=tuple(counts.keys() - set(narrow))) if narrow else group

    def rarity(self, groups: Sequence[Group]) -> list[float]:
        """How telling each group is: the inverse document frequency of its commonest way, in nats."""
        searcher = self._index.searcher()
        return [math.log1p(searcher.num_docs / (1 + self._frequency(searcher, group))) for group in groups]

    def _frequency(self, searcher: tantivy.Searcher, group: Group) -> int:
        ways = [searcher.doc_freq("subject", name) for name in (*group.entities, *group.meanings, *group.numbers)]
        ways += [min(searcher.doc_freq("text", token) for token in group.tokens)] if group.tokens else []
        return max(ways, default=0)

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
        # A value stands once: frequencies are only there because postings without them are never skipped.
        builder.add_text_field(name, tokenizer_name="raw", index_option="freq")
    builder.add_integer_field("day", indexed=True, fast=True)
    builder.add_integer_field("subjects", fast=True)
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
