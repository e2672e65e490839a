"""One digest holds the same on Slack, Discord and in the browser: stories, sentences, citations, amounts, buttons, in the same order."""

import copy
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.locales.wording import ahead_line, ahead_title, amounts_line, footer, heading, outlets_line
from bot.model import LANGUAGES, AheadDate, CitedSentence, Edition, EditionItem, Message, Topic
from bot.platforms.discord import buttons
from bot.platforms.discord.render import edition_messages as for_discord
from bot.platforms.discord.text import plain
from bot.platforms.slack.render import edition_messages as for_slack
from bot.platforms.web.page import render as in_browser
from tests.builders import edition, item, source
from tests.platforms.discord.payloads import walk

_CITED = re.compile(r"\[\[(\d+)\]\]\(<([^<>]*)>\)")
_LINKED = re.compile(r"\[((?:\\.|[^\[\]\\])*)\]\(<([^<>]*)>\)")
_MARKED = re.compile(r"(?<!\\)(?:\*\*|`)|^(?:-# |> |- |#+ )", re.MULTILINE)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def discord_reading(messages: Sequence[Message]) -> str:
    """What people read, without our markup; citations as ⟦number|address⟧."""
    texts = [one["content"] for message in messages for one in walk(message.payload["components"]) if one["type"] == 10]
    read = []
    for text in texts:
        cited = _CITED.sub(lambda found: f"⟦{found[1]}|{found[2]}⟧", text)
        linked = _LINKED.sub(lambda found: f"{found[1]}|{found[2]}", cited)
        read.append(plain(_MARKED.sub("", linked)))
    return squeezed("\n".join(read))


def slack_reading(messages: Sequence[Message]) -> str:
    return squeezed("\n".join(text for message in messages for text in _slack_texts(message.payload["blocks"])))


def _slack_texts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _slack_texts(one)
    elif isinstance(value, Mapping) and value.get("type") == "link":
        number = re.fullmatch(r"\[(\d+)\]", value["text"])
        yield f"⟦{number[1]}|{value['url']}⟧" if number else f"{value['text']}|{value['url']}"
    elif isinstance(value, Mapping) and value.get("type") != "button":
        if isinstance(value.get("text"), str):
            yield value["text"]
        for name in ("text", "elements", "fields"):
            if not isinstance(value.get(name), str):
                yield from _slack_texts(value.get(name))


class _Page(HTMLParser):
    """What people read of a page; citations as above."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.read: list[str] = []
        self._cite = ""
        self._silent = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self._cite = str(found.get("href")) if found.get("class") == "cite" else ""
        self._silent += tag in ("style", "title")

    def handle_endtag(self, tag: str) -> None:
        self._cite = ""
        self._silent -= tag in ("style", "title")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.read.append(f"⟦{data.strip('[]')}|{self._cite}⟧" if self._cite else data)


def web_reading(html: str) -> str:
    return squeezed("".join(_Page(html).read))


def told(shown: Edition) -> Iterator[str]:
    """What a reader has to find, in this order."""
    yield heading(shown)
    urls = {one.number: one.url for one in shown.sources}
    for sentence in shown.lead:
        yield sentence.text
        yield from (f"⟦{number}|{urls[number]}⟧" for number in sentence.cites)
    for one in shown.items:
        yield one.summary.headline
        found = {cited.number: cited.url for cited in one.summary.sources}
        for sentence in one.summary.sentences:
            yield sentence.text
            yield from (f"⟦{number}|{found[number]}⟧" for number in sentence.cites)
        yield amounts_line(one, shown.language)
        yield outlets_line(one, shown)
    if shown.ahead:
        yield ahead_title(shown.language)
        yield from (ahead_line(one, shown.language) for one in shown.ahead)
    yield footer(shown)


def missing(reading: str, wanted: Iterator[str]) -> list[str]:
    """What cannot be found in the reading behind what came before it."""
    lost, at = [], 0
    for one in map(squeezed, wanted):
        place = reading.find(one, at)
        if place < 0:
            lost.append(one)
        else:
            at = place + len(one)
    return lost


def discord_buttons(messages: Sequence[Message]) -> list[tuple[str, str, str]]:
    made = []
    for message in messages:
        for one in walk(message.payload["components"]):
            if one["type"] == 2:
                press = buttons.read(one["custom_id"])
                assert press is not None
                made.append((press.verb, "" if press.kind == buttons.ASK else press.text, press.about))
    return made


def slack_buttons(messages: Sequence[Message]) -> list[tuple[str, str, str]]:
    every = [
        button
        for message in messages
        for block in message.payload["blocks"]
        if block["type"] == "actions"
        for button in block["elements"]
    ]
    said = [json.loads(button["value"]) for button in every]
    return [(one["verb"], one.get("text", ""), one.get("about", "")) for one in said]


def compare(shown: Edition) -> None:
    discord, slack = for_discord(shown), for_slack(shown)
    readings = discord_reading(discord), slack_reading(slack), web_reading(in_browser(shown))
    assert [missing(reading, told(shown)) for reading in readings] == [[], [], []]
    cited = [sorted(re.findall(r"⟦[^⟧]*⟧", reading)) for reading in readings]
    assert cited[0] == cited[1] == cited[2]
    assert discord_buttons(discord) == slack_buttons(slack)


def story(number: int, topic: Topic, *sentences: CitedSentence, **changes: Any) -> EditionItem:
    sources = (source(number), source(number + 100))
    return item(f"s{number}", f"Story {number} <b> & *co*", number, topic=topic, sentences=sentences, sources=sources, **changes)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stories", [0, 1, 5, 14])
def test_a_digest_is_the_same_on_both(language: str, stories: int) -> None:
    topics = sorted((list(Topic)[number % 7] for number in range(stories)), key=list(Topic).index)
    shown = [
        story(
            number,
            topic,
            CitedSentence(f"업스테이지가 {number}번 사무소를 도쿄에 열었다.", (number, number + 100)),
            CitedSentence(f"「{number}号」を _開設_ した。", (number + 100,), quoted=True),
        )
        for number, topic in enumerate(topics, 1)
    ]
    lead = tuple(one.summary.sentences[0] for one in shown[:3])
    ahead = AheadDate("law", "AI *Basic* <Act>", date(2027, 1, 22), "in_force", "2027-01-22", "KR")
    compare(edition(*shown, language=language, lead=lead, ahead=(ahead,) * (stories % 2)))


words = (
    st.text(alphabet=st.sampled_from("abc가나다あいう漢字0123,.% -_*~&<>|#()[]"), min_size=1, max_size=200)
    .map(str.strip)
    .filter(bool)
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.tuples(words, words, words, st.sampled_from(list(Topic)), st.booleans()), max_size=9), st.sampled_from(LANGUAGES)
)
def test_any_digest_is_the_same_on_both(rows: list[Any], language: str) -> None:
    shown = [
        item(
            f"s{number}",
            headline,
            number,
            topic=topic,
            sentences=(CitedSentence(one, (number,)), CitedSentence(two, (number,), quoted=quoted)),
        )
        for number, (headline, one, two, topic, quoted) in enumerate(sorted(rows, key=lambda row: list(Topic).index(row[3])), 1)
    ]
    compare(edition(*shown, language=language))


@pytest.mark.parametrize("render", [for_slack, for_discord])
def test_editions_that_share_their_stories_do_not_change_each_other(render: Callable[[Edition], Sequence[Message]]) -> None:
    shown = edition(*(item(f"s{number}", number=number) for number in range(1, 30)), site="https://pages.example", key="d/first")
    first = render(shown)
    as_it_was = copy.deepcopy(first)
    second = render(replace(shown, key="d/second", missed=2, items=shown.items))
    fewer = render(replace(shown, items=shown.items[20:]))
    assert first == as_it_was
    assert "editions/d/first" in str(first) and "editions/d/second" in str(second) and "editions/d/first" not in str(second)
    assert str(second).replace("d/second", "d/first") != str(first), "it says what was missed"
    assert len(fewer) < len(first)
    assert render(shown) == first
