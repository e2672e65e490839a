"""Builds the search index over look-alike articles and asks it, beside SQLite's FTS5 and plain tantivy over the same bigrams.

    python -m bench.search [--documents 100000] [--queries 500] [--no-peer] [--polling 500]

One JSON line: documents indexed a second and milliseconds a query (p50, p99), from the query's text to fifty ranked ids. With
--polling `bot run` polls so many look-alike feeds of a process on loopback meanwhile, each as often as it brings news.
"""

import argparse
import asyncio
import json
import random
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import tantivy

from bench import chat
from bot import app
from bot.archive.index import Index
from bot.archive.query import read_query
from bot.knowledge import language, register, thesaurus
from bot.model import Article

NOW = datetime(2026, 11, 23, tzinfo=UTC)
LIMIT = 50
_BATCH = 5_000  # as archive/search.py reads them
_HEAP = 64_000_000
_SYLLABLES = {
    "ko": "가나다라마바사아자차카타파하고노도로모보소오조초코토포호구누두루무부수우주추기니디리미비시이지치",
    "ja": "会社新聞東西南北大小中上下国語時間計画発表開発事業投資市場技術生産計算研究政府企業工場電力アイウエオカキクケコ",
    "en": "abcdefghijklmnopqrstuvwxyz",
}


class News:
    """Texts with the names and words of the register and thesaurus among made-up ones, common and rare as words are."""

    def __init__(self, seed: int = 7) -> None:
        self._random = random.Random(seed)
        names = [entity for entity in register.load() if entity.kind in ("company", "government", "person", "law", "programme")]
        self._names = {code: [name for entity in names for name in entity.aliases.get(code, ())] for code in _SYLLABLES}
        self._forms = self._by_language(thesaurus.load().forms)
        self._words = {code: [self._word(code) for _ in range(20_000)] for code in _SYLLABLES}

    def _by_language(self, forms: list[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {code: [] for code in _SYLLABLES}
        for form in forms:
            found.setdefault(language.detect(form, "en"), []).append(form)
        return found

    def _word(self, code: str) -> str:
        return "".join(self._random.choices(_SYLLABLES[code], k=self._random.randint(2, 4) + 3 * (code == "en")))

    def _pick(self, words: list[str]) -> str:
        return words[int(len(words) * self._random.random() ** 3)]

    def _text(self, code: str, length: int) -> str:
        pools = self._random.choices((self._names[code], self._forms[code], self._words[code]), (1, 3, 6), k=length)
        return ("" if code == "ja" else " ").join(map(self._pick, pools))

    def articles(self) -> Iterator[Article]:
        """Look-alikes of a headline and a summary, without end."""
        number = 0
        while True:
            code = self._random.choice(("ko", "ja", "en"))
            at = NOW - timedelta(minutes=self._random.randint(0, 500_000))
            yield Article(f"a{number}", self._text(code, 7), self._text(code, 25), language=code, published=at)
            number += 1

    def queries(self) -> Iterator[str]:
        """What people type: a name, and words."""
        while True:
            code = self._random.choice(("ko", "ja", "en"))
            words = [self._pick(self._names[code])] * self._random.randint(0, 1)
            yield " ".join([*words, *(self._pick(self._forms[code]) for _ in range(self._random.randint(1, 3)))])


def timed(ask: Callable[[str], object], queries: list[str]) -> dict[str, float]:
    """Milliseconds of each query: median and 99th percentile of wall clock, and the mean of processor time."""
    taken = []
    used = time.process_time()
    for query in queries:
        start = time.perf_counter()
        ask(query)
        taken.append((time.perf_counter() - start) * 1000)
    taken.sort()
    cpu = (time.process_time() - used) * 1000 / len(queries)
    return {
        "cpu_ms": round(cpu, 2),
        "p50_ms": round(taken[len(taken) // 2], 2),
        "p99_ms": round(taken[int(len(taken) * 0.99)], 2),
    }


def ours(articles: list[Article], queries: list[str]) -> dict[str, float]:
    """Our index: names, meanings and words."""
    index = Index()
    read_query(queries[0])  # the names and words are read once
    used, start = time.process_time(), time.perf_counter()
    for at in range(0, len(articles), _BATCH):
        index.add(articles[at : at + _BATCH], more=at + _BATCH < len(articles))
    built, used = time.perf_counter() - start, time.process_time() - used
    return {
        "documents_per_second": round(len(articles) / built),
        "cpu_us_per_document": round(used / len(articles) * 1e6),
        **timed(lambda query: index.search(read_query(query), limit=LIMIT), queries),
    }


def bare(articles: list[Article], queries: list[str]) -> dict[str, float]:
    """Tantivy over the same bigrams and nothing else: what names and meanings cost us."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("text", tokenizer_name="whitespace", index_option="freq")
    schema = builder.build()
    index = tantivy.Index(schema)
    writer = index.writer(heap_size=_HEAP, num_threads=1)
    start = time.perf_counter()
    for a in articles:
        writer.add_document(tantivy.Document(id=a.id, text=" ".join(language.tokens(a.text))))
    writer.commit()
    index.reload()
    built = time.perf_counter() - start

    def ask(query: str) -> object:
        terms = [tantivy.Query.term_query(schema, "text", token) for token in language.tokens(query)]
        searcher = index.searcher()
        wanted = tantivy.Query.boolean_query([(tantivy.Occur.Should, term) for term in terms])
        return [searcher.doc(address)["id"] for _, address in searcher.search(wanted, limit=LIMIT, count=False).hits]

    return {"documents_per_second": round(len(articles) / built), **timed(ask, queries)}


def peer(articles: list[Article], queries: list[str]) -> dict[str, float]:
    """FTS5 over the same bigrams, every word wanted but none required, as BM25 is meant."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE news USING fts5(title, text, content='', columnsize=1)")
    start = time.perf_counter()
    rows = ((" ".join(language.tokens(a.title)), " ".join(language.tokens(a.summary))) for a in articles)
    with database:
        database.executemany("INSERT INTO news (title, text) VALUES (?, ?)", rows)
    built = time.perf_counter() - start

    def ask(query: str) -> object:
        wanted = " OR ".join(f'"{token}"' for token in language.tokens(query))
        return database.execute("SELECT rowid FROM news WHERE news MATCH ? ORDER BY rank LIMIT ?", (wanted, LIMIT)).fetchall()

    return {"documents_per_second": round(len(articles) / built), **timed(ask, queries)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--no-peer", action="store_true")
    parser.add_argument("--polling", type=int, default=0, help="feeds that the bot polls meanwhile")
    arguments = parser.parse_args()
    news = News()
    articles = list(islice(news.articles(), arguments.documents))
    queries = [query for query in islice(news.queries(), arguments.queries) if language.tokens(query)]
    app.spare_collections()  # as in the running bot
    row: dict[str, object] = {"documents": len(articles), "queries": len(queries), "polling": arguments.polling}
    if arguments.polling:
        row["ours"] = asyncio.run(beside_polling(arguments.polling, lambda: ours(articles, queries)))
    else:
        row["ours"] = ours(articles, queries)
    row["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    if not arguments.no_peer:
        row["tantivy"] = bare(articles, queries)
        row["fts5"] = peer(articles, queries)
    sys.stdout.write(json.dumps(row) + "\n")


async def beside_polling(count: int, measure: Callable[[], dict[str, float]]) -> dict[str, float]:
    """``measure`` in a process beside the bot, which has seen each of ``count`` feeds once and goes on polling."""
    with tempfile.TemporaryDirectory() as name, chat.feeds(count, recorded=False) as rows:
        chat.write_feeds(Path(name), rows)
        async with chat.bot(Path(name), {}) as process:
            await chat.processed(process, count)
            assert process.stderr
            reading = asyncio.create_task(_drained(process.stderr))
            try:
                return await asyncio.to_thread(measure)
            finally:
                assert process.returncode is None, "the bot ended by itself"
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)


async def _drained(stream: asyncio.StreamReader) -> None:
    async for _ in stream:
        pass


if __name__ == "__main__":
    main()
