"""Editions and replies for tests of rendering: one that looks like a real day, and as many nasty ones as Hypothesis likes."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from bot.model import (
    Action,
    Amount,
    Answer,
    CitedSentence,
    Edition,
    EditionCounts,
    EditionItem,
    Field,
    File,
    Form,
    Option,
    Reply,
    Source,
    Summary,
    Table,
    Topic,
)
from tests.charts.generated import some_charts
from tests.conftest import SHARED

SITE = "https://pages.example"
AT = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
_BLNS = SHARED / "corpora" / "naughty" / "blns.json"
NAUGHTY: list[str] = json.loads(_BLNS.read_text("utf-8")) if _BLNS.is_file() else []
MENTIONS = [
    "<!channel>",
    "<!here|now>",
    "<!everyone>",
    "<@U0PERSON>",
    "<!subteam^S1|@all>",
    "<#C0BRIEF>",
    "<https://evil.example|Reuters>",
    "<!date^0^{date}|x>",
    "@channel",
    "&lt;!channel&gt;",
    "&amp;",
    "*업스테이지*가",
    "```",
    "> quote",
    ":smile:",
    "\u202egnp.exe\u202c",
    "a\u200b\u2060\ufeffb",
    "z" + "\u0336" * 40,
    "👩‍👩‍👧‍👦",
    "\ud800",
]
URLS = [
    "https://example.com/a|b<c>d",
    "https://example.com/기사/한글?q=업 스테이지",
    "https://example.com/" + "long/" * 700,
    "javascript:alert(1)",
    "HTTP://EXAMPLE.COM/ok",
    "",
    "https://example.com/\n<!channel>",
    "https://example.com/a\U000e0014b",
    "https://example.com/?a=1&b=2",
]


def source(number: int, outlet: str = "ETNews", url: str = "", **changes: str) -> Source:
    return Source(
        number, f"a{number}", outlet, changes.pop("title", f"Title {number}"), url or f"https://example.com/{number}", "ko", AT
    )


def item(number: int, topic: Topic = Topic.EXPANSION, text: str = "업스테이지가 도쿄에 법인을 세웠다.") -> EditionItem:
    """A story quoted from one source."""
    cited = (source(number),)
    summary = Summary(f"s{number}", "ko", f"Story {number}", (CitedSentence(text, (number,), quoted=True),), cited)
    amounts = (Amount(Decimal(45_000_000_000), "JPY", "450억엔", 0, 5, "up_to", role="subsidy"),)
    return EditionItem(f"s{number}", topic, "new", summary, amounts, ("ETNews",), ("ko",), "ETNews", AT)


def edition(*items: EditionItem, **changes: object) -> Edition:
    """Those stories in an English edition for Seoul."""
    sources = tuple(each for story in items for each in story.summary.sources)
    lead = tuple(CitedSentence(f"Lead {story.story_id}", (story.summary.sources[0].number,)) for story in items[:3])
    fields: dict[str, object] = {"lead": lead, "sources": sources, "counts": EditionCounts(1204, 18, len(items), 2)}
    return Edition("k", "en", "Asia/Seoul", AT - timedelta(days=1), AT, items, **(fields | changes))  # type: ignore[arg-type]


# ---- whatever may come ----

texts = st.one_of(
    st.text(max_size=80),
    st.sampled_from(MENTIONS + NAUGHTY),
    st.builds(
        lambda unit, times: unit * times,
        st.sampled_from(["가", "あ。", "word ", "👩‍👩‍👧", "&<", "e\u0301"]),
        st.integers(1, 4000),
    ),
    st.builds("".join, st.lists(st.sampled_from(MENTIONS), max_size=6)),
)
urls = st.one_of(st.sampled_from(URLS), st.builds(lambda tail: f"https://example.com/{tail}", st.text(max_size=60)))
numbers = st.integers(1, 6)
sources = st.lists(
    st.builds(Source, numbers, st.just("a"), texts, texts, urls, st.just("ko"), st.one_of(st.none(), st.just(AT))),
    max_size=6,
    unique_by=lambda each: each.number,
).map(tuple)
sentences = st.lists(st.builds(CitedSentence, texts, st.lists(numbers, max_size=3).map(tuple), st.booleans()), max_size=4).map(
    tuple
)
languages = st.sampled_from(["ko", "ja", "en"])
summaries = st.builds(Summary, st.just("s"), languages, texts, sentences, sources, st.sampled_from(["extract", "a-model"]))
amounts = st.builds(
    Amount,
    st.one_of(st.none(), st.integers(1, 10**14).map(Decimal)),
    st.sampled_from(["KRW", "JPY", "USD"]),
    texts,
    st.just(0),
    st.just(1),
    st.sampled_from(["exact", "about", "up_to"]),
)
items = st.builds(
    EditionItem,
    st.just("s"),
    st.sampled_from(list(Topic)),
    st.sampled_from(["new", "update"]),
    summaries,
    st.lists(amounts, max_size=3).map(tuple),
    st.lists(texts, max_size=3).map(tuple),
    st.just(("ko", "ja")),
    texts,
    st.just(AT),
)
editions = st.builds(
    Edition,
    st.just("k"),
    languages,
    st.just("Asia/Tokyo"),
    st.just(AT),
    st.just(AT),
    st.lists(items, max_size=8).map(tuple),
    sentences,
    sources,
    st.builds(EditionCounts, st.integers(0, 10**6), st.integers(0, 99), st.integers(0, 99), st.integers(0, 3)),
    st.sampled_from(["extract", "a-model"]),
    st.booleans(),
    st.booleans(),
    charts=some_charts,
    site=st.sampled_from(["", SITE]),
)
answers = st.builds(Answer, texts, languages, st.booleans(), sentences, sources)
actions = st.builds(
    Action,
    texts,
    st.sampled_from(["help", "search", "why"]),
    texts,
    texts.map(lambda text: text[:150]),
    st.integers(1, 99),
    st.sampled_from(["", "primary", "danger", "loud"]),
    st.one_of(st.just(""), texts.map(lambda text: text[:200])),
)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Most of them rectangular; some with strange words, some far too wide or too long."""
    strange = draw(st.booleans())
    width = draw(st.integers(1, 4) if strange else st.sampled_from([1, 3, 21]))
    cells = texts if strange else st.sampled_from(["", "₩442.8bn", "450億円", "도쿄", "x" * 60])
    rows = draw(st.lists(st.lists(cells, min_size=width, max_size=width).map(tuple), max_size=3))
    rows *= 1 if strange else draw(st.sampled_from([1, 40]))
    if draw(st.integers(0, 9)) == 0:
        rows.append(("ragged",) * (width + 1))
    heading = tuple(draw(st.lists(cells, min_size=width, max_size=width)))
    return Table(heading, tuple(rows), draw(st.frozensets(st.integers(0, 5))), draw(st.lists(texts, max_size=2).map(tuple)))


files = st.builds(File, st.sampled_from(["chart.png", "ledger.csv", "b.jpg"]), st.just(b"x"), texts)
parts = {
    "title": texts,
    "paragraphs": st.lists(texts, max_size=8).map(tuple),
    "details": st.lists(st.tuples(texts, texts), max_size=5).map(tuple),
    "table": st.one_of(st.none(), tables()),
    "actions": st.lists(actions, max_size=12).map(tuple),
    "files": st.lists(files, max_size=2).map(tuple),
}
replies = st.one_of(
    st.builds(Reply, **parts),
    st.builds(Reply, answer=answers, **parts),
    st.builds(Reply, summary=summaries, title=texts, table=parts["table"]),
    st.builds(Reply, edition=editions, title=texts, actions=parts["actions"]),
)
short = st.one_of(st.text(max_size=20), st.sampled_from(MENTIONS), st.just("가" * 200))
options = st.one_of(
    st.lists(st.builds(Option, short, short), max_size=12).map(tuple),
    st.integers(90, 130).map(lambda count: tuple(Option(f"o{n}", f"Option {n}") for n in range(count))),
)
fields = st.builds(
    Field,
    st.integers(0, 10**6).map(lambda number: f"field{number}"),
    texts,
    st.sampled_from(["text", "choice", "choices", "people", "role"]),
    st.lists(texts, max_size=3).map(tuple),
    options,
    texts,
    st.booleans(),
    st.sampled_from(["", "When", "<!channel>"]),
)
forms = st.builds(
    Form,
    st.just("settings"),
    texts,
    st.lists(fields, min_size=1, max_size=8, unique_by=lambda each: each.name).map(tuple),
    texts,
    texts,
)
