"""Editions and replies of any kind for Hypothesis: hostile words, long ones, many; and who judges what is made of them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from bot.commands.verbs import VERBS
from bot.model import (
    LANGUAGES,
    Action,
    Answer,
    Channel,
    CitedSentence,
    EditionItem,
    File,
    Message,
    Reply,
    Source,
    Subscription,
    Summary,
    Table,
    Topic,
)
from bot.platforms.discord.items import view
from bot.platforms.discord.replies import Part
from tests.charts.generated import some_charts
from tests.platforms.discord import openapi
from tests.platforms.discord.editions import edition
from tests.platforms.discord.payloads import assert_within_limits, links, live, texts
from tests.platforms.discord.test_text import NASTY

PAGES = "https://pages.example"
ROLE = "123456789012345678"

anything = st.one_of(
    st.sampled_from(NASTY), st.text(max_size=60), st.text(alphabet="가あa* _[]()@<>:/`\n", max_size=2500), st.just("긴 " * 3000)
)
addresses = st.one_of(
    st.just("https://news.example/"),
    st.text(max_size=40).map(lambda path: "https://news.example/" + path),
    st.sampled_from(["", "javascript:alert(1)", "https://news.example/" + "x" * 1400, "https://news.example/" + "x" * 9000]),
)
short = st.text(alphabet="가あa 0`|", max_size=9)
sentences = st.builds(CitedSentence, anything, st.lists(st.integers(1, 12), max_size=12).map(tuple), quoted=st.booleans())
sources = st.lists(st.builds(Source, st.integers(1, 12), st.just("a"), anything, anything, addresses), max_size=4).map(tuple)
summaries = st.builds(
    Summary, st.just("s"), st.sampled_from(LANGUAGES), anything, st.lists(sentences, max_size=3).map(tuple), sources
)
items = st.builds(
    EditionItem,
    st.sampled_from(["s", "s0123456789ab", "long " * 30]),
    st.sampled_from(Topic),
    st.sampled_from(["new", "update"]),
    summaries,
    outlets=st.lists(anything, max_size=3).map(tuple),
    first_outlet=anything,
    first_at=st.one_of(st.none(), st.just(datetime(2026, 11, 23, tzinfo=UTC))),
)
editions = st.builds(
    lambda shown, language, lead, charts, site: edition(
        *sorted(shown, key=lambda one: list(Topic).index(one.topic)), language=language, lead=lead, charts=charts, site=site
    ),
    st.lists(items, max_size=8),
    st.sampled_from(LANGUAGES),
    st.lists(sentences, max_size=3).map(tuple),
    some_charts,
    st.sampled_from(["", PAGES]),
)
tables = st.integers(0, 5).flatmap(
    lambda columns: st.builds(
        Table,
        st.lists(anything, min_size=columns, max_size=columns).map(tuple),
        st.lists(st.lists(st.one_of(short, anything), max_size=6).map(tuple), max_size=12).map(tuple),
        st.frozensets(st.integers(0, 5)),
        st.lists(anything, max_size=2).map(tuple),
    )
)
files = st.builds(File, anything, st.binary(max_size=9), anything)
actions = st.builds(
    Action,
    anything,
    st.sampled_from([verb.name for verb in VERBS]),
    anything,
    st.sampled_from(["", "s1", "with:colon"]),
    st.integers(1, 99),
    st.sampled_from(["", "primary", "danger"]),
    st.sampled_from(["", "What?"]),
)
subscriptions = st.builds(
    Subscription,
    st.just("x"),
    st.just(Channel("discord", "1", "2")),
    st.just(()),
    mention=st.one_of(st.just("123456789012345678"), anything),
    publish=st.booleans(),
)
replies = st.one_of(
    st.builds(
        Reply,
        title=anything,
        paragraphs=st.lists(anything, max_size=4).map(tuple),
        error=st.booleans(),
        details=st.lists(st.tuples(anything, anything), max_size=4).map(tuple),
        table=st.one_of(st.none(), tables),
        files=st.lists(files, max_size=3).map(tuple),
        actions=st.lists(actions, max_size=9).map(tuple),
    ),
    st.builds(
        lambda title, answer: Reply(title=title, answer=answer),
        anything,
        st.builds(
            Answer, anything, st.sampled_from(LANGUAGES), st.booleans(), st.lists(sentences, max_size=4).map(tuple), sources
        ),
    ),
    st.builds(lambda summary: Reply(summary=summary), summaries),
    st.builds(lambda title, shown: Reply(title=title, edition=shown), anything, editions),
)


def made(one: Message | Part) -> list[Any]:
    """The components of a message or of a part of a reply."""
    components: list[Any] = one.components if isinstance(one, Part) else one.payload["components"]
    return components


def judge(messages: Sequence[Message | Part]) -> None:
    """Fail where Discord would refuse a message, or where something in it is live that only looks like news."""
    assert messages
    for message in messages:
        shown = made(message)
        assert_within_limits(shown)
        assert view(shown).to_components() == shown
        openapi.judge("POST", "/channels/1/messages", {"components": shown, "flags": 1 << 15 | 1 << 2, "nonce": "d" * 25})
        for number, text in enumerate(texts(shown)):
            if isinstance(message, Message) and number == 0 and "mention" in message.payload:
                assert text.startswith(f"<@&{ROLE}>\n")
                text = text.removeprefix(f"<@&{ROLE}>")
            assert live(text) is None, text
            assert all(target.startswith(("https://news.example/", f"{PAGES}/")) for target in links(text))
        if isinstance(message, Message):
            assert all(len(message.payload.get(name, "")) <= 100 for name in ("title", "thread_name"))
