import json
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.model import (
    LANGUAGES,
    Action,
    Answer,
    CitedSentence,
    Edition,
    Field,
    File,
    Form,
    Message,
    Option,
    Reply,
    Subscription,
    Summary,
    Table,
    Topic,
)
from bot.platforms.discord import forms
from bot.platforms.discord.buttons import of_actions
from bot.platforms.discord.items import view
from bot.platforms.discord.render import edition_messages
from bot.platforms.discord.replies import Part, reply_parts
from tests.conftest import SHARED
from tests.platforms.discord import generated, openapi
from tests.platforms.discord.editions import edition, item, source
from tests.platforms.discord.generated import judge, made
from tests.platforms.discord.payloads import assert_within_limits, texts
from tests.platforms.discord.test_text import NASTY

LONG = "긴 문장이 이어지고 또 이어진다 " * 12


def whole(messages: Sequence[Message | Part]) -> str:
    return "\n".join(text for message in messages for text in texts(made(message)))


def test_a_briefing_reads_like_the_product():
    two = Summary(
        "s1",
        "en",
        "Upstage opens a Tokyo office",
        (CitedSentence("It will sell its models there.", (1, 2)), CitedSentence("都内に拠点を置く。", (2,), quoted=True)),
        (source(1, "ETNews"), source(2, "Nikkei"), source(3, "NHK")),
    )
    shown = replace(item(1), summary=two)
    (message,) = edition_messages(edition(shown, item(2, Topic.POLICY), language="en"))
    heading, lead, expansion, policy, footer = made(message)
    assert heading["content"].startswith("## AI market briefing · Korea and Japan · Mon 23 Nov 2026")
    assert texts([lead])[0] == "### What changed"
    assert texts([lead])[1].splitlines()[0] == (
        "- It will sell its models there. [[1]](<https://news.example/1>) [[2]](<https://news.example/2>)"
    )
    title, story = texts([expansion])
    assert title == "### Expansion"
    assert story.splitlines()[0] == "**Upstage opens a Tokyo office** `NEW`"
    assert "> 都内に拠点を置く。 [[2]](<https://news.example/2>)" in story.splitlines()
    assert story.splitlines()[-1] == r"-# Sources: \[1\] ETNews \[2\] Nikkei \[3\] [NHK](<https://news.example/3>)"
    assert "up to, subsidy" in story
    assert texts([policy])[0] == "### Policy" and policy["accent_color"] != expansion["accent_color"]
    assert footer["content"].startswith("-# 1,204 articles read · 18 relevant")


def test_a_quiet_day_says_so_in_one_line():
    (message,) = edition_messages(edition(language="en"))
    _, quiet, _ = texts(made(message))
    assert quiet.startswith("A quiet day")


def test_a_sample_says_so_before_anything_else():
    (message,) = edition_messages(edition(item(1), language="en", sample=True))
    assert "SAMPLE" in texts(made(message))[0]


def test_a_long_edition_goes_on_in_the_thread_split_between_stories():
    stories = [item(number, Topic.EXPANSION if number < 8 else Topic.CHIPS, LONG, LONG, LONG) for number in range(1, 16)]
    messages = edition_messages(edition(*stories))
    assert len(messages) > 2
    assert [message.in_thread for message in messages] == [False] + [True] * (len(messages) - 1)
    assert all(0 < len(message.payload["thread_name"]) <= 100 for message in messages[1:])
    for message in messages:
        assert_within_limits(made(message))
    for number in range(1, 16):
        holding = [text for message in messages for text in texts(made(message)) if f"**{number}번 회사," in text]
        assert len(holding) == 1 and holding[0].count(LONG.strip()) == 3 and "출처" in holding[0]
    later = sum("**" in text for message in messages[1:] for text in texts(made(message)))
    assert texts(made(messages[0]))[-1] == f"-# ⤵ 이어지는 스토리 {later}건"
    assert any("(이어서)" in text for text in texts(made(messages[1])))


def test_many_small_stories_keep_to_the_number_of_components():
    small = Summary("s", "ko", "짧은 소식", (), ())
    bare = {"summary": small, "amounts": (), "outlets": (), "languages": (), "first_outlet": ""}
    messages = edition_messages(
        edition(*[replace(item(number, topic), **bare) for topic in Topic for number in range(8)], lead=())
    )
    assert len(messages) > 2
    assert sum(text.startswith("**짧은 소식**") for message in messages for text in texts(made(message))) == 56
    for message in messages:
        assert_within_limits(made(message))


def test_one_story_beyond_all_limits_is_torn_but_complete():
    messages = edition_messages(edition(item(1, Topic.POLICY, *[f"문장{number} " + LONG * 3 for number in range(12)])))
    shown = whole(messages)
    assert [shown.count(f"문장{number} ") for number in range(3, 12)] == [1] * 9
    for message in messages:
        assert_within_limits(made(message))


def test_a_message_survives_the_database_and_becomes_the_same_components_again():
    for message in edition_messages(edition(*[item(number, Topic.CHIPS, LONG * 2) for number in range(12)])):
        stored = json.loads(json.dumps(dict(message.payload)))
        assert view(stored["components"]).to_components() == made(message)


def test_an_answer_shows_its_sentences_and_what_they_rest_on():
    answer = Answer("도쿄에 누가 갔나?", "ko", True, (CitedSentence("업스테이지가 갔다.", (1,)),), (source(1),))
    shown = whole(reply_parts(Reply(answer=answer), "ko"))
    assert "**도쿄에 누가 갔나?**" in shown
    assert "업스테이지가 갔다. [[1]](<https://news.example/1>)" in shown
    assert r"-# \[1\] [기사 제목 1](<https://news.example/1>) 전자신문" in shown


def test_an_answer_that_is_not_in_the_archive_says_so():
    shown = whole(reply_parts(Reply(answer=Answer("Who?", "en", False)), "en"))
    assert "The archive does not say." in shown


def test_a_summary_shows_its_headline_and_who_wrote_it():
    made = Summary("", "en", "A page", (CitedSentence("It says so.", (1,), quoted=True),), (source(1),))
    shown = whole(reply_parts(Reply(summary=made), "en"))
    assert "**A page**" in shown and "> It says so. [[1]]" in shown and "no model used" in shown


def test_paragraphs_keep_their_lines_and_errors_are_framed_in_red():
    (message,) = reply_parts(Reply(title="Feeds", paragraphs=("one\ntwo", "three"), error=True), "en")
    (framed,) = made(message)
    assert texts([framed]) == ["**Feeds**\none\ntwo\nthree"] and framed["accent_color"] == 0xED4245


def test_an_empty_reply_still_says_something():
    (message,) = reply_parts(Reply(), "ko")
    assert texts(made(message)) == ["보여 드릴 내용이 없습니다."]


# ---- properties ----

thorough = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


@thorough
@given(generated.editions, generated.subscriptions)
def test_any_edition_keeps_all_limits_and_is_inert(shown: Edition, subscription: Subscription):
    judge(edition_messages(shown, subscription))


@thorough
@given(generated.replies, st.sampled_from(LANGUAGES))
def test_any_reply_keeps_all_limits_and_is_inert(reply: Reply, language: str):
    parts = reply_parts(reply, language, of_actions(reply.actions))
    judge(parts)
    assert len([file for part in parts for file in part.files]) == len(reply.files)


def test_the_judge_refuses_what_is_wrong(shared):
    for wrong in (
        {"components": [{"type": 10, "content": ""}]},
        {"components": [{"type": 10, "content": "x"}], "nonce": "x" * 26},
    ):
        with pytest.raises(AssertionError):
            openapi.judge("POST", "/channels/1/messages", wrong)
    twins = [{"type": 2, "style": 1, "label": "x", "custom_id": "y"}] * 2
    with pytest.raises(AssertionError):
        openapi.judge("POST", "/channels/1/messages", {"components": [{"type": 1, "components": twins}]})


@pytest.fixture(scope="module")
def naughty() -> list[str]:
    path = SHARED / "corpora" / "naughty" / "blns.json"
    if not path.is_file():
        pytest.skip("../shared/corpora is not here")
    return [*json.loads(path.read_text("utf-8")), *NASTY]


def test_naughty_strings_harm_no_briefing(naughty):
    for start in range(0, len(naughty), 40):
        stories = [item(number, Topic.OTHER, text, text) for number, text in enumerate(naughty[start : start + 40])]
        judge(edition_messages(edition(*stories)))


def test_naughty_strings_harm_no_reply_table_button_or_file(naughty):
    for text in naughty:
        table = Table((text, "b"), ((text, text), ("x", text)), frozenset({1}), (text,))
        answer = Answer(text, "ja", True, (CitedSentence(text, (1,)),), (source(1, text, url=f"https://news.example/{text}"),))
        actions = (Action(text, "search", text), Action(text, "ask", about="s1", asks=text))
        for reply in (
            Reply(title=text, details=((text, text),), table=table, paragraphs=(text, f"• {text}")),
            Reply(title=text, answer=answer, files=(File(text, b"x", text), File(f"{text}.png", b"x", text))),
            Reply(paragraphs=(text,), error=True),
        ):
            judge(reply_parts(reply, "ko", of_actions(actions)))


def test_naughty_strings_harm_no_modal(naughty):
    for start in range(0, len(naughty), 4):
        texts = naughty[start : start + 4]
        fields = [Field(f"a{number}", text, "text", (text,), hint=text) for number, text in enumerate(texts)]
        options = tuple(Option(text, text) for text in dict.fromkeys(texts))
        menu = Field("b", texts[0], "choices", (texts[-1],), options, hint=texts[-1])
        form = Form("settings", texts[0], (*fields, menu), texts[0], texts[-1])
        draft = forms.draft(form, "1", "ko")
        draft["errors"] = {field.name: field.label for field in form.fields}
        questions = [forms.question_modal(text, "b1::ask:::", "ko") for text in texts]
        for modal in (forms.section_modal(draft, "key", 0), *questions):
            openapi.judge("POST", "/interactions/1/token/callback", {"type": 9, "data": modal.to_dict()})
        judge(reply_parts(forms.card(draft), "ko", forms.card_buttons(draft, "key")))
