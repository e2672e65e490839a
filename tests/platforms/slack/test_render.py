"""What Slack receives: valid whatever comes in, nothing lost, nothing alive in it but our own links."""

import html
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.model import Action, Answer, CitedSentence, Edition, Field, File, Form, Message, Option, Reply, Summary, Table, Topic
from bot.platforms.slack.blocks import MAX_WEIGHT
from bot.platforms.slack.buttons import Errand, errand_of, read, too_long, written
from bot.platforms.slack.files import is_picture
from bot.platforms.slack.home import home_view
from bot.platforms.slack.modals import answer_view, ask_view, form_view
from bot.platforms.slack.render import edition_messages
from bot.platforms.slack.replies import Prepared, reply_messages
from bot.platforms.slack.text import clean, units, web_url
from tests.platforms.slack import limits
from tests.platforms.slack.conftest import SCHEMA
from tests.platforms.slack.editions import AT, MENTIONS, NAUGHTY, SITE, actions, edition, editions, forms, item, replies, source

Json = dict[str, Any]
patient = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
HIDDEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f\ud800-\udfff]")
OUR_LINK = re.compile(r"<(https?://[^<>|\s]+)\|[^<>|]+>")


def nodes(node: Any) -> Iterator[Json]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from nodes(value)
    elif isinstance(node, list):
        for value in node:
            yield from nodes(value)


def blocks(messages: Sequence[Message]) -> list[Json]:
    return [block for message in messages for block in message.payload["blocks"]]


def plain_of(node: Any) -> str:
    return "".join(each["text"] for each in nodes(node) if isinstance(each.get("text"), str))


def plain(messages: Sequence[Message]) -> str:
    """All words that readers see, in order."""
    return plain_of(blocks(messages))


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def urls_in(messages: Sequence[Message]) -> set[str]:
    linked = {node["url"] for node in nodes(blocks(messages)) if "url" in node}
    small = (node["text"] for node in nodes(blocks(messages)) if node.get("type") == "mrkdwn")
    return linked | {html.unescape(url) for text in small for url in OUR_LINK.findall(text)}


def assert_valid(messages: Sequence[Message]) -> None:
    assert messages
    assert [message.in_thread for message in messages] == [at > 0 for at in range(len(messages))]
    for message in messages:
        payload = message.payload
        assert json.loads(json.dumps(payload)) == payload, "a payload is JSON data"
        assert payload["text"] and units(payload["text"]) <= 4000
        assert limits.lengths(payload["blocks"]) == []
        assert limits.library(payload["blocks"]) == []
        assert limits.total(payload["blocks"]) <= MAX_WEIGHT + 200
        assert not SCHEMA.is_file() or limits.structure(payload["blocks"], SCHEMA) == []


def assert_inert(messages: Sequence[Message]) -> None:
    """No mention, no parsed markup, no hidden or reordering character."""
    for message in messages:
        assert not set("<>") & set(message.payload["text"])
        for node in nodes(message.payload["blocks"]):
            assert node.get("type") not in ("broadcast", "user", "usergroup", "channel", "team", "emoji")
            if node.get("type") == "mrkdwn":
                assert node["verbatim"] is True
                assert not set("<>") & set(OUR_LINK.sub("", node["text"]))
                assert not re.search(r"&(?!amp;|lt;|gt;)", node["text"])
    sent = [{key: value for key, value in message.payload.items() if key != "charts"} for message in messages]
    seen = json.dumps(sent, ensure_ascii=False)
    assert not HIDDEN.search(seen)


@settings(patient, max_examples=200)
@given(editions)
def test_every_edition_is_valid_inert_and_whole(edition: Edition) -> None:
    check_edition(edition)


def check_edition(edition: Edition) -> None:
    """The property of every edition, also of the ten thousand of bench/slack_payloads.py."""
    messages = edition_messages(edition)
    assert_valid(messages)
    assert_inert(messages)
    seen = bare(plain(reply_messages(Reply(edition=edition))))
    for story in edition.items:
        assert bare(clean(story.summary.headline)) in seen
        for sentence in story.summary.sentences:
            assert bare(clean(sentence.text)) in seen, "never cut"
    shown = [block["slack_file"]["id"] for block in blocks(messages) if block["type"] == "image"]
    assert len(shown) == len(edition.charts), "each chart once"
    assert shown == [id for message in messages for id in message.payload.get("charts", ())]
    known = [each for story in edition.items for each in story.summary.sources] + list(edition.sources)
    strange = urls_in(messages) - {web_url(each.url) for each in known}
    assert not {url for url in strange if not (edition.site and url.startswith(f"{SITE}/"))}, (
        "only our pages and the cited sources"
    )


@patient
@given(replies)
def test_every_reply_is_valid_inert_and_whole(reply: Reply) -> None:
    ids = {file.name: "F1" for file in reply.files if is_picture(file)}
    long = {action: "note1" for action in reply.actions}
    messages = reply_messages(reply, "ko", Prepared(notes=long, pictures=ids))
    assert_valid(messages)
    assert_inert(messages)
    seen = bare(plain(messages)).replace("`", "")
    for paragraph in reply.paragraphs:
        assert bare(clean(paragraph.removeprefix("• ")).replace("`", "")) in seen
    for label, value in reply.details:
        assert bare(clean(label)).replace("`", "") in seen and bare(clean(value)).replace("`", "") in seen
    for row in (reply.table.columns, *reply.table.rows) if reply.table else ():
        assert all(bare(clean(cell)).replace("`", "") in seen for cell in row), "no cell is cut"
    assert len([node for node in nodes(blocks(messages)) if node.get("type") == "button"]) >= len(reply.actions)
    assert len([node for node in nodes(blocks(messages)) if node.get("type") == "image"]) == len(
        [file for file in reply.files if is_picture(file)]
    )


def assert_view(view: Json) -> None:
    assert limits.view(view) == []
    assert not SCHEMA.is_file() or limits.structure(view, SCHEMA.with_name("SlackView.schema.json")) == []
    assert_inert_view(view)


def assert_inert_view(view: Json) -> None:
    assert not HIDDEN.search(plain_of(view["blocks"]))
    for node in nodes(view["blocks"]):
        assert node.get("type") not in ("broadcast", "user", "usergroup", "channel", "team", "emoji")
        assert node.get("type") != "mrkdwn" or not set("<>") & set(OUR_LINK.sub("", node["text"]))


@patient
@given(replies)
def test_every_reply_fits_into_a_view(reply: Reply) -> None:
    messages = reply_messages(reply, "ja")
    assert_view(answer_view(reply.title, messages, "ja"))
    assert_view(home_view(messages, "ja", ""))


@patient
@given(forms)
def test_every_form_is_a_valid_view_that_gives_back_what_it_holds(form: Form) -> None:
    view = form_view(form, "ko", "")
    if any(block["type"] == "input" for block in view["blocks"]):
        assert_view(view)
    names = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    choosing = {field.name for field in form.fields if field.kind in ("choice", "choices") and not usable(field)}
    assert names == [field.name for field in form.fields if field.name not in choosing]


def usable(field: Field) -> bool:
    return any(option.value and units(option.value) <= 150 for option in field.options)


@patient
@given(actions)
def test_a_button_gives_back_what_it_says(action: Action) -> None:
    errand = errand_of(action)
    given_back = read(written(errand))
    assert given_back is None or (given_back.verb, given_back.page) == (action.verb, action.page)
    assert too_long(errand) or given_back is not None
    if given_back:
        assert given_back.text == clean(action.text) and given_back.about == clean(action.about)


@given(st.one_of(st.text(), st.dictionaries(st.text(max_size=6), st.one_of(st.integers(), st.text(), st.none()))))
def test_whatever_comes_back_is_read_without_harm(value: object) -> None:
    assert read(value) is None or isinstance(read(value), Errand)


def test_no_known_nasty_string_breaks_a_payload_or_comes_alive() -> None:
    for nasty in MENTIONS + NAUGHTY:
        cited = (source(1, outlet=nasty, title=nasty), source(2, url=f"https://example.com/{nasty}"))
        said = (CitedSentence(nasty, (1, 2)), CitedSentence(nasty, (1,), quoted=True))
        story = replace(item(1), summary=Summary("s", "en", nasty, said, cited), first_outlet=nasty)
        answer = Answer(nasty, "en", True, said, cited)
        whole = Reply(
            nasty,
            (nasty,),
            answer=answer,
            details=((nasty, nasty),),
            table=Table((nasty, "b"), ((nasty, nasty),), notes=(nasty,)),
            files=(File("c.png", b"x", nasty),),
            actions=(Action(nasty, "search", nasty, asks=nasty[:200]),),
        )
        field = Field("name", nasty, "choice", (nasty,), (Option(nasty[:100] or "x", nasty),), nasty, section=nasty)
        replied = reply_messages(whole, "en", Prepared(pictures={"c.png": "F1"}))
        for messages in (edition_messages(edition(story)), replied):
            assert limits.lengths(blocks(messages)) == []
            assert_inert(messages)
            assert urls_in(messages) <= {"https://example.com/1", web_url(f"https://example.com/{nasty}")}, "no foreign link"
        form = form_view(Form("settings", nasty, (field, Field("text", nasty, value=(nasty,))), submit=nasty), "en", "")
        for view in (answer_view(nasty, replied, "en"), home_view(replied, "en", ""), ask_view(nasty, nasty, "en", ""), form):
            assert limits.lengths(view["blocks"], 100) == []
            assert_inert_view(view)


# ---- as product.md shows it ----


def test_an_ordinary_day_is_one_message_in_the_order_of_the_product() -> None:
    day = edition(item(1), item(2), item(3, Topic.POLICY))
    (message,) = edition_messages(day)
    kinds = [block["type"] for block in message.payload["blocks"]]
    story = ["rich_text", "context", "actions"]
    assert kinds == ["header", "rich_text", "header", *story, *story, "header", *story, "context"]
    headers = [block["text"]["text"] for block in message.payload["blocks"] if block["type"] == "header"]
    assert headers == ["AI market briefing · Korea and Japan · Mon 23 Nov 2026", "Expansion", "Policy"]
    assert message.payload["blocks"][-1]["elements"][0]["text"].startswith(
        "1,204 articles read · 18 relevant · 3 stories · 2 feeds"
    )


def test_a_story_shows_headline_mark_quoted_sentence_citation_amount_outlets_and_sources() -> None:
    (message,) = edition_messages(edition(item(1)))
    story = message.payload["blocks"][3:6]
    headline, quote = story[0]["elements"]
    assert headline["elements"][0] == {"type": "text", "text": "Story 1", "style": {"bold": True}}
    assert headline["elements"][-1] == {"type": "text", "text": "NEW", "style": {"code": True}}
    assert quote["type"] == "rich_text_quote"
    assert quote["elements"][0]["text"] == "업스테이지가 도쿄에 법인을 세웠다."
    assert quote["elements"][-1] == {"type": "link", "url": "https://example.com/1", "text": "[1]"}
    assert [element["text"] for element in story[1]["elements"]] == [
        "¥45bn (up to, subsidy)",
        "1 outlet · KO · first: ETNews 09:00 KST",
    ]
    assert [element["text"]["text"] for element in story[2]["elements"]] == ["Sources", "Why", "Ask", "👍", "👎"]


def test_a_story_whose_sentences_cite_nothing_still_links_its_sources() -> None:
    story = item(1)
    bare_one = replace(story, summary=replace(story.summary, sentences=(CitedSentence("Nothing is cited.", ()),)))
    (message,) = edition_messages(replace(edition(bare_one), sources=()))
    assert message.payload["blocks"][-3]["elements"][0]["text"] == "Sources: <https://example.com/1|[1] ETNews>"


def test_the_notification_tells_the_day_without_the_blocks() -> None:
    (message,) = edition_messages(edition(item(1), item(2)))
    assert message.payload["text"] == "AI market briefing · Korea and Japan · Mon 23 Nov 2026\nStory 1\nStory 2"


def test_a_quiet_day_is_one_line() -> None:
    (message,) = edition_messages(edition())
    assert [block["type"] for block in message.payload["blocks"]] == ["header", "rich_text", "context"]
    assert "quiet day" in message.payload["text"]


@pytest.mark.parametrize(("flag", "word"), [("sample", "SAMPLE"), ("delayed", "Delayed")])
def test_a_notice_comes_before_anything_else(flag: str, word: str) -> None:
    (message,) = edition_messages(edition(item(1), **{flag: True}))
    notice = message.payload["blocks"][1]["elements"][0]["elements"][0]
    assert notice["text"].startswith(word) and notice["style"] == {"bold": True}
    assert word in message.payload["text"]


def test_a_long_edition_goes_on_in_the_thread_at_story_borders() -> None:
    long = edition(*(item(n, text=f"Sentence {n}. " + "가" * 1500) for n in range(1, 21)))
    messages = edition_messages(long)
    assert_valid(messages)
    assert len(messages) > 2
    later = sum(f"Story {n}" in plain([message]) for message in messages[1:] for n in range(1, 21) if n >= 10)
    assert later, "the later stories are in the thread"
    for n in range(1, 21):
        homes = [at for at, message in enumerate(messages) if f"Sentence {n}. " in plain([message])]
        pressed = [at for at, message in enumerate(messages) if f'"s{n}"' in str(message.payload)]
        assert homes == pressed and len(homes) == 1, "a story stays in one message, its buttons with it"
    last = messages[0].payload["blocks"][-1]["elements"][0]["text"]
    moved = int(re.match(r"(\d+) more stories in the thread", last)[1])  # type: ignore[index]
    assert moved == 20 - sum(f"Sentence {n}. " in plain(messages[:1]) for n in range(1, 21))


def test_the_same_edition_as_a_private_reply_does_not_point_to_a_thread() -> None:
    long = edition(*(item(n, text="가" * 1500) for n in range(1, 21)))
    assert "in the thread" not in plain(reply_messages(Reply(edition=long)))


def test_sentences_of_a_model_stand_as_one_paragraph_with_all_their_citations() -> None:
    cited = (source(1, "ETNews"), source(2, "Nikkei"))
    written = (CitedSentence("Upstage opened an office.", (1, 2)), CitedSentence("It will hire.", (2,)))
    story = replace(item(1), summary=Summary("s", "en", "Office", written, cited, "a-model"))
    (message,) = edition_messages(edition(story))
    (section,) = message.payload["blocks"][3]["elements"]
    assert "".join(each["text"] for each in section["elements"]) == (
        "Office NEW\nUpstage opened an office. [1][2] It will hire. [2]"
    )


def test_an_answer_shows_the_question_its_sentences_its_sources_and_how_it_was_made() -> None:
    found = Answer("Who?", "en", True, (CitedSentence("Upstage did.", (1,), quoted=True),), (source(1, title="An office"),))
    (message,) = reply_messages(Reply(answer=found))
    assert plain([message]) == ("Who?Upstage did. [1]Sources\n[1] ETNews · An office · quoted extracts, no model used")
    assert any(node.get("type") == "date" and node["timestamp"] == int(AT.timestamp()) for node in nodes(blocks([message])))
    assert message.payload["text"] == "Upstage did."


def test_an_honest_no_is_said_aloud() -> None:
    (message,) = reply_messages(Reply(answer=Answer("Who?", "en", False)))
    assert plain([message]) == "Who?The archive does not say."
    assert message.payload["text"] == "The archive does not say."


def test_a_list_of_findings_has_a_line_for_each_and_no_title_twice() -> None:
    cited = (source(1), source(2, "Nikkei"))
    found = Summary("", "en", "Found", (CitedSentence("One", (1,)), CitedSentence("Two", (2,))), cited)
    (message,) = reply_messages(Reply(title="Found", summary=found))
    header, listed, links, _ = message.payload["blocks"]
    assert header["text"]["text"] == "Found"
    assert [plain_of(entry) for entry in listed["elements"][0]["elements"]] == ["One [1]", "Two [2]"]
    assert links["elements"][0]["text"].startswith("Sources: <https://example.com/1|[1] ETNews> · <https://")


def test_paragraphs_that_begin_with_a_bullet_are_a_list() -> None:
    (message,) = reply_messages(Reply(paragraphs=("Kept (score 0.91)", "• Upstage (company, KR)", "• 도쿄 → JP")))
    (block,) = message.payload["blocks"]
    assert [element["type"] for element in block["elements"]] == ["rich_text_section", "rich_text_list"]
    assert [plain_of(entry) for entry in block["elements"][1]["elements"]] == ["Upstage (company, KR)", "도쿄 → JP"]


def test_what_stands_between_backticks_is_code() -> None:
    (message,) = reply_messages(Reply(title="Help", paragraphs=("Type `/brief today` now",)))
    header, text = message.payload["blocks"]
    assert header["text"]["text"] == "Help"
    assert [(part["text"], part.get("style")) for part in text["elements"][0]["elements"]] == [
        ("Type ", None),
        ("/brief today", {"code": True}),
        (" now", None),
    ]
