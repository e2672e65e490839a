"""Foreign text made harmless, without harm to honest text."""

import html
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.slack.text import clean, escape, link, pieces, said, units, web_url

anything = st.one_of(st.text(), st.text(st.sampled_from("가각ㅏあがﾞe\u0301\u200d👩\n\t \r\u2028<>&|\u202e\ufe0f")))


@given(anything)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(anything)
def test_clean_text_hides_nothing(text: str) -> None:
    cleaned = clean(text)
    assert not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in cleaned if letter != "\n")
    assert cleaned == cleaned.strip() and "  " not in cleaned and "\n\n" not in cleaned


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("업스테이지, 도쿄 법인 설립", "업스테이지, 도쿄 법인 설립"),
        ("「ＡＩ」を　がんばる", "「ＡＩ」を がんばる"),
        ("\u1100\u1161", "가"),
        ("か\u3099", "が"),
        ("👩\u200d👧 ok", "👩\u200d👧 ok"),
        ("\u202egpj.exe\u202c", "gpj.exe"),
        ("a\r\n\r\n b\tc", "a\nb c"),
        ("one\u2028two", "one\ntwo"),
        ("z\u0336\u0336\u0336\u0336", "z\u0336\u0336"),
        ("\ud800x\ufffe", "x"),
    ],
)
def test_honest_text_stays_and_tricks_go(text: str, expected: str) -> None:
    assert clean(text) == expected


@given(anything)
def test_escaped_text_holds_no_syntax_and_reads_the_same(text: str) -> None:
    escaped = escape(text)
    assert not set("<>") & set(escaped)
    assert html.unescape(escaped) == html.unescape(text) or "&" in text
    assert escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


@given(anything, st.integers(4, 60))
def test_pieces_are_the_whole_text(text: str, limit: int) -> None:
    parts = list(pieces(text, limit))
    assert "".join(parts) == text
    assert all(0 < units(part) <= limit for part in parts)


def test_pieces_break_behind_a_sentence_and_never_inside_an_emoji() -> None:
    assert list(pieces("첫문장입니다。둘째문장입니다。", 12)) == ["첫문장입니다。", "둘째문장입니다。"]
    family = "👩\u200d👩\u200d👧"
    assert all(part.replace(family, "") == "" for part in pieces(family * 9, 20))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.com/a?b=1&c=2#d", "https://example.com/a?b=1&c=2#d"),
        ("https://example.com/a|b<c>", "https://example.com/a%7Cb%3Cc%3E"),
        ("https://example.com/한 글", "https://example.com/한%20글"),
        ("https://example.com/\n<!channel>", "https://example.com/%0A%3C!channel%3E"),
        ("HTTP://EXAMPLE.com/A", "http://EXAMPLE.com/A"),
        ("javascript:alert(1)", None),
        ("//example.com", None),
        ("https://", None),
        ("https://example.com/\u202e", None),
        ("https://example.com/" + "a" * 3000, None),
    ],
)
def test_only_web_addresses_are_linked(url: str, expected: str | None) -> None:
    assert web_url(url) == expected


def test_a_label_cannot_leave_its_link() -> None:
    assert link("https://example.com/?a&b", "x|y> <!channel>") == "<https://example.com/?a&amp;b|x¦y&gt; &lt;!channel&gt;>"
    assert link("javascript:1", "Nikkei") == "Nikkei"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("<@U0BOT> ask <https://example.com/a?b=1&amp;c=2|example.com>", "ask https://example.com/a?b=1&c=2"),
        ("what does <@U0OTHER|ana> say in <#C1|general>", "what does ana say in general"),
        ("1 &lt; 2 &amp; <!here>", "1 < 2 & here"),
        ("<mailto:a@example.com|a@example.com>", "a@example.com"),
    ],
)
def test_what_was_typed_is_read_without_slacks_markup(typed: str, meant: str) -> None:
    assert said(typed, "U0BOT") == meant
