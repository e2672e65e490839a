"""The search index over everything that was collected (door: tantivy): our own tokens, entities and concepts, ranked by BM25.

It is derived: built in memory from the database and brought up to date from it. Tokens are character bigrams of Korean and
Japanese and whole Latin words; entities and concepts carry a query across languages (업스테이지 = Upstage).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import tantivy

from bot.knowledge import concepts, language, register
from bot.model import Article

_HEAP = 64_000_000
_OPERATORS = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]+)"|(?P<word>\S+))')
_FIELD_BOOSTS = (("title", 2.0), ("text", 1.0))
_ENTITY_BOOST, _CONCEPT_BOOST = 4.0, 1.5
# Acts such as "announce" or "plan" stand in nearly every report: they would find everything.
_TELLING = ("object", "place", "person")
MAX_TERMS = 64


@dataclass(frozen=True, slots=True)
class Query:
    """What a person looks for. Any text is a query: ``"quoted words"`` must stand together, ``-word`` must not occur."""

    tokens: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    excluded: tuple[tuple[str, ...], ...] = ()
    entities: tuple[str, ...] = ()
    concepts: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing could be found by it."""
        return not (self.tokens or self.phrases or self.entities or self.concepts)


def read_query(text: str) -> Query:
    """Take ``text`` apart."""
    words: list[str] = []
    phrases: list[tuple[str, ...]] = []
    excluded: list[tuple[str, ...]] = []
    for part in _OPERATORS.finditer(text[:500]):
        said = part["phrase"] or part["word"]
        tokens = tuple(language.tokens(said))
        if part["minus"]:
            excluded += [tokens] if tokens else []
            continue
        words.append(said)
        if part["phrase"] and tokens:
            phrases.append(tokens)
    plain = " ".join(words)
    tokens = tuple(dict.fromkeys(language.tokens(plain)))[:MAX_TERMS]
    return Query(tokens, tuple(phrases), tuple(excluded), _entities(plain), _concepts(plain))


def _entities(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(mention.entity for mention in register.load().mentions(text) if mention.kind != "currency"))


def _concepts(text: str) -> tuple[str, ...]:
    found = concepts.load().find(language.normalise(text))
    return tuple(concept.key for concept in found if concept.kind in _TELLING)


class Index:
    """An index in memory. Its calls block: the caller keeps them off the event loop."""

    def __init__(self) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
        for name, _ in _FIELD_BOOSTS:
            builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
        for name in ("language", "entity", "concept"):
            builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema)
        self._writer = self._index.writer(heap_size=_HEAP, num_threads=1)

    def add(self, articles: Iterable[Article]) -> None:
        """Index articles; one that is there already is replaced."""
        for article in articles:
            self._writer.delete_documents_by_term("id", article.id)
            self._writer.add_document(self._document(article))
        self._writer.commit()
        self._index.reload()

    def _document(self, article: Article) -> tantivy.Document:
        document = tantivy.Document()
        document.add_text("id", article.id)
        document.add_text("language", article.language)
        document.add_text("title", " ".join(language.tokens(article.title)))
        document.add_text("text", " ".join(language.tokens(article.text)))
        for entity in _entities(article.text):
            document.add_text("entity", entity)
        for concept in _concepts(article.text):
            document.add_text("concept", concept)
        return document

    def search(self, query: Query, *, limit: int = 10, languages: Sequence[str] = ()) -> list[tuple[str, float]]:
        """Article ids and scores, best first."""
        if query.empty:
            return []
        searcher = self._index.searcher()
        found = searcher.search(self._compiled(query, languages), limit=limit, count=False)
        return [(searcher.doc(address)["id"][0], float(score)) for score, address in found.hits]

    def _compiled(self, query: Query, languages: Sequence[str]) -> tantivy.Query:
        clauses = [(tantivy.Occur.Must, self._wanted(query))]
        for phrase in query.phrases:
            clauses.append((tantivy.Occur.Must, self._together(phrase)))
        for phrase in query.excluded:
            clauses.append((tantivy.Occur.MustNot, self._together(phrase)))
        if languages:
            terms = [(tantivy.Occur.Should, self._term("language", code)) for code in languages]
            clauses.append((tantivy.Occur.Must, tantivy.Query.boost_query(tantivy.Query.boolean_query(terms), 0.0)))
        return tantivy.Query.boolean_query(clauses)

    def _wanted(self, query: Query) -> tantivy.Query:
        boosted = [(self._term(name, token), boost) for name, boost in _FIELD_BOOSTS for token in query.tokens]
        boosted += [(self._term("entity", entity), _ENTITY_BOOST) for entity in query.entities]
        boosted += [(self._term("concept", concept), _CONCEPT_BOOST) for concept in query.concepts]
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, tantivy.Query.boost_query(term, by)) for term, by in boosted])

    def _together(self, tokens: tuple[str, ...]) -> tantivy.Query:
        if len(tokens) == 1:
            return self._term("text", tokens[0])
        return tantivy.Query.phrase_query(self._schema, "text", list(tokens))

    def _term(self, name: str, value: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, name, value)


def coverage(query: Query, texts: Sequence[str]) -> float:
    """How much of what ``query`` asks stands in ``texts``, 0 to 1: names and concepts in any language count most."""
    joined = "\n".join(texts)
    tokens, entities, found = set(language.tokens(joined)), set(_entities(joined)), set(_concepts(joined))
    weights = [(3.0, entity in entities) for entity in query.entities]
    weights += [(2.0, concept in found) for concept in query.concepts]
    weights += [(1.0, token in tokens) for token in query.tokens]
    total = sum(weight for weight, _ in weights)
    return sum(weight for weight, there in weights if there) / total if total else 0.0
