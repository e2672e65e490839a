import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.discord.text import citation, clean, escape, inert, length, lines, link, pieces, safe_url
from tests.platforms.discord.payloads import links, live

NASTY = [
    "@everyone",
    "@here <@1234567890123456789> <@!1234567890123456789> <@&1234567890123456789> <#1234567890123456789>",
    "<t:0:R> </ask:1234567890123456789> <:kr:1234567890123456789> <a:kr:1234567890123456789> <id:customize>",
    "[Reuters](https://evil.example)",
    "[x [Reuters](<https://evil.example>)",
    "[[1]](<https://evil.example>)",
    "https://evil.example/?q=1 and <https://evil.example> and discord://x",
    "\\[a](http\\://evil.example)",
    "@\u200beveryone @\u2060here \u202eevil\u202c \U000e0041",
    "<\u200bhttps:\u200b//evil.example>",
    "``` **bold** __under__ ~~gone~~ ||spoiler|| `code`",
    "# heading",
    "-# small",
    "> quote",
]


@pytest.mark.parametrize("text", NASTY)
def test_foreign_text_does_nothing_and_stays_readable(text):
    made = inert(text)
    assert live(made) is None
    assert not links(made)


def test_the_judge_of_these_tests_sees_what_is_live():
    for text in ("@everyone", "<@1234567890123456789>", "https://evil.example", "[a](http", "<t:0>", "\u202e"):
        assert live(text), text
    assert links("[[1]](<https://news.example/1>)") == ["https://news.example/1"]


def test_every_naughty_string_is_inert(shared):
    strings = json.loads((shared / "corpora" / "naughty" / "blns.json").read_text("utf-8"))
    assert len(strings) > 400
    for text in strings:
        assert live(inert(text)) is None, text
        assert not links(inert(text)), text


@given(st.text())
def test_any_text_is_inert_and_cleaning_is_stable(text):
    assert live(inert(text)) is None
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("업스테이지,  도쿄\n법인\t설립", "업스테이지, 도쿄 법인 설립"),
        ("カ\u3099ス\u200b会社", "ガス会社"),
        ("e\u0301\u0301\u0301\u0301\u0301nd", "\u00e9\u0301\u0301nd"),
        ("\ufeff\u202eabc\x00", "abc"),
    ],
)
def test_clean(text, shown):
    assert clean(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("3*4 = 12", r"3\*4 = 12"),
        ("snake_case", r"snake\_case"),
        ("# no heading", r"\# no heading"),
        ("#1 in Korea", "#1 in Korea"),
        ("- no list", r"\- no list"),
        ("1. no list", r"1\. no list"),
        ("2.5 million", "2.5 million"),
        ("-5 %", "-5 %"),
    ],
)
def test_escape_touches_only_what_would_format(text, shown):
    assert escape(text) == shown


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://news.example/a(b)?q=c d", "https://news.example/a%28b%29?q=c%20d"),
        ("https://news.example/기사>x", "https://news.example/%EA%B8%B0%EC%82%AC%3Ex"),
        ("https://news.example/%EA%B8%B0?x=%20#f", "https://news.example/%EA%B8%B0?x=%20#f"),
        ("https://한국.example/", "https://xn--3e0b707e.example/"),
        ("http://news.example:8080/@everyone", "http://news.example:8080/%40everyone"),
        ("javascript:alert(1)", None),
        ("ftp://news.example/", None),
        ("https://user:pw@news.example/", None),
        ("https:///path", None),
        ("https://[broken/", None),
        ("https://news.example:99999/", None),
        ("https://news.example/" + "a" * 2000, None),
        ("", None),
    ],
)
def test_safe_url(url, safe):
    assert safe_url(url) == safe


@given(st.text(), st.text())
def test_a_link_leads_only_to_its_own_url(label, path):
    made = link(label, "https://news.example/" + path)
    assert live(made) is None
    assert all(target.startswith("https://news.example/") for target in links(made))


def test_a_link_without_an_address_is_its_label():
    assert link("닛케이 [JP]", "javascript:x") == "닛케이 (JP)"
    assert link("닛케이 [JP]", "https://news.example/") == "[닛케이 (JP)](<https://news.example/>)"
    assert citation(3, "") == r"\[3\]"
    assert citation(3, "https://news.example/") == "[[3]](<https://news.example/>)"


@given(st.text(max_size=300), st.integers(min_value=20, max_value=80))
def test_pieces_lose_nothing_and_keep_to_their_limit(text, limit):
    made = list(pieces(text, limit))
    assert all(0 < length(piece) <= limit for piece in made)
    assert all(live(piece) is None for piece in made)
    assert sum(piece.count("가") for piece in made) == text.count("가")


def test_pieces_cut_at_spaces():
    assert list(pieces("하나 둘 셋 넷 다섯 여섯", 12)) == ["하나 둘 셋", "넷 다섯 여섯"]


@given(st.lists(st.text(alphabet="ab", min_size=1, max_size=9), max_size=20))
def test_lines_hold_every_token_in_order(tokens):
    made = lines(tokens, 14, "> ")
    assert all(line.startswith("> ") and length(line) <= 14 for line in made)
    assert " ".join(line.removeprefix("> ") for line in made).split() == tokens


def test_length_counts_what_discord_might_count_twice():
    assert (length("가"), length("🇰🇷"), length("abc")) == (1, 4, 3)
