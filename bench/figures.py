"""Every figure that `make bench` takes: from which benchmark, where in its line it stands, and what it is to be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of a benchmark's line at ``path`` (keys joined by dots), and its goal: at most, at least, or None.

    ``beside``: the path of another number, by which it is divided.
    """

    words: str
    path: str
    unit: str = ""
    most: float | None = None
    least: float | None = None
    beside: str = ""

    def of(self, line: Mapping[str, Any]) -> float | None:
        """The number; None where the line has none."""
        number = _at(line, self.path)
        if not self.beside:
            return number
        other = _at(line, self.beside)
        return number / other if number is not None and other else None

    def holds(self, value: float | None) -> bool | None:
        """Whether the goal is met; None where there is no goal."""
        if self.most is None and self.least is None:
            return None
        if value is None:
            return False
        return (self.most is None or value <= self.most) and (self.least is None or value >= self.least)

    @property
    def goal(self) -> str:
        """The goal in words, "" for none."""
        limits = (("≤", self.most), ("≥", self.least))
        return " and ".join(f"{sign} {_number(limit)}{_gap(self.unit)}" for sign, limit in limits if limit is not None)

    def shown(self, value: float | None) -> str:
        """The number with its unit."""
        return "–" if value is None else f"{_number(value)}{_gap(self.unit)}"


@dataclass(frozen=True, slots=True)
class Bench:
    """One benchmark: `python -m bench.MODULE ARGUMENTS`, the seconds after which it is ended, and its figures."""

    module: str
    arguments: tuple[str, ...]
    seconds: int
    figures: tuple[Figure, ...]

    @property
    def command(self) -> str:
        return " ".join(("python -m", f"bench.{self.module}", *self.arguments))


def _at(line: Mapping[str, Any], path: str) -> float | None:
    found: Any = line
    for key in path.split("."):
        if isinstance(found, list) and key.isdecimal():
            found = found[int(key)] if int(key) < len(found) else None
        else:
            found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, int | float) else None


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.3g}"


def _gap(unit: str) -> str:
    return f" {unit}" if unit and unit != "×" else unit


def _chat(platform: str) -> Bench:
    return Bench(
        "chat",
        ("--platform", platform.lower()),
        90,
        (
            Figure(f"50 commands at once on {platform}, feeds being processed: p99", "busy_ms.p99", "ms", most=300),
            Figure("the same while nothing else happens: p99", "idle_ms.p99", "ms", most=300),
        ),
    )


BENCHES = (
    Bench(
        "polling",
        ("--feeds", "2000", "--peer-feeds", "1000"),
        200,
        (
            Figure("2,000 feeds of 20 items, first poll", "ours.cold.seconds", "s", most=10),
            Figure("the same, nothing changed", "ours.not_modified.seconds", "s", most=2),
            Figure("the same, every server sends all again", "ours.same_body.seconds", "s"),
            Figure("2,000 fetches by the bare HTTP client: the floor", "bare_client.cold.seconds", "s"),
            Figure("the same, nothing changed: the floor", "bare_client.not_modified.seconds", "s"),
            Figure("`reader`, 1,000 of the feeds, first poll", "peer.cold.seconds", "s"),
            Figure("`reader`, the same, nothing changed", "peer.not_modified.seconds", "s"),
            Figure("a feed's first poll beside `reader`", "times_faster_cold", "×", least=10),
            Figure("an unchanged feed beside `reader`", "times_faster_not_modified", "×", least=4),
            Figure("the bare client beside `reader`, nothing changed: what is possible at all", "times_faster_at_most", "×"),
            Figure("most memory, both processes", "ours.peak_mb.own", "MB"),
        ),
    ),
    Bench(
        "parsing",
        (),
        60,
        (
            Figure("a feed of 20 items", "ms_ours", "ms", most=2),
            Figure("the same by plain feedparser", "ms_feedparser", "ms"),
            Figure("beside plain feedparser", "times_faster", "×"),
        ),
    ),
    Bench(
        "relevance",
        (),
        60,
        (
            Figure("articles judged a second, one process", "one_process_per_second", least=5000),
            Figure("the same, two processes", "two_processes_per_second"),
        ),
    ),
    Bench(
        "stories",
        (),
        150,
        (
            Figure("articles joined a second, one by one into 20,000 open ones", "articles_per_second.one_by_one", least=1000),
            Figure("the same, 250 at a time", "articles_per_second.in_batches", least=1000),
            Figure("the same by TF-IDF and cosine", "baseline_tfidf_per_second"),
            Figure("one by one beside TF-IDF", "articles_per_second.one_by_one", "×", beside="baseline_tfidf_per_second"),
            Figure("memory with the window", "articles_per_second.window_mb", "MB"),
        ),
    ),
    Bench(
        "facts",
        (),
        60,
        (
            Figure("articles read for amounts and dates a second, all of them full of figures", "money_and_dates_a_second"),
            Figure("the same, with events and policies", "all_facts_a_second"),
        ),
    ),
    Bench(
        "search",
        ("--documents", "100000"),
        150,
        (
            Figure("100,000 documents, a question to fifty ranked ids: median", "ours.p50_ms", "ms", most=5),
            Figure("the same: p99", "ours.p99_ms", "ms", most=20),
            Figure("plain tantivy over the same bigrams: median", "tantivy.p50_ms", "ms"),
            Figure("SQLite's FTS5 over the same: median", "fts5.p50_ms", "ms"),
            Figure("the same: p99", "fts5.p99_ms", "ms"),
            Figure("how many times as long FTS5 takes: median", "fts5.p50_ms", "×", beside="ours.p50_ms"),
            Figure("documents indexed a second", "ours.documents_per_second", least=5000),
        ),
    ),
    Bench(
        "digest",
        (),
        60,
        (
            Figure("5,000 articles, from the feeds' bytes to a composed digest", "seconds", "s", most=15),
            Figure("of that, composing", "compose_seconds", "s"),
        ),
    ),
    _chat("Slack"),
    _chat("Discord"),
    Bench(
        "charts",
        (),
        60,
        (
            Figure("a chart of a week, warm: median", "p50_ms", "ms", most=300),
            Figure("the slowest of them", "slowest_ms", "ms"),
            Figure("the first, with library and fonts", "first_ms", "ms"),
        ),
    ),
    Bench(
        "web",
        ("--articles", "10000", "--rate", "100", "--seconds", "10", "--warm", "5"),
        100,
        (
            Figure("pages over 10,000 articles, 100 requests a second: p50", "p50", "ms"),
            Figure("the same: p95", "p95", "ms", most=50),
            Figure("answered otherwise than asked", "failed", most=0),
        ),
    ),
    Bench(
        "scale",
        ("--workspaces", "100", "--workers", "1", "2", "--feeds", "0"),
        120,
        (
            Figure("300 subscriptions due at once, PostgreSQL, one worker: messages a second", "mornings.0.messages_a_second"),
            Figure("the same, two workers", "mornings.1.messages_a_second"),
            Figure("lost", "mornings.1.lost", most=0),
            Figure("doubled", "mornings.1.doubled", most=0),
        ),
    ),
    Bench(
        "start",
        (),
        120,
        (
            Figure("`bot --help`", "help", "s", most=0.3),
            Figure("an empty Python: the floor", "python", "s"),
            Figure("`bot run` ready, a new database", "ready_new", "s", most=3),
            Figure("`bot run` ready, the same again", "ready", "s", most=3),
        ),
    ),
    Bench(
        "memory",
        (),
        240,
        (
            Figure("`bot run` at rest, both platforms connected", "rest", "MB", most=250),
            Figure("after 10,000 articles", "full", "MB", most=400),
            Figure("the last quarter of a simulated day beside its second", "growth", "×", most=1.05),
        ),
    ),
)  # fmt: skip
