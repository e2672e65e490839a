"""What comes out of feeds: look-alikes of every quirk, and the recordings where they are at hand."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ParseError
from bot.feeds.items import MOST_ENTRIES
from bot.feeds.parse import ParsedFeed, parse, parse_fast, parse_patiently
from bot.model import Entry, Feed
from tests.builders import feed

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DATA = Path(__file__).parents[1] / "data" / "feeds"
ZONES = {"ko": "Asia/Seoul", "ja": "Asia/Tokyo", "zh": "Asia/Shanghai"}


def of(name: str, language: str = "ko", codec: str = "utf-8") -> ParsedFeed:
    body = (DATA / name).read_text(encoding="utf-8").encode(codec)
    return parse(body, feed(url=f"https://{name}.example/", language=language, time_zone=ZONES.get(language, "UTC")), now=NOW)


def item(inner: str, head: str = "") -> Entry:
    document = f"<rss version='2.0'><channel><title>t</title>{head}<item>{inner}</item></channel></rss>"
    return parse(document.encode(), feed(), now=NOW).entries[0]


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


# ---- look-alikes ----


def test_naive_korean_dates_and_markup_in_cdata() -> None:
    parsed = of("ko-naive-dates.xml")
    first, second = parsed.entries
    assert parsed.parser == "fast" and parsed.title == "가상 인공지능 신문 - 전체기사" and parsed.ttl == 1800
    assert first == Entry(
        title='한빛모델, 오사카에 연구소 연다…"현지 채용 40명"',
        url="https://ko.example/news/articleView.html?idxno=1001",
        summary="한빛모델은 내년 3월 오사카에 연구소를 연다고 밝혔다. 현지에서 40명을 뽑는다.",
        published=at(2026, 11, 23, 4, 58, 38),
        language="ko",
    )
    assert second.title == '<인터뷰> 새벽반도체 대표 "R&D 비용 3조 2000억원"'
    assert second.summary == "새벽반도체 대표를 만났다."


def test_no_guid_padded_link_odd_dates_and_no_date_at_all() -> None:
    entries = of("ko-no-guid.xml").entries
    assert [entry.guid for entry in entries] == [None] * 4
    assert entries[0].url == "https://mk.example/news/1"
    assert [entry.published for entry in entries] == [at(2026, 9, 22, 5, 37, 38), at(2026, 5, 28, 14, 31, 25), None, None]


@pytest.mark.parametrize("codec", ["cp932", "utf-8", "utf-16", "euc_jis_2004"])
def test_rdf_that_declares_shift_jis(codec: str) -> None:
    parsed = of("ja-ministry.rdf", "ja", codec)
    assert [(entry.title, entry.published) for entry in parsed.entries] == [
        ("人工知能の利活用に関する研究会（第3回）を開催します", at(2026, 11, 18, 20)),
        ("データセンター補助金の公募を開始 ～上限①450億円～", at(2026, 11, 18, 5)),
    ]
    assert parsed.parser == "fast" and {entry.language for entry in parsed.entries} == {"ja"}


def test_a_private_date_does_not_hide_the_full_one() -> None:
    (entry,) = of("ja-press-releases.rdf", "ja").entries
    assert entry.published == at(2026, 11, 20, 1)
    assert entry.summary.startswith("[架空電工株式会社] 2026年11月20日 架空電工は")


def test_an_item_without_link_is_kept() -> None:
    entries = of("ja-missing-link.rdf", "ja").entries
    assert [entry.url for entry in entries] == ["https://kantei.example/1.html", None]
    assert [entry.published for entry in entries] == [at(2026, 11, 19, 18, 13), at(2026, 11, 19, 8)]
    assert [entry.guid for entry in entries] == ["item_1", "item_2"]


def test_google_news_names_the_outlet_and_says_nothing_twice() -> None:
    korean, english = of("google-news.xml").entries
    assert (korean.title, korean.outlet, korean.summary, korean.language) == ("누리모델 - 도쿄 법인 설립", "가상경제", "", "ko")
    assert (english.title, english.outlet, english.summary, english.language) == (
        "Chip subsidy approved",
        "The Sample Times",
        "",
        "en",
    )


def test_atom_with_html_and_xhtml_titles_relative_links_and_one_date_only() -> None:
    parsed = of("en-wire.atom", "en")
    first, second = parsed.entries
    assert parsed.title == "Sample & Wire"
    assert first.title == "Nomi Robotics raises $30m & opens in Seoul"
    assert first.url == "https://en-wire.atom.example/2026/11/nomi"
    assert first.published == NOW  # stated two hours ahead
    assert first.summary.startswith("The maker of warehouse robots")
    assert (second.title, second.published) == ("Japan AI law in force", at(2026, 11, 22))


def test_json_feed() -> None:
    parsed = of("feed.json", "en")
    first, second = parsed.entries
    assert parsed.parser == "json" and parsed.title == "Sample Labs"
    assert (first.title, first.summary) == ("Model card for Haru-2", "Haru-2 reads Korean & Japanese.")
    assert first.published == at(2026, 11, 20, 1)
    assert second.url == "https://elsewhere.example/2" and second.guid == "2"
    assert second.title.startswith("A short note without a title") and len(second.title) <= 120 and second.title.endswith("…")


def test_a_damaged_feed_gives_what_can_be_had() -> None:
    entries = of("damaged.xml").entries
    assert [entry.title for entry in entries] == ["삼월전자 & 가람, 합작사 세운다…", "R&D 세액공제 확대", "끊긴 기사"]
    assert [entry.url for entry in entries] == [
        f"https://broken.example/read?no={tail}" for tail in ("1&sec=it", "2&sec=it", "3")
    ]
    assert [entry.published for entry in entries] == [at(2026, 11, 23), at(2026, 11, 22, 23), None]
    assert entries[0].summary == "두 회사는 수원에 합작사를 세운다. 투자액 < 3000억원 규모"


def test_items_nested_in_items() -> None:
    assert [entry.title for entry in of("nested.xml", "en").entries] == ["Outer story on chips", "Inner story on grids"]


# ---- single traits ----


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        ("AT&amp;amp;T &amp;lt;b&amp;gt;확대&amp;lt;/b&amp;gt;", "AT&T 확대"),
        ("<![CDATA[A &quot;B&quot;]]>", 'A "B"'),
        ("&lt;b&gt;삼월&lt;/b&gt;전자", "삼월전자"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;제목", "제목"),
        ("1 &lt; 2", "1 < 2"),
        ("&#xAC00;&#45208;&nbsp;&middot; 다", "가나 · 다"),
        ("a\u202eb\u200bc\U000e0041", "abc"),
        ("\u1112\u1161\u11ab\u1100\u1173\u11af", "한글"),
        ("두\n  줄\u3000제목", "두 줄 제목"),
        ("z" + "\u0301" * 50, "ź\u0301\u0301"),
    ],
)
def test_titles_are_clean_text(raw: str, title: str) -> None:
    assert item(f"<title>{raw}</title><link>https://a.example/1</link>").title == title


def test_lengths_are_bounded_between_words() -> None:
    entry = item(f"<title>{'낱말 ' * 200}</title><link>https://a.example/1</link><description>{'word ' * 2000}</description>")
    assert len(entry.title) <= 300 and entry.title.endswith("낱말…")
    assert 1_900 < len(entry.summary) <= 2_000 and entry.summary.endswith("word…")


@pytest.mark.parametrize(
    ("inner", "link"),
    [
        ("<link>https://a.example/rss</link><a:link rel='alternate' href='https://a.example/page'/>", "page"),
        ("<link>https://a.example/rss</link><a:link rel='self' href='https://a.example/self'/>", "rss"),
        ("<a:link rel='self' href='https://a.example/self'/><a:link href='https://a.example/page'/>", "page"),
        ("<a:link rel='via' href='https://a.example/via'/>", "via"),
        ("<guid>https://a.example/guid</guid>", "guid"),
    ],
)
def test_the_link_of_an_item_is_its_page(inner: str, link: str) -> None:
    found = item("<title>t</title>" + inner.replace("<a:link", "<link xmlns='http://www.w3.org/2005/Atom'"))
    assert found.url == f"https://a.example/{link}"


def test_an_empty_title_is_the_start_of_the_summary() -> None:
    entry = item("<title> </title><link>https://a.example/1</link><description>본문만 있는 소식</description>")
    assert entry.title == "본문만 있는 소식"


def test_a_feed_is_read_up_to_its_five_hundredth_entry() -> None:
    items = "".join(f"<item><title>n{n}</title><link>https://a.example/{n}</link></item>" for n in range(700))
    parsed = parse(f"<rss><channel><title>t</title>{items}</channel></rss>".encode(), feed(), now=NOW)
    assert len(parsed.entries) == MOST_ENTRIES and parsed.entries[-1].title == "n499"


def test_a_feed_without_items_is_a_feed() -> None:
    assert parse(b"<rss><channel><title>quiet</title></channel></rss>", feed(), now=NOW).entries == ()


def test_a_harmless_document_type_is_passed_over() -> None:
    head = '<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://a.example/rss.dtd" [\n]>'
    body = f"{head}<rss><channel><item><title>x</title><link>https://a.example/</link></item></channel></rss>"
    assert parse(body.encode(), feed(), now=NOW).entries[0].title == "x"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"just words",
        b"<!DOCTYPE html><html><body>404</body></html>",
        b"<html><rss></html>",
        b"{}",
        b'{"items": ' + b"[" * 100_000,
        b'<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><channel><item><title>&b;</title></item></channel></rss>',
        b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]><rss><channel><item><title>&x;</title></item></channel></rss>',
        b"/etc/hostname",
        b"<rss><channel><item " + b'a="xxxxxxxxxxxxxxxxxxxx" ' * 600 + b"><title>t</title></item></channel></rss>",
        b"<urlset><url/></urlset>",
    ],
)
def test_what_is_no_feed_says_so(body: bytes) -> None:
    with pytest.raises(ParseError, match="example"):
        parse(body, feed(url="https://a.example/rss"), now=NOW)


@given(st.binary(max_size=300), st.integers(0, 2_000))
@settings(max_examples=60, deadline=None)
def test_any_damage_gives_entries_or_a_parse_error(noise: bytes, place: int) -> None:
    body = (DATA / "ko-naive-dates.xml").read_bytes()
    try:
        parsed = parse(body[:place] + noise + body[place + len(noise) :], feed(), now=NOW)
    except ParseError:
        return
    for entry in parsed.entries:
        assert entry.title and "\0" not in entry.title and (entry.published is None or entry.published <= NOW)


# ---- recordings ----

_BETTER_THAN_FEEDPARSER = {
    "ja_company_fujitsu_prtimes_rdf.xml": "feedparser keeps the private <date>, which has no time, instead of dc:date",
    "en_press_pcmag_illegally_nested.xml": "read by feedparser alone",
}
_EMPTY_ITEMS = {"fr_press_cerclepsy_latin1_undeclared.xml": 1}  # neither title nor text
_UNDATED = ("japantimes", "top10news", "kma", "euckr", "eucjp", "sjis", "saxerror")
_TITLES = {
    "ja_gov_soumu_mic_rdf_sjis.xml": "議事要旨",
    "ja_gov_mlit_rdf_sjis.xml": "気候変動",
    "ja_blog_tdiary_rdf_eucjp.rdf": "のツッコミ",
    "ja_test_eucjp_undeclared.xml": "ゲーム三昧な正月",
    "ko_test_euckr_undeclared.xml": "한글닉네임",
    "ru_press_orenburg_windows1251.xml": "Бузулуке",
    "fr_press_cerclepsy_latin1_undeclared.xml": "Perturbateurs endocriniens",
}
_FIRST_DATES = {
    "ja_gov_fsa_rss20_jst.xml": at(2026, 8, 19, 8),
    "ko_press_mk_economy_rss20_abridged.xml": at(2026, 9, 22, 5, 37, 38),
    "ja_gov_kantei_rss20.xml": at(2026, 8, 19, 18, 13),
    "zh_forum_kc0011_gb2312.rss": at(2020, 1, 10, 6, 33),
    "ja_company_fujitsu_prtimes_rdf.xml": at(2026, 8, 18, 10, 54, 26),
}


def recordings(shared: Path) -> list[tuple[str, bytes, Feed, int | None]]:
    folder = shared / "feeds" / "recorded"
    rows = list(csv.DictReader((folder / "manifest.csv").read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 80
    found = []
    for row in rows:
        name = row["filename"]
        zone = ZONES.get(row["language"], "UTC")
        one = Feed(name, row["outlet"], f"https://feeds.example/{name}", row["language"], "KR", time_zone=zone)
        found.append((name, (folder / name).read_bytes(), one, int(row["items"]) if row["items"] else None))
    return found


def test_every_recording_is_read(shared: Path) -> None:
    for name, body, one, count in recordings(shared):
        entries = parse(body, one, now=NOW).entries
        assert len(entries) >= (count or 0) - _EMPTY_ITEMS.get(name, 0), name
        for entry in entries:
            assert entry.title and "\ufffd" not in entry.title and "&amp;" not in entry.title and "</" not in entry.title, name
            assert entry.published is None or at(1999, 1, 1) < entry.published <= NOW, name
        dated = sum(entry.published is not None for entry in entries)
        assert dated * 2 > len(entries) or any(word in name for word in _UNDATED) or name.startswith("tr_") or not entries, name
        if name in _TITLES:
            assert any(_TITLES[name] in entry.title for entry in entries), name
        if name in _FIRST_DATES:
            assert entries[0].published == _FIRST_DATES[name], name


def test_both_parsers_agree_on_the_recordings(shared: Path) -> None:
    compared = 0
    for name, body, one, _ in recordings(shared):
        if name.endswith(".json") or name in _BETTER_THAN_FEEDPARSER:
            continue
        fast = parse_fast(body, one, now=NOW)
        patient = parse_patiently(body, one, now=NOW)
        assert [(e.title, e.url, e.published) for e in fast.entries] == [
            (e.title, e.url, e.published) for e in patient.entries
        ], name
        compared += len(fast.entries)
    assert compared > 2_000


def test_few_recordings_need_feedparser(shared: Path) -> None:
    doubtful = [name for name, body, one, _ in recordings(shared) if parse_fast(body, one, now=NOW).doubts]
    assert len(doubtful) <= 10, doubtful
