"""The HTML briefing: complete, escaped, and with no link that nobody stored."""

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from bot.model import CitedSentence, Topic
from bot.platforms.web.page import render
from tests.builders import edition, item, source


class Links(HTMLParser):
    """Collects what a browser would see as elements."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_briefing_holds_what_the_product_promises() -> None:
    html = render(edition(item(), item("s2", "AI 기본법 시행", 2, topic=Topic.POLICY, mark="update", amounts=())))
    seen = Links(html)
    for part in (
        "AI market briefing · Korea and Japan · Mon 23 Nov 2026",
        "Upstage opened a Tokyo office.",
        "[1]",
        "¥45bn",
        "₩442.8bn",
        "(up to, subsidy)",
        "3 outlets · KO JA · first: ETNews 07:10 KST",
        "NEW",
        "UPDATE",
        "1,204 articles read · 18 relevant · 11 stories · 2 feeds failing · quoted extracts, no model used",
    ):
        assert part in seen.text
    assert seen.text.index("Expansion") < seen.text.index("Policy")


def test_a_quiet_day_says_so_and_a_sample_is_marked() -> None:
    assert "A quiet day" in render(edition())
    assert "SAMPLE" in render(edition(item(), sample=True))
    assert "SAMPLE" not in render(edition(item()))


def test_each_language_has_its_own_words() -> None:
    assert "AI 시장 브리핑 · 한국·일본 · 2026년 11월 23일 (월)" in render(edition(item(), language="ko"))
    assert "AI市場ブリーフィング · 韓国・日本 · 2026年11月23日(月)" in render(edition(item(), language="ja"))


@given(st.text(max_size=80), st.text(max_size=80))
def test_text_of_others_never_becomes_markup_or_a_link(title: str, url: str) -> None:
    evil = f"<script>alert(1)</script>{title}"
    one = item(headline=evil, sentences=(CitedSentence(evil, (1,)),), sources=(source(1, url=f"javascript:{url}", title=evil),))
    seen = Links(render(edition(one)))
    assert "script" not in seen.tags
    assert seen.links == []
